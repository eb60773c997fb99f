#include "blueprint/translation.h"

#include <algorithm>

#include "guard/unknown.h"

namespace setpoint::blueprint {

using base::Json;
using base::Node;
using guard::Presence;

namespace {

std::string escaped(std::string_view token) {
  std::string out;
  for (char c : token) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

std::string pointer_of(const std::vector<std::string>& segments) {
  std::string out;
  for (const std::string& one : segments) out += "/" + escaped(one);
  return out;
}

bool numeric(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos && text.size() < 5;
}

// The place in the item; lists are made where a segment is a number.
Json& place_in(Json& item, const std::vector<std::string>& segments) {
  Json* at = &item;
  for (const std::string& segment : segments) at = numeric(segment) ? &(*at)[std::stoul(segment)] : &(*at)[segment];
  return *at;
}

Json typed(const Node& node, Shape shape) {
  if (is_unknown(node) || !node.is_scalar()) return node.json();
  const std::string& text = node.scalar;
  if (shape == Shape::text) return text;
  if (shape == Shape::boolean && (text == "true" || text == "false" || text == "True" || text == "False"))
    return text == "true" || text == "True";
  bool digits = !text.empty() && text.size() < 12 && text.find_first_not_of("-0123456789") == std::string::npos;
  if (shape == Shape::integer && digits && text != "-") return std::stoll(text);
  return node.json();
}

std::string key_in(Shape shape, const std::string& key) {
  if (shape == Shape::camel) return camel_case(key);
  return shape == Shape::pascal ? pascal_case(key) : key;
}

// What stands inside a text has the text's place.
void place_all(Node& node, base::Position at) {
  node.at = at;
  for (Node& item : node.items) place_all(item, at);
  for (Node::Entry& entry : node.entries) place_all(entry.value, at);
}

const Node* any_of(const Node& node, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const Node* found = node.find(key);
    if (found != nullptr && found->kind != Node::Kind::null && !(found->is_text() && found->scalar.empty()))
      return found;
  }
  return nullptr;
}

}  // namespace

const Place& Declared::place_of(const std::string& pointer) const {
  for (std::string at = pointer; !at.empty(); at = at.substr(0, at.rfind('/'))) {
    if (auto found = places.find(at); found != places.end()) return found->second;
  }
  return place;
}

Declared Translation::translate(const Written& written, const TypeMapping& type, const Attached& attached) {
  places_.clear();
  Json item = identity(written, type);
  std::vector<Found> roots = {{&written.properties, written.prefix}};
  for (const Property& property : type.properties) put(property, "", item, roots, attached);
  Declared out;
  out.place = {written.at, written.prefix.substr(0, written.prefix.find("/Properties"))};
  if (language_ == Language::terraform) out.place.property = written.address;
  out.places = std::move(places_);
  model::Resource& resource = out.resource;
  resource.key = {"aws", options_.account.empty() ? "undeployed" : options_.account,
                  options_.region.empty() ? "undeployed" : options_.region, type.config, written.address};
  resource.name = written.address;
  resource.source = language_ == Language::terraform ? "terraform" : "cloudformation";
  resource.item = std::move(item);
  return out;
}

Json Translation::identity(const Written& written, const TypeMapping& type) const {
  auto told = [](const std::string& value, const char* what) {
    return value.empty() ? guard::unknown_text(Presence::filled, what) : value;
  };
  Json item = {{"resourceType", type.config},
               {"resourceId", written.address},
               {"accountId", told(options_.account, "the account")},
               {"awsRegion", told(options_.region, "the region")},
               {"configurationItemStatus", "ResourceDiscovered"},
               {"configuration", Json::object()},
               {"supplementaryConfiguration", Json::object()},
               {"relationships", Json::array()},
               {"tags", Json::object()}};
  const Node* tags = any_of(written.properties, {"Tags", "tags_all", "tags"});
  if (tags == nullptr) return item;
  if (is_unknown(*tags)) item["tags"] = tags->scalar;
  for (const Node& tag : tags->items) {
    const Node* key = tag.find("Key");
    const Node* value = tag.find("Value");
    if (key != nullptr && value != nullptr) item["tags"][key->scalar] = value->scalar;
  }
  for (const Node::Entry& tag : tags->entries) item["tags"][tag.key] = tag.value.scalar;
  return item;
}

void Translation::record(const std::string& pointer, const Node& node, const std::string& property) {
  bool open = property.ends_with('/') || property.ends_with('.');
  places_[pointer] = {node.at, open ? property.substr(0, property.size() - 1) : property};
}

void Translation::put(const Property& property, const std::string& pointer, Json& into, const std::vector<Found>& roots,
                      const Attached& attached) {
  if (!property.told[index_of(language_)]) return;
  std::string at = pointer + pointer_of(property.target);
  if (property.constant) {
    place_in(into, property.target) = *property.constant;
    return;
  }
  std::optional<Json> value;
  if (language_ == Language::terraform && !property.pairs.empty()) {
    value = paired(property, roots.front(), at);
  } else {
    value = converted(property, find(property, roots, attached), at);
  }
  if (!value && !property.absent.empty()) value = guard::unknown_text(Presence::perhaps, property.absent);
  if (!value) value = property.fallback;
  if (value) place_in(into, property.target) = std::move(*value);
}

std::vector<Translation::Found> Translation::find(const Property& property, const std::vector<Found>& roots,
                                                  const Attached& attached) const {
  std::vector<Found> out;
  for (const SourcePath& path : property.from[index_of(language_)]) {
    std::vector<Found> from = roots;
    if (!path.attached.empty()) {
      from.clear();
      auto found = attached.find(path.attached);
      if (found == attached.end()) continue;
      for (const Written* one : found->second) from.push_back({&one->properties, one->prefix});
    }
    for (const Found& root : from) {
      auto found = walk(root, path.keys);
      if (found && !filled_by_others(property, *found)) out.push_back(std::move(*found));
    }
  }
  return out;
}

// A list that the configuration does not set, and that other resources fill (a group's rules, a role's policies): that
// Terraform calls it "known after apply" says no more than those resources say.
bool Translation::filled_by_others(const Property& property, const Found& found) const {
  bool several = language_ == Language::terraform && property.list_like() && property.from[1].size() > 1;
  return several && is_unknown(*found.node) && guard::presence_of(found.node->scalar) == Presence::perhaps;
}

// A block of Terraform is a list of one. What stands below something unknown is unknown with it.
std::optional<Translation::Found> Translation::walk(Found from, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (is_unknown(*from.node)) return from;
    if (from.node->is_list()) {
      if (from.node->items.empty()) return std::nullopt;
      from.node = &from.node->items[0];
      if (is_unknown(*from.node)) return from;
    }
    const Node* next = from.node->find(key);
    if (next == nullptr || next->kind == Node::Kind::null) return std::nullopt;
    from = {next, from.property + (from.property.ends_with('/') || from.property.ends_with('.') ? "" : "/") + key};
  }
  return from;
}

