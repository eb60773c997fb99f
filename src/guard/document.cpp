#include "guard/document.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "guard/limits.h"
#include "guard/unknown.h"
#include "guard/yaml_loader.h"

namespace setpoint::guard {

namespace dom = simdjson::dom;

namespace {

void fill(Value& value, const dom::element& element, Arena& arena);

constexpr std::size_t kCountedMax = 0xFFFFFF;  // simdjson's own count of children ends there

template <class Children>
std::size_t count_of(const Children& children) {
  if (children.size() < kCountedMax) return children.size();
  return static_cast<std::size_t>(std::distance(children.begin(), children.end()));
}

void fill_list(Value& value, const dom::array& items, Arena& arena) {
  make_list(value, count_of(items), arena);
  std::size_t next = 0;
  for (const dom::element item : items) fill(value.items[next++], item, arena);
}

void fill_map(Value& value, const dom::object& members, Arena& arena) {
  make_map(value, count_of(members), arena);
  for (const dom::key_value_pair member : members) fill(put(value, member.key, arena), member.value, arena);
}

// Depth is bounded by simdjson's parser, so recursion is.
void fill(Value& value, const dom::element& element, Arena& arena) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE:
      return;
    case dom::element_type::BOOL:
      value.kind = Kind::boolean;
      value.boolean = element.get_bool().value_unsafe();
      return;
    case dom::element_type::INT64:
      value.kind = Kind::integer;
      value.integer = element.get_int64().value_unsafe();
      return;
    case dom::element_type::UINT64:  // beyond 63 bits: a float, as in cfn-guard
      value.kind = Kind::real;
      value.real = static_cast<double>(element.get_uint64().value_unsafe());
      return;
    case dom::element_type::DOUBLE:
      value.kind = Kind::real;
      value.real = element.get_double().value_unsafe();
      return;
    case dom::element_type::STRING:
      return set_text(value, element.get_string().value_unsafe(), arena);
    case dom::element_type::ARRAY:
      return fill_list(value, element.get_array().value_unsafe(), arena);
    case dom::element_type::OBJECT:
      return fill_map(value, element.get_object().value_unsafe(), arena);
  }
}

base::Error json_error(simdjson::error_code code) {
  bool limit = code == simdjson::DEPTH_ERROR || code == simdjson::CAPACITY || code == simdjson::MEMALLOC;
  return {limit ? base::ErrorCode::limit_exceeded : base::ErrorCode::invalid_input,
          fmt::format("not a JSON document: {}", simdjson::error_message(code)), "", "", ""};
}

const Value kNothing{};

}  // namespace

struct DocumentReader::Engine {
  dom::parser parser{kDocumentBytesMax};
};

DocumentReader::DocumentReader() : engine_(std::make_unique<Engine>()) {}
DocumentReader::~DocumentReader() = default;
DocumentReader::DocumentReader(DocumentReader&&) noexcept = default;

base::Status DocumentReader::read(std::string_view json, Document& into) { return read_member(json, "", into); }

base::Status DocumentReader::read_member(std::string_view json, std::string_view pointer, Document& into) {
  into.arena_.reset();
  into.root_ = nullptr;
  if (json.size() > kDocumentBytesMax) {
    return base::fail(base::ErrorCode::limit_exceeded, "a document of {} bytes is larger than {}", json.size(),
                      kDocumentBytesMax);
  }
  if (engine_->parser.max_depth() != kDocumentDepthMax || engine_->parser.capacity() < json.size()) {
    if (auto code = engine_->parser.allocate(std::max<std::size_t>(json.size(), 4096), kDocumentDepthMax))
      return base::fail(json_error(code));
  }
  dom::element root;
  auto code = engine_->parser.parse(json.data(), json.size()).get(root);
  if (code == simdjson::SUCCESS && !pointer.empty()) code = root.at_pointer(pointer).get(root);
  if (code != simdjson::SUCCESS) return base::fail(json_error(code));
  into.root_ = into.arena_.make<Value>(1);
  fill(*into.root_, root, into.arena_);
  return {};
}

base::Result<Document> Document::parse_json(std::string_view text) { return parse_json_member(text, ""); }

base::Result<Document> Document::parse_json_member(std::string_view text, std::string_view pointer) {
  Document out;
  TRY_VOID(DocumentReader().read_member(text, pointer, out));
  return out;
}

base::Result<Document> Document::parse_yaml(std::string_view text) {
  Document out;
  out.root_ = out.arena_.make<Value>(1);
  TRY_VOID(load_template(text, out.arena_, *out.root_));
  return out;
}

base::Result<Document> Document::from_text(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  bool like_json = first != text.npos && (text[first] == '{' || text[first] == '[');
  if (!like_json) return parse_yaml(text);
  base::Result<Document> json = parse_json(text);
  if (json) return json;
  base::Result<Document> yaml = parse_yaml(text);  // a flow map or list of YAML begins like JSON
  return yaml ? std::move(yaml) : std::move(json);
}

Document Document::from_json(const base::Json& json) {
  Document out;
  out.root_ = out.arena_.make<Value>(1);
  guard::from_json(*out.root_, json, out.arena_);
  return out;
}

Document Document::with_unknowns(const base::Json& json) {
  Document out = from_json(json);
  out.has_unknowns_ = mark_unknowns(*out.root_);
  return out;
}

const Value& Document::root() const { return root_ == nullptr ? kNothing : *root_; }

bool parse_embedded(std::string_view text, Arena& arena, Value& into) {
  dom::parser parser;
  dom::element root;
  if (parser.allocate(std::max<std::size_t>(text.size(), 64), kDocumentDepthMax) == simdjson::SUCCESS &&
      parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS) {
    fill(into, root, arena);
    return true;
  }
  return load_yaml12(text, arena, into);
}

}  // namespace setpoint::guard
