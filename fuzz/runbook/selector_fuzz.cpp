// First line a selector, the rest the JSON that it is held against.
#include "runbook/selector.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view first = text.substr(0, text.find('\n'));
  auto selector = setpoint::runbook::Selector::parse(first);
  if (!selector) return 0;
  auto root = setpoint::base::parse_json(text.substr(std::min(first.size() + 1, text.size())),
                                         {.bytes_max = 1 << 16, .depth_max = 64});
  auto found =
      selector->select(root ? *root : setpoint::base::Json::parse(R"({"a": [1, {"b": "c"}, [2, 3]], "d": null})"));
  SETPOINT_ASSERT(found || found.error().code == setpoint::base::ErrorCode::limit_exceeded);
  return 0;
}
