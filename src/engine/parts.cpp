#include "engine/parts.h"

#include <algorithm>

namespace setpoint::engine {

base::Result<const AccountAccess*> Parts::account(const std::string& id) const {
  auto found = std::find_if(accounts.begin(), accounts.end(), [&](const AccountAccess& a) { return a.account == id; });
  if (found != accounts.end()) return &*found;
  return base::fail({base::ErrorCode::not_found,
                     fmt::format("account {} is not connected", id),
                     {},
                     "name it under 'accounts' in setpoint.yaml, or give --endpoint-url",
                     {}});
}

}  // namespace setpoint::engine
