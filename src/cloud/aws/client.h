// Calls of any AWS API. Nothing here knows an operation: encode (codec.h) -> address (endpoint.h) -> sign (sigv4.h) ->
// Transport -> decode, with the SDKs' standard retries around it.
//
//   Client client({.catalog = catalog, .transport = &transport, .clock = &clock, .random = &random,
//                  .credentials = [&](const std::string& account) { return vault.of(account); },
//                  .endpoint = {.environment = env}});
//   model::ApiCall call{"111122223333", "eu-west-1", "ec2", "DescribeVpcs"};
//   TRY(CallResult vpcs, client.call(call));
//   TRY(Json all, client.call_all(call));             // every page, merged
//   TRY_VOID(client.wait_until(call, "InstanceRunning", {}));
//
// Never twice. An answer that did not come, or a 500, leaves the effect of a change unknown. Such a call is only sent
// again where that is harmless: reads, HTTP PUT, operations the model calls idempotent, or one that carries an
// idempotency token. Elsewhere the result is ErrorCode::timed_out at once: a person must look. `unreachable` (nothing
// was sent) and throttling are always retried.
//
// Order and fairness: rate_gate.h. CallOptions::lane undo does not wait behind others.
//
// Ownership: the client keeps references to transport, clock and random; they outlive it. Thread-safe; a call blocks
// its thread. call_many has thousands in flight from one thread, where the transport is an AsyncTransport. Limits:
// attempts (ClientOptions), kPagesMax pages, SendOptions' times.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cloud/aws/codec.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/endpoint.h"
#include "cloud/aws/model_catalog.h"
#include "cloud/aws/rate_gate.h"
#include "cloud/http.h"
#include "cloud/ports.h"
#include "model/plan.h"

namespace setpoint::cloud::aws {

// A Transport that can have many requests under way. `done` is called once, on a thread of the transport's: it must be
// short.
class AsyncTransport : public Transport {
 public:
  using Done = std::function<void(base::Result<HttpResponse>)>;
  virtual void start(HttpRequest request, const SendOptions& options, Done done) = 0;
};

using CredentialsLookup = std::function<base::Result<Credentials>(const std::string& account)>;

struct ClientOptions {
  std::shared_ptr<const ModelCatalog> catalog;
  Transport* transport = nullptr;
  base::Clock* clock = nullptr;
  base::Random* random = nullptr;
  CredentialsLookup credentials;
  EndpointSettings endpoint;
  SendOptions send;
  int attempts_max = 3;  // the SDKs' standard mode
  base::Milliseconds backoff_max{20'000};
  std::string user_agent = "setpoint";
};

struct CallOptions {
  std::string automation;  // who asks: automations take turns
  Lane lane = Lane::normal;
  std::stop_token stop;
};

class Client {
 public:
  explicit Client(ClientOptions options);

  base::Result<CallResult> call(const model::ApiCall& call, const CallOptions& options = {});
  // Results in the order of the calls. At most `in_flight_max` are under way at once.
  std::vector<base::Result<CallResult>> call_many(std::span<const model::ApiCall> calls,
                                                  std::size_t in_flight_max = 256, const CallOptions& options = {});
  // Each page's output in turn, until `take` returns false. An operation without a paginator has one page.
  base::Status pages(const model::ApiCall& call, const std::function<bool(const base::Json& page)>& take,
                     const CallOptions& options = {});
  // All pages as one output: the first, with the result keys of the others appended.
  base::Result<base::Json> call_all(const model::ApiCall& call, const CallOptions& options = {});
  // By the model's waiter: timed_out after its attempts, conflict where it says failure.
  base::Status wait_until(const model::ApiCall& call, std::string_view waiter, const CallOptions& options = {});

  // The signed request, and nothing sent: for the gateway, for tests.
  base::Result<HttpRequest> prepare(const model::ApiCall& call, base::Timestamp now);

  const ModelCatalog& catalog() const { return *options_.catalog; }
  base::Clock& clock() const { return *options_.clock; }

 private:
  // What is the same for every call of an operation in a region.
  struct Route {
    const OperationModel* operation = nullptr;
    Endpoint endpoint;
    bool read_only = false;
  };
  struct Prepared {
    const Route* route = nullptr;
    HttpRequest http;
    bool harmless_twice = false;
  };
  base::Result<const Route*> route_of(const model::ApiCall& call);
  base::Result<Prepared> encode(const model::ApiCall& call);
  // Signs in place; signing again replaces the former signature.
  base::Status sign_for(Prepared& prepared, const model::ApiCall& call, base::Timestamp now) const;
  base::Result<CallResult> interpret(const Prepared& prepared, base::Result<HttpResponse> answer) const;
  base::Result<CallResult> attempt(Prepared& prepared, const model::ApiCall& call);
  bool may_retry(const base::Error& error, int attempts) const;
  base::Status back_off(int attempts, const std::stop_token& stop);
  RateGate& gate_of(const model::ApiCall& call);

  ClientOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<const Route>> routes_;  // guarded by mutex_; entries stay
  RateGates gates_;
  RetryQuota quota_;
};

}  // namespace setpoint::cloud::aws