std::optional<Json> Translation::converted(const Property& property, const std::vector<Found>& found,
                                           const std::string& pointer) {
  if (found.empty()) return std::nullopt;
  record(pointer, *found.front().node, found.front().property);
  if (property.shape == Shape::presence) return true;
  if (property.list_like()) return listed(property, found, pointer);
  const Found& first = found.front();
  if (!property.unset.empty() && first.node->scalar == property.unset) return std::nullopt;
  // An empty text is how Terraform says "not set".
  if (first.node->is_text() && first.node->scalar.empty() && language_ == Language::terraform) return std::nullopt;
  if (is_unknown(*first.node)) return first.node->scalar;
  if (!property.fields.empty()) return of_fields(property.fields, first, pointer);
  if (property.values.empty()) return shaped(property, first, pointer);
  auto value = property.values.find(first.node->scalar);
  if (value != property.values.end()) return value->second;
  return guard::unknown_text(Presence::perhaps, "'" + first.node->scalar + "' is not translated");
}

Json Translation::listed(const Property& property, const std::vector<Found>& found, const std::string& pointer) {
  Json out = Json::array();
  for (const Found& one : found) {
    if (is_unknown(*one.node)) return one.node->scalar;  // how many there are is not known either
    std::vector<Found> elements;
    if (!one.node->is_list()) elements.push_back(one);
    for (std::size_t i = 0; i < one.node->items.size(); ++i)
      elements.push_back({&one.node->items[i], one.property + "/" + std::to_string(i)});
    for (const Found& element : elements) {
      Json value = this->element(property, element, pointer + "/" + std::to_string(out.size()));
      if (!value.is_null()) out.push_back(std::move(value));
    }
  }
  if (property.shape == Shape::lambda_policy) return Json({{"Statement", out}}).dump();
  if (property.complete_by.empty() || !property.fallback) return out;
  for (const Json& wanted : *property.fallback) {
    auto same = [&](const Json& one) {
      return base::member(one, property.complete_by) == base::member(wanted, property.complete_by);
    };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(wanted);
  }
  return out;
}

