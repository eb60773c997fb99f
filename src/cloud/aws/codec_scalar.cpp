#include <charconv>
#include <cmath>

#include "cloud/aws/codec_parts.h"
#include "cloud/aws/limits.h"
#include "cloud/aws/utf8.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

using base::Json;

Walk::Step::Step(Walk& walk, std::string_view name, std::size_t index) : walk_(walk) {
  walk.path_.push_back({name, index});
  if (walk.path_.size() > kValueDepthMax) walk.fail("is nested too deeply");
}

std::string Walk::place() const {
  std::string text;
  for (const Place& place : path_) {
    if (place.name.empty()) {
      text += fmt::format("[{}]", place.index);
    } else {
      text += text.empty() ? std::string(place.name) : "." + std::string(place.name);
    }
  }
  return text;
}

void Walk::fail(std::string what) {
  if (failed_) return;
  failed_ = true;
  error_ = {base::ErrorCode::invalid_input, std::move(what), place(), {}, {}};
}

void Walk::warn(std::string what) {
  if (warnings_ && warnings_->size() < 100) warnings_->push_back(place() + " " + what);
}

namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> real_number(std::string_view text) {
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string integer_text(const Json& value, Walk& walk) {
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float()) {
    const double real = value.get<double>();
    if (real == std::floor(real) && std::fabs(real) < 9e15) return fmt::format("{}", static_cast<std::int64_t>(real));
  }
  if (value.is_string() && whole_number(value.get_ref<const std::string&>())) {
    walk.warn("is text where the API wants an integer");
    return value.get<std::string>();
  }
  return walk.fail("must be an integer"), std::string();
}

std::string real_text(const Json& value, Walk& walk) {
  if (value.is_number()) return value.dump();
  if (value.is_string() && real_number(value.get_ref<const std::string&>())) {
    walk.warn("is text where the API wants a number");
    return value.get<std::string>();
  }
  return walk.fail("must be a number"), std::string();
}

std::string boolean_text(const Json& value, Walk& walk) {
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value == "true" || value == "True") return walk.warn("is text where the API wants a boolean"), "true";
  if (value == "false" || value == "False") return walk.warn("is text where the API wants a boolean"), "false";
  return walk.fail("must be true or false"), std::string();
}

std::string string_text(const Json& value, Walk& walk) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) {
    walk.warn("is no text where the API wants text");
    return value.dump();
  }
  return walk.fail("must be text"), std::string();
}

std::string timestamp_text(const Json& value, TimestampFormat format, Walk& walk) {
  if (auto time = timestamp_of(value)) return format_wire_time(*time, format);
  return walk.fail("must be a time: ISO 8601 text or seconds since 1970"), std::string();
}

}  // namespace

TimestampFormat format_of(const Member& member, TimestampFormat fallback) {
  return member.timestamp_format == TimestampFormat::unspecified ? fallback : member.timestamp_format;
}

std::string time_for_json(base::Timestamp time) { return base::to_iso8601(time); }

std::string scalar_text(const Member& member, const Json& value, TimestampFormat fallback, Walk& walk) {
  switch (member.shape->type) {
    case ShapeType::boolean:
      return boolean_text(value, walk);
    case ShapeType::integer:
      return integer_text(value, walk);
    case ShapeType::real:
      return real_text(value, walk);
    case ShapeType::timestamp:
      return timestamp_text(value, format_of(member, fallback), walk);
    default:
      return string_text(value, walk);
  }
}

Json scalar_from_text(const Member& member, std::string_view text, Walk& walk) {
  switch (member.shape->type) {
    case ShapeType::boolean:
      if (text == "true" || text == "True" || text == "TRUE" || text == "1") return true;
      if (text == "false" || text == "False" || text == "FALSE" || text == "0") return false;
      return walk.fail("must be true or false"), Json();
    case ShapeType::integer:
      if (auto number = whole_number(text)) return *number;
      return walk.fail("must be an integer"), Json();
    case ShapeType::real:
      if (auto number = real_number(text)) return *number;
      return walk.fail("must be a number"), Json();
    case ShapeType::timestamp:
      if (auto time = parse_wire_time(text)) return time_for_json(*time);
      return walk.fail("must be a time"), Json();
    default:
      if (!valid_utf8(text)) return walk.fail("is not UTF-8 text"), Json();
      return std::string(text);
  }
}

}  // namespace setpoint::cloud::aws
