#include "cloud/aws/client.h"

#include <condition_variable>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cloud/aws/read_only.h"
#include "cloud/aws/sigv4.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;

namespace {

constexpr int kRetryCost = 5;
constexpr int kTimeoutRetryCost = 10;

bool harmless_twice(const OperationModel& operation, const Json& parameters) {
  if (is_read_only(operation.service->name, operation.name) || operation.http_method == "PUT") return true;
  if (operation.is(OperationModel::idempotent)) return true;
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

base::Result<Client::Prepared> Client::encode(const model::ApiCall& call) const {
  Prepared prepared;
  TRY(prepared.operation, options_.catalog->operation(call.service, call.operation));
  TRY(prepared.encoded, encode_request(*prepared.operation, call.parameters));
  const std::string region = call.region == "global" ? std::string() : call.region;
  TRY(prepared.endpoint, resolve_endpoint(*prepared.operation->service, region, options_.endpoint));
  address(prepared.encoded, *prepared.operation, call.parameters, prepared.endpoint);
  prepared.harmless_twice = harmless_twice(*prepared.operation, call.parameters);
  return prepared;
}

base::Result<HttpRequest> Client::signed_request(const Prepared& prepared, const model::ApiCall& call,
                                                 base::Timestamp now) const {
  HttpRequest request = prepared.encoded.http;
  request.headers.emplace_back("User-Agent", options_.user_agent);
  if (prepared.operation->auth == AuthType::none) return request;
  TRY(Credentials credentials, options_.credentials(call.account));
  sign(request, {.credentials = credentials,
                 .region = prepared.endpoint.signing_region,
                 .service = prepared.operation->service->signing_name,
                 .now = now,
                 .unsigned_payload = prepared.operation->auth == AuthType::unsigned_body && request.scheme == "https"});
  return request;
}

base::Result<HttpRequest> Client::prepare(const model::ApiCall& call, base::Timestamp now) {
  TRY(Prepared prepared, encode(call));
  return signed_request(prepared, call, now);
}

base::Result<CallResult> Client::interpret(const Prepared& prepared, base::Result<HttpResponse> answer) const {
  if (!answer) {
    base::Error error = answer.error();
    error.where = fmt::format("{} {} at {}", prepared.operation->service->name, prepared.operation->name,
                              prepared.encoded.http.host);
    return base::fail(std::move(error));
  }
  auto result = decode_response(*prepared.operation, *answer);
  if (!result && effect_unknown(answer->status) && !prepared.harmless_twice) {
    base::Error error = result.error();
    error.code = ErrorCode::timed_out;
    error.message = "whether it was done is not known: " + error.message;
    return base::fail(std::move(error));
  }
  return result;
}

RateGate& Client::gate_of(const model::ApiCall& call) {
  return gates_.of(fmt::format("{}/{}/{}/{}", call.account, call.region, call.service, call.operation));
}

base::Result<CallResult> Client::attempt(const Prepared& prepared, const model::ApiCall& call) {
  TRY(HttpRequest request, signed_request(prepared, call, options_.clock->now()));
  return interpret(prepared, options_.transport->send(request, options_.send));
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
    auto request = signed_request(*prepared[i], calls[i], options_.clock->now());
    if (!request || !gate_of(calls[i]).enter(options.automation, options.lane, options.stop)) continue;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way < std::max<std::size_t>(1, in_flight_max); });
    ++under_way;
    lock.unlock();
    async->start(std::move(*request), options_.send, [&, i](base::Result<HttpResponse> answer) {
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