Json Translation::element(const Property& property, const Found& found, const std::string& pointer) {
  record(pointer, *found.node, found.property);
  if (is_unknown(*found.node))
    return property.wrap.empty() ? Json(found.node->scalar) : Json{{property.wrap, found.node->scalar}};
  if (property.shape == Shape::permissions) {
    const Node* direction = found.node->find("type");  // of Terraform's single rules
    bool egress = pointer.find("Egress") != std::string::npos;
    if (direction != nullptr && (direction->scalar == "egress") != egress) return nullptr;
    return permission(found, pointer);
  }
  if (property.shape == Shape::lambda_policy) return statement(found, pointer);
  if (!property.each.empty()) return of_fields(property.each, found, pointer);
  Json value = tree(*found.node, pointer, found.property, property.shape);
  return property.wrap.empty() ? value : Json{{property.wrap, std::move(value)}};
}

Json Translation::of_fields(const std::vector<Property>& fields, const Found& found, const std::string& pointer) {
  Json out = Json::object();
  for (const Property& field : fields) put(field, pointer, out, {found}, {});
  return out;
}

Json Translation::shaped(const Property& property, const Found& found, const std::string& pointer) {
  switch (property.shape) {
    case Shape::json_text:
      return json_text(found, pointer);
    case Shape::camel:
    case Shape::pascal:
    case Shape::as_is:
      return tree(*found.node, pointer, found.property, property.shape);
    default:
      return typed(*found.node, property.shape);
  }
}

// A JSON text stands for its tree: Terraform's container_definitions.
Json Translation::tree(const Node& node, const std::string& pointer, const std::string& property, Shape shape) {
  record(pointer, node, property);
  if (node.is_text() && shape == Shape::pascal && (node.scalar.starts_with('[') || node.scalar.starts_with('{'))) {
    base::Diagnostics ignored;
    if (auto parsed = base::parse_yaml({"", node.scalar}, ignored)) {
      place_all(*parsed, node.at);
      return tree(*parsed, pointer, property, shape);
    }
  }
  if (node.is_scalar()) return node.json();
  Json out = node.is_list() ? Json::array() : Json::object();
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    std::string index = "/" + std::to_string(i);
    out.push_back(tree(node.items[i], pointer + index, property + index, shape));
  }
  for (const Node::Entry& entry : node.entries) {
    std::string key = key_in(shape, entry.key);
    out[key] = tree(entry.value, pointer + "/" + escaped(key), property + "/" + entry.key, shape);
  }
  return out;
}

Json Translation::json_text(const Found& found, const std::string& pointer) {
  if (found.node->is_scalar()) return found.node->scalar;
  return tree(*found.node, pointer, found.property, Shape::as_is).dump();
}

