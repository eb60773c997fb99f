#include "runbook/selector_parser.h"

#include <charconv>

#include "runbook/limits.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

constexpr std::string_view kFunctions[] = {"length", "size", "min", "max", "sum", "avg", "first", "last", "keys"};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

// Recursive descent; depth is bounded by kSelectorDepthMax.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::shared_ptr<const Selector::Path>> selector() {
    auto path = std::make_shared<Selector::Path>();
    path->text = std::string(text_);
    skip_space();
    if (at_end()) return error("a selector is empty");
    if (peek() == '$') {
      ++at_;
    } else {
      // AWS takes "Attributes.Policy" for "$.Attributes.Policy".
      TRY_VOID(first_member(*path));
    }
    TRY_VOID(segments(*path));
    skip_space();
    if (!at_end()) return error(fmt::format("'{}' is not expected here", peek()));
    return std::shared_ptr<const Selector::Path>(std::move(path));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void skip_space() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  tl::unexpected<base::Error> error(std::string what) const {
    return base::fail({ErrorCode::invalid_input, std::move(what), fmt::format("character {}", at_ + 1), {}, {}});
  }

  base::Status first_member(Selector::Path& path) {
    if (peek() == '[') return {};
    Segment segment;
    TRY(segment, named());
    path.segments.push_back(std::move(segment));
    return {};
  }

  base::Status segments(Selector::Path& path) {
    while (!at_end()) {
      Segment segment;
      if (take("..")) {
        if (peek() == '[') {
          TRY(segment, bracketed());
        } else {
          TRY(segment, named());
        }
        segment.descend = true;
      } else if (take(".")) {
        TRY(segment, named());
      } else if (peek() == '[') {
        TRY(segment, bracketed());
      } else {
        return {};
      }
      path.segments.push_back(std::move(segment));
    }
    return {};
  }

  Result<Segment> named() {
    Segment segment;
    if (take("*")) {
      segment.kind = Segment::Kind::wildcard;
      return segment;
    }
    if (peek() == '\'' || peek() == '"') {  // Outputs.'Step.Output', as AWS's own documents write it
      TRY(std::string name, quoted());
      segment.names.push_back(std::move(name));
      return segment;
    }
    std::size_t start = at_;
    while (!at_end() && is_word(peek())) ++at_;
    std::string name(text_.substr(start, at_ - start));
    if (name.empty()) return error("a member's name is missing");
    if (take("()")) {
      if (std::find(std::begin(kFunctions), std::end(kFunctions), name) == std::end(kFunctions)) {
        return error(fmt::format("unknown function '{}()'", name));
      }
      segment.kind = Segment::Kind::function;
    }
    segment.names.push_back(std::move(name));
    return segment;
  }

  Result<Segment> bracketed() {
    ++at_;  // [
    skip_space();
    Segment segment;
    if (take("*")) {
      segment.kind = Segment::Kind::wildcard;
    } else if (peek() == '\'' || peek() == '"') {
      TRY(segment, quoted_members());
    } else if (take("?")) {
      TRY(segment, filtered());
    } else {
      TRY(segment, indexed());
    }
    skip_space();
    if (!take("]")) return error("']' is missing");
    return segment;
  }

  Result<Segment> quoted_members() {
    Segment segment;
    do {
      skip_space();
      TRY(std::string name, quoted());
      segment.names.push_back(std::move(name));
      skip_space();
    } while (take(","));
    segment.kind = segment.names.size() == 1 ? Segment::Kind::member : Segment::Kind::members;
    return segment;
  }

  Result<std::string> quoted() {
    char quote = peek();
    if (quote != '\'' && quote != '"') return error("a quoted text is missing");
    ++at_;
    std::string out;
    while (!at_end() && peek() != quote) {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (at_end()) return error("a quoted text has no end");
    ++at_;
    return out;
  }

  Result<std::optional<std::int64_t>> integer() {
    skip_space();
    std::size_t start = at_;
    if (peek() == '-') ++at_;
    while (std::isdigit(static_cast<unsigned char>(peek()))) ++at_;
    std::string_view digits = text_.substr(start, at_ - start);
    skip_space();
    if (digits.empty()) return std::optional<std::int64_t>();
    std::int64_t value = 0;
    auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size()) return error("not an index");
    return std::optional<std::int64_t>(value);
  }

  Result<Segment> indexed() {
    Segment segment;
    TRY(auto first, integer());
    if (take(":")) {
      segment.kind = Segment::Kind::slice;
      segment.from = first;
      TRY(segment.to, integer());
      return segment;
    }
    if (!first) return error("an index, a quoted name, '*' or a filter is missing");
    segment.indices.push_back(*first);
    while (take(",")) {
      TRY(auto next, integer());
      if (!next) return error("an index is missing");
      segment.indices.push_back(*next);
    }
    segment.kind = segment.indices.size() == 1 ? Segment::Kind::element : Segment::Kind::elements;
    return segment;
  }

  Result<Segment> filtered() {
    skip_space();
    if (!take("(")) return error("'(' is missing after '?'");
    Segment segment;
    segment.kind = Segment::Kind::filter;
    TRY(Filter filter, any_of());
    segment.filter = std::make_shared<const Filter>(std::move(filter));
    skip_space();
    if (!take(")")) return error("')' is missing");
    return segment;
  }

  Result<Filter> any_of() { return chain(Filter::Kind::any, "||"); }

  Result<Filter> chain(Filter::Kind kind, std::string_view token) {
    Filter out;
    out.kind = kind;
    do {
      TRY(Filter part, kind == Filter::Kind::any ? chain(Filter::Kind::all, "&&") : term());
      out.parts.push_back(std::move(part));
      skip_space();
    } while (take(token));
    if (out.parts.size() > 1) return out;
    Filter only = std::move(out.parts.front());
    return only;
  }

  Result<Filter> term() {
    if (++depth_ > kSelectorDepthMax) return error(fmt::format("nested deeper than {} levels", kSelectorDepthMax));
    auto out = nested_term();
    --depth_;
    return out;
  }

  Result<Filter> nested_term() {
    skip_space();
    if (peek() == '!' && peek(1) != '=') {
      ++at_;
      Filter out;
      out.kind = Filter::Kind::negate;
      TRY(Filter part, term());
      out.parts.push_back(std::move(part));
      return out;
    }
    if (take("(")) {
      TRY(Filter inner, any_of());
      skip_space();
      if (!take(")")) return error("')' is missing");
      return inner;
    }
    return comparison();
  }

  Result<Filter> comparison() {
    Filter out;
    TRY(out.left, operand());
    skip_space();
    out.op = comparator();
    if (out.op.empty()) {
      if (!out.left.path) return error("a comparison is missing");
      return out;
    }
    out.kind = Filter::Kind::compare;
    skip_space();
    if (out.op == "=~") {
      TRY(out.right.pattern, pattern());
    } else {
      TRY(out.right, operand());
    }
    return out;
  }

  std::string comparator() {
    for (std::string_view token : {"==", "!=", "<=", ">=", "=~", "<", ">", "subsetof", "noneof", "anyof", "contains",
                                   "nin", "in", "size", "empty"}) {
      bool word = std::isalpha(static_cast<unsigned char>(token.front()));
      if (word && is_word(peek(token.size()))) continue;
      if (take(token)) return std::string(token);
    }
    return {};
  }

  Result<std::shared_ptr<const Pattern>> pattern() {
    if (!take("/")) return error("'/' is missing before a pattern");
    std::string text;
    while (!at_end() && peek() != '/') {
      if (peek() == '\\' && peek(1) == '/') ++at_;
      text += text_[at_++];
    }
    if (!take("/")) return error("'/' is missing after a pattern");
    if (take("i")) text = "(?i)" + text;
    return Pattern::compile(text);
  }

  Result<Operand> operand() {
    skip_space();
    Operand out;
    if (peek() == '@' || peek() == '$') {
      auto path = std::make_shared<Selector::Path>();
      path->from_root = peek() == '$';
      ++at_;
      TRY_VOID(segments(*path));
      out.path = std::move(path);
      return out;
    }
    TRY(out.literal, literal());
    return out;
  }

  Result<Json> literal() {
    if (peek() == '\'' || peek() == '"') {
      TRY(std::string text, quoted());
      return Json(std::move(text));
    }
    if (peek() == '[') return list_literal();
    std::size_t start = at_;
    while (!at_end() && (is_word(peek()) || peek() == '.' || peek() == '+')) ++at_;
    auto parsed = base::parse_json(text_.substr(start, at_ - start), {.bytes_max = 64, .depth_max = 1});
    if (!parsed || parsed->is_structured()) return error("a value is missing or is no literal");
    return *parsed;
  }

  Result<Json> list_literal() {
    if (++depth_ > kSelectorDepthMax) return error(fmt::format("nested deeper than {} levels", kSelectorDepthMax));
    ++at_;  // [
    Json out = Json::array();
    skip_space();
    while (!take("]")) {
      TRY(Json item, literal());
      out.push_back(std::move(item));
      skip_space();
      if (!take(",") && peek() != ']') return error("',' or ']' is missing");
      skip_space();
    }
    --depth_;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Selector::Path>> parse_path(std::string_view text) {
  if (text.size() > kSelectorCharsMax) {
    return base::fail(ErrorCode::limit_exceeded, "a selector of {} characters is longer than {}", text.size(),
                      kSelectorCharsMax);
  }
  return Parser(text).selector();
}

}  // namespace setpoint::runbook
