// One running script's calls, handed from the gateway's threads to the thread that owns the script's Host. Private to
// the gateway.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "response/script_gateway.h"

namespace setpoint::response {

class ScriptSession {
 public:
  ScriptSession(std::string account, std::string region) : account_(std::move(account)), region_(std::move(region)) {}

  const std::string& account() const { return account_; }
  const std::string& region() const { return region_; }

  // From a gateway's thread: blocks until the owner answered, or the script has ended.
  base::Result<base::Json> ask(const model::ApiCall& call);
  // From the script's thread, when it is over.
  void end();
  // From the owner's thread: returns once the script is over, with the interrupt that `path` gave, if it did.
  std::optional<runbook::Interrupt> answer_until_ended(const ScriptGateway::CallPath& path);

 private:
  // On the asking thread's stack; it stays there until `answer` is set.
  struct Question {
    const model::ApiCall& call;
    std::optional<base::Result<base::Json>> answer;
  };
  base::Result<base::Json> answer(const ScriptGateway::CallPath& path, const model::ApiCall& call);

  const std::string account_;
  const std::string region_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question*> waiting_;                // guarded by mutex_
  bool ended_ = false;                           // guarded by mutex_
  bool closed_ = false;                          // guarded by mutex_: nobody answers any more
  std::optional<runbook::Interrupt> interrupt_;  // of the owner's thread
};

}  // namespace setpoint::response
