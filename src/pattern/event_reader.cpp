#include "pattern/event_reader.h"

#include <nlohmann/json.hpp>

#include "base/diagnostic.h"
#include "pattern/json_outline.h"
#include "pattern/number.h"

namespace setpoint::pattern {

namespace {

// Picks the values of the fields that are asked for out of a checked outline. What nobody asks for is stepped over:
// an object's or an array's tokens in one step.
class FieldWalk {
 public:
  FieldWalk(const JsonOutline& outline, KeyMemory& keys, EventFields& out)
      : outline_(outline), keys_(keys), out_(out) {}

  void event(const PathNode& paths) {
    Shape* shape = outline_.shape();
    if (shape && shape->walked != 0 && shape->walked == keys_.generation()) return walk_as_before(*shape);
    recorded_ = keys_.generation() != 0 ? shape : nullptr;
    if (recorded_) recorded_->steps.clear();
    object(paths, 0, 0, KeyMemory::kRoot);
    if (shape) shape->walked = recorded_ ? keys_.generation() : 0;
  }

 private:
  // An event of a shape that was walked before: its keys stand where they stood, and most are the same. Under another
  // name, or in an array, the walk is made anew.
  void walk_as_before(Shape& shape) {
    WalkStep* steps = shape.steps.data();
    for (std::size_t i = 0, end = shape.steps.size(); i < end;) {
      WalkStep& step = steps[i];
      bool leaf = step.next == i + 1;
      if (is(step)) {
        const PathNode* below = keys_.below(step.mark);
        bool descends = below && !leaf && outline_.kind(step.key + 2) == JsonOutline::object_open;
        if (below && !descends) value(*below, 0, step.key + 2, step.mark);
        i = descends ? i + 1 : step.next;
      } else {
        another_name(step, leaf);
        i = step.next;
      }
    }
  }

  bool is(const WalkStep& step) const {
    std::size_t from = outline_.position(step.key) + 1;
    return inside(from) && keys_.is(step.mark, outline_.text().data() + from, outline_.position(step.key + 1) - from);
  }

  void another_name(WalkStep& step, bool leaf) {
    KeyMemory::Mark mark = KeyMemory::kNone;
    const PathNode* below = look_up(keys_.node(step.mark), step.key, mark);
    if (below) value(*below, 0, step.key + 2, mark);
    bool plain = leaf && JsonTokenizer::is_plain(outline_.kind(step.key + 2));
    if (plain && mark != KeyMemory::kNone) step.mark = mark;
  }

  // `owner`: the key that this object is the value of, or of whose array it is an element.
  void object(const PathNode& node, std::uint32_t place, std::size_t open, KeyMemory::Mark owner) {
    std::size_t end = outline_.partner(open);
    KeyMemory::Mark mark = keys_.enter(owner);
    for (std::size_t key = open + 1; key < end;) {
      std::size_t at = key + 2;  // behind the colon
      std::size_t last = last_token(at);
      const PathNode* below = nullptr;
      if (!expected(node, key, mark, below)) below = look_up(node, key, mark);
      std::size_t step = place == 0 ? begin_step(key, mark) : 0;
      if (below) value(*below, place, at, mark);
      if (place == 0) end_step(step);
      key = last + 2;  // behind the comma
    }
  }

  std::size_t begin_step(std::size_t key, KeyMemory::Mark mark) {
    if (mark == KeyMemory::kNone) recorded_ = nullptr;
    if (!recorded_) return 0;
    recorded_->steps.push_back({static_cast<std::uint32_t>(key), 0, mark});
    return recorded_->steps.size() - 1;
  }
  void end_step(std::size_t step) {
    if (recorded_) recorded_->steps[step].next = static_cast<std::uint32_t>(recorded_->steps.size());
  }

  std::size_t last_token(std::size_t at) const {
    JsonOutline::Kind kind = outline_.kind(at);
    bool bracket = kind == JsonOutline::object_open || kind == JsonOutline::array_open;
    return bracket ? outline_.partner(at) : at;
  }

  void array(const PathNode& node, std::uint32_t place, std::size_t open, KeyMemory::Mark owner) {
    std::size_t end = outline_.partner(open);
    std::uint32_t id = out_.new_array(), index = 0;
    for (std::size_t at = open + 1; at < end; ++index) {
      std::size_t last = last_token(at);
      value(node, last != at ? out_.enter(place, id, index) : place, at, owner);
      at = last + 2;
    }
  }

  void value(const PathNode& node, std::uint32_t place, std::size_t at, KeyMemory::Mark owner) {
    switch (outline_.kind(at)) {
      case JsonOutline::object_open:
        return object(node, place, at, owner);
      case JsonOutline::array_open:
        return array(node, place, at, owner);
      case JsonOutline::string:
        if (node.path != kNoPath) out_.add(node.path, ValueKind::string, place).text = content(at);
        return;
      default:
        if (node.path != kNoPath) scalar(node.path, place, outline_.span(at));
    }
  }

  void scalar(std::uint32_t path, std::uint32_t place, std::string_view text) {
    if (text.front() == 't') return void(out_.add(path, ValueKind::boolean_true, place));
    if (text.front() == 'f') return void(out_.add(path, ValueKind::boolean_false, place));
    if (text.front() == 'n') return void(out_.add(path, ValueKind::null, place));
    Number number;
    parse_number(text, number);
    out_.add(path, ValueKind::number, place).set(number);
  }

  // A string's content; with its escapes replaced where it has any, in `out_`'s care.
  std::string_view content(std::size_t token) {
    std::string_view written = outline_.quoted(token);
    if (!outline_.has_escapes() || !memchr(written.data(), '\\', written.size())) return written;
    std::string& text = out_.new_text();
    std::size_t bad = 0;
    unescape(written, text, bad);
    return text;
  }

  bool inside(std::size_t at) const { return at + KeyMemory::kReach <= outline_.text().size(); }

  bool expected(const PathNode& node, std::size_t key, KeyMemory::Mark& mark, const PathNode*& below) const {
    std::size_t from = outline_.position(key) + 1;
    if (!inside(from)) return false;
    return keys_.expects(node, outline_.text().data() + from, outline_.position(key + 1) - from, mark, below);
  }

  const PathNode* look_up(const PathNode& node, std::size_t key, KeyMemory::Mark& mark) {
    std::string_view name = content(key);
    return keys_.look_up(node, name, PathNode::Ends(name), mark);
  }

  const JsonOutline& outline_;
  KeyMemory& keys_;
  EventFields& out_;
  Shape* recorded_ = nullptr;  // where the walk under way is noted
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

EventReader::EventReader(ReadLimits limits) : limits_(limits), outline_(std::make_unique<JsonOutline>()) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;

base::Status EventReader::read(std::string_view bytes, const PathNode& paths, std::size_t path_count,
                               EventFields& out) {
  out.clear(path_count);
  if (bytes.empty() || bytes.size() > limits_.bytes_max) return refuse(bytes);
  if (!outline_->reserve(bytes.size()))
    return base::fail(base::ErrorCode::limit_exceeded, "no memory to read an event of {} bytes", bytes.size());
  if (!outline_->read(bytes, limits_.depth_max)) return refuse(bytes);
  keys_.begin(paths);
  FieldWalk(*outline_, keys_, out).event(paths);
  return {};
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
