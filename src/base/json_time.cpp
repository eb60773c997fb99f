#include "base/json_time.h"

#include <nlohmann/json.hpp>

namespace setpoint::base {

Json time_json(Timestamp time) { return time.known() ? Json(to_iso8601(time)) : Json(nullptr); }

Result<Timestamp> time_member(const Json& json, std::string_view name) {
  std::string text = string_member(json, name);
  if (text.empty()) return Timestamp{};
  return parse_iso8601(text);
}

}  // namespace setpoint::base
