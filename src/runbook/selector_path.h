// The compiled form of a Selector; private to selector*.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "runbook/pattern.h"
#include "runbook/selector.h"

#include <nlohmann/json.hpp>

namespace setpoint::runbook {

struct Filter;

struct Segment {
  enum class Kind { member, members, element, elements, slice, wildcard, filter, function };
  Kind kind = Kind::member;
  bool descend = false;  // "..": at any depth
  std::vector<std::string> names;
  std::vector<std::int64_t> indices;
  std::optional<std::int64_t> from, to;  // of a slice
  std::shared_ptr<const Filter> filter;

  bool definite() const { return !descend && (kind == Kind::member || kind == Kind::element); }
};

struct Selector::Path {
  std::string text;
  std::vector<Segment> segments;
  bool from_root = true;  // false: "@" within a filter
};

struct Operand {
  std::optional<base::Json> literal;
  std::shared_ptr<const Selector::Path> path;
  std::shared_ptr<const Pattern> pattern;
};

struct Filter {
  enum class Kind { all, any, negate, exists, compare };
  Kind kind = Kind::exists;
  std::vector<Filter> parts;  // of all, any, negate
  Operand left, right;
  std::string op;  // of compare
};

// Counts the nodes that one selection looks at.
struct Budget {
  std::size_t left;
  base::Status spend(std::size_t nodes = 1);
};

using Nodes = std::vector<const base::Json*>;

base::Result<std::optional<base::Json>> evaluate(const Selector::Path& path, const base::Json& root,
                                                 const base::Json& current, Budget& budget);
base::Result<bool> holds(const Filter& filter, const base::Json& root, const base::Json& current, Budget& budget);

bool definite(const Selector::Path& path);

}  // namespace setpoint::runbook
