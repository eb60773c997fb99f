// A selector: JSONPath as Systems Manager takes it (Jayway's dialect), our own implementation, compiled once.
//
//   $.Reservations[0].Instances[*].InstanceId      $..Arn      $.Tags[?(@.Key == 'Name')].Value      Payload.output (no
//   "$.")
//
// Members (.name, ['name'], ['a','b']), elements ([0], [-1], [0,2], [1:3]), wildcards (.*, [*]), descent (..), filters
// with ==, !=, <,
// <=, >, >=, =~ /…/i, in, nin, anyof, noneof, subsetof, contains, size, empty, &&, ||, !, and existence tests;
// functions length(), size(), min(), max(), sum(), avg(), first(), last(), keys() at the end of a path. A definite path
// yields one value or nothing; an indefinite one (wildcard, descent, filter, slice, union) yields a list, as in Jayway.
// Refused: more than kSelectorCharsMax characters, kSelectorDepthMax nested brackets, kSelectorVisitsMax nodes looked
// at.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace setpoint::runbook {

class Selector {
 public:
  static base::Result<Selector> parse(std::string_view text);

  // nullopt: nothing there. Errors: limit_exceeded only. Thread-safe.
  base::Result<std::optional<base::Json>> select(const base::Json& root) const;
  bool definite() const;
  const std::string& text() const;

  struct Path;

 private:
  explicit Selector(std::shared_ptr<const Path> path);
  std::shared_ptr<const Path> path_;
};

}  // namespace setpoint::runbook
