// Any bytes as a template or a plan, by the mapping that ships. What comes out must be whole: a place for each resource,
// an item that is an object, and a translation that is the same the second time.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "blueprint/blueprint.h"

namespace {

using namespace setpoint;

const blueprint::Mapping& mapping() {
  static const blueprint::Mapping loaded = [] {
    std::ifstream file(SETPOINT_SOURCE_DIR "/content/blueprints/aws.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    std::string bytes = text.str();
    base::Diagnostics diagnostics;
    auto out = blueprint::Mapping::load({"aws.yaml", bytes}, diagnostics);
    if (!out) std::abort();
    return *out;
  }();
  return loaded;
}

std::string all_of(const blueprint::Blueprint& blueprint) {
  std::string out;
  for (const blueprint::Declared& one : blueprint.resources) {
    if (!one.resource.item.is_object() || one.resource.key.type.empty()) std::abort();
    out += one.resource.key.text() + one.resource.item.dump(-1, ' ', false, base::Json::error_handler_t::replace);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  blueprint::Options options;
  options.parameter_defaults = size % 2 == 0;
  base::Diagnostics diagnostics;
  auto first = blueprint::read_blueprint({"fuzz", text}, mapping(), options, diagnostics);
  if (!first != diagnostics.has_errors()) std::abort();
  if (!first) return 0;
  auto second = blueprint::read_blueprint({"fuzz", text}, mapping(), options, diagnostics);
  if (!second || all_of(*first) != all_of(*second)) std::abort();
  return 0;
}
