#include "twin/sessions.h"

#include <algorithm>

#include "twin/limits.h"

namespace setpoint::twin {

void Sessions::add(const std::string& access_key_id, Session session) {
  std::lock_guard lock(mutex_);
  if (by_key_.size() >= kSessionsMax) {
    auto oldest = std::min_element(by_key_.begin(), by_key_.end(),
                                   [](const auto& a, const auto& b) { return a.second.expires < b.second.expires; });
    by_key_.erase(oldest);
  }
  by_key_[access_key_id] = std::move(session);
}

std::optional<Session> Sessions::find(const std::string& access_key_id) const {
  std::lock_guard lock(mutex_);
  auto found = by_key_.find(access_key_id);
  if (found == by_key_.end()) return {};
  return found->second;
}

}  // namespace setpoint::twin
