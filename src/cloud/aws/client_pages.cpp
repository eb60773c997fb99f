// Pagination and waiters, from the models.
#include <nlohmann/json.hpp>

#include "cloud/aws/client.h"
#include "cloud/aws/jmespath.h"
#include "cloud/aws/limits.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;

namespace {

base::Result<Json> search(std::string_view expression, const Json& value) {
  TRY(JmesPath path, JmesPath::compile(expression));
  return path.search(value);
}

// The parameters of the next page; null where this was the last.
base::Result<Json> next_parameters(const Paginator& paginator, const Json& parameters, const Json& page) {
  if (!paginator.more_results.empty()) {
    TRY(Json more, search(paginator.more_results, page));
    if (more != true && more != "true") return Json();
  }
  Json next = parameters;
  bool any = false;
  for (std::size_t i = 0; i < paginator.input_tokens.size() && i < paginator.output_tokens.size(); ++i) {
    const std::string name(paginator.input_tokens[i]);
    TRY(Json token, search(paginator.output_tokens[i], page));
    const bool present = !token.is_null() && token != "";
    any = any || present;
    if (present)
      next[name] = std::move(token);
    else
      next.erase(name);
  }
  return any ? next : Json();
}

Json& at_path(Json& value, std::string_view dotted) {
  Json* at = &value;
  while (!dotted.empty()) {
    const std::string_view part = dotted.substr(0, dotted.find('.'));
    at = &(*at)[std::string(part)];
    dotted.remove_prefix(std::min(dotted.size(), part.size() + 1));
  }
  return *at;
}

void merge(Json& into, const Paginator& paginator, const Json& page) {
  for (std::string_view key : paginator.result_keys) {
    auto more = search(key, page);
    if (!more || more->is_null()) continue;
    Json& present = at_path(into, key);
    if (present.is_null()) {
      present = std::move(*more);
    } else if (present.is_array() && more->is_array()) {
      present.insert(present.end(), more->begin(), more->end());
    } else if (present.is_object() && more->is_object()) {
      present.update(*more);
    }
  }
}

enum class Wait { go_on, done, failed };

bool all_or_any(const Json& found, const Json& expected, bool all) {
  if (!found.is_array() || found.empty()) return false;
  auto equal = [&](const Json& item) { return item == expected; };
  return all ? std::all_of(found.begin(), found.end(), equal) : std::any_of(found.begin(), found.end(), equal);
}

base::Result<bool> accepts(const WaiterAcceptor& acceptor, const base::Result<CallResult>& result) {
  TRY(Json expected, base::parse_json(acceptor.expected));
  if (acceptor.matcher == "error") {
    if (expected.is_boolean()) return expected == Json(!result.has_value());
    return !result && expected == result.error().detail;
  }
  if (acceptor.matcher == "status") {
    // A Result keeps no status; the models only ask for 200, 404 and the like.
    if (result) return expected == 200;
    return (expected == 404 && result.error().code == ErrorCode::not_found) ||
           (expected == 403 && result.error().code == ErrorCode::access_denied) ||
           (expected == 500 && result.error().code == ErrorCode::unavailable);
  }
  if (!result) return false;
  TRY(Json found, search(acceptor.argument, result->output));
  if (acceptor.matcher == "path") return found == expected;
  return all_or_any(found, expected, acceptor.matcher == "pathAll");
}

base::Result<Wait> judge(const Waiter& waiter, const base::Result<CallResult>& result) {
  for (const WaiterAcceptor& acceptor : waiter.acceptors) {
    TRY(bool matched, accepts(acceptor, result));
    if (!matched) continue;
    return acceptor.state == "success" ? Wait::done : acceptor.state == "failure" ? Wait::failed : Wait::go_on;
  }
  if (!result) return base::fail(result.error());
  return Wait::go_on;
}

}  // namespace

base::Status Client::pages(const model::ApiCall& first, const std::function<bool(const Json&)>& take,
                           const CallOptions& options) {
  TRY(const OperationModel* operation, options_.catalog->operation(first.service, first.operation));
  const Paginator* paginator = operation->service->paginator(first.operation);
  model::ApiCall next = first;
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    TRY(CallResult result, call(next, options));
    if (!take(result.output) || !paginator) return {};
    TRY(Json parameters, next_parameters(*paginator, next.parameters, result.output));
    if (parameters.is_null()) return {};
    if (parameters == next.parameters) {
      return base::fail(ErrorCode::corrupted, "{} {} gave the same page token twice", first.service, first.operation);
    }
    next.parameters = std::move(parameters);
  }
  return base::fail(ErrorCode::limit_exceeded, "{} {} has more than {} pages", first.service, first.operation,
                    kPagesMax);
}

base::Result<Json> Client::call_all(const model::ApiCall& first, const CallOptions& options) {
  TRY(const OperationModel* operation, options_.catalog->operation(first.service, first.operation));
  const Paginator* paginator = operation->service->paginator(first.operation);
  Json all;
  TRY_VOID(pages(
      first,
      [&](const Json& page) {
        if (all.is_null())
          all = page;
        else
          merge(all, *paginator, page);
        return true;
      },
      options));
  return all;
}

base::Status Client::wait_until(const model::ApiCall& first, std::string_view name, const CallOptions& options) {
  TRY(const ServiceModel* service, options_.catalog->service(first.service));
  const Waiter* waiter = service->waiter(name);
  if (!waiter) return base::fail(ErrorCode::not_found, "{} has no waiter '{}'", first.service, name);
  for (std::uint32_t attempts = 0; attempts < waiter->attempts_max; ++attempts) {
    TRY(Wait verdict, judge(*waiter, call(first, options)));
    if (verdict == Wait::done) return {};
    if (verdict == Wait::failed)
      return base::fail(ErrorCode::conflict, "{} will not come to be: {}", name, first.operation);
    if (options.stop.stop_requested()) return base::fail(ErrorCode::cancelled, "stopped while waiting for {}", name);
    options_.clock->sleep_for(base::Milliseconds(waiter->delay_seconds * 1000));
  }
  return base::fail(ErrorCode::timed_out, "{} did not come to be in {} attempts", name, waiter->attempts_max);
}

}  // namespace setpoint::cloud::aws
