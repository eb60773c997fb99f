// Verification: the resource is read afresh and judged by the rule that raised the finding (design section 5).
//
//   Verifier verifier(observer, rejudge, journal, clock);
//   Request request{.control = "EC2.13", .resource = key, .subject = run.id, .actor = "user:ada"};
//   TRY(Verification answer, verifier.verify(request));
//   if (answer.effect == Effect::ineffective) ...     // reopen, count for the breaker, perhaps undo
//
// A failed read is an answer too, `unknown`: it closes nothing. Errors: the journal could not record the answer.
// Threads: as its ports.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cloud/ports.h"
#include "journal/journal.h"
#include "model/plan.h"
#include "model/verdict.h"

namespace setpoint::verification {

enum class Effect { effective, ineffective, unknown };
std::string_view to_string(Effect effect);  // EFFECTIVE, INEFFECTIVE, UNKNOWN

struct Request {
  std::string control;
  model::ResourceKey resource;
  std::string subject;  // what the journal entry is about: a run, or a finding
  std::string actor;
};

// For a run that no rule asked for, a containment say: does what its plan foresaw stand?
struct ChangesRequest {
  std::vector<model::ResourceChange> changes;  // of resources that existed before
  std::string subject;
  std::string actor;
};

struct Verification {
  Effect effect = Effect::unknown;
  std::string text;  // one sentence: why
  model::Judgement judgement;
  model::Resource resource;  // as read
  base::Timestamp at;
};

// What a control's rule says of a resource; nullopt where there is no such control.
using Rejudge =
    std::function<std::optional<model::Judgement>(const std::string& control, const model::Resource& resource)>;

class Verifier {
 public:
  Verifier(cloud::Observer& observer, Rejudge rejudge, journal::Journal& journal, base::Clock& clock)
      : observer_(observer), rejudge_(std::move(rejudge)), journal_(journal), clock_(clock) {}

  base::Result<Verification> verify(const Request& request);
  // EFFECTIVE: every field is as foreseen. INEFFECTIVE: one is still as it was. UNKNOWN: one is neither, or could not be
  // read. `resource` is the last one that was read.
  base::Result<Verification> verify_changes(const ChangesRequest& request);

 private:
  Verification look(const Request& request) const;
  Verification look_at_changes(const ChangesRequest& request) const;

  cloud::Observer& observer_;
  Rejudge rejudge_;
  journal::Journal& journal_;
  base::Clock& clock_;
};

}  // namespace setpoint::verification
