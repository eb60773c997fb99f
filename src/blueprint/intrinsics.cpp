#include "blueprint/intrinsics.h"

#include <array>

#include "blueprint/limits.h"
#include "blueprint/source.h"
#include "guard/unknown.h"

namespace setpoint::blueprint {

using base::Node;
using base::Position;
using guard::Presence;
using guard::unknown_text;

namespace {

constexpr std::array<std::string_view, 18> kFunctions = {
    "Fn::Base64",       "Fn::Cidr",      "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::If",
    "Fn::ImportValue",  "Fn::Join",      "Fn::Length",    "Fn::Select", "Fn::Split",  "Fn::Sub",
    "Fn::ToJsonString", "Fn::Transform", "Fn::And",       "Fn::Equals", "Fn::Not",    "Fn::Or"};

bool is_function(std::string_view name) {
  return name == "Ref" || name == "Condition" ||
         std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

Node not_known(Presence presence, const std::string& why, Position at) {
  return unknown_node(unknown_text(presence, why), at);
}

const Node* member(const Node* node, std::string_view key) { return node == nullptr ? nullptr : node->find(key); }

// What Fn::Sub and Fn::Join make: marks in it make the whole unknown.
Node made_text(std::string text, Position at) {
  return guard::has_mark(text) ? unknown_node(std::move(text), at) : text_node(std::move(text), at);
}

class Deeper {
 public:
  explicit Deeper(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  std::size_t& depth_;
};

}  // namespace

Node text_node(std::string text, Position at) {
  Node out;
  out.kind = Node::Kind::text;
  out.quoted = true;
  out.scalar = std::move(text);
  out.at = at;
  return out;
}

Node unknown_node(std::string text, Position at) { return text_node(std::move(text), at); }

bool is_unknown(const Node& node) { return node.is_text() && guard::has_mark(node.scalar); }

Intrinsics::Intrinsics(const Node& root, const Options& options, std::string file, base::Diagnostics& diagnostics)
    : root_(root), options_(options), file_(std::move(file)), diagnostics_(diagnostics) {}

// {"Ref": x}, {"Fn::Sub": x} or a tagged node, whose argument is the node without its tag.
std::optional<Intrinsics::Call> Intrinsics::call_of(const Node& node, Node& storage) {
  if (!node.tag.empty() && node.tag.front() == '!') {
    std::string name = node.tag.substr(1);
    std::string function = name == "Ref" || name == "Condition" ? name : "Fn::" + name;
    if (!is_function(function)) return std::nullopt;
    storage = node;
    storage.tag.clear();
    return Call{function, &storage};
  }
  if (!node.is_map() || node.entries.size() != 1 || !is_function(node.entries[0].key)) return std::nullopt;
  // A policy's "Condition" is a property, a function only where it names a condition.
  if (node.entries[0].key == "Condition" && !node.entries[0].value.is_text()) return std::nullopt;
  return Call{node.entries[0].key, &node.entries[0].value};
}

std::optional<Node> Intrinsics::resolve(const Node& node) {
  Deeper deeper(depth_);
  if (depth_ > kIntrinsicDepthMax) {
    diagnostics_.error("blueprint-depth", file_, node.at,
                       fmt::format("more than {} functions and lists inside each other", kIntrinsicDepthMax));
    return not_known(Presence::perhaps, "nested too deep", node.at);
  }
  Node storage;
  if (auto call = call_of(node, storage)) return resolve_call(*call, node.at);
  if (node.is_map()) return resolve_map(node);
  if (node.is_list()) return resolve_list(node);
  if (node.is_text() && node.scalar.find("{{resolve:") != std::string::npos)
    return not_known(Presence::filled, node.scalar, node.at);
  return node;
}

std::optional<Node> Intrinsics::resolve_map(const Node& node) {
  Node out = node;
  out.entries.clear();
  for (const Node::Entry& entry : node.entries) {
    if (auto value = resolve(entry.value)) out.entries.push_back({entry.key, entry.key_at, std::move(*value)});
  }
  return out;
}

// An item that may turn out to be no value makes the list's length unknown, and so the list.
std::optional<Node> Intrinsics::resolve_list(const Node& node) {
  Node out = node;
  out.items.clear();
  for (const Node& item : node.items) {
    auto value = resolve(item);
    if (!value) continue;
    if (is_unknown(*value) && guard::presence_of(value->scalar) == Presence::perhaps)
      return not_known(Presence::present, "a list with " + guard::without_marks(value->scalar), node.at);
    out.items.push_back(std::move(*value));
  }
  return out;
}

std::optional<Node> Intrinsics::resolve_call(const Call& call, Position at) {
  const Node& argument = *call.argument;
  const std::string& function = call.function;
  if (function == "Ref") return ref(argument.scalar, at);
  if (function == "Fn::GetAtt") return get_att(argument, at);
  if (function == "Fn::Sub") return sub(argument, at);
  if (function == "Fn::Join") return join(argument, at);
  if (function == "Fn::Split") return split(argument, at);
  if (function == "Fn::Select") return select(argument, at);
  if (function == "Fn::FindInMap") return find_in_map(argument, at);
  if (function == "Fn::If") return branch(argument, at);
  if (function == "Fn::ToJsonString") {
    auto value = resolve(argument);
    return made_text(value ? base::canonical(value->json()) : "null", at);
  }
  if (std::optional<bool> known = truth_call(function, argument)) return text_node(*known ? "true" : "false", at);
  bool filled = function == "Fn::ImportValue" || function == "Fn::Base64";
  return not_known(filled ? Presence::filled : Presence::present, function, at);
}

std::optional<Node> Intrinsics::ref(const std::string& name, Position at) {
  if (name == "AWS::NoValue") return std::nullopt;
  if (name.starts_with("AWS::")) return pseudo(name, at);
  if (const Node* declared = member(root_.find("Parameters"), name)) return parameter(name, *declared, at);
  bool resource = member(root_.find("Resources"), name) != nullptr;
  if (!resource)
    diagnostics_.warning("blueprint-reference", file_, at, fmt::format("the template declares no '{}'", name),
                         "a parameter or a resource of this template");
  return not_known(resource ? Presence::filled : Presence::perhaps, "Ref " + name, at);
}

Node Intrinsics::pseudo(const std::string& name, Position at) const {
  if (name == "AWS::AccountId" && !options_.account.empty()) return text_node(options_.account, at);
  if (name == "AWS::Region" && !options_.region.empty()) return text_node(options_.region, at);
  return not_known(name == "AWS::NotificationARNs" ? Presence::present : Presence::filled, name, at);
}

// A value given on the command line, the default where that was asked for; else unknown. A text parameter may be empty.
Node Intrinsics::parameter(const std::string& name, const Node& declared, Position at) const {
  const Node* type = declared.find("Type");
  std::string kind = type == nullptr ? "String" : type->scalar;
  bool list = kind.starts_with("List<") || kind == "CommaDelimitedList";
  auto given = options_.parameters.find(name);
  const Node* fallback = options_.parameter_defaults ? declared.find("Default") : nullptr;
  bool by_store = kind.starts_with("AWS::SSM::Parameter");
  if ((given == options_.parameters.end() && fallback == nullptr) || by_store)
    return not_known(kind.starts_with("AWS::") ? Presence::filled : Presence::present, "Ref " + name, at);
  std::string value = given != options_.parameters.end() ? given->second : fallback->scalar;
  Node text = text_node(value, at);
  if (!list) return text;
  Node out;
  out.kind = Node::Kind::list;
  out.at = at;
  for (std::size_t from = 0; from <= value.size();) {
    std::size_t comma = std::min(value.find(',', from), value.size());
    out.items.push_back(text_node(value.substr(from, comma - from), at));
    from = comma + 1;
  }
  return out;
}

Node Intrinsics::get_att(const Node& argument, Position at) const {
  std::string name = argument.scalar;
  for (const Node& part : argument.items) name += (name.empty() ? "" : ".") + part.scalar;
  bool text = name.ends_with("Arn") || name.ends_with("Id") || name.ends_with("Name");
  return not_known(text ? Presence::filled : Presence::present, "GetAtt " + name, at);
}

Node Intrinsics::sub(const Node& argument, Position at) {
  if (argument.is_list() && argument.items.size() == 2)
    return sub_text(argument.items[0].scalar, &argument.items[1], at);
  return sub_text(argument.scalar, nullptr, at);
}

Node Intrinsics::sub_text(const std::string& text, const Node* values, Position at) {
  std::string out;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t open = text.find("${", from);
    std::size_t close = open == std::string::npos ? std::string::npos : text.find('}', open);
    out += text.substr(from, close == std::string::npos ? std::string::npos : open - from);
    if (close == std::string::npos || out.size() > kTextBytesMax) break;
    std::string name = text.substr(open + 2, close - open - 2);
    from = close + 1;
    if (name.starts_with('!')) {
      out += "${" + name.substr(1) + "}";
      continue;
    }
    const Node* own = member(values, name);
    std::optional<Node> value = own != nullptr                        ? resolve(*own)
                                : name.find('.') != std::string::npos ? get_att(text_node(name, at), at)
                                                                      : ref(name, at);
    if (value) out += value->is_scalar() ? value->scalar : base::canonical(value->json());
  }
  return made_text(std::move(out), at);
}

Node Intrinsics::join(const Node& argument, Position at) {
  if (!argument.is_list() || argument.items.size() != 2) return not_known(Presence::filled, "Fn::Join", at);
  auto parts = resolve(argument.items[1]);
  if (!parts || !parts->is_list()) return not_known(Presence::present, "Fn::Join", at);
  std::string out;
  for (std::size_t i = 0; i < parts->items.size() && out.size() <= kTextBytesMax; ++i) {
    if (!parts->items[i].is_scalar()) return not_known(Presence::filled, "Fn::Join", at);
    out += (i == 0 ? "" : argument.items[0].scalar) + parts->items[i].scalar;
  }
  return made_text(std::move(out), at);
}

Node Intrinsics::split(const Node& argument, Position at) {
  auto text = argument.is_list() && argument.items.size() == 2 ? resolve(argument.items[1]) : std::nullopt;
  std::string delimiter = text ? argument.items[0].scalar : "";
  if (!text || is_unknown(*text) || delimiter.empty()) return not_known(Presence::present, "Fn::Split", at);
  Node out;
  out.kind = Node::Kind::list;
  out.at = at;
  for (std::size_t from = 0; from <= text->scalar.size();) {
    std::size_t end = std::min(text->scalar.find(delimiter, from), text->scalar.size());
    out.items.push_back(text_node(text->scalar.substr(from, end - from), at));
    from = end + delimiter.size();
  }
  return out;
}

std::optional<Node> Intrinsics::select(const Node& argument, Position at) {
  if (!argument.is_list() || argument.items.size() != 2) return not_known(Presence::present, "Fn::Select", at);
  auto index = resolve(argument.items[0]);
  auto list = resolve(argument.items[1]);
  bool known = index && list && list->is_list() && !index->scalar.empty() &&
               index->scalar.find_first_not_of("0123456789") == std::string::npos && index->scalar.size() < 6;
  std::size_t at_index = known ? std::stoul(index->scalar) : 0;
  if (!known || at_index >= list->items.size()) return not_known(Presence::present, "Fn::Select", at);
  return list->items[at_index];
}

Node Intrinsics::find_in_map(const Node& argument, Position at) {
  const Node* found = root_.find("Mappings");
  for (std::size_t i = 0; i < 3 && found != nullptr; ++i) {
    auto key = i < argument.items.size() ? resolve(argument.items[i]) : std::nullopt;
    if (!key || is_unknown(*key)) return not_known(Presence::present, "Fn::FindInMap", at);
    found = found->find(key->scalar);
  }
  if (found == nullptr) return not_known(Presence::present, "Fn::FindInMap", at);
  Node out = *found;
  out.at = at;
  return out;
}

std::optional<Node> Intrinsics::branch(const Node& argument, Position at) {
  if (!argument.is_list() || argument.items.size() != 3) return not_known(Presence::perhaps, "Fn::If", at);
  const std::string& name = argument.items[0].scalar;
  if (std::optional<bool> known = condition(name)) return resolve(argument.items[*known ? 1 : 2]);
  auto yes = resolve(argument.items[1]);
  auto no = resolve(argument.items[2]);
  if (yes && no && !is_unknown(*yes) && yes->json() == no->json()) return yes;
  return not_known(yes && no ? Presence::present : Presence::perhaps, "If " + name, at);
}

std::optional<bool> Intrinsics::condition(const std::string& name) {
  if (auto known = conditions_.find(name); known != conditions_.end()) return known->second;
  const Node* declared = member(root_.find("Conditions"), name);
  if (declared == nullptr || !under_way_.insert(name).second) return std::nullopt;
  std::optional<bool> out = truth(*declared);
  under_way_.erase(name);
  return conditions_[name] = out;
}

std::optional<bool> Intrinsics::truth(const Node& node) {
  Deeper deeper(depth_);
  Node storage;
  auto call = depth_ > kIntrinsicDepthMax ? std::nullopt : call_of(node, storage);
  return call ? truth_call(call->function, *call->argument) : std::nullopt;
}

std::optional<bool> Intrinsics::truth_call(const std::string& function, const Node& argument) {
  if (function == "Condition") return condition(argument.scalar);
  if (function == "Fn::Equals") return equals(argument);
  if (function == "Fn::And" || function == "Fn::Or") return all_or_any(argument, function == "Fn::And");
  if (function != "Fn::Not" || argument.items.size() != 1) return std::nullopt;
  std::optional<bool> inner = truth(argument.items[0]);
  return inner ? std::optional(!*inner) : std::nullopt;
}

std::optional<bool> Intrinsics::equals(const Node& argument) {
  if (argument.items.size() != 2) return std::nullopt;
  auto left = resolve(argument.items[0]);
  auto right = resolve(argument.items[1]);
  if (!left || !right || is_unknown(*left) || is_unknown(*right)) return std::nullopt;
  if (left->is_scalar() && right->is_scalar()) return left->scalar == right->scalar;
  return left->json() == right->json();
}

std::optional<bool> Intrinsics::all_or_any(const Node& argument, bool all) {
  bool unknown = false;
  for (const Node& one : argument.items) {
    std::optional<bool> truth = this->truth(one);
    if (truth && *truth != all) return !all;
    unknown = unknown || !truth;
  }
  return unknown ? std::nullopt : std::optional(all);
}

std::set<std::string> Intrinsics::references(const Node& node) {
  std::set<std::string> out;
  Node storage;
  if (auto call = call_of(node, storage)) {
    const Node& argument = *call->argument;
    if (call->function == "Ref") out.insert(argument.scalar);
    if (call->function == "Fn::GetAtt")
      out.insert(argument.is_list() && !argument.items.empty() ? argument.items[0].scalar
                                                               : argument.scalar.substr(0, argument.scalar.find('.')));
    if (call->function == "Ref" || call->function == "Fn::GetAtt") return out;
  }
  for (const Node& item : node.items) out.merge(references(item));
  for (const Node::Entry& entry : node.entries) out.merge(references(entry.value));
  return out;
}

}  // namespace setpoint::blueprint
