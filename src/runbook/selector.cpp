#include "runbook/selector.h"

#include <numeric>

#include "runbook/limits.h"
#include "runbook/selector_parser.h"
#include "runbook/selector_path.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::Status;

namespace {

const Json* element_at(const Json& list, std::int64_t index) {
  if (!list.is_array()) return nullptr;
  auto size = static_cast<std::int64_t>(list.size());
  if (index < 0) index += size;
  return index >= 0 && index < size ? &list[static_cast<std::size_t>(index)] : nullptr;
}

class Walk {
 public:
  Walk(const Json& root, Budget& budget) : root_(root), budget_(budget) {}

  Status step(const Segment& segment, const Nodes& from, Nodes& to) {
    for (const Json* node : from) {
      TRY_VOID(segment.descend ? descend(segment, *node, to) : apply(segment, *node, to));
    }
    return {};
  }

 private:
  // Documents come from parse_json, so the recursion is bounded by kJsonDepthMax.
  Status descend(const Segment& segment, const Json& node, Nodes& to) {
    TRY_VOID(apply(segment, node, to));
    if (!node.is_structured()) return {};
    for (const Json& child : node) TRY_VOID(descend(segment, child, to));
    return {};
  }

  Status apply(const Segment& segment, const Json& node, Nodes& to) {
    TRY_VOID(budget_.spend());
    switch (segment.kind) {
      case Segment::Kind::member:
      case Segment::Kind::members:
        members(segment, node, to);
        return {};
      case Segment::Kind::element:
      case Segment::Kind::elements:
        for (std::int64_t index : segment.indices) add(element_at(node, index), to);
        return {};
      case Segment::Kind::slice:
        return slice(segment, node, to);
      case Segment::Kind::wildcard:
        return children(node, to);
      case Segment::Kind::filter:
        return filter(segment, node, to);
      case Segment::Kind::function:
        return {};
    }
    return {};
  }

  static void add(const Json* node, Nodes& to) {
    if (node != nullptr) to.push_back(node);
  }

  static void members(const Segment& segment, const Json& node, Nodes& to) {
    if (!node.is_object()) return;
    for (const std::string& name : segment.names) {
      auto found = node.find(name);
      if (found != node.end()) to.push_back(&*found);
    }
  }

  Status slice(const Segment& segment, const Json& node, Nodes& to) {
    if (!node.is_array()) return {};
    auto size = static_cast<std::int64_t>(node.size());
    auto bound = [&](std::int64_t index) {
      return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size);
    };
    std::int64_t to_index = segment.to ? bound(*segment.to) : size;
    for (std::int64_t i = segment.from ? bound(*segment.from) : 0; i < to_index; ++i) {
      TRY_VOID(budget_.spend());
      to.push_back(&node[static_cast<std::size_t>(i)]);
    }
    return {};
  }

  Status children(const Json& node, Nodes& to) {
    if (!node.is_structured()) return {};
    TRY_VOID(budget_.spend(node.size()));
    for (const Json& child : node) to.push_back(&child);
    return {};
  }

  // Jayway filters a list's elements, and a map as if it were a list of one.
  Status filter(const Segment& segment, const Json& node, Nodes& to) {
    if (node.is_object()) return keep(segment, node, to);
    if (!node.is_array()) return {};
    for (const Json& child : node) TRY_VOID(keep(segment, child, to));
    return {};
  }

  Status keep(const Segment& segment, const Json& node, Nodes& to) {
    TRY_VOID(budget_.spend());
    TRY(bool kept, holds(*segment.filter, root_, node, budget_));
    if (kept) to.push_back(&node);
    return {};
  }

  const Json& root_;
  Budget& budget_;
};

std::optional<Json> numeric(const std::string& function, const Json& list) {
  std::vector<double> numbers;
  for (const Json& item : list) {
    if (item.is_number()) numbers.push_back(item.get<double>());
  }
  if (numbers.empty()) return std::nullopt;
  double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  if (function == "min") return Json(*std::min_element(numbers.begin(), numbers.end()));
  if (function == "max") return Json(*std::max_element(numbers.begin(), numbers.end()));
  if (function == "sum") return Json(sum);
  return Json(sum / static_cast<double>(numbers.size()));
}

std::optional<Json> call(const std::string& function, const Json& value) {
  if (function == "length" || function == "size") {
    if (value.is_string()) return Json(value.get_ref<const std::string&>().size());
    return value.is_structured() ? std::optional<Json>(value.size()) : std::nullopt;
  }
  if (function == "keys") {
    if (!value.is_object()) return std::nullopt;
    Json out = Json::array();
    for (auto item = value.begin(); item != value.end(); ++item) out.push_back(item.key());
    return out;
  }
  if (!value.is_array() || value.empty()) return std::nullopt;
  if (function == "first") return value.front();
  if (function == "last") return value.back();
  return numeric(function, value);
}

Result<Json> gathered(const Nodes& nodes) {
  Json out = Json::array();
  std::size_t bytes = 0;
  for (const Json* node : nodes) {
    bytes += weight(*node, kValueBytesMax);
    if (bytes > kValueBytesMax)
      return fail(ErrorCode::limit_exceeded, "a selection is larger than {} bytes", kValueBytesMax);
    out.push_back(*node);
  }
  return out;
}

}  // namespace

Status Budget::spend(std::size_t nodes) {
  if (nodes > left)
    return fail(ErrorCode::limit_exceeded, "a selection looks at more than {} values", kSelectorVisitsMax);
  left -= nodes;
  return {};
}

bool definite(const Selector::Path& path) {
  return std::all_of(path.segments.begin(), path.segments.end(), [](const Segment& segment) {
    return segment.definite() || segment.kind == Segment::Kind::function;
  });
}

Result<std::optional<Json>> evaluate(const Selector::Path& path, const Json& root, const Json& current,
                                     Budget& budget) {
  Nodes nodes = {path.from_root ? &root : &current};
  Walk walk(root, budget);
  bool is_definite = true;
  // Functions make values of their own; they live here until the result is copied.
  std::vector<std::unique_ptr<Json>> made;
  for (const Segment& segment : path.segments) {
    if (segment.kind == Segment::Kind::function) {
      if (is_definite && nodes.empty()) return std::optional<Json>();
      Json argument;
      if (!is_definite) {
        TRY(argument, gathered(nodes));
      }
      auto result = call(segment.names.front(), is_definite ? *nodes.front() : argument);
      if (!result) return std::optional<Json>();
      made.push_back(std::make_unique<Json>(std::move(*result)));
      nodes = {made.back().get()};
      is_definite = true;
      continue;
    }
    Nodes next;
    TRY_VOID(walk.step(segment, nodes, next));
    nodes = std::move(next);
    is_definite = is_definite && segment.definite();
  }
  if (is_definite) return nodes.empty() ? std::optional<Json>() : std::optional<Json>(*nodes.front());
  TRY(Json list, gathered(nodes));
  return std::optional<Json>(std::move(list));
}

Selector::Selector(std::shared_ptr<const Path> path) : path_(std::move(path)) {}

Result<Selector> Selector::parse(std::string_view text) {
  TRY(auto path, parse_path(text));
  return Selector(std::move(path));
}

Result<std::optional<Json>> Selector::select(const Json& root) const {
  Budget budget{kSelectorVisitsMax};
  return evaluate(*path_, root, root, budget);
}

bool Selector::definite() const { return runbook::definite(*path_); }

const std::string& Selector::text() const { return path_->text; }

}  // namespace setpoint::runbook
