// Whether a change that a plan foresaw stands in what was read: the check of runs that no rule asked for.
//
//   if (standing_of(change, fresh) == Standing::as_before) ...  // success was reported, and nothing happened
//
// A value that was to come into a list, or to leave it, may stand anywhere in it: lists are sets here, as in
// model/difference.h. Pure.
#pragma once

#include "model/plan.h"

namespace setpoint::verification {

enum class Standing { as_foreseen, as_before, neither };

Standing standing_of(const model::FieldChange& change, const model::Resource& fresh);

}  // namespace setpoint::verification
