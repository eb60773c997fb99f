// Document: a configuration item, a CloudFormation template, a Terraform plan, in the compact form that rules read.
//
//   TRY(guard::Document item, guard::Document::from_text(bytes));
//   guard::Report report = rules.evaluate(item);
//
// Made from JSON text (simdjson), from base::Json, or from YAML: a template's short forms become the long ones, `!Ref
// x` is {Ref: x} and `!GetAtt a.b` is {Fn::GetAtt: a.b}, and plain scalars are read as cfn-guard reads them (yes and
// True are text; see docs/guard.md). Immutable, movable, read from many threads. Linear in the text in time and
// memory.
//
// Refused: what is not JSON or YAML, deeper than kDocumentDepthMax, larger than kDocumentBytesMax, several YAML
// documents.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "guard/value.h"

namespace setpoint::guard {

class Document {
 public:
  Document() = default;

  // JSON where the text is JSON, else YAML.
  static base::Result<Document> from_text(std::string_view text);
  static base::Result<Document> parse_json(std::string_view text);
  // The member `pointer` (JSON pointer) of a JSON text: one line of a batch, say.
  static base::Result<Document> parse_json_member(std::string_view text, std::string_view pointer);
  static base::Result<Document> parse_yaml(std::string_view text);
  static Document from_json(const base::Json& json);
  // Texts with marks are values that are not known yet (unknown.h).
  static Document with_unknowns(const base::Json& json);

  const Value& root() const;
  bool has_unknowns() const { return has_unknowns_; }
  std::size_t memory_bytes() const { return arena_.reserved_bytes(); }

 private:
  friend class DocumentReader;
  Arena arena_;
  Value* root_ = nullptr;
  bool has_unknowns_ = false;
};

// Reads JSON texts one after the other into one Document without allocating anew: for scans. One per thread.
class DocumentReader {
 public:
  DocumentReader();
  ~DocumentReader();
  DocumentReader(DocumentReader&&) noexcept;
  base::Status read(std::string_view json, Document& into);
  base::Status read_member(std::string_view json, std::string_view pointer, Document& into);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// A value out of JSON or YAML text for json_parse and embedded policy documents; YAML 1.2 core as serde_yaml reads it.
// False where the text is neither.
bool parse_embedded(std::string_view text, Arena& arena, Value& into);

}  // namespace setpoint::guard
