// Whatever parse_json takes has canonical bytes that it takes again, equal to themselves.
#include "base/json.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto value = setpoint::base::parse_json(text);
  if (!value) return 0;
  std::string bytes = setpoint::base::canonical(*value);
  auto again = setpoint::base::parse_json(bytes);
  SETPOINT_ASSERT(again.has_value());
  SETPOINT_ASSERT(setpoint::base::canonical(*again) == bytes);
  return 0;
}
