// Any bytes end in a tree or in a diagnostic; a tree converts to JSON.
#include "base/document.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  setpoint::base::Diagnostics diagnostics;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto root = setpoint::base::parse_yaml({"fuzz.yaml", text}, diagnostics);
  SETPOINT_ASSERT(root.has_value() != diagnostics.has_errors());
  if (root) (void)setpoint::base::canonical(root->json());
  return 0;
}
