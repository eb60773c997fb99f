#include <algorithm>

#include "cloud/aws/codec_parts.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

std::string_view element_name(const Member& element) {
  return element.location_name.empty() ? "member" : element.location_name;
}
std::string_view name_or(const Member& member, std::string_view fallback) {
  return member.location_name.empty() ? fallback : member.location_name;
}
bool flattened(const Member& member) { return member.is(Member::flattened); }

std::string_view name_in(const Member& member, XmlStyle style) {
  if (style.query_names && !member.query_name.empty()) return member.query_name;
  const bool by_element = style.flattened_by_element && member.shape->type == ShapeType::list && flattened(member) &&
                          !member.shape->element().location_name.empty();
  return by_element ? member.shape->element().location_name : member.wire_name();
}

void write_namespace(XmlWriter& out, const Member& member) {
  if (member.namespace_uri.empty()) return;
  const std::string name = member.namespace_prefix.empty() ? "xmlns" : "xmlns:" + std::string(member.namespace_prefix);
  out.attribute(name, member.namespace_uri);
}

void write_attributes(XmlWriter& out, const Shape& shape, const Json& value, Walk& walk) {
  for (auto& [name, item] : value.items()) {
    const Member* member = shape.find(name);
    if (member && member->is(Member::xml_attribute) && !item.is_null()) {
      out.attribute(member->wire_name(), scalar_text(*member, item, TimestampFormat::iso8601, walk));
    }
  }
}

void write_free(XmlWriter& out, const std::string& name, const Json& value, Walk& walk) {
  walk.warn("is not known to the model; passed on as it is");
  out.open(name);
  out.text(value.is_string() ? value.get<std::string>() : value.dump());
  out.close(name);
}

void write_one(XmlWriter& out, const Shape& shape, const std::string& name, const Json& item, XmlStyle style,
               Walk& walk) {
  const Member* member = shape.find(name);
  Walk::Step step(walk, name);
  if (!walk.ok() || item.is_null()) return;
  if (!member) return write_free(out, name, item, walk);
  if (member->location != Location::body || member->is(Member::xml_attribute)) return;
  write_xml(out, name_in(*member, style), *member, item, style, walk);
}

void write_list(XmlWriter& out, std::string_view name, const Member& member, const Json& value, XmlStyle style,
                Walk& walk) {
  if (!value.is_array()) return walk.fail("must be a list");
  const Member& element = member.shape->element();
  if (!flattened(member)) out.open(name);
  for (std::size_t i = 0; i < value.size() && walk.ok(); ++i) {
    Walk::Step step(walk, {}, i);
    write_xml(out, flattened(member) ? name : element_name(element), element, value[i], style, walk);
  }
  if (!flattened(member)) out.close(name);
}

void write_map(XmlWriter& out, std::string_view name, const Member& member, const Json& value, XmlStyle style,
               Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object");
  const Member& key_member = member.shape->key();
  const std::string_view key_name =
      style.query_names && !key_member.query_name.empty() ? key_member.query_name : name_or(key_member, "key");
  const Member& value_member = member.shape->value();
  const std::string_view value_name =
      style.query_names && !value_member.query_name.empty() ? value_member.query_name : name_or(value_member, "value");
  const std::string_view entry = flattened(member) ? name : std::string_view("entry");
  if (!flattened(member)) out.open(name);
  for (auto& [key, item] : value.items()) {
    Walk::Step step(walk, key);
    if (!walk.ok()) return;
    out.open(entry);
    out.element(key_name, key);
    write_xml(out, value_name, value_member, item, style, walk);
    out.close(entry);
  }
  if (!flattened(member)) out.close(name);
}

const Member* member_for(const Shape& shape, std::string_view name) {
  if (const Member* found = shape.find_wire(name)) return found;
  for (const Member& member : shape.members) {
    if (member.shape->type == ShapeType::list && flattened(member) && member.shape->element().location_name == name)
      return &member;
  }
  return nullptr;
}

// An element that the model does not know: its text, or an object of its children.
Json read_free(const XmlDocument& document, const XmlNode& node, Walk& walk) {
  Walk::Step step(walk, node.name);
  const XmlNode* child = document.first_child(node);
  if (!child || !walk.ok()) return std::string(node.text);
  Json out = Json::object();
  for (; child; child = document.next(*child)) out[std::string(child->name)] = read_free(document, *child, walk);
  return out;
}

