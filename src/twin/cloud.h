// The simulated cloud: accounts, regions and services as AWS has them, behind one function.
//
// Place in the flow: response/ loads it from the inventory's resources, forks it for each rehearsal, and drives the
// fork over the wire's own bytes (transport.h); `setpoint twin` serves it on a socket (server.h).
//
//   Cloud cloud(std::move(state), clock);
//   std::unique_ptr<Cloud> rehearsal = cloud.fork();                 // O(1), whatever the size
//   State before = rehearsal->state();
//   Answer answer = rehearsal->handle({caller, "eu-west-1", "ec2", "RevokeSecurityGroupIngress", parameters});
//   std::vector<StateKey> touched = changed(before, rehearsal->state());
//   if (!rehearsal->unmodelled().empty()) ...                        // the plan cannot be trusted: a person decides
//
// Ownership: a Cloud owns its State; forks are independent. The Clock is borrowed and must outlive it.
// Threads: all functions are safe; calls of one cloud run one at a time, forks of it in parallel.
// Refusals: an operation that is not in the tables answers with the service's own error for an unknown action and is
// listed in unmodelled(); so is an answer that leaves something out (a rule id that only the real cloud knows), and
// every parameter that the operation was given and did not look at (unread_parameters.h).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "twin/faults.h"
#include "twin/service.h"
#include "twin/sessions.h"

namespace setpoint::twin {

struct CloudOptions {
  bool enforce_iam = false;
  std::string default_account = "000000000000";  // of credentials that select none
};

// Credentials as the cloud knows them.
struct Identity {
  Caller caller;
  std::string secret_access_key;  // "" where it is not known: such a request cannot be verified
  std::string session_token;      // "" for long-term keys
  base::Timestamp expires;        // not known() = never
};

// An answer, what of the call it leaves out of account, and whether a fault wants the connection closed instead.
struct Served {
  Answer answer;
  std::vector<std::string> unmodelled = {};  // as in Cloud::unmodelled()
  bool drop = false;
};

class Cloud {
 public:
  Cloud(State state, base::Clock& clock, CloudOptions options = {});

  Answer handle(const Call& call) { return serve(call).answer; }
  Served serve(const Call& call);

  State state() const;  // a snapshot, O(1)
  // Called under the cloud's lock before a change takes effect; where it fails, the call answers InternalError and
  // nothing changed.
  using Commit = std::function<base::Status(const State& before, const State& after)>;
  void on_commit(Commit commit);
  // Same state, clock, options and temporary credentials; no faults, nothing unmodelled yet.
  std::unique_ptr<Cloud> fork() const;

  // Who an access key is. In this order: temporary credentials; IAM users' keys; a key id that is an account's 12
  // digits (its root user: handy in tests and for rehearsals); the default account's root where nothing else fits and
  // signatures are not verified. nullopt only with `must_be_known`.
  std::optional<Identity> identify(const std::string& access_key_id, bool must_be_known) const;

  std::vector<std::string> unmodelled() const;  // "ec2:RunInstances", sorted, each once
  void note_unmodelled(const std::string& what);
  FaultPlan& faults() { return faults_; }
  const std::shared_ptr<Sessions>& sessions() const { return sessions_; }
  base::Clock& clock() const { return clock_; }
  const CloudOptions& options() const { return options_; }

 private:
  Served run(const Operation& operation, const Call& call, std::optional<FaultKind> fault);
  Check keep(State after);  // the lock is held
  Served refuse_unmodelled(const Call& call);

  base::Clock& clock_;
  CloudOptions options_;
  std::shared_ptr<Sessions> sessions_;
  FaultPlan faults_;
  mutable std::mutex mutex_;
  Commit commit_;
  State state_;
  State previous_;  // before the last change: what a stale read sees
  std::vector<std::string> unmodelled_;
};

}  // namespace setpoint::twin
