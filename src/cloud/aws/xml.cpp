#include "cloud/aws/xml.h"

#include <charconv>

#include "cloud/aws/limits.h"
#include "cloud/aws/utf8.h"

namespace setpoint::cloud::aws {

namespace {

constexpr std::size_t kBytesPerElementExpected = 24;
constexpr std::string_view kSpace = " \t\r\n";

bool name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool append_utf8(std::string& out, std::uint32_t code) {
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
  return true;
}

bool append_character_reference(std::string& out, std::string_view digits) {
  int base = 10;
  if (digits.starts_with('x')) {
    base = 16;
    digits.remove_prefix(1);
  }
  std::uint32_t code = 0;
  auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), code, base);
  return problem == std::errc() && end == digits.data() + digits.size() && append_utf8(out, code);
}

bool append_entity(std::string& out, std::string_view name) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (auto [entity, character] : kEntities) {
    if (entity == name) return out.push_back(character), true;
  }
  return name.starts_with('#') && append_character_reference(out, name.substr(1));
}

}  // namespace

class XmlParser {
 public:
  explicit XmlParser(std::string_view text) : text_(text) {
    document_.nodes_.reserve(text.size() / kBytesPerElementExpected);
    open_.reserve(kXmlDepthMax);
  }

  base::Result<XmlDocument> parse() {
    if (text_.size() > kXmlBytesMax)
      return base::fail(base::ErrorCode::limit_exceeded, "XML of more than {} bytes", kXmlBytesMax);
    if (!valid_utf8(text_)) problem_ = "it is not UTF-8";
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (problem_.empty() && at_ < text_.size()) step();
    if (problem_.empty() && !open_.empty()) problem_ = "an element is not closed";
    if (problem_.empty() && document_.nodes_.empty()) problem_ = "there is no element";
    if (problem_.empty()) return std::move(document_);
    return base::fail(
        {base::ErrorCode::invalid_input, "not well-formed XML: " + problem_, fmt::format("byte {}", at_), {}, {}});
  }

