// What a simulated service is made of: a table of operations, each a short function from a request and a state to an
// answer.
//
// Place in the flow: cloud.h looks an operation up in the tables of services/, hands it a Request, and keeps the State
// that it leaves only if it answered without an error: an operation that fails has changed nothing, as at AWS.
//
//   Answer create_key(Request& request) {
//     if (request.text("Description").size() > 8192) return error("ValidationException", "Description is too long");
//     ...
//     request.state().put(request.key("AWS::KMS::Key", id), document);
//     return Json{{"KeyMetadata", document}};
//   }
//   std::vector<Operation> kms_operations() { return {{"kms", "CreateKey", Effect::write, create_key}, ...}; }
//
// The same tables say what is modelled: is_modelled(), docs/twin.md. Parameters and answers are in the SDKs' shape with
// exact member names; times are ISO 8601 text in UTC, blobs are base64 text. Threads: operations run under the cloud's
// lock, one at a time for each cloud; they hold no state of their own.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "twin/state.h"

namespace setpoint::twin {

using base::Json;

class Sessions;

// Who asks. For an assumed role the ARN is that of the session.
struct Caller {
  std::string account;
  std::string arn;      // arn:aws:iam::111122223333:root
  std::string user_id;  // AIDA..., AROA...:session, the account for root
  std::string access_key_id;
  std::string user_name;               // of an IAM user; "" otherwise
  std::string role_name;               // of an assumed role; "" otherwise
  std::vector<Json> session_policies;  // policy documents handed to AssumeRole; empty = none
  bool is_root() const { return user_name.empty() && role_name.empty(); }
};

struct Call {
  Caller caller;
  std::string region;
  std::string service;    // boto3's client name: "ec2"
  std::string operation;  // "RevokeSecurityGroupIngress"
  Json parameters = Json::object();
  // The account whose resources the call is about, where its own policies let this caller in; "" = the caller's own.
  std::string owner = {};
};

// An error in AWS's sense. `status` is the HTTP status.
struct AwsError {
  std::string code;
  std::string message;
  int status = 400;
  Json details = Json::object();  // further members of a modelled error shape; mostly empty
  bool operator==(const AwsError&) const = default;
};

using Answer = tl::expected<Json, AwsError>;
using Check = std::optional<AwsError>;  // nullopt = nothing wrong

tl::unexpected<AwsError> error(std::string code, std::string message, int status = 400);

class Request {
 public:
  Request(const Call& call, State& state, base::Clock& clock, Sessions& sessions)
      : call_(call), state_(state), clock_(clock), sessions_(sessions) {}

  const Caller& caller() const { return call_.caller; }
  State& state() { return state_; }
  base::Clock& clock() { return clock_; }
  Sessions& sessions() { return sessions_; }
  const std::string& account() const { return call_.owner.empty() ? call_.caller.account : call_.owner; }
  const std::string& region() const { return call_.region; }
  std::string partition() const;  // aws, aws-cn, aws-us-gov: from the region
  std::string now() const { return base::to_iso8601(clock_.now()); }
  // arn:PARTITION:service:REGION:ACCOUNT:rest; `region` and account may be left out by ""
  std::string arn(std::string_view service, std::string_view rest) const;
  std::string global_arn(std::string_view service, std::string_view rest) const;  // without region

  // Parameters. Absent ones read as "", null, the fallback. There is no other way to them: what an operation never asks
  // for has no effect, and unread() tells it.
  bool has(std::string_view name) const { return !parameter(name).is_null(); }
  const Json& parameter(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  bool flag(std::string_view name, bool fallback = false) const;

  // Documents of the caller's account and region, or of the account as a whole.
  StateKey key(std::string_view type, std::string_view id) const;
  StateKey global_key(std::string_view type, std::string_view id) const;
  const Json* find(std::string_view type, std::string_view id) { return state_.find(key(type, id)); }
  const Json* find_global(std::string_view type, std::string_view id) { return state_.find(global_key(type, id)); }
  void put(std::string_view type, std::string_view id, Json document) {
    state_.put(key(type, id), std::move(document));
  }
  void put_global(std::string_view type, std::string_view id, Json document) {
    state_.put(global_key(type, id), std::move(document));
  }
  void each(std::string_view type, const State::Take& take) { state_.each(account(), region(), type, take); }
  void each_global(std::string_view type, const State::Take& take) { state_.each(account(), "global", type, take); }
  std::vector<Json> all(std::string_view type);  // copies, in order of ids
  std::vector<Json> all_global(std::string_view type);

  // Names of the given parameters that nobody has asked for so far.
  std::vector<std::string> unread() const;

  // What the answer leaves out of account: see Cloud::unmodelled().
  void note_unmodelled(std::string what) { unmodelled_.push_back(std::move(what)); }
  const std::vector<std::string>& unmodelled() const { return unmodelled_; }

 private:
  const Call& call_;
  State& state_;
  base::Clock& clock_;
  Sessions& sessions_;
  mutable std::vector<const Json*> read_;  // parameters, by where they stand
  std::vector<std::string> unmodelled_;
};

enum class Effect { read, write };

struct Operation {
  const char* service;
  const char* name;
  Effect effect;
  Answer (*run)(Request&);
};

// Every table of services/, joined once; sorted by service and name.
const std::vector<Operation>& operations();
const Operation* find_operation(std::string_view service, std::string_view name);
// Also: may a plan that calls this be called rehearsed?
bool is_modelled(std::string_view service, std::string_view operation);
// The table of docs/twin.md, in Markdown.
std::string operations_table();

}  // namespace setpoint::twin