void read_pair(const XmlDocument& document, const XmlNode& entry, const Member& member, Json& into, Walk& walk) {
  const XmlNode* key = document.child(entry, name_or(member.shape->key(), "key"));
  const XmlNode* value = document.child(entry, name_or(member.shape->value(), "value"));
  if (!key || !value) return walk.fail("has an entry without key or value");
  Walk::Step step(walk, key->text);
  if (walk.ok()) into[std::string(key->text)] = read_xml(document, *value, member.shape->value(), walk);
}

void read_into(const XmlDocument& document, const XmlNode& node, const Member& member, Json& slot, Walk& walk) {
  Walk::Step step(walk, member.name);
  if (!walk.ok()) return;
  if (flattened(member) && member.shape->type == ShapeType::list) {
    if (slot.is_null()) slot = Json::array();
    slot.push_back(read_xml(document, node, member.shape->element(), walk));
  } else if (flattened(member) && member.shape->type == ShapeType::map) {
    if (slot.is_null()) slot = Json::object();
    read_pair(document, node, member, slot, walk);
  } else {
    slot = read_xml(document, node, member, walk);
  }
}

void read_attributes(std::span<const XmlAttribute> attributes, const Shape& shape, Json& into, Walk& walk) {
  for (const auto& [name, value] : attributes) {
    for (const Member& member : shape.members) {
      if (member.is(Member::xml_attribute) && member.wire_name() == name) {
        into[std::string(member.name)] = scalar_from_text(member, value, walk);
      }
    }
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos ? std::string_view()
                                         : text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

void write_xml_members(XmlWriter& out, const Shape& shape, const Json& value, XmlStyle style, Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object");
  for (std::string_view name : shape.xml_order) {
    auto found = value.find(name);
    if (found != value.end()) write_one(out, shape, std::string(name), *found, style, walk);
  }
  for (auto& [name, item] : value.items()) {
    const bool done = std::find(shape.xml_order.begin(), shape.xml_order.end(), name) != shape.xml_order.end();
    if (!done) write_one(out, shape, name, item, style, walk);
  }
}

void write_xml(XmlWriter& out, std::string_view name, const Member& member, const Json& value, XmlStyle style,
               Walk& walk) {
  switch (member.shape->type) {
    case ShapeType::list:
      return write_list(out, name, member, value, style, walk);
    case ShapeType::map:
      return write_map(out, name, member, value, style, walk);
    case ShapeType::structure:
      if (!value.is_object()) return walk.fail("must be an object");
      out.open(name);
      write_namespace(out, member);
      write_attributes(out, *member.shape, value, walk);
      write_xml_members(out, *member.shape, value, style, walk);
      return out.close(name);
    default:
      out.element(name, scalar_text(member, value, TimestampFormat::iso8601, walk));
  }
}

Json read_xml_members(const XmlDocument& document, const XmlNode& node, const Shape& shape, Walk& walk) {
  Json out = Json::object();
  read_attributes(document.attributes(node), shape, out, walk);
  for (const XmlNode* child = document.first_child(node); child && walk.ok(); child = document.next(*child)) {
    if (const Member* member = member_for(shape, child->name)) {
      auto slot = out.emplace(std::string(member->name), nullptr).first;
      read_into(document, *child, *member, *slot, walk);
      if (slot->is_null()) out.erase(slot);
    } else if (!walk.at_root() || (child->name != "requestId" && child->name != "ResponseMetadata")) {
      out[std::string(child->name)] = read_free(document, *child, walk);
      walk.warn(fmt::format("has '{}', which is not known to the model; passed on as it is", child->name));
    }
  }
  return out;
}

Json read_xml(const XmlDocument& document, const XmlNode& node, const Member& member, Walk& walk) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::structure) return read_xml_members(document, node, shape, walk);
  if (is_scalar(shape.type)) {
    const bool texty = shape.type == ShapeType::string || shape.type == ShapeType::blob;
    if (!texty && trimmed(node.text).empty()) return nullptr;
    return scalar_from_text(member, texty ? node.text : trimmed(node.text), walk);
  }
  Json out = shape.type == ShapeType::list ? Json::array() : Json::object();
  std::size_t index = 0;
  for (const XmlNode* child = document.first_child(node); child && walk.ok(); child = document.next(*child)) {
    Walk::Step step(walk, {}, index++);
    if (shape.type == ShapeType::list) {
      out.push_back(read_xml(document, *child, shape.element(), walk));
    } else {
      read_pair(document, *child, member, out, walk);
    }
  }
  return out;
}

}  // namespace setpoint::cloud::aws
