// Any bytes: intake must neither crash nor lose the values before a break, and must say where each refusal is.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "intake/intake.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setpoint;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto batch = intake::Intake().read(bytes, "f");
  if (!batch) return batch.error().where.starts_with("f") ? 0 : (std::abort(), 0);
  for (const auto& refused : batch->refused) {
    if (!refused.where.starts_with("f:") || refused.why.empty()) std::abort();
  }
  for (const auto& resource : batch->resources) {
    auto again = model::parse_resource_key(resource.key.text());
    if (!again || *again != resource.key) std::abort();
    (void)resource.state_digest();
  }
  for (const auto& finding : batch->findings) (void)finding.ocsf();
  return 0;
}
