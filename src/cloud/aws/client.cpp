#include "cloud/aws/client.h"

#include <condition_variable>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cloud/aws/read_only.h"
#include "cloud/aws/sigv4.h"
#include "cloud/aws/uri.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;

namespace {

constexpr int kRetryCost = 5;
constexpr int kTimeoutRetryCost = 10;
constexpr std::size_t kRoutesMax = 100'000;

bool harmless_twice(const OperationModel& operation, const Json& parameters) {
  if (operation.http_method == "PUT" || operation.is(OperationModel::idempotent)) return true;
  const Member* token = operation.idempotency_member();
  return token && !base::string_member(parameters, token->name).empty();
}

bool effect_unknown(int status) { return status == 500 || status == 502 || status == 504; }

int cost_of(const base::Error& error) { return error.code == ErrorCode::timed_out ? kTimeoutRetryCost : kRetryCost; }

// 0 .. 1, from the port: simulations repeat.
double fraction(base::Random& random) {
  const std::string bytes = random.bytes(4);
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value / 4294967296.0;
}

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)), gates_(*options_.clock) {
  SETPOINT_ASSERT(options_.catalog && options_.transport && options_.random && options_.credentials);
}

base::Result<const Client::Route*> Client::route_of(const model::ApiCall& call) {
  const std::string key = joined({call.region, "/", call.service, "/", call.operation});
  {
    std::lock_guard lock(mutex_);
    if (auto found = routes_.find(key); found != routes_.end()) return found->second.get();
  }
  auto route = std::make_unique<Route>();
  TRY(route->operation, options_.catalog->operation(call.service, call.operation));
  const std::string_view region = call.region == "global" ? std::string_view() : call.region;
  TRY(route->endpoint, resolve_endpoint(*route->operation->service, region, options_.endpoint));
  route->read_only = is_read_only(call.service, call.operation);
  std::lock_guard lock(mutex_);
  if (routes_.size() >= kRoutesMax)
    return base::fail(ErrorCode::limit_exceeded, "one client calls at most {} operations, each region's counted",
                      kRoutesMax);
  return routes_.try_emplace(key, std::move(route)).first->second.get();
}

base::Result<Client::Prepared> Client::encode(const model::ApiCall& call) {
  Prepared prepared;
  TRY(prepared.route, route_of(call));
  const OperationModel& operation = *prepared.route->operation;
  TRY(Encoded encoded, encode_request(operation, call.parameters));
  address(encoded, operation, call.parameters, prepared.route->endpoint);
  prepared.http = std::move(encoded.http);
  prepared.http.headers.emplace_back("User-Agent", options_.user_agent);
  prepared.harmless_twice = prepared.route->read_only || harmless_twice(operation, call.parameters);
  return prepared;
}

base::Status Client::sign_for(Prepared& prepared, const model::ApiCall& call, base::Timestamp now) const {
  const OperationModel& operation = *prepared.route->operation;
  if (operation.auth == AuthType::none) return {};
  TRY(Credentials credentials, options_.credentials(call.account));
  sign(prepared.http,
       {.credentials = credentials,
        .region = prepared.route->endpoint.signing_region,
        .service = operation.service->signing_name,
        .now = now,
        .unsigned_payload = operation.auth == AuthType::unsigned_body && prepared.http.scheme == "https"});
  return {};
}

base::Result<HttpRequest> Client::prepare(const model::ApiCall& call, base::Timestamp now) {
  TRY(Prepared prepared, encode(call));
  TRY_VOID(sign_for(prepared, call, now));
  return std::move(prepared.http);
}

base::Result<CallResult> Client::interpret(const Prepared& prepared, base::Result<HttpResponse> answer) const {
  const OperationModel& operation = *prepared.route->operation;
  if (!answer) {
    base::Error error = answer.error();
    error.where = fmt::format("{} {} at {}", operation.service->name, operation.name, prepared.http.host);
    return base::fail(std::move(error));
  }
  auto result = decode_response(operation, *answer);
  if (!result && effect_unknown(answer->status) && !prepared.harmless_twice) {
    base::Error error = result.error();
    error.code = ErrorCode::timed_out;
    error.message = "whether it was done is not known: " + error.message;
    return base::fail(std::move(error));
  }
  return result;
}

