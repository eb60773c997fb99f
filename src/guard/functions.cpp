#include "guard/functions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cwctype>

#include "guard/number_text.h"
#include "guard/unknown.h"

namespace setpoint::guard {

namespace {

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto byte = static_cast<unsigned char>(text[i]);
    std::size_t length = byte < 0x80                   ? 1
                         : byte >= 0xC2 && byte < 0xE0 ? 2
                         : byte >= 0xE0 && byte < 0xF0 ? 3
                         : byte >= 0xF0 && byte < 0xF5 ? 4
                                                       : 0;
    if (length == 0 || i + length > text.size()) return false;
    char32_t point = length == 1 ? byte : byte & (0xFF >> (length + 1));
    for (std::size_t j = 1; j < length; ++j) {
      auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xC0) != 0x80) return false;
      point = (point << 6) | (next & 0x3F);
    }
    bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char32_t next_character(std::string_view text, std::size_t& at) {
  auto first = static_cast<unsigned char>(text[at]);
  std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
  at = std::min(at + length, text.size());
  return point;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// One character to one character; the sharp s, which Rust makes SS, is the one exception worth having.
std::string in_case(std::string_view text, bool upper) {
  static const locale_t kUnicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = next_character(text, at);
    if (upper && c == 0xDF) {
      out += "SS";
    } else if (kUnicode != nullptr) {
      auto wide = static_cast<wint_t>(c);
      append_utf8(out, static_cast<char32_t>(upper ? towupper_l(wide, kUnicode) : towlower_l(wide, kUnicode)));
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

// Minutes east of UTC in "Z" or "+hh:mm".
std::optional<int> offset_minutes(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  int hours = digits(zone, 1, 2);
  int minutes = digits(zone, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

// Seconds since 1970 of an RFC 3339 time.
std::optional<std::int64_t> rfc3339_seconds(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  int hour = digits(text, 11, 2);
  int minute = digits(text, 14, 2);
  int second = digits(text, 17, 2);
  std::chrono::year_month_day day{std::chrono::year(digits(text, 0, 4)),
                                  std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
                                  std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
  if (!day.ok() || digits(text, 0, 4) < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return std::nullopt;
  std::size_t zone = 19;
  if (text[zone] == '.') {
    std::size_t fraction = ++zone;
    while (zone < text.size() && text[zone] >= '0' && text[zone] <= '9') ++zone;
    if (zone == fraction) return std::nullopt;
  }
  std::optional<int> offset = offset_minutes(text.substr(zone));
  if (!offset) return std::nullopt;
  std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute - *offset) * 60 + std::min(second, 59);
}

// The first result of an argument; cfn-guard breaks where there is none.
const Value& first_of(const Results& argument, std::string_view function) {
  if (argument.empty() || argument.front().unresolved())
    throw Abort{fmt::format("an argument of {} has no value", function)};
  return *argument.front().value;
}

std::uint16_t as_position(const Value& value) {
  if (value.kind == Kind::integer) return static_cast<std::uint16_t>(value.integer);
  if (value.kind != Kind::real) throw Abort{"substring needs numbers for its second and third argument"};
  if (!(value.real > 0)) return 0;
  return value.real >= 65535 ? 65535 : static_cast<std::uint16_t>(value.real);
}

const std::string_view text_argument(const Results& argument, std::string_view function) {
  const Value& value = first_of(argument, function);
  if (value.kind != Kind::text) throw Abort{fmt::format("{} needs text for its second and third argument", function)};
  return value.string();
}

[[noreturn]] void cannot_convert(const Value& value, std::string_view into) {
  throw Abort{fmt::format("{} at '{}' cannot be made {}", value.json().dump(), value.path(), into)};
}

bool character_boundary(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

}  // namespace

std::pair<std::size_t, std::size_t> argument_counts(Function function) {
  switch (function) {
    case Function::now:
      return {0, 0};
    case Function::join:
      return {2, 2};
    case Function::substring:
    case Function::regex_replace:
      return {3, 3};
    case Function::related:
      return {1, 2};
    default:
      return {1, 1};
  }
}

std::optional<std::string> url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  if (!valid_utf8(out)) return std::nullopt;
  return out;
}

Value* FunctionRunner::make(const Value* from) {
  Value* out = evaluation_.arena_.make<Value>(1);
  out->made = true;
  out->parent = from;
  return out;
}

void FunctionRunner::text(const Value* from, std::string_view text, Results& out) {
  Value* value = make(from);
  set_text(*value, text, evaluation_.arena_);
  out.push_back({value, nullptr, Found::State::resolved});
}

void FunctionRunner::integer(const Value* from, std::int64_t integer, Results& out) {
  Value* value = make(from);
  value->kind = Kind::integer;
  value->integer = integer;
  out.push_back({value, nullptr, Found::State::resolved});
}

void FunctionRunner::run(const FunctionCall& call, Scope& scope, Results& out) {
  if (call.function == Function::unknown || (call.function == Function::related && !evaluation_.program_.extensions)) {
    throw Abort{fmt::format("there is no function '{}'", call.name)};
  }
  auto [least, most] = argument_counts(call.function);
  if (call.arguments.size() < least || call.arguments.size() > most) {
    throw Abort{fmt::format("{} takes {} arguments, {} are given", call.name, least, call.arguments.size())};
  }
  Evaluation::Deeper deeper(evaluation_);
  Arguments arguments(call.arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) evaluation_.operand(call.arguments[i], scope, arguments[i]);
  if (evaluation_.document_.has_unknowns() && with_unknowns(call.function, arguments, out)) return;
  switch (call.function) {
    case Function::count:
      return count(arguments, out);
    case Function::join:
      return join(arguments, out);
    case Function::substring:
      return substring(arguments, out);
    case Function::regex_replace:
      return regex_replace(arguments, out);
    case Function::now:
      return now(out);
    case Function::related:
      return related(arguments, out);
    default:
      break;
  }
  for (const Found& found : arguments[0]) {
    evaluation_.step();
    if (!found.unresolved()) each(call.function, *found.value, out);
  }
}

// Of something unknown every function is unknown, but for a document in a text: that can be parsed around its marks.
bool FunctionRunner::with_unknowns(Function function, const Arguments& arguments, Results& out) {
  const Found* first = nullptr;
  for (const Results& argument : arguments) {
    for (const Found& found : argument) {
      if (first == nullptr && found.unknown()) first = &found;
    }
  }
  if (first == nullptr) return false;
  bool each_for_itself = function == Function::json_parse || function == Function::url_decode;
  if (!each_for_itself) {
    evaluation_.unknown(first->value, out);
    return true;
  }
  for (const Found& found : arguments[0]) {
    if (!found.unknown()) {
      if (!found.unresolved()) each(function, *found.value, out);
      continue;
    }
    const Value* inside = function == Function::json_parse ? evaluation_.embedded(found.value) : found.value;
    out.push_back({inside, nullptr, inside == found.value ? Found::State::unknown : Found::State::resolved});
  }
  return true;
}

// Functions of one value; a kind that they do not know yields nothing.
void FunctionRunner::each(Function function, const Value& value, Results& out) {
  bool is_text = value.kind == Kind::text;
  switch (function) {
    case Function::parse_int:
      return parse_int(value, out);
    case Function::parse_float:
      return parse_float(value, out);
    case Function::parse_string:
      return parse_string(value, out);
    case Function::parse_boolean:
      return parse_boolean(value, out);
    case Function::parse_char:
      return parse_char(value, out);
    default:
      break;
  }
  if (!is_text) return;
  switch (function) {
    case Function::to_upper:
      return text(&value, in_case(value.string(), true), out);
    case Function::to_lower:
      return text(&value, in_case(value.string(), false), out);
    case Function::json_parse:
      return json_parse(value, out);
    case Function::url_decode:
      if (std::optional<std::string> decoded = url_decoded(value.string())) text(&value, *decoded, out);
      return;
    case Function::parse_epoch: {
      std::optional<std::int64_t> seconds = rfc3339_seconds(value.string());
      if (!seconds) cannot_convert(value, "a time (RFC 3339)");
      return integer(&value, *seconds, out);
    }
    default:
      return;
  }
}

void FunctionRunner::count(const Arguments& arguments, Results& out) {
  const Results& values = arguments[0];
  auto known = std::count_if(values.begin(), values.end(), [](const Found& found) { return !found.unresolved(); });
  integer(values.empty() ? nullptr : values.front().value, known, out);
}

void FunctionRunner::join(const Arguments& arguments, Results& out) {
  const Value& delimiter = first_of(arguments[1], "join");
  std::string between;
  if (delimiter.kind == Kind::text) {
    between = delimiter.string();
  } else if (delimiter.kind == Kind::character) {
    append_utf8(between, delimiter.character);
  } else {
    throw Abort{"join needs text for its second argument"};
  }
  std::string joined;
  for (const Found& found : arguments[0]) {
    if (found.unresolved() || found.value->kind != Kind::text) {
      throw Abort{fmt::format("join needs text, at '{}' there is {}", found.value->path(),
                              found.unresolved() ? "nothing" : kind_name(found.value->kind))};
    }
    if (&found != &arguments[0].front()) joined += between;
    joined += found.value->string();
  }
  text(arguments[0].empty() ? nullptr : arguments[0].front().value, joined, out);
}

// By bytes, from 0; what reaches beyond the end yields nothing.
void FunctionRunner::substring(const Arguments& arguments, Results& out) {
  std::size_t from = as_position(first_of(arguments[1], "substring"));
  std::size_t to = as_position(first_of(arguments[2], "substring"));
  for (const Found& found : arguments[0]) {
    if (found.unresolved() || found.value->kind != Kind::text) continue;
    std::string_view whole = found.value->string();
    if (from >= to || to > whole.size()) continue;
    if (!character_boundary(whole, from) || !character_boundary(whole, to)) {
      throw Abort{fmt::format("substring({}, {}) cuts a character of the text at '{}'", from, to, found.value->path())};
    }
    text(found.value, whole.substr(from, to - from), out);
  }
}

void FunctionRunner::regex_replace(const Arguments& arguments, Results& out) {
  std::string_view pattern = text_argument(arguments[1], "regex_replace");
  std::string_view replacement = text_argument(arguments[2], "regex_replace");
  auto& patterns = evaluation_.patterns_;
  auto known = std::find_if(patterns.begin(), patterns.end(), [&](const auto& p) { return p->pattern() == pattern; });
  if (known == patterns.end()) {
    std::string why;
    std::unique_ptr<const Regex> regex = Regex::compile(pattern, why);
    if (!regex) throw Abort{"regex_replace: " + why};
    known = patterns.insert(patterns.end(), std::move(regex));
  }
  for (const Found& found : arguments[0]) {
    if (found.unresolved() || found.value->kind != Kind::text) continue;
    std::optional<std::string> replaced = (*known)->expand_matches(found.value->string(), replacement);
    if (!replaced) throw Abort{fmt::format("regex_replace with /{}/ takes too long", pattern)};
    text(found.value, *replaced, out);
  }
}

void FunctionRunner::json_parse(const Value& value, Results& out) {
  Value* parsed = make(&value);
  if (!parse_embedded(value.string(), evaluation_.arena_, *parsed)) cannot_convert(value, "a document");
  evaluation_.step(value.size / 8);
  out.push_back({parsed, nullptr, Found::State::resolved});
}

void FunctionRunner::parse_int(const Value& value, Results& out) {
  std::optional<std::int64_t> parsed;
  switch (value.kind) {
    case Kind::text:
      parsed = parse_i64(value.string());
      break;
    case Kind::integer:
      parsed = value.integer;
      break;
    case Kind::character:
      if (value.character >= '0' && value.character <= '9') parsed = static_cast<std::int64_t>(value.character - '0');
      break;
    case Kind::real:
      parsed = std::isnan(value.real) ? 0
               : value.real >= 0x1p63 ? INT64_MAX
               : value.real < -0x1p63 ? INT64_MIN
                                      : static_cast<std::int64_t>(value.real);
      break;
    default:
      return;
  }
  if (!parsed) cannot_convert(value, "an integer");
  integer(&value, *parsed, out);
}

void FunctionRunner::parse_float(const Value& value, Results& out) {
  std::optional<double> parsed;
  switch (value.kind) {
    case Kind::text:
      parsed = parse_f64(value.string());
      break;
    case Kind::integer:
      parsed = static_cast<double>(value.integer);
      break;
    case Kind::real:
      parsed = value.real;
      break;
    case Kind::character:
      if (value.character >= '0' && value.character <= '9') parsed = static_cast<double>(value.character - '0');
      break;
    default:
      return;
  }
  if (!parsed) cannot_convert(value, "a float");
  Value* real = make(&value);
  real->kind = Kind::real;
  real->real = *parsed;
  out.push_back({real, nullptr, Found::State::resolved});
}

void FunctionRunner::parse_string(const Value& value, Results& out) {
  switch (value.kind) {
    case Kind::text:
      return text(&value, value.string(), out);
    case Kind::integer:
      return text(&value, std::to_string(value.integer), out);
    case Kind::real:
      return text(&value, print_f64(value.real), out);
    case Kind::boolean:
      return text(&value, value.boolean ? "true" : "false", out);
    case Kind::character: {
      std::string one;
      append_utf8(one, value.character);
      return text(&value, one, out);
    }
    default:
      return;
  }
}

void FunctionRunner::parse_boolean(const Value& value, Results& out) {
  bool parsed = false;
  if (value.kind == Kind::text) {
    std::string lower = in_case(value.string(), false);
    if (lower != "true" && lower != "false") cannot_convert(value, "a boolean");
    parsed = lower == "true";
  } else if (value.kind == Kind::boolean) {
    parsed = value.boolean;
  } else {
    return;
  }
  Value* boolean = make(&value);
  boolean->kind = Kind::boolean;
  boolean->boolean = parsed;
  out.push_back({boolean, nullptr, Found::State::resolved});
}

void FunctionRunner::parse_char(const Value& value, Results& out) {
  Value* parsed = make(&value);
  parsed->kind = Kind::character;
  if (value.kind == Kind::integer) {
    if (value.integer < 0 || value.integer > 9) cannot_convert(value, "a character");
    parsed->character = static_cast<char32_t>('0' + value.integer);
  } else if (value.kind == Kind::text) {
    if (value.size > 1) cannot_convert(value, "a character");
    if (value.size == 0) return;
    parsed->character = static_cast<unsigned char>(value.text[0]);
  } else if (value.kind == Kind::character) {
    return parse_string(value, out);  // as cfn-guard has it
  } else {
    return;
  }
  out.push_back({parsed, nullptr, Found::State::resolved});
}

void FunctionRunner::now(Results& out) {
  const base::Clock* clock = evaluation_.surroundings_.clock;
  if (clock == nullptr) throw Abort{"now() needs a clock, and this evaluation was given none"};
  integer(nullptr, clock->now().ms / 1000, out);
}

void FunctionRunner::related(const Arguments& arguments, Results& out) {
  const RelationSource* source = evaluation_.surroundings_.relations;
  if (source == nullptr) throw Abort{"related() needs the inventory, and this evaluation was given none"};
  std::string_view type = text_argument(arguments[0], "related");
  std::string_view relation = arguments.size() > 1 ? text_argument(arguments[1], "related") : "";
  auto found = source->related(evaluation_.document_, type, relation);
  if (!found) throw Abort{"related(): " + found.error().text()};
  for (RelationSource::Related& one : *found) {
    evaluation_.step();
    out.push_back({&one.document->root(), nullptr, Found::State::resolved});
    evaluation_.related_.push_back(std::move(one));
  }
}

// IAM policy documents arrive as JSON text, in some calls URL-encoded. Under the extensions a key or .* on such a text
// goes into the document that it holds.
const Value* Evaluation::embedded(const Value* at) {
  std::string_view text = at->string();  // of a text, or of one with marks
  if (!text.starts_with('{') && !text.starts_with("%7B") && !text.starts_with("%7b")) return at;
  for (auto& [source, parsed] : embedded_) {
    if (source == at) return parsed;
  }
  std::string decoded;
  if (text.starts_with('%')) {
    std::optional<std::string> plain = url_decoded(text);
    if (!plain) return at;
    text = decoded = std::move(*plain);
  }
  Value* parsed = arena_.make<Value>(1);
  parsed->made = true;
  parsed->parent = at;
  const Value* result = parse_embedded(text, arena_, *parsed) ? parsed : at;
  if (result == parsed && at->kind == Kind::unknown) mark_unknowns(*parsed);
  step(text.size() / 8);
  embedded_.emplace_back(at, result);
  return result;
}

}  // namespace setpoint::guard
