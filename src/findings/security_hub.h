// Outcomes written back to where a finding came from: the parameters of AWS Security Hub's BatchUpdateFindings for the
// sources of a finding that Security Hub holds. Pure; who sends it is a Notifier of app/.
//
//   for (const Json& parameters : {outcome_update(finding, {...})}) client.call(BatchUpdateFindings, parameters)
//
// Which findings: every active source whose product is known to Security Hub and whose id it gave us. The product's ARN
// is that of the imported form, or follows from the id's region for AWS's own products; a source of which neither is
// known is left out. Limits of the API: 100 findings a call, a note of 512 characters.
#pragma once

#include <optional>

#include "model/finding.h"
#include "model/outcome.h"

namespace setpoint::findings {

struct OutcomeNote {
  model::RunStatus status = model::RunStatus::effective;
  std::string run;
  std::string text;
};

// nullopt where Security Hub holds none of the finding's sources. An effective run resolves the finding's workflow, an
// undone one makes it new again, anything else leaves it with people: NOTIFIED.
std::optional<base::Json> outcome_update(const model::Finding& finding, const OutcomeNote& note);

}  // namespace setpoint::findings
