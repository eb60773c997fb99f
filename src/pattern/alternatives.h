// A pattern as the engine sees it: alternatives (every $or expanded), each a list of fields that must all match.
// {"a": {"b": ["x"]}, "$or": [{"c": [1]}, {"d": [2]}]}  ->  a.b & c  |  a.b & d
//
// A field's name is its path joined by '.', so {"a": {"b": ..}} and {"a.b": ..} name the same field, and of two members
// that name the same field the later one counts: that is also how a $or branch overrides a field beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "pattern/operators.h"

namespace setpoint::pattern {

struct Field {
  std::string path;
  std::shared_ptr<const FieldTest> test;
};
using Alternative = std::vector<Field>;  // sorted by path, each path once

std::optional<std::vector<Alternative>> parse_alternatives(const base::SourceText& source,
                                                           base::Diagnostics& diagnostics);

}  // namespace setpoint::pattern
