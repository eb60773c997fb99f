#include "base/json.h"

#include <simdjson.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/diagnostic.h"

namespace setpoint::base {

namespace {

namespace dom = simdjson::dom;

// Depth is bounded by the parser, so recursion is.
Json to_json(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE:
      return nullptr;
    case dom::element_type::BOOL:
      return element.get_bool().value_unsafe();
    case dom::element_type::INT64:
      return element.get_int64().value_unsafe();
    case dom::element_type::UINT64:
      return element.get_uint64().value_unsafe();
    case dom::element_type::DOUBLE:
      return element.get_double().value_unsafe();
    case dom::element_type::STRING:
      return std::string(element.get_string().value_unsafe());
    case dom::element_type::ARRAY: {
      Json out = Json::array();
      const dom::array items = element.get_array().value_unsafe();
      for (const dom::element item : items) out.push_back(to_json(item));
      return out;
    }
    case dom::element_type::OBJECT: {
      Json out = Json::object();
      const dom::object members = element.get_object().value_unsafe();
      for (const dom::key_value_pair item : members) {
        out[std::string(item.key)] = to_json(item.value);
      }
      return out;
    }
  }
  return nullptr;
}

// simdjson's tree reader does not say where it stopped; the slower reader does.
struct PlaceFinder : nlohmann::json_sax<Json> {
  std::size_t at = 0;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    at = position;
    return false;
  }
};

Error syntax_error(std::string_view text, simdjson::error_code code) {
  PlaceFinder finder;
  std::string where;
  if (!Json::sax_parse(text, &finder) && finder.at > 0) {
    Position at = position_at(text, finder.at - 1);
    where = fmt::format("{}:{}", at.line, at.column);
  }
  bool too_deep = code == simdjson::DEPTH_ERROR;
  return {too_deep ? ErrorCode::limit_exceeded : ErrorCode::invalid_input,
          fmt::format("not valid JSON: {}", simdjson::error_message(code)),
          where,
          {},
          {}};
}

}  // namespace

namespace {

// A parser's buffers cost more to allocate than a small document to read: each thread keeps one parser for those.
constexpr std::size_t kKeptParserBytes = 64u << 10;

simdjson::error_code prepare(dom::parser& parser, std::size_t bytes, std::size_t depth) {
  bool ready = parser.capacity() >= bytes && parser.max_depth() == depth;
  return ready ? simdjson::SUCCESS : parser.allocate(bytes, depth);
}

Result<Json> parse_with(dom::parser& parser, std::string_view text) {
  dom::element root;
  if (auto code = parser.parse(text.data(), text.size()).get(root); code != simdjson::SUCCESS) {
    return fail(syntax_error(text, code));
  }
  return to_json(root);
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::limit_exceeded, "JSON of {} bytes is larger than {}", text.size(), limits.bytes_max);
  }
  if (text.empty()) text = std::string_view("");  // simdjson copies from it: never from null
  thread_local dom::parser kept;
  dom::parser fresh;
  bool small = text.size() <= kKeptParserBytes;
  dom::parser& parser = small ? kept : fresh;
  if (prepare(parser, small ? kKeptParserBytes : text.size(), limits.depth_max) != simdjson::SUCCESS) {
    return fail(ErrorCode::limit_exceeded, "no memory to read {} bytes of JSON", text.size());
  }
  return parse_with(parser, text);
}

std::string canonical(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

Digest digest_of(const Json& value) { return sha256(canonical(value)); }

bool deeper_than(const Json& value, std::size_t levels) {
  if (!value.is_structured()) return false;
  if (levels == 0) return true;
  return std::any_of(value.begin(), value.end(), [&](const Json& item) { return deeper_than(item, levels - 1); });
}

const Json& member(const Json& value, std::string_view name) {
  static const Json kNull;
  if (!value.is_object()) return kNull;
  auto found = value.find(name);
  return found == value.end() ? kNull : *found;
}

std::string string_member(const Json& value, std::string_view name) {
  const Json& found = member(value, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

}  // namespace setpoint::base
