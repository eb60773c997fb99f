// Between the readers of the two languages and the translation: a resource as it was written, its functions resolved.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "blueprint/blueprint.h"

namespace setpoint::blueprint {

struct Written {
  std::string address;  // logical id, or Terraform's address
  std::string type;     // of the language
  base::Position at;
  std::string prefix;                  // of its properties' paths: "Resources/Group/Properties/"
  base::Node properties;               // a map; what is unknown is a marked text
  std::vector<std::string> refers_to;  // addresses that the property names which the mapping attaches by
};

// Everything that was written, and the attachments: by name, what each resource says of another one.
struct Source {
  Language language = Language::cloudformation;
  std::vector<Written> resources;
};

// Text that is unknown until deployment, as a node.
base::Node unknown_node(std::string text, base::Position at);
bool is_unknown(const base::Node& node);
base::Node text_node(std::string text, base::Position at);

// `by` tells for a type the property whose references attach it to another resource; "" for none.
using AttachedBy = std::function<std::string(const std::string& type)>;
std::optional<Source> read_cloudformation(const base::Node& root, const base::SourceText& source,
                                          const Options& options, const AttachedBy& by, base::Diagnostics& diagnostics);
std::optional<Source> read_terraform(const base::SourceText& source, const AttachedBy& by,
                                     base::Diagnostics& diagnostics);

}  // namespace setpoint::blueprint
