// The part of JMESPath that AWS's paginators and waiters are written in: fields, indices, flattening, wildcards,
// filters, comparisons, ||, &&, !, literals, length(), contains(), pipes.
//
//   TRY(JmesPath path, JmesPath::compile("length(Reservations[]) > `0`"));
//   if (path.search(page) == true) ...
//
// Source: jmespath.org/specification.html. Refused: what is not of that part (unsupported). Depth and length are
// bounded.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace setpoint::cloud::aws {

class JmesPath {
 public:
  struct Node;
  static base::Result<JmesPath> compile(std::string_view text);
  base::Json search(const base::Json& value) const;

 private:
  explicit JmesPath(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace setpoint::cloud::aws
