#include "pattern/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "pattern/letter_case.h"
#include "pattern/number.h"

namespace setpoint::pattern {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The four digits at `at`, or -1.
int hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// `at` stands on the 'u'; afterwards behind the escape.
bool read_unicode(std::string_view content, std::size_t& at, char32_t& point) {
  int unit = hex4(content, at + 1);
  if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
  at += 5;
  point = static_cast<char32_t>(unit);
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    if (content.substr(at, 2) != "\\u") return false;
    int low = hex4(content, at + 2);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    at += 6;
    point = 0x10000 + ((point - 0xD800) << 10) + (static_cast<char32_t>(low) - 0xDC00);
  }
  return true;
}

constexpr std::string_view kEscapes = "\"\\/bfnrt";
constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";

class Reader {
 public:
  Reader(std::string_view text, ReadLimits limits, Care care, JsonFault& fault)
      : text_(text), limits_(limits), care_(care), fault_(fault) {}

  bool document(JsonNode& root) {
    if (!acceptable() || !value(root, 0)) return false;
    skip_space();
    return at_ == text_.size() || fail(at_, "text after the end of the JSON value");
  }

 private:
  bool fail(std::size_t at, std::string what, base::ErrorCode code = base::ErrorCode::invalid_input) {
    fault_ = {at, std::move(what), code};
    return false;
  }

  bool acceptable() {
    if (text_.size() > limits_.bytes_max) {
      return fail(0, fmt::format("{} bytes are more than the limit of {}", text_.size(), limits_.bytes_max),
                  base::ErrorCode::limit_exceeded);
    }
    return lenient() || simdjson::validate_utf8(text_.data(), text_.size()) || fail(0, "not valid UTF-8");
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool value(JsonNode& node, std::size_t depth) {
    char c = peek();
    node.at = at_;
    bool ok = c == '{'   ? object(node, depth + 1)
              : c == '[' ? array(node, depth + 1)
              : c == '"' ? string(node)
                         : scalar(node);
    node.raw = text_.substr(node.at, at_ - node.at);
    return ok;
  }

  bool deeper(std::size_t depth) {
    return depth <= limits_.depth_max ||
           fail(at_, fmt::format("nested deeper than {} levels", limits_.depth_max), base::ErrorCode::limit_exceeded);
  }

  bool string(JsonNode& node) {
    node.kind = JsonNode::Kind::string;
    return quoted(node.text);
  }

  bool quoted(std::string& out) {
    std::size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail(at_, "a control character inside a string");
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) return fail(start - 1, "a string without its closing quote");
    std::size_t bad = 0;
    if (!unescape(text_.substr(start, at_ - start), out, bad) && !lenient()) {
      return fail(start + bad, "not a valid escape in a string, or half of a surrogate pair");
    }
    ++at_;
    return true;
  }

  bool scalar(JsonNode& node) {
    std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(" \n\r\t,:[]{}\"").find(text_[at_]) == std::string_view::npos) ++at_;
    std::string_view word = text_.substr(start, at_ - start);
    if (word == "null") return true;
    if (word == "true" || word == "false") {
      node.kind = word == "true" ? JsonNode::Kind::boolean_true : JsonNode::Kind::boolean_false;
      return true;
    }
    node.kind = JsonNode::Kind::number;
    Number number;
    NumberFault bad = parse_number(word, number);
    if (bad == NumberFault::too_large) return lenient() || fail(start, "a number beyond what a double can hold");
    return bad == NumberFault::none ||
           fail(start, word.empty() ? "a value is missing" : "neither a value nor a number");
  }

  bool array(JsonNode& node, std::size_t depth) {
    node.kind = JsonNode::Kind::array;
    if (!deeper(depth)) return false;
    ++at_;
    if (peek() == ']') return ++at_;
    for (;;) {
      if (!value(node.items.emplace_back(), depth)) return false;
      char c = peek();
      ++at_;
      if (c == ']') return true;
      if (c != ',') return fail(at_ - 1, "expected ',' or ']' in an array");
    }
  }

  bool object(JsonNode& node, std::size_t depth) {
    node.kind = JsonNode::Kind::object;
    if (!deeper(depth)) return false;
    ++at_;
    if (peek() == '}') return ++at_;
    for (;;) {
      if (!member(node, depth)) return false;
      char c = peek();
      ++at_;
      if (c == '}') return true;
      if (c != ',') return fail(at_ - 1, "expected ',' or '}' in an object");
    }
  }

  bool member(JsonNode& node, std::size_t depth) {
    if (peek() != '"') return fail(at_, "expected a quoted key");
    JsonNode::Key& key = node.keys.emplace_back();
    key.at = at_;
    if (!quoted(key.name)) return false;
    if (peek() != ':') return fail(at_, "expected ':' after a key");
    ++at_;
    return value(node.items.emplace_back(), depth);
  }

  bool lenient() const { return care_ == Care::structure; }

  std::string_view text_;
  ReadLimits limits_;
  Care care_;
  JsonFault& fault_;
  std::size_t at_ = 0;
};

}  // namespace

bool unescape(std::string_view content, std::string& out, std::size_t& at) {
  for (at = 0; at < content.size();) {
    std::size_t slash = content.find('\\', at);
    out += content.substr(at, slash == std::string_view::npos ? slash : slash - at);
    if (slash == std::string_view::npos) return true;
    at = slash + 1;
    if (at >= content.size()) return false;
    if (content[at] == 'u') {
      char32_t point;
      if (!read_unicode(content, at, point)) return false;
      append_utf8(out, point);
      continue;
    }
    std::size_t letter = kEscapes.find(content[at]);
    if (letter == std::string_view::npos) return false;
    out += kMeanings[letter];
    ++at;
  }
  return true;
}

bool escapes_are_valid(std::string_view text) {
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    ++at;
    char32_t point;
    bool unicode = at < text.size() && text[at] == 'u';
    if (unicode ? !read_unicode(text, at, point) : at >= text.size() || kEscapes.find(text[at++]) == std::string::npos)
      return false;
  }
  return true;
}

bool read_json_partly(std::string_view text, ReadLimits limits, Care care, JsonNode& root, JsonFault& fault) {
  return Reader(text, limits, care, fault).document(root);
}

std::optional<JsonNode> read_json(std::string_view text, ReadLimits limits, JsonFault& fault) {
  JsonNode root;
  if (!read_json_partly(text, limits, Care::full, root, fault)) return std::nullopt;
  return root;
}

}  // namespace setpoint::pattern
