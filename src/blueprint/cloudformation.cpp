#include "blueprint/intrinsics.h"
#include "blueprint/limits.h"
#include "blueprint/source.h"

namespace setpoint::blueprint {

using base::Node;

namespace {

class TemplateReader {
 public:
  TemplateReader(const Node& root, const base::SourceText& source, const Options& options, const AttachedBy& by,
                 base::Diagnostics& diagnostics)
      : file_(source.name), by_(by), diagnostics_(diagnostics), intrinsics_(root, options, source.name, diagnostics) {}

  void read(const Node::Entry& entry, Source& out) {
    const Node* type = entry.value.find("Type");
    if (entry.key.starts_with("Fn::") || type == nullptr || !type->is_text()) return odd(entry);
    const Node* condition = entry.value.find("Condition");
    if (condition != nullptr && intrinsics_.condition(condition->scalar) == false) return;  // not deployed
    Written written;
    written.address = entry.key;
    written.type = type->scalar;
    written.at = entry.key_at;
    written.prefix = "Resources/" + entry.key + "/Properties/";
    written.properties.kind = Node::Kind::map;
    written.properties.at = entry.key_at;
    if (const Node* properties = entry.value.find("Properties")) {
      if (std::string by = by_(written.type); !by.empty()) attach(properties->find(by), written);
      if (auto resolved = intrinsics_.resolve(*properties)) written.properties = std::move(*resolved);
    }
    out.resources.push_back(std::move(written));
  }

 private:
  void odd(const Node::Entry& entry) {
    diagnostics_.warning("blueprint-resource", file_, entry.key_at,
                         fmt::format("'{}' is not a resource with a Type, and is not judged", entry.key),
                         "loops and macros are expanded by CloudFormation: check the processed template");
  }

  static void attach(const Node* property, Written& written) {
    if (property == nullptr) return;
    for (const std::string& name : Intrinsics::references(*property)) written.refers_to.push_back(name);
  }

  std::string file_;
  const AttachedBy& by_;
  base::Diagnostics& diagnostics_;
  Intrinsics intrinsics_;
};

}  // namespace

std::optional<Source> read_cloudformation(const Node& root, const base::SourceText& source, const Options& options,
                                          const AttachedBy& by, base::Diagnostics& diagnostics) {
  const Node* resources = root.find("Resources");
  if (resources == nullptr || !resources->is_map()) {
    diagnostics.error("blueprint-template", source.name, root.at, "there is no map 'Resources'",
                      "a CloudFormation template or the JSON of `terraform show -json`");
    return std::nullopt;
  }
  if (resources->entries.size() > kResourcesMax) {
    diagnostics.error("blueprint-limit", source.name, resources->at,
                      fmt::format("more than {} resources in one template", kResourcesMax));
    return std::nullopt;
  }
  std::size_t before = diagnostics.error_count();
  Source out;
  TemplateReader reader(root, source, options, by, diagnostics);
  for (const Node::Entry& entry : resources->entries) reader.read(entry, out);
  return diagnostics.error_count() == before ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace setpoint::blueprint
