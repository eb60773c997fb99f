#include "blueprint/blueprint.h"

#include "blueprint/limits.h"
#include "blueprint/source.h"
#include "blueprint/translation.h"

namespace setpoint::blueprint {

using base::Node;

namespace {

// A plan says terraform_version at its root; everything else is taken for a template.
bool is_plan(std::string_view text) {
  std::string_view head = text.substr(0, 4096);
  return text.find_first_not_of(" \t\r\n") != text.npos && text[text.find_first_not_of(" \t\r\n")] == '{' &&
         (head.find("\"terraform_version\"") != head.npos || text.find("\"resource_changes\"") != text.npos);
}

std::optional<Source> read_source(const base::SourceText& source, const Options& options, const Mapping& mapping,
                                  base::Diagnostics& diagnostics) {
  auto by_in = [&mapping](Language language) {
    return [&table = mapping.table().attached_by[index_of(language)]](const std::string& type) {
      auto found = table.find(type);
      return found == table.end() ? std::string() : found->second;
    };
  };
  if (source.text.size() > kPlanBytesMax) {
    diagnostics.error("blueprint-limit", source.name, {1, 1}, fmt::format("larger than {} bytes", kPlanBytesMax));
    return std::nullopt;
  }
  if (is_plan(source.text)) return read_terraform(source, by_in(Language::terraform), diagnostics);
  std::optional<Node> root = base::parse_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  return read_cloudformation(*root, source, options, by_in(Language::cloudformation), diagnostics);
}

// "module.a.aws_s3_bucket.b[0]" is what a reference calls module.a.aws_s3_bucket.b.
std::string plain(const std::string& address) {
  std::string out;
  bool inside = false;
  for (char c : address) {
    inside = inside || c == '[';
    if (!inside) out += c;
    inside = inside && c != ']';
  }
  return out;
}

class Assembly {
 public:
  Assembly(const Source& source, const Mapping& mapping)
      : source_(source), table_(mapping.table()), language_(index_of(source.language)) {
    for (const Written& one : source.resources) {
      for (const std::string& target : one.refers_to) attached_to_[target].push_back(&one);
    }
  }

  Blueprint assemble(const Options& options) {
    Blueprint out;
    out.language = source_.language;
    Translation translation(source_.language, options);
    for (const Written& one : source_.resources) {
      auto found = table_.by_type[language_].find(one.type);
      if (found != table_.by_type[language_].end()) {
        const TypeMapping& type = table_.types[found->second];
        out.resources.push_back(translation.translate(one, type, attached(one, type)));
      } else if (!table_.attached_by[language_].contains(one.type)) {
        out.uncovered.push_back({one.address, one.type, {one.at, one.address}});
      }
    }
    return out;
  }

 private:
  Attached attached(const Written& written, const TypeMapping& type) const {
    Attached out;
    auto found = attached_to_.find(source_.language == Language::terraform ? plain(written.address) : written.address);
    if (found == attached_to_.end()) return out;
    for (const Attachment& attachment : type.attachments) {
      const auto& types = attachment.types[language_];
      for (const Written* one : found->second) {
        bool meant = std::find(types.begin(), types.end(), one->type) != types.end();
        auto& known = out[attachment.name];
        if (meant && std::find(known.begin(), known.end(), one) == known.end()) known.push_back(one);
      }
    }
    return out;
  }

  const Source& source_;
  const Mapping::Table& table_;
  std::size_t language_;
  std::map<std::string, std::vector<const Written*>> attached_to_;
};

}  // namespace

std::optional<Blueprint> read_blueprint(const base::SourceText& source, const Mapping& mapping, const Options& options,
                                        base::Diagnostics& diagnostics) {
  auto written = read_source(source, options, mapping, diagnostics);
  if (!written) return std::nullopt;
  return Assembly(*written, mapping).assemble(options);
}

}  // namespace setpoint::blueprint
