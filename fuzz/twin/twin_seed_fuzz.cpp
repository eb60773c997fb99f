// Any bytes as a seed: diagnostics or a state, of which the digest and the difference to itself hold.
#include <cstdint>
#include <string_view>

#include "twin/seed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setpoint;
  base::Diagnostics diagnostics;
  auto seed = twin::parse_seed({"seed.yaml", {reinterpret_cast<const char*>(data), size}}, diagnostics);
  SETPOINT_ASSERT(seed || diagnostics.has_errors());
  if (!seed) return 0;
  twin::State copy = seed->state;
  SETPOINT_ASSERT(twin::changed(copy, seed->state).empty());
  SETPOINT_ASSERT(copy.digest() == seed->state.digest());
  return 0;
}
