#include "cloud/aws/jmespath.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {

using base::Json;

struct JmesPath::Node {
  enum class Kind {
    current,
    field,
    index,
    flatten,
    list_wildcard,
    value_wildcard,
    filter,
    pipe,
    either,
    both,
    negate,
    compare,
    literal,
    call
  };
  Kind kind = Kind::current;
  std::string name;  // of a field, an operator or a function
  std::int64_t index = 0;
  Json literal;
  std::vector<std::shared_ptr<const Node>> parts;
  bool projects = false;  // what follows applies to each element
};

namespace {

using Node = JmesPath::Node;
using Kind = Node::Kind;
using NodePtr = std::shared_ptr<const Node>;

constexpr std::size_t kExpressionBytesMax = 2000;
constexpr int kExpressionDepthMax = 40;

bool truthy(const Json& value) {
  if (value.is_null() || value == false) return false;
  if (value.is_string() || value.is_structured())
    return value.is_string() ? !value.get_ref<const std::string&>().empty() : !value.empty();
  return true;
}

Json evaluate(const Node& node, const Json& value);

Json field_of(const Json& value, const std::string& name) { return base::member(value, name); }

Json index_of(const Json& value, std::int64_t index) {
  if (!value.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(value.size());
  const std::int64_t place = index < 0 ? size + index : index;
  return place >= 0 && place < size ? value[static_cast<std::size_t>(place)] : Json();
}

Json flatten(const Json& value) {
  if (!value.is_array()) return nullptr;
  Json out = Json::array();
  for (const Json& item : value) {
    if (!item.is_array())
      out.push_back(item);
    else
      out.insert(out.end(), item.begin(), item.end());
  }
  return out;
}

Json values_of(const Json& value) {
  if (!value.is_object()) return nullptr;
  Json out = Json::array();
  for (const auto& item : value) out.push_back(item);
  return out;
}

Json filter(const Json& value, const Node& condition) {
  if (!value.is_array()) return nullptr;
  Json out = Json::array();
  for (const Json& item : value) {
    if (truthy(evaluate(condition, item))) out.push_back(item);
  }
  return out;
}

Json compare(const std::string& op, const Json& left, const Json& right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (!left.is_number() || !right.is_number()) return nullptr;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  return op == ">" ? left > right : left >= right;
}

Json call(const Node& node, const Json& value) {
  const Json first = evaluate(*node.parts[0], value);
  if (node.name == "length") {
    if (first.is_string()) return first.get_ref<const std::string&>().size();
    return first.is_structured() ? Json(first.size()) : Json();
  }
  const Json second = evaluate(*node.parts[1], value);
  if (first.is_string() && second.is_string()) {
    return first.get_ref<const std::string&>().find(second.get_ref<const std::string&>()) != std::string::npos;
  }
  return first.is_array() && std::find(first.begin(), first.end(), second) != first.end();
}

// A chain: each part works on what the one before gave; after a projection, on each of its elements, nulls dropped.
Json chain(const Node& node, const Json& value, std::size_t at) {
  if (at == node.parts.size()) return value;
  const Node& part = *node.parts[at];
  const Json step = evaluate(part, value);
  if (!part.projects || !step.is_array()) return chain(node, step, at + 1);
  std::size_t end = at + 1;  // the projection reaches as far as the next flatten, which takes it as a list
  while (end < node.parts.size() && node.parts[end]->kind != Kind::flatten) ++end;
  Node inner;
  inner.kind = Kind::pipe;
  inner.parts.assign(node.parts.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                     node.parts.begin() + static_cast<std::ptrdiff_t>(end));
  Json out = Json::array();
  for (const Json& item : step) {
    Json each = chain(inner, item, 0);
    if (!each.is_null()) out.push_back(std::move(each));
  }
  return chain(node, out, end);
}

Json evaluate(const Node& node, const Json& value) {
  switch (node.kind) {
    case Kind::current:
      return value;
    case Kind::field:
      return field_of(value, node.name);
    case Kind::index:
      return index_of(value, node.index);
    case Kind::flatten:
      return flatten(value);
    case Kind::list_wildcard:
      return value.is_array() ? value : Json();
    case Kind::value_wildcard:
      return values_of(value);
    case Kind::filter:
      return filter(value, *node.parts[0]);
    case Kind::pipe:
      return chain(node, value, 0);
    case Kind::literal:
      return node.literal;
    case Kind::negate:
      return !truthy(evaluate(*node.parts[0], value));
    case Kind::compare:
      return compare(node.name, evaluate(*node.parts[0], value), evaluate(*node.parts[1], value));
    case Kind::call:
      return call(node, value);
    case Kind::either:
    case Kind::both: {
      Json left = evaluate(*node.parts[0], value);
      return truthy(left) == (node.kind == Kind::either) ? left : evaluate(*node.parts[1], value);
    }
  }
  return nullptr;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NodePtr parse() {
    NodePtr root = pipe();
    skip();
    if (at_ != text_.size()) good_ = false;
    return good_ ? root : nullptr;
  }

 private:
  static NodePtr make(Kind kind, std::vector<NodePtr> parts = {}, std::string name = {}) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->parts = std::move(parts);
    node->name = std::move(name);
    node->projects =
        kind == Kind::flatten || kind == Kind::list_wildcard || kind == Kind::value_wildcard || kind == Kind::filter;
    return node;
  }

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  NodePtr pipe() {
    if (++depth_ > kExpressionDepthMax) good_ = false;
    NodePtr left = either();
    while (good_ && !text_.substr(at_).starts_with("||") && take("|")) left = make(Kind::pipe, {left, either()});
    --depth_;
    return left;
  }

  NodePtr either() {
    NodePtr left = both();
    while (good_ && take("||")) left = make(Kind::either, {left, both()});
    return left;
  }

  NodePtr both() {
    NodePtr left = comparison();
    while (good_ && take("&&")) left = make(Kind::both, {left, comparison()});
    return left;
  }

  NodePtr comparison() {
    NodePtr left = unary();
    for (const char* op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (good_ && take(op)) return make(Kind::compare, {left, unary()}, op);
    }
    return left;
  }

  NodePtr unary() {
    if (!good_) return make(Kind::current);
    if (take("!")) return make(Kind::negate, {unary()});
    return path();
  }

  NodePtr path() {
    std::vector<NodePtr> parts;
    if (!bracket(parts)) parts.push_back(primary());
    while (good_) {
      if (take(".")) {
        parts.push_back(take("*") ? make(Kind::value_wildcard) : primary());
      } else if (!bracket(parts)) {
        break;
      }
    }
    return parts.size() == 1 && !parts[0]->projects ? parts[0] : make(Kind::pipe, std::move(parts));
  }

  bool bracket(std::vector<NodePtr>& parts) {
    if (take("[]")) return parts.push_back(make(Kind::flatten)), true;
    if (take("[*]")) return parts.push_back(make(Kind::list_wildcard)), true;
    if (take("[?")) {
      parts.push_back(make(Kind::filter, {pipe()}));
      return good_ = good_ && take("]");
    }
    if (!take("[")) return false;
    auto node = std::make_shared<Node>();
    node->kind = Kind::index;
    auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), node->index);
    if (problem != std::errc()) return good_ = false;
    at_ = static_cast<std::size_t>(end - text_.data());
    parts.push_back(node);
    return good_ = take("]");
  }

  NodePtr primary() {
    skip();
    if (take("@")) return make(Kind::current);
    if (take("(")) {
      NodePtr inner = pipe();
      good_ = good_ && take(")");
      return inner;
    }
    if (take("`")) return json_literal();
    if (take("'")) return text_literal();
    return name_or_call();
  }

  std::string_view up_to(char quote) {
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return good_ = false, std::string_view();
    const std::string_view inner = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inner;
  }

  NodePtr json_literal() {
    auto node = std::make_shared<Node>();
    node->kind = Kind::literal;
    auto parsed = base::parse_json(up_to('`'));
    if (parsed)
      node->literal = *parsed;
    else
      good_ = false;
    return node;
  }

  NodePtr text_literal() {
    auto node = std::make_shared<Node>();
    node->kind = Kind::literal;
    node->literal = std::string(up_to('\''));
    return node;
  }

  NodePtr name_or_call() {
    std::string name;
    if (take("\"")) {
      name = up_to('"');
    } else {
      while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
        name.push_back(text_[at_++]);
    }
    if (name.empty()) good_ = false;
    if (!good_ || !take("(")) return make(Kind::field, {}, name);
    std::vector<NodePtr> arguments = {pipe()};
    while (good_ && take(",")) arguments.push_back(pipe());
    good_ = good_ && take(")") &&
            ((name == "length" && arguments.size() == 1) || (name == "contains" && arguments.size() == 2));
    return make(Kind::call, std::move(arguments), name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool good_ = true;
};

}  // namespace

base::Result<JmesPath> JmesPath::compile(std::string_view text) {
  NodePtr root = text.size() > kExpressionBytesMax ? nullptr : Parser(text).parse();
  if (!root)
    return base::fail(base::ErrorCode::unsupported, "the JMESPath '{}' is not of the part that is read here",
                      text.substr(0, 200));
  return JmesPath(std::move(root));
}

base::Json JmesPath::search(const base::Json& value) const { return evaluate(*root_, value); }

}  // namespace setpoint::cloud::aws
