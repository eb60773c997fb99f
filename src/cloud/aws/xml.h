// XML as AWS uses it: elements, attributes, text, UTF-8; no document type, no entities but the five and characters. A
// document is one flat vector of nodes over the text it was read from: no allocation per element, nothing recursive.
//
//   TRY(XmlDocument document, XmlDocument::parse(body));
//   std::string_view code = document.child_text(document.root(), "Code");
//
// Ownership: the document keeps its own copy of nothing; `text` must outlive it. Limits: kXmlBytesMax, kXmlDepthMax,
// kXmlNodesMax. Refused: a DOCTYPE (so no entity expansion), unbalanced or overlapping tags, an unknown entity, bytes
// after the root.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace setpoint::cloud::aws {

class XmlDocument;

using XmlAttribute = std::pair<std::string_view, std::string_view>;

struct XmlNode {
  std::string_view qualified_name;  // as written, "ns:Name"
  std::string_view name;            // without its prefix
  std::string_view text;            // the text directly inside, entities resolved; white space kept
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;
  std::uint32_t next_sibling = 0;  // 0 = none (the root is no one's sibling)
  std::uint32_t first_child = 0;
  std::uint32_t last_child = 0;
};

class XmlDocument {
 public:
  static base::Result<XmlDocument> parse(std::string_view text);

  const XmlNode& root() const { return nodes_[0]; }
  const XmlNode* first_child(const XmlNode& node) const {
    return node.first_child ? &nodes_[node.first_child] : nullptr;
  }
  const XmlNode* next(const XmlNode& node) const { return node.next_sibling ? &nodes_[node.next_sibling] : nullptr; }
  // Names as written.
  std::span<const XmlAttribute> attributes(const XmlNode& node) const {
    return std::span(attributes_).subspan(node.first_attribute, node.attribute_count);
  }
  // The first child of that name (without prefix), or nullptr.
  const XmlNode* child(const XmlNode& node, std::string_view name) const;
  std::string_view child_text(const XmlNode& node, std::string_view name) const;

 private:
  friend class XmlParser;
  std::vector<XmlNode> nodes_;
  std::vector<XmlAttribute> attributes_;
  std::deque<std::string> resolved_;  // texts that had entities or came in pieces
};

// Writes elements; nothing is checked but escapes. Text escapes '\r' and '\n' too, which XML readers would otherwise
// normalise.
class XmlWriter {
 public:
  void open(std::string_view name);
  void attribute(std::string_view name, std::string_view value);
  void text(std::string_view value);
  void close(std::string_view name);
  void element(std::string_view name, std::string_view value);
  std::string take() { return std::move(out_); }

 private:
  void finish_tag();

  std::string out_;
  bool pending_ = false;  // the start tag is not closed yet
};

}  // namespace setpoint::cloud::aws
