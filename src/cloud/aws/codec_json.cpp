#include <cmath>

#include "base/digest.h"
#include "cloud/aws/codec_parts.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

// ASCII escapes as json.dumps of Python writes them; nlohmann's dump(ensure_ascii) does the same, with lower-case hex.
void write_text(std::string& out, const std::string& text) {
  out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

void write_structure(std::string& out, const Shape& shape, const Json& value, Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object");
  const char* separator = "{";
  for (auto& [name, item] : value.items()) {
    if (item.is_null()) continue;
    const Member* member = shape.find(name);
    if (member && member->location != Location::body) continue;
    Walk::Step step(walk, name);
    if (!walk.ok()) return;
    out += separator;
    separator = ", ";
    write_text(out, member ? std::string(member->wire_name()) : name);
    out += ": ";
    if (member) {
      write_json(out, *member, item, walk);
    } else {
      walk.warn("is not known to the model; passed on as it is");
      write_json_text(out, item);
    }
  }
  out += *separator == '{' ? "{}" : "}";
}

void write_list(std::string& out, const Shape& shape, const Json& value, Walk& walk) {
  if (!value.is_array()) return walk.fail("must be a list");
  out.push_back('[');
  for (std::size_t i = 0; i < value.size() && walk.ok(); ++i) {
    Walk::Step step(walk, {}, i);
    if (i > 0) out += ", ";
    write_json(out, shape.element(), value[i], walk);
  }
  out.push_back(']');
}

void write_map(std::string& out, const Shape& shape, const Json& value, Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object");
  const char* separator = "{";
  for (auto& [name, item] : value.items()) {
    Walk::Step step(walk, name);
    if (!walk.ok()) return;
    out += separator;
    separator = ", ";
    write_text(out, name);
    out += ": ";
    write_json(out, shape.value(), item, walk);
  }
  out += *separator == '{' ? "{}" : "}";
}

Json read_structure(const Shape& shape, const Json& value, Walk& walk) {
  if (!value.is_object()) return walk.fail("must be an object"), Json();
  Json out = Json::object();
  for (auto& [name, item] : value.items()) {
    if (item.is_null()) continue;
    const Member* member = shape.find_wire(name);
    Walk::Step step(walk, name);
    if (!walk.ok()) return out;
    if (member) {
      out[std::string(member->name)] = read_json(*member, item, walk);
    } else if (name != "__type") {
      walk.warn("is not known to the model; passed on as it is");
      out[name] = item;
    }
  }
  return out;
}

Json read_timestamp(const Json& value, Walk& walk) {
  if (auto time = timestamp_of(value)) return time_for_json(*time);
  return walk.fail("must be a time"), Json();
}

Json whole(double value, Walk& walk) {
  if (std::fabs(value) < 9e18) return static_cast<std::int64_t>(value);
  return walk.fail("must be an integer of 64 bits"), Json();
}

Json read_scalar(const Member& member, const Json& value, Walk& walk) {
  switch (member.shape->type) {
    case ShapeType::timestamp:
      return read_timestamp(value, walk);
    case ShapeType::boolean:
      return value.is_boolean() ? value : (walk.fail("must be true or false"), Json());
    case ShapeType::integer:
    case ShapeType::real:
      // Doubles may be written as "NaN" or "Infinity"; a whole 1.0 is an integer to AWS.
      if (value.is_number_float() && member.shape->type == ShapeType::integer) return whole(value.get<double>(), walk);
      return value.is_number() || value.is_string() ? value : (walk.fail("must be a number"), Json());
    default:
      return value.is_string() ? value : (walk.fail("must be text"), Json());
  }
}

}  // namespace

void write_json_text(std::string& out, const Json& value) {
  if (value.is_object() || value.is_array()) {
    const char open = value.is_object() ? '{' : '[';
    out.push_back(open);
    bool first = true;
    for (auto& [name, item] : value.items()) {
      if (!first) out += ", ";
      first = false;
      if (open == '{') {
        write_text(out, name);
        out += ": ";
      }
      write_json_text(out, item);
    }
    out.push_back(open == '{' ? '}' : ']');
  } else {
    out += value.dump(-1, ' ', true, Json::error_handler_t::replace);
  }
}

void write_json(std::string& out, const Member& member, const Json& value, Walk& walk) {
  const Shape& shape = *member.shape;
  if (shape.is(Shape::document)) return write_json_text(out, value);
  switch (shape.type) {
    case ShapeType::structure:
      return write_structure(out, shape, value, walk);
    case ShapeType::list:
      return write_list(out, shape, value, walk);
    case ShapeType::map:
      return write_map(out, shape, value, walk);
    case ShapeType::string:
    case ShapeType::blob:
      return write_text(out, scalar_text(member, value, {}, walk));
    case ShapeType::timestamp: {
      const TimestampFormat format = format_of(member, TimestampFormat::unix_seconds);
      const std::string text = scalar_text(member, value, format, walk);
      return format == TimestampFormat::unix_seconds ? void(out += text) : write_text(out, text);
    }
    default:
      out += scalar_text(member, value, {}, walk);
  }
}

Json read_json(const Member& member, const Json& value, Walk& walk) {
  const Shape& shape = *member.shape;
  if (shape.is(Shape::document) || value.is_null()) return value;
  if (shape.type == ShapeType::structure) return read_structure(shape, value, walk);
  if (is_scalar(shape.type)) return read_scalar(member, value, walk);
  if (shape.type == ShapeType::list ? !value.is_array() : !value.is_object()) {
    return walk.fail(shape.type == ShapeType::list ? "must be a list" : "must be an object"), Json();
  }
  Json out = shape.type == ShapeType::list ? Json::array() : Json::object();
  std::size_t index = 0;
  for (auto& [name, item] : value.items()) {
    Walk::Step step(walk, shape.type == ShapeType::list ? std::string_view() : std::string_view(name), index++);
    if (!walk.ok()) return out;
    if (shape.type == ShapeType::list) {
      out.push_back(read_json(shape.element(), item, walk));
    } else {
      out[name] = read_json(shape.value(), item, walk);
    }
  }
  return out;
}

}  // namespace setpoint::cloud::aws