// Attributes of Terraform that AWS has as a list of keys and values.
Json Translation::paired(const Property& property, const Found& root, const std::string& pointer) {
  Json out = Json::array();
  for (const auto& [key, attribute] : property.pairs) {
    auto found = walk(root, keys_of(attribute));
    if (!found) continue;
    record(pointer + "/" + std::to_string(out.size()), *found->node, found->property);
    out.push_back({{"key", key}, {"value", found->node->scalar}});
  }
  for (const Json& wanted : property.fallback.value_or(Json::array())) {
    bool there = std::any_of(out.begin(), out.end(), [&](const Json& one) { return one["key"] == wanted["key"]; });
    if (!there) out.push_back(wanted);
  }
  return out;
}

// Of AWS::EC2::SecurityGroup's lists, of single rules, of Terraform's blocks and both its kinds of rules.
Json Translation::permission(const Found& found, const std::string& pointer) {
  const Node& node = *found.node;
  Json out = Json::object();
  const Node* protocol = any_of(node, {"IpProtocol", "ip_protocol", "protocol"});
  std::string name = protocol == nullptr ? "" : protocol->scalar;
  if (name == "all") name = "-1";
  if (protocol != nullptr) out["ipProtocol"] = name;
  const Node* from = any_of(node, {"FromPort", "from_port"});
  const Node* to = any_of(node, {"ToPort", "to_port"});
  if (from != nullptr && name != "-1") out["fromPort"] = typed(*from, Shape::integer);
  if (to != nullptr && name != "-1") out["toPort"] = typed(*to, Shape::integer);
  out["ipv4Ranges"] = ranges(found, {"CidrIp", "cidr_ipv4", "cidr_blocks"}, "cidrIp", pointer + "/ipv4Ranges");
  out["ipv6Ranges"] = ranges(found, {"CidrIpv6", "cidr_ipv6", "ipv6_cidr_blocks"}, "cidrIpv6", pointer + "/ipv6Ranges");
  out["userIdGroupPairs"] = ranges(found,
                                   {"SourceSecurityGroupId", "DestinationSecurityGroupId", "source_security_group_id",
                                    "referenced_security_group_id", "security_groups"},
                                   "groupId", pointer + "/userIdGroupPairs");
  return out;
}

Json Translation::ranges(const Found& found, std::initializer_list<const char*> keys, const char* name,
                         const std::string& pointer) {
  const Node* node = any_of(*found.node, keys);
  if (node == nullptr) return Json::array();
  record(pointer, *node, found.property);
  if (is_unknown(*node)) return Json::array({{{name, node->scalar}}});
  if (!node->is_list()) return Json::array({{{name, node->scalar}}});
  Json out = Json::array();
  for (const Node& one : node->items) {
    record(fmt::format("{}/{}", pointer, out.size()), one, found.property);
    out.push_back({{name, one.scalar}});
  }
  return out;
}

Json Translation::statement(const Found& found, const std::string& pointer) {
  const Node& node = *found.node;
  const Node* principal = any_of(node, {"Principal", "principal"});
  std::string who = principal == nullptr ? guard::unknown_text(Presence::filled, "Principal") : principal->scalar;
  Json out = {{"Effect", "Allow"}, {"Principal", {{"AWS", who}}}};
  if (who == "*") out["Principal"] = "*";
  if (who.ends_with(".amazonaws.com")) out["Principal"] = {{"Service", who}};
  if (const Node* action = any_of(node, {"Action", "action"})) out["Action"] = action->scalar;
  if (const Node* account = any_of(node, {"SourceAccount", "source_account"}))
    out["Condition"]["StringEquals"]["AWS:SourceAccount"] = account->scalar;
  if (const Node* arn = any_of(node, {"SourceArn", "source_arn"}))
    out["Condition"]["ArnLike"]["AWS:SourceArn"] = arn->scalar;
  if (const Node* organisation = any_of(node, {"PrincipalOrgID", "principal_org_id"}))
    out["Condition"]["StringEquals"]["aws:PrincipalOrgID"] = organisation->scalar;
  std::string in_policy = pointer.substr(0, pointer.rfind('/')) + "/Statement" + pointer.substr(pointer.rfind('/'));
  record(in_policy, node, found.property);
  return out;
}

}  // namespace setpoint::blueprint
