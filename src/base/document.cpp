#include "base/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace setpoint::base {

namespace {

constexpr char kSyntax[] = "yaml-syntax";
constexpr char kLimit[] = "yaml-limit";

// Thrown inside this file only, to leave yaml-cpp's event loop; caught in parse_yaml.
struct Stop {
  Diagnostic why;
};

Position place(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

bool digits_only(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with("0x"))
    return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
  return digits_only(text);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_real(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t exponent = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, exponent);
  if (exponent != text.npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!digits_only(power)) return false;
  }
  std::size_t dot = mantissa.find('.');
  std::string_view whole = mantissa.substr(0, dot);
  if (dot == mantissa.npos) return digits_only(whole);
  std::string_view fraction = mantissa.substr(dot + 1);
  return (whole.empty() || digits_only(whole)) && (fraction.empty() || digits_only(fraction)) &&
         !(whole.empty() && fraction.empty());
}

Node::Kind plain_kind(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return Node::Kind::null;
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" || text == "FALSE") {
    return Node::Kind::boolean;
  }
  if (is_integer(text)) return Node::Kind::integer;
  if (is_real(text)) return Node::Kind::real;
  return Node::Kind::text;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, YamlLimits limits) : file_(std::move(file)), limits_(limits) {}

  std::optional<Node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.at = place(mark);
    finish_node(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(kSyntax, place(mark), "alias to a node that is not complete here");
    count(found->second.size, place(mark));
    put(found->second.node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.at = place(mark);
    node.quoted = tag == "!";
    if (tag != "!" && tag != "?") node.tag = tag;
    node.kind = node.quoted || !node.tag.empty() ? Node::Kind::text : plain_kind(value);
    node.scalar = value;
    finish_node(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    std::size_t nodes_before = 0;
    std::optional<std::string> key;
    Position key_at;
    std::unordered_set<std::string> keys;
  };
  struct Anchored {
    Node node;
    std::size_t size = 0;
  };

  [[noreturn]] void stop(const char* code, Position at, std::string what, std::string hint = {}) {
    throw Stop{{Severity::error, code, file_, at, std::move(what), std::move(hint)}};
  }

  void count(std::size_t nodes, Position at) {
    nodes_ += nodes;
    if (nodes_ > limits_.nodes_max)
      stop(kLimit, at, fmt::format("more than {} nodes after expanding aliases", limits_.nodes_max));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (stack_.size() >= limits_.depth_max)
      stop(kLimit, place(mark), fmt::format("nested deeper than {} levels", limits_.depth_max));
    Frame frame;
    frame.node.kind = kind;
    frame.node.at = place(mark);
    if (tag != "!" && tag != "?") frame.node.tag = tag;
    frame.anchor = anchor;
    frame.nodes_before = nodes_;
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    count(1, frame.node.at);
    if (frame.anchor != 0) anchors_[frame.anchor] = {frame.node, nodes_ - frame.nodes_before};
    put(std::move(frame.node));
  }

  void finish_node(Node node, YAML::anchor_t anchor) {
    count(1, node.at);
    if (anchor != 0) anchors_[anchor] = {node, 1};
    put(std::move(node));
  }

  void put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& top = stack_.back();
    if (top.node.is_list()) {
      top.node.items.push_back(std::move(node));
    } else if (!top.key) {
      set_key(top, node);
    } else {
      top.node.entries.push_back({std::move(*top.key), top.key_at, std::move(node)});
      top.key.reset();
    }
  }

  void set_key(Frame& top, const Node& node) {
    if (!node.is_scalar()) stop(kSyntax, node.at, "a key must be a scalar");
    if (node.scalar == "<<" && !node.quoted)
      stop(kSyntax, node.at, "merge keys (<<) are not read", "write the fields out");
    if (!top.keys.insert(node.scalar).second) {
      stop("duplicate-key", node.at, fmt::format("'{}' stands twice in this map", node.scalar));
    }
    top.key = node.scalar;
    top.key_at = node.at;
  }

  std::string file_;
  YamlLimits limits_;
  std::size_t nodes_ = 0;
  std::vector<Frame> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::optional<Node> root_;
};