RateGate& Client::gate_of(const model::ApiCall& call) {
  return gates_.of(joined({call.account, "/", call.region, "/", call.service, "/", call.operation}));
}

base::Result<CallResult> Client::attempt(Prepared& prepared, const model::ApiCall& call) {
  TRY_VOID(sign_for(prepared, call, options_.clock->now()));
  return interpret(prepared, options_.transport->send(prepared.http, options_.send));
}

bool Client::may_retry(const base::Error& error, int attempts) const {
  return error.worth_retrying() && attempts < options_.attempts_max;
}

base::Status Client::back_off(int attempts, const std::stop_token& stop) {
  const double seconds = std::min(fraction(*options_.random) * static_cast<double>(1 << std::min(attempts - 1, 16)),
                                  std::chrono::duration<double>(options_.backoff_max).count());
  base::Milliseconds left(static_cast<std::int64_t>(seconds * 1000));
  while (left.count() > 0) {
    if (stop.stop_requested()) return base::fail(ErrorCode::cancelled, "stopped before the next attempt");
    const base::Milliseconds step = std::min(left, base::Milliseconds(100));
    options_.clock->sleep_for(step);
    left -= step;
  }
  return {};
}

base::Result<CallResult> Client::call(const model::ApiCall& call, const CallOptions& options) {
  TRY(Prepared prepared, encode(call));
  RateGate& gate = gate_of(call);
  int spent = 0;
  for (int attempts = 1;; ++attempts) {
    TRY_VOID(gate.enter(options.automation, options.lane, options.stop));
    auto result = attempt(prepared, call);
    if (result) {
      gate.succeeded();
      quota_.give_back(std::max(1, spent));
      return result;
    }
    const base::Error& error = result.error();
    if (error.code == ErrorCode::throttled) gate.throttled();
    const bool ambiguous = error.code == ErrorCode::timed_out && !prepared.harmless_twice;
    if (ambiguous || !may_retry(error, attempts) || !quota_.take(cost_of(error))) return result;
    spent = cost_of(error);
    TRY_VOID(back_off(attempts, options.stop));
  }
}

std::vector<base::Result<CallResult>> Client::call_many(std::span<const model::ApiCall> calls,
                                                        std::size_t in_flight_max, const CallOptions& options) {
  std::vector<base::Result<CallResult>> results(calls.size(), base::fail(ErrorCode::cancelled, "not sent"));
  auto* async = dynamic_cast<AsyncTransport*>(options_.transport);
  std::vector<base::Result<Prepared>> prepared;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t under_way = 0;
  prepared.reserve(calls.size());
  for (std::size_t i = 0; async && i < calls.size() && !options.stop.stop_requested(); ++i) {
    prepared.push_back(encode(calls[i]));
    if (!prepared[i]) continue;
    if (!sign_for(*prepared[i], calls[i], options_.clock->now()) ||
        !gate_of(calls[i]).enter(options.automation, options.lane, options.stop))
      continue;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way < std::max<std::size_t>(1, in_flight_max); });
    ++under_way;
    lock.unlock();
    async->start(prepared[i]->http, options_.send, [&, i](base::Result<HttpResponse> answer) {
      auto result = interpret(*prepared[i], std::move(answer));
      std::lock_guard guard(mutex);
      results[i] = std::move(result);
      --under_way;
      changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return under_way == 0; });
  lock.unlock();
  // What the first wave did not settle goes the ordinary way, with its retries; what is not known stays so.
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (results[i]) {
      gate_of(calls[i]).succeeded();
      continue;
    }
    const ErrorCode code = results[i].error().code;
    if (code == ErrorCode::throttled) gate_of(calls[i]).throttled();
    const bool safe =
        i >= prepared.size() || !prepared[i] || prepared[i]->harmless_twice || code != ErrorCode::timed_out;
    if (safe && (code == ErrorCode::cancelled || results[i].error().worth_retrying()))
      results[i] = call(calls[i], options);
  }
  return results;
}

}  // namespace setpoint::cloud::aws
