#include "twin/services/eventual.h"

#include <nlohmann/json.hpp>

namespace setpoint::twin::services {

using base::Json;

void show_until(Json& document, Json members, base::Timestamp until) {
  document[kMeanwhile] = {{"Until", until.ms}, {"Members", std::move(members)}};
}

Json seen_at(Json document, base::Timestamp now) {
  const Json& meanwhile = base::member(document, kMeanwhile);
  const Json& until = base::member(meanwhile, "Until");
  bool still = until.is_number_integer() && now.ms < until.get<std::int64_t>();
  Json members = still ? base::member(meanwhile, "Members") : Json::object();
  document.erase(kMeanwhile);
  for (auto& [name, value] : members.items()) {
    if (value.is_null())
      document.erase(name);
    else
      document[name] = value;
  }
  return document;
}

}  // namespace setpoint::twin::services