bool valid_utf8(std::string_view text) {
  // nlohmann refuses to dump what is not UTF-8; asking it keeps one definition.
  try {
    (void)Json(std::string(text)).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

Json integer_json(const std::string& text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t value = 0;
  int base = digits.starts_with("0x") ? 16 : 10;
  if (base == 16) digits.remove_prefix(2);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc() && end == digits.data() + digits.size()) return value;
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view Node::kind_name() const {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::boolean:
      return "true/false";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "text";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "?";
}

Json Node::json() const {
  switch (kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return scalar.front() == 't' || scalar.front() == 'T';
    case Kind::integer:
      return integer_json(scalar);
    case Kind::real:
      return std::strtod(scalar.c_str(), nullptr);
    case Kind::text:
      return scalar;
    case Kind::list: {
      Json out = Json::array();
      for (const Node& item : items) out.push_back(item.json());
      return out;
    }
    case Kind::map: {
      Json out = Json::object();
      for (const Entry& entry : entries) out[entry.key] = entry.value.json();
      return out;
    }
  }
  return nullptr;
}

std::optional<Node> parse_yaml(const SourceText& source, Diagnostics& diagnostics, YamlLimits limits) {
  if (source.text.size() > limits.bytes_max) {
    diagnostics.error(kLimit, source.name, {}, fmt::format("larger than {} bytes", limits.bytes_max));
    return std::nullopt;
  }
  if (!valid_utf8(source.text)) {
    diagnostics.error(kSyntax, source.name, {}, "not UTF-8 text", "save the file as UTF-8");
    return std::nullopt;
  }
  TreeBuilder builder(source.name, limits);
  try {
    std::istringstream stream{std::string(source.text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      diagnostics.error(kSyntax, source.name, {}, "the file is empty");
      return std::nullopt;
    }
    std::optional<Node> root = builder.take();
    TreeBuilder rest(source.name, limits);
    if (parser.HandleNextDocument(rest)) {
      diagnostics.error(kSyntax, source.name, {}, "more than one YAML document in the file", "split it into files");
      return std::nullopt;
    }
    return root;
  } catch (const Stop& stopped) {
    diagnostics.add(stopped.why);
  } catch (const YAML::Exception& problem) {
    diagnostics.error(kSyntax, source.name, place(problem.mark), problem.msg);
  }
  return std::nullopt;
}

MapReader::MapReader(const Node& node, std::string file, Diagnostics& diagnostics)
    : node_(node), file_(std::move(file)), diagnostics_(diagnostics) {
  if (!node.is_map())
    diagnostics_.error("wrong-kind", file_, node.at, fmt::format("expected a map, found {}", node.kind_name()));
}

const Node* MapReader::optional(std::string_view key) {
  asked_.emplace_back(key);
  return node_.find(key);
}

const Node* MapReader::required(std::string_view key) {
  const Node* found = optional(key);
  if (found == nullptr && node_.is_map()) {
    diagnostics_.error("missing-field", file_, node_.at, fmt::format("the field '{}' is missing", key));
  }
  return found;
}

std::string MapReader::optional_string(std::string_view key, std::string fallback) {
  const Node* found = optional(key);
  if (found == nullptr) return fallback;
  if (found->is_scalar() && found->kind != Node::Kind::null) return found->scalar;
  error(key, fmt::format("'{}' must be text, found {}", key, found->kind_name()));
  return fallback;
}

std::string MapReader::required_string(std::string_view key) {
  return required(key) == nullptr ? std::string() : optional_string(key);
}

std::optional<std::int64_t> MapReader::optional_integer(std::string_view key) {
  const Node* found = optional(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind == Node::Kind::integer) {
    Json value = found->json();
    if (value.is_number_integer()) return value.get<std::int64_t>();
  }
  error(key, fmt::format("'{}' must be an integer, found {}", key, found->kind_name()));
  return std::nullopt;
}

std::optional<bool> MapReader::optional_bool(std::string_view key) {
  const Node* found = optional(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind == Node::Kind::boolean) return found->json().get<bool>();
  error(key, fmt::format("'{}' must be true or false, found {}", key, found->kind_name()));
  return std::nullopt;
}

std::vector<std::string> MapReader::optional_strings(std::string_view key) {
  const Node* found = optional(key);
  std::vector<std::string> out;
  if (found == nullptr || found->kind == Node::Kind::null) return out;
  if (found->is_scalar()) return {found->scalar};
  for (const Node& item : found->items) {
    if (item.is_scalar()) {
      out.push_back(item.scalar);
    } else {
      diagnostics_.error("wrong-kind", file_, item.at,
                         fmt::format("'{}' must list text, found {}", key, item.kind_name()));
    }
  }
  if (found->is_map()) error(key, fmt::format("'{}' must be a list of text, found a map", key));
  return out;
}

Position MapReader::at(std::string_view key) const {
  const Node* found = node_.find(key);
  return found == nullptr ? node_.at : found->at;
}

void MapReader::error(std::string_view key, std::string what, std::string hint) {
  diagnostics_.error("wrong-kind", file_, at(key), std::move(what), std::move(hint));
}

void MapReader::finish() {
  std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const Node::Entry& entry : node_.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    diagnostics_.error("unknown-field", file_, entry.key_at, fmt::format("unknown field '{}'", entry.key),
                       did_you_mean(entry.key, known));
  }
}

}  // namespace setpoint::base
