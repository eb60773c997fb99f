// Changes AWS, and only what oversight permitted: each call comes with the Decision that covers it (design law 5).
//
//   AwsActuator actuator(client);
//   actuator.apply(call, decision, journal_token);     // refused, and nothing sent, unless decision.covers(call, now)
//
// The token goes into the operation's idempotency member where the model has one and the call does not fill it: so the
// same intent sent again after a crash has its effect once. Token: at most kTokenCharactersMax of [A-Za-z0-9-]; what
// the APIs take. ErrorCode::timed_out: whether it was done is not known. Ownership: keeps a reference to the client.
// Thread-safe.
#pragma once

#include "cloud/aws/client.h"
#include "cloud/ports.h"

namespace setpoint::cloud::aws {

class AwsActuator final : public Actuator {
 public:
  explicit AwsActuator(Client& client, CallOptions options = {}) : client_(client), options_(std::move(options)) {}
  base::Result<CallResult> apply(const model::ApiCall& call, const model::Decision& decision,
                                 const std::string& token) override;

 private:
  Client& client_;
  CallOptions options_;
};

}  // namespace setpoint::cloud::aws
