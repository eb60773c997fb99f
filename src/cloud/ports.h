// The two ports to any cloud. An Observer can only look. An Actuator can change, and takes a call only together with a
// permitting Decision that covers exactly that call (design law 5); only response/ is ever handed one.
//
// What an Observer could not read is an Error or an Unread entry, never an empty answer: a caller that gets no resource
// from a discovery knows "there is none" only for the parts that are not listed as unread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/decision.h"
#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::cloud {

struct CallResult {
  base::Json output = base::Json::object();  // the SDKs' shape: exact member names
  std::string request_id;
};

// One part of the world that a discovery was asked for and could not read, wholly or in part.
struct Unread {
  std::string account;
  std::string region;
  std::string type;  // AWS::EC2::SecurityGroup
  base::Error why;
};

struct DiscoveryScope {
  std::string account;  // "" = the credentials' own
  std::vector<std::string> regions;
  std::vector<std::string> types;  // empty = every type that the observer knows
};

struct DiscoveryReport {
  std::size_t resources = 0;
  std::vector<Unread> unread;
  bool complete() const { return unread.empty(); }
};

// Thread-safe.
class Observer {
 public:
  virtual ~Observer() = default;
  // Whether read() would take this operation.
  virtual bool reads_only(const model::ApiCall& call) const = 0;
  // A read-only operation; anything else is ErrorCode::refused before it leaves.
  virtual base::Result<CallResult> read(const model::ApiCall& call) = 0;
  // A fresh read of one resource. One that does not exist comes back with Knowledge::deleted; a failed read is an
  // Error.
  virtual base::Result<model::Resource> observe(const model::ResourceKey& key) = 0;
  // The types that discover() and observe() know.
  virtual std::vector<std::string> types() const = 0;
  // Whether a type belongs to the account as a whole: its resources carry their own region, or "global".
  virtual bool account_wide(const std::string& type) const = 0;
  // Hands each resource to `take` as its page arrives. Errors only where nothing at all could be asked (credentials,
  // endpoint).
  virtual base::Result<DiscoveryReport> discover(const DiscoveryScope& scope,
                                                 const std::function<void(model::Resource)>& take) = 0;
};

// Thread-safe.
class Actuator {
 public:
  virtual ~Actuator() = default;
  // Refused (ErrorCode::refused, nothing sent) unless `decision` covers `call` now. `token` goes into the operation's
  // idempotency member where it has one. ErrorCode::timed_out: the effect is not known.
  virtual base::Result<CallResult> apply(const model::ApiCall& call, const model::Decision& decision,
                                         const std::string& token) = 0;
};

}  // namespace setpoint::cloud
