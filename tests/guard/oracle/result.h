// What a query of the oracle yields, and how two sides of a clause compare. From the semantics' "Clause verdicts".
#pragma once

#include <vector>

#include "guard/ast.h"

namespace setpoint::guard::oracle {

enum class Origin { literal, resolved, unresolved };
struct Result {
  const Value* value = nullptr;
  Origin origin = Origin::resolved;
};
using Results = std::vector<Result>;

struct Aborted {};    // cfn-guard ends its run here
struct NoOpinion {};  // a limit, the time, the inventory

const Value* member_of(const Value& map, std::string_view key);  // nullptr where there is none

// One truth for each pair or value that the clause decides.
using Truths = std::vector<bool>;
Truths equality(const Results& left, const Results& right, bool inverted);
Truths membership(const Results& left, const Results& right, bool inverted);
Truths ordering(Op op, const Results& left, const Results& right, bool inverted);

// Does the key of a member stand in what a keys filter asks for?
bool key_selected(const Value& key, const KeysFilter& filter, const Results& against);

}  // namespace setpoint::guard::oracle
