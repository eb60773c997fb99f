#include "cloud/aws/service_model.h"

#include <algorithm>

namespace setpoint::cloud::aws {

namespace {

template <class Items, class Project>
auto* find_sorted(const Items& items, std::string_view wanted, Project project) {
  auto at = std::lower_bound(items.begin(), items.end(), wanted,
                             [&](const auto& item, std::string_view name) { return project(item) < name; });
  return at != items.end() && project(*at) == wanted ? &*at : nullptr;
}

template <class Items, class Project>
void sort_by(Items& items, Project project) {
  std::sort(items.begin(), items.end(), [&](const auto& a, const auto& b) { return project(a) < project(b); });
}

}  // namespace

std::string_view to_string(Protocol protocol) {
  constexpr std::string_view kNames[] = {"json", "query", "ec2", "rest-json", "rest-xml"};
  return kNames[static_cast<int>(protocol)];
}

std::string_view to_string(ShapeType type) {
  constexpr std::string_view kNames[] = {"structure", "list",   "map",       "string", "boolean",
                                         "integer",   "number", "timestamp", "blob"};
  return kNames[static_cast<int>(type)];
}

const Member* Shape::find(std::string_view member) const {
  if (type != ShapeType::structure) return nullptr;
  return find_sorted(members, member, [](const Member& m) { return m.name; });
}

const Member* Shape::find_wire(std::string_view wire_name) const {
  for (const Member& member : members) {
    if (member.location == Location::body && member.wire_name() == wire_name) return &member;
  }
  return nullptr;
}

const Shape& empty_structure() {
  static const Shape empty = [] {
    Shape shape;
    shape.type = ShapeType::structure;
    return shape;
  }();
  return empty;
}

const Member* OperationModel::idempotency_member() const {
  if (!input.shape) return nullptr;
  for (const Member& member : input.shape->members) {
    if (member.is(Member::idempotency_token)) return &member;
  }
  return nullptr;
}

const OperationModel* ServiceModel::find(std::string_view operation) const {
  return find_sorted(operations, operation, [](const OperationModel& o) { return o.name; });
}

const Paginator* ServiceModel::paginator(std::string_view operation) const {
  return find_sorted(paginators, operation, [](const Paginator& p) { return p.operation; });
}

const Waiter* ServiceModel::waiter(std::string_view waiter_name) const {
  return find_sorted(waiters, waiter_name, [](const Waiter& w) { return w.name; });
}

std::string_view ServiceModel::keep(std::string_view text) {
  if (text.empty()) return {};
  return pool.emplace_back(text);
}

void ServiceModel::link() {
  auto resolve = [&](Member& member) {
    if (member.shape_index != 0) member.shape = &shapes[member.shape_index - 1];
  };
  for (Shape& shape : shapes) {
    for (Member& member : shape.members) resolve(member);
    if (shape.type == ShapeType::structure) sort_by(shape.members, [](const Member& m) { return m.name; });
  }
  for (OperationModel& operation : operations) {
    operation.service = this;
    resolve(operation.input);
    resolve(operation.output);
    for (std::uint32_t index : operation.error_indices) operation.errors.push_back(&shapes[index - 1]);
  }
  sort_by(operations, [](const OperationModel& o) { return o.name; });
  sort_by(paginators, [](const Paginator& p) { return p.operation; });
  sort_by(waiters, [](const Waiter& w) { return w.name; });
}

}  // namespace setpoint::cloud::aws
