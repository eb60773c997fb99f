// What a report does to a finding. Pure: the same two values give the same third, and the same report twice changes
// nothing.
//
//   no finding   + non-compliant            -> open
//   open         + another product reports  -> updated (a second source, not a second finding)
//   open         + every source says passed, archived or gone -> resolved
//   resolved     + reported again           -> reopened, with a note that says by whom
//   any          + verdict unknown          -> neither opens nor resolves; it does not count as seen
//   any          + older than what that source said last -> ignored
// A person's status (in progress, suppressed) stays until the finding is resolved. What our own control says of title,
// severity and evidence wins over what others say of the same fact.
#pragma once

#include <optional>
#include <string>

#include "model/finding.h"

namespace setpoint::findings {

inline constexpr const char* kOwnProduct = "setpoint";

enum class Step { ignored, unchanged, opened, updated, resolved, reopened };
std::string_view to_string(Step step);  // "opened"

struct Folded {
  Step step = Step::ignored;
  model::Finding finding;  // what is to be stored; meaningless for `ignored` without a stored one
  std::string reason;      // of updated, resolved, reopened: one sentence
  bool differs = false;    // from what was stored: last_seen alone may differ where the step is `unchanged`
};

// `incoming` carries exactly one source, and the id under which `stored` was found.
Folded fold(const std::optional<model::Finding>& stored, const model::Finding& incoming);

// What our own rule says, as a report. Empty for compliant and not applicable, except as the report that resolves.
model::Finding own_report(const std::string& control, const std::string& title, const std::string& description,
                          model::Level severity, const model::Resource& resource, const model::Judgement& judgement,
                          base::Timestamp at);

}  // namespace setpoint::findings
