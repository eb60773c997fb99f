// Approvals: a person's yes to one exact plan, for a time. Confirmations: a person's yes to going on in spite of a
// restraint (breaker, budget, window) that stands in the way of one exact plan now.
//
// An approval names the plan's hash, so a changed plan is another plan; it ends; and nobody approves what they asked
// for. It is made here, journalled and stored by the caller, and judged again at each decision: an approval is a fact,
// whether it counts is not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/decision.h"
#include "oversight/limits.h"

namespace setpoint::oversight {

struct Confirmation {
  base::Digest plan;
  std::string code;  // of the reason: "breaker-open", "budget-hour", "outside-window"
  std::string by;
  base::Timestamp at;
  base::Timestamp expires;
  bool operator==(const Confirmation&) const = default;
  base::Json json() const;
};
base::Result<Confirmation> confirmation_from_json(const base::Json& json);

// "automation:close-open-ssh" is no person; "user:ada" and whatever else is.
bool is_person(const std::string& identity);
// Not empty, not longer than the limit, no control characters, no space at either end.
base::Status check_identity(const std::string& identity);

// Refused: the approver is the one who asked, or no person (ErrorCode::refused); no identity, a time that is not
// positive or longer than kApprovalValidMax (invalid_input).
base::Result<model::Approval> approve(const base::Digest& plan, const std::string& requested_by,
                                      const std::string& approver, base::Timestamp now,
                                      base::Milliseconds valid_for = kApprovalValidDefault);

// Refused: no person; invalid_input as for approve(), and for a code that names no restraint.
base::Result<Confirmation> confirm(const base::Digest& plan, const std::string& code, const std::string& by,
                                   base::Timestamp now, base::Milliseconds valid_for = kApprovalValidDefault);

// Why this approval does not count for this plan, asked for by `requester`, now; nullopt where it counts. Codes:
// approval-other-plan, approval-self, approval-no-person, approval-not-yet, approval-expired, approval-too-long.
std::optional<model::Reason> why_not(const model::Approval& approval, const base::Digest& plan,
                                     const std::string& requester, base::Timestamp now);

}  // namespace setpoint::oversight
