#include "intake/splitter.h"

#include <algorithm>
#include <array>

#include "intake/limits.h"

namespace setpoint::intake {

using base::ErrorCode;

namespace {

constexpr std::array<std::string_view, 6> kStreamedArrays = {
    "configurationItems", "baseConfigurationItems", "Records", "Findings", "findings", "Events"};
constexpr std::size_t kLongestKey = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

base::Status Splitter::feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    i += take_run(bytes.substr(i));
    if (i == bytes.size()) break;
    char c = bytes[i];
    TRY_VOID(step(c));
    if (c == '\n') ++line_;
    line_blank_ = c == '\n' || (line_blank_ && is_space(c));
  }
  return {};
}

// Most bytes of JSON stand inside strings, where only three characters matter: those before them are taken at once.
std::size_t Splitter::take_run(std::string_view bytes) {
  if (!in_string_ || escaped_ || where_ != Where::value) return 0;
  std::size_t length = 0;
  while (length < bytes.size() && bytes[length] != '"' && bytes[length] != '\\' && bytes[length] != '\n') ++length;
  if (!oversized_ && value_.size() + length > kValueBytesMax) oversize();
  if (!oversized_) value_.append(bytes.substr(0, length));
  return length;
}

base::Status Splitter::step(char c) {
  switch (where_) {
    case Where::between:
      return between(c);
    case Where::value:
      return in_string_ ? string_byte(c) : inside(c);
    case Where::scalar:
      return scalar(c);
  }
  return {};
}

base::Status Splitter::between(char c) {
  // U+FEFF in front of a file is not JSON, but editors on Windows write it.
  if (is_space(c) || (line_ == 1 && (c == '\xef' || c == '\xbb' || c == '\xbf'))) return {};
  if (level_ != Level::top && c == ',') return {};
  if (level_ != Level::top && c == ']') return end_of_list();
  if (level_ == Level::top && c == '[') {
    level_ = Level::list;
    return {};
  }
  begin(c == '{' || c == '[' ? Where::value : Where::scalar, c);
  return {};
}

void Splitter::begin(Where where, char c) {
  where_ = where;
  value_line_ = line_;
  in_string_ = where == Where::scalar && c == '"';
  depth_ = where == Where::value ? 1 : 0;
  append(c);
}

base::Status Splitter::inside(char c) {
  if (is_space(c)) {
    append(c);
    return {};
  }
  if (c == '{' || c == '[') return open_bracket(c);
  if (c == '}' || c == ']') return close_bracket(c);
  if (c == '"') {
    in_string_ = true;
    string_start_ = value_.size() + 1;
  }
  append(c);
  return {};
}

base::Status Splitter::string_byte(char c) {
  if (c == '\n') return break_off("a string runs over the end of the line");
  append(c);
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = false;
    remember_key();
  }
  return {};
}

void Splitter::remember_key() {
  if (where_ != Where::value || depth_ != 1 || oversized_) return;
  std::size_t length = value_.size() - 1 - string_start_;
  if (length <= kLongestKey) key_ = value_.substr(string_start_, length);
}

bool Splitter::begins_a_streamed_array(char c) const {
  return c == '[' && level_ == Level::top && depth_ == 1 && last_ == ':' && !oversized_ &&
         std::find(kStreamedArrays.begin(), kStreamedArrays.end(), key_) != kStreamedArrays.end();
}

// On the first level of an object a bracket follows a colon; elsewhere a comma or an opening bracket too.
bool Splitter::begins_inside_another() const {
  if (level_ != Level::top || !line_blank_) return false;
  bool in_object = depth_ == 1 && !value_.empty() && value_.front() == '{';
  return in_object ? last_ != ':' : last_ != ':' && last_ != ',' && last_ != '[' && last_ != '{';
}

base::Status Splitter::open_bracket(char c) {
  if (begins_a_streamed_array(c)) {
    envelope_ = std::move(value_);
    clear();
    level_ = Level::streamed;
    return {};
  }
  if (begins_inside_another()) {
    TRY_VOID(refuse(ErrorCode::invalid_input, "the value breaks off: another begins before it ends"));
    return between(c);
  }
  ++depth_;
  append(c);
  return {};
}

base::Status Splitter::close_bracket(char c) {
  append(c);
  return --depth_ == 0 ? end_of_value() : base::Status();
}

base::Status Splitter::end_of_value() {
  if (oversized_) {
    return refuse(ErrorCode::limit_exceeded, fmt::format("one value of more than {} bytes", kValueBytesMax));
  }
  Piece piece{value_, value_line_};
  base::Status taken;
  if (!value_is_envelope_) taken = ports_.take(piece);
  clear();
  return taken;
}

base::Status Splitter::end_of_list() {
  if (level_ == Level::streamed) {
    value_ = std::move(envelope_) + "[]";
    value_is_envelope_ = true;
    where_ = Where::value;
    depth_ = 1;
    last_ = ']';
    envelope_.clear();
  }
  level_ = Level::top;
  return {};
}

base::Status Splitter::scalar(char c) {
  if (in_string_) return string_byte(c);
  bool ends = level_ == Level::top ? c == '\n' : c == ',' || c == ']';
  if (ends) {
    TRY_VOID(refuse(ErrorCode::invalid_input, fmt::format("expected an object, found {:.40}", value_)));
    return c == '\n' ? base::Status() : between(c);
  }
  in_string_ = c == '"';
  append(c);
  return {};
}

base::Status Splitter::break_off(const char* why) {
  bool one_line = level_ == Level::top && value_line_ == line_;
  if (one_line) return refuse(ErrorCode::invalid_input, why);
  return base::fail(base::Error{ErrorCode::invalid_input, why, std::to_string(line_), {}, {}});
}

base::Status Splitter::refuse(ErrorCode code, std::string why) {
  int line = value_line_;
  clear();
  return ports_.refuse(line, base::Error{code, std::move(why), {}, {}, {}});
}

void Splitter::append(char c) {
  if (!is_space(c)) last_ = c;
  if (oversized_) return;
  value_.push_back(c);
  if (value_.size() > kValueBytesMax) oversize();
}

// Only its first byte is kept: what kind of value it was.
void Splitter::oversize() {
  oversized_ = true;
  value_.resize(1);
}

void Splitter::clear() {
  where_ = Where::between;
  value_.clear();
  key_.clear();
  value_is_envelope_ = in_string_ = escaped_ = oversized_ = false;
  depth_ = 0;
  last_ = '\0';
}

base::Status Splitter::finish() {
  if (where_ == Where::scalar)
    return refuse(ErrorCode::invalid_input, fmt::format("expected an object, found {:.40}", value_));
  if (where_ == Where::between && level_ == Level::top) return {};
  std::string what = where_ == Where::value
                         ? fmt::format("the text ends inside the value that begins on line {}", value_line_)
                         : "the text ends inside a list";
  return base::fail(base::Error{ErrorCode::invalid_input, std::move(what), std::to_string(line_), {}, {}});
}

}  // namespace setpoint::intake
