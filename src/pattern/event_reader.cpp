#include "pattern/event_reader.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "base/diagnostic.h"
#include "pattern/number.h"

namespace setpoint::pattern {

struct EventReader::Tokenizer {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  std::size_t capacity = 0;

  bool reserve(std::size_t bytes) {
    if (bytes <= capacity) return true;
    std::size_t wanted = std::max<std::size_t>(bytes, 16 << 10);
    auto failed = stage ? stage->allocate(wanted, 1)
                        : simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, stage);
    capacity = failed ? 0 : wanted;
    return !failed;
  }
};

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// One walk over simdjson's token positions. Every function returns false where the text is not JSON.
class Walk {
 public:
  Walk(std::string_view text, const std::uint32_t* tokens, std::size_t count, std::size_t depth_max, EventFields& out)
      : text_(text),
        at_(tokens),
        end_(tokens + count),
        depth_max_(depth_max),
        escapes_(memchr(text.data(), '\\', text.size()) != nullptr),
        out_(out) {}

  bool document(const PathNode* paths) { return at_ != end_ && head() == '{' && object(paths, 0, 1) && at_ == end_; }

 private:
  char head() const { return at_ == end_ ? '\0' : text_[*at_]; }

  // The bytes from this token to the next one, without the space between them.
  std::string_view span() {
    std::size_t from = *at_++;
    std::size_t to = at_ == end_ ? text_.size() : *at_;
    while (to > from && is_space(text_[to - 1])) --to;
    return text_.substr(from, to - from);
  }

  // A string's content as written. The first stage has seen to it that the quotes are closed.
  bool quoted(std::string_view& content) {
    if (head() != '"') return false;
    std::string_view whole = span();
    content = whole.substr(1, whole.size() - 2);
    return whole.size() >= 2 && whole.back() == '"';
  }

  // Nobody asks for it and there is nothing to check: a token that follows a quote closely is refused by whoever reads
  // it.
  bool skip_string() {
    ++at_;
    return true;
  }

  bool has_escape(std::string_view content) const {
    return escapes_ && memchr(content.data(), '\\', content.size()) != nullptr;
  }

  // With its escapes replaced where it has any, in `out_`'s care.
  bool plain(std::string_view& content) {
    if (!has_escape(content)) return true;
    std::string& text = out_.new_text();
    std::size_t bad = 0;
    bool ok = unescape(content, text, bad);
    content = text;
    return ok;
  }

  bool object(const PathNode* node, std::uint32_t place, std::size_t depth) {
    if (depth > depth_max_) return false;
    ++at_;
    if (head() == '}') return ++at_;
    for (;;) {
      const PathNode* below = nullptr;
      if (!key(node, below) || head() != ':') return false;
      ++at_;
      if (!value(below, place, depth)) return false;
      char c = head();
      if (c != ',' && c != '}') return false;
      ++at_;
      if (c == '}') return true;
    }
  }

  bool key(const PathNode* node, const PathNode*& below) {
    if (!node && !escapes_) return head() == '"' && skip_string();
    std::string_view name;
    if (!quoted(name) || !plain(name)) return false;
    if (node) below = child(node, name);
    return true;
  }

  const PathNode* child(const PathNode* node, std::string_view name) const {
    bool inside = name.data() >= text_.data() + 8 && name.data() + 8 <= text_.data() + text_.size();
    return step(node, name, inside ? PathNode::Ends::inside(name) : PathNode::Ends(name));
  }

  bool array(const PathNode* node, std::uint32_t place, std::size_t depth) {
    if (depth > depth_max_) return false;
    ++at_;
    if (head() == ']') return ++at_;
    std::uint32_t id = node ? out_.new_array() : 0;
    for (std::uint32_t index = 0;; ++index) {
      char c = head();
      bool nested = node && (c == '{' || c == '[');
      if (!value(node, nested ? out_.enter(place, id, index) : place, depth)) return false;
      c = head();
      if (c != ',' && c != ']') return false;
      ++at_;
      if (c == ']') return true;
    }
  }

  bool value(const PathNode* node, std::uint32_t place, std::size_t depth) {
    switch (head()) {
      case '"':
        return string(node, place);
      case '{':
        return object(node, place, depth + 1);
      case '[':
        return array(node, place, depth + 1);
      case 't':
        return word("true", ValueKind::boolean_true, node, place);
      case 'f':
        return word("false", ValueKind::boolean_false, node, place);
      case 'n':
        return word("null", ValueKind::null, node, place);
      default:
        return number(node, place);
    }
  }

  static bool wanted(const PathNode* node) { return node && node->path != kNoPath; }

  bool string(const PathNode* node, std::uint32_t place) {
    std::string_view content;
    if (!wanted(node) && !escapes_) return skip_string();
    if (!quoted(content) || !plain(content)) return false;
    if (wanted(node)) out_.add(node->path, ValueKind::string, place).text = content;
    return true;
  }

