// Temporary credentials that the twin's STS has issued. They are no part of the State: a rehearsal that assumes a role
// has changed no resource. Threads: safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "twin/service.h"

namespace setpoint::twin {

struct Session {
  Caller caller;
  std::string secret_access_key;
  std::string session_token;
  base::Timestamp expires;
};

class Sessions {
 public:
  // Keeps at most kSessionsMax; the one that expires first makes room.
  void add(const std::string& access_key_id, Session session);
  std::optional<Session> find(const std::string& access_key_id) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Session> by_key_;
};

}  // namespace setpoint::twin