 private:
  void step() {
    if (text_[at_] != '<') return characters();
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("</")) return end_tag();
    if (rest.starts_with("<?")) return skip_to("?>");
    if (rest.starts_with("<!--")) return skip_to("-->");
    if (rest.starts_with("<![CDATA[")) return cdata();
    if (rest.starts_with("<!")) return fail("a document type is not accepted");
    start_tag();
  }

  void fail(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }

  void skip_to(std::string_view mark) {
    const std::size_t end = text_.find(mark, at_ + 2);
    if (end == std::string_view::npos) return fail("a comment or instruction is not closed");
    at_ = end + mark.size();
  }

  void cdata() {
    const std::size_t start = at_ + 9;
    const std::size_t end = text_.find("]]>", start);
    if (end == std::string_view::npos) return fail("CDATA is not closed");
    if (open_.empty()) return fail("text outside of the root element");
    add_text(text_.substr(start, end - start));
    at_ = end + 3;
  }

  void characters() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view raw = text_.substr(at_, end - at_);
    if (open_.empty()) {
      if (raw.find_first_not_of(kSpace) != std::string_view::npos) return fail("text outside of the root element");
    } else {
      add_text(resolve(raw));
    }
    at_ = end;
  }

  // Text after a child element is dropped: AWS has no mixed content. Pieces (comments, CDATA) grow one string in place.
  void add_text(std::string_view more) {
    XmlNode& node = document_.nodes_[open_.back()];
    if (more.empty() || node.first_child != 0) return;
    auto& resolved = document_.resolved_;
    if (node.text.empty() && more.data() != scratch_.data()) {
      node.text = more;
      return;
    }
    if (resolved.empty() || node.text.data() != resolved.back().data()) resolved.emplace_back(node.text);
    node.text = resolved.back().append(more);
  }

  // `raw` itself, or scratch_ where something had to be replaced.
  std::string_view resolve(std::string_view raw) {
    if (raw.find_first_of("&\r") == std::string_view::npos) return raw;
    scratch_.clear();
    for (std::size_t i = 0; i < raw.size() && problem_.empty(); ++i) {
      if (raw[i] == '&') {
        i = resolve_entity(raw, i);
      } else if (raw[i] != '\r') {
        scratch_.push_back(raw[i]);
      } else if (i + 1 == raw.size() || raw[i + 1] != '\n') {
        scratch_.push_back('\n');  // XML 1.0 section 2.11: every line end reads as one '\n'
      }
    }
    return scratch_;
  }

  std::size_t resolve_entity(std::string_view raw, std::size_t at) {
    const std::size_t end = raw.find(';', at);
    if (end == std::string_view::npos || end - at > 12 || !append_entity(scratch_, raw.substr(at + 1, end - at - 1))) {
      fail("an entity that is not known");
      return raw.size();
    }
    return end;
  }

  std::string_view name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && name_character(text_[at_])) ++at_;
    if (at_ == start) fail("a name is missing");
    return text_.substr(start, at_ - start);
  }

  void skip_space() {
    while (at_ < text_.size() && kSpace.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool take(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  void start_tag() {
    ++at_;
    const std::uint32_t index = add_node();
    if (!problem_.empty()) return;
    document_.nodes_[index].qualified_name = name();
    document_.nodes_[index].name = local_name(document_.nodes_[index].qualified_name);
    open_.push_back(index);
    while (problem_.empty()) {
      skip_space();
      if (take("/>")) return open_.pop_back();
      if (take(">")) return;
      attribute(document_.nodes_[index]);
    }
  }

  std::uint32_t add_node() {
    auto& nodes = document_.nodes_;
    const auto index = static_cast<std::uint32_t>(nodes.size());
    if (open_.empty() && index > 0) fail("more than one root element");
    if (open_.size() >= kXmlDepthMax) fail("nested too deeply");
    if (index >= kXmlNodesMax) fail("too many elements");
    if (!problem_.empty()) return 0;
    nodes.emplace_back();
    if (open_.empty()) return index;
    XmlNode& parent = nodes[open_.back()];
    (parent.first_child == 0 ? parent.first_child : nodes[parent.last_child].next_sibling) = index;
    parent.last_child = index;
    return index;
  }

  void attribute(XmlNode& node) {
    if (at_ >= text_.size()) return fail("a tag is not closed");
    const std::string_view key = name();
    skip_space();
    if (!take("=")) return fail("an attribute has no value");
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return fail("an attribute's value is not quoted");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return fail("an attribute's value is not closed");
    std::string_view value = resolve(text_.substr(at_ + 1, end - at_ - 1));
    if (value.data() == scratch_.data()) value = document_.resolved_.emplace_back(value);
    if (node.attribute_count++ == 0) node.first_attribute = static_cast<std::uint32_t>(document_.attributes_.size());
    document_.attributes_.emplace_back(key, value);
    at_ = end + 1;
  }

  void end_tag() {
    at_ += 2;
    const std::string_view closing = name();
    skip_space();
    if (!take(">")) return fail("an end tag is not closed");
    if (open_.empty() || document_.nodes_[open_.back()].qualified_name != closing)
      return fail("an end tag that closes nothing");
    open_.pop_back();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  XmlDocument document_;
  std::vector<std::uint32_t> open_;
  std::string scratch_;
  std::string problem_;
};

base::Result<XmlDocument> XmlDocument::parse(std::string_view text) { return XmlParser(text).parse(); }

const XmlNode* XmlDocument::child(const XmlNode& node, std::string_view name) const {
  for (const XmlNode* at = first_child(node); at; at = next(*at)) {
    if (at->name == name) return at;
  }
  return nullptr;
}

std::string_view XmlDocument::child_text(const XmlNode& node, std::string_view name) const {
  const XmlNode* found = child(node, name);
  return found ? found->text : std::string_view();
}

void XmlWriter::finish_tag() {
  if (pending_) out_.push_back('>');
  pending_ = false;
}

void XmlWriter::open(std::string_view name) {
  finish_tag();
  out_.append(1, '<').append(name);
  pending_ = true;
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
  out_.append(1, ' ').append(name).append("=\"");
  for (char c : value) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\r':
        out_ += "&#13;";
        break;
      case '\n':
        out_ += "&#10;";
        break;
      case '\t':
        out_ += "&#09;";
        break;
      default:
        out_.push_back(c);
    }
  }
  out_.push_back('"');
}

void XmlWriter::text(std::string_view value) {
  if (value.empty()) return;
  finish_tag();
  for (char c : value) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '\r':
        out_ += "&#xD;";
        break;
      case '\n':
        out_ += "&#xA;";
        break;
      default:
        out_.push_back(c);
    }
  }
}

void XmlWriter::close(std::string_view name) {
  if (pending_) {
    out_ += " />";
    pending_ = false;
    return;
  }
  out_.append("</").append(name).append(1, '>');
}

void XmlWriter::element(std::string_view name, std::string_view value) {
  open(name);
  text(value);
  close(name);
}

}  // namespace setpoint::cloud::aws