  bool word(std::string_view expected, ValueKind kind, const PathNode* node, std::uint32_t place) {
    if (span() != expected) return false;
    if (wanted(node)) out_.add(node->path, kind, place);
    return true;
  }

  bool number(const PathNode* node, std::uint32_t place) {
    if (at_ == end_) return false;
    if (!wanted(node)) return check_number(span()) == NumberFault::none;
    Number number;
    if (parse_number(span(), number) != NumberFault::none) return false;
    out_.add(node->path, ValueKind::number, place).set(number);
    return true;
  }

  std::string_view text_;
  const std::uint32_t* at_;
  const std::uint32_t* end_;
  std::size_t depth_max_;
  bool escapes_;
  EventFields& out_;
};

// The same over a document that is in memory already.
class DocumentWalk {
 public:
  DocumentWalk(std::size_t depth_max, EventFields& out) : depth_max_(depth_max), out_(out) {}

  bool value(const base::Json& json, const PathNode* node, std::uint32_t place, std::size_t depth) {
    if (!node) return true;
    if (json.is_structured() && depth >= depth_max_) return false;
    if (json.is_object()) return object(json, node, place, depth + 1);
    if (json.is_array()) return array(json, node, place, depth + 1);
    if (node->path != kNoPath) leaf(json, *node, place);
    return true;
  }

 private:
  bool object(const base::Json& json, const PathNode* node, std::uint32_t place, std::size_t depth) {
    for (auto member = json.begin(); member != json.end(); ++member) {
      if (!value(member.value(), step(node, member.key(), PathNode::Ends(member.key())), place, depth)) return false;
    }
    return true;
  }

  bool array(const base::Json& json, const PathNode* node, std::uint32_t place, std::size_t depth) {
    std::uint32_t id = out_.new_array(), index = 0;
    for (const base::Json& item : json) {
      std::uint32_t inner = item.is_structured() ? out_.enter(place, id, index) : place;
      if (!value(item, node, inner, depth)) return false;
      ++index;
    }
    return true;
  }

  void leaf(const base::Json& json, const PathNode& node, std::uint32_t place) {
    if (json.is_null()) out_.add(node.path, ValueKind::null, place);
    if (json.is_boolean())
      out_.add(node.path, json.get<bool>() ? ValueKind::boolean_true : ValueKind::boolean_false, place);
    if (json.is_string()) out_.add(node.path, ValueKind::string, place).text = json.get_ref<const std::string&>();
    if (!json.is_number()) return;
    std::string& text = out_.new_text();
    text = json.dump();
    Number number;
    parse_number(text, number);
    out_.add(node.path, ValueKind::number, place).set(number);
  }

  std::size_t depth_max_;
  EventFields& out_;
};

}  // namespace

EventReader::EventReader(ReadLimits limits) : limits_(limits), tokenizer_(std::make_unique<Tokenizer>()) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;

base::Status EventReader::read(std::string_view bytes, const PathNode& paths, std::size_t path_count,
                               EventFields& out) {
  out.clear(path_count);
  if (bytes.empty() || bytes.size() > limits_.bytes_max) return refuse(bytes);
  if (!tokenizer_->reserve(bytes.size()))
    return base::fail(base::ErrorCode::limit_exceeded, "no memory to read an event of {} bytes", bytes.size());
  auto& stage = *tokenizer_->stage;
  if (stage.stage1(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), simdjson::stage1_mode::regular)) {
    return refuse(bytes);
  }
  Walk walk(bytes, stage.structural_indexes.get(), stage.n_structural_indexes, limits_.depth_max, out);
  return walk.document(&paths) ? base::Status() : refuse(bytes);
}

base::Status EventReader::read(const base::Json& event, const PathNode& paths, std::size_t path_count,
                               EventFields& out) {
  out.clear(path_count);
  if (!event.is_object()) return base::fail(base::ErrorCode::invalid_input, "an event must be a JSON object");
  if (DocumentWalk(limits_.depth_max, out).value(event, &paths, 0, 0)) return {};
  return base::fail(base::ErrorCode::limit_exceeded, "the event is nested deeper than {} levels", limits_.depth_max);
}

// The fast walk only says no; the careful reader says why.
base::Status EventReader::refuse(std::string_view bytes) const {
  JsonFault fault;
  std::optional<JsonNode> root = read_json(bytes, limits_, fault);
  SETPOINT_ASSERT(!root || !root->is_object());
  if (root) fault = {root->at, "an event must be a JSON object"};
  base::Position at = base::position_at(bytes, fault.at);
  base::Error error{
      fault.code, "the event is not usable: " + fault.what, fmt::format("{}:{}", at.line, at.column), {}, {}};
  return base::fail(std::move(error));
}

}  // namespace setpoint::pattern
