#include "twin/cloud.h"

#include <algorithm>
#include <charconv>

#include "twin/limits.h"
#include "twin/unread_parameters.h"

namespace setpoint::twin {

namespace {

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Identity root_of(const std::string& account, const std::string& access_key_id) {
  Caller root;
  root.account = account;
  root.arn = fmt::format("arn:aws:iam::{}:root", account);
  root.user_id = account;
  root.access_key_id = access_key_id;
  return {root, {}, {}, {}};
}

std::optional<Identity> iam_user_of(const State& state, const std::string& access_key_id) {
  for (const std::string& account : state.accounts()) {
    const Json* key = state.find({account, "global", "AWS::IAM::AccessKey", access_key_id});
    if (!key || key->value("Status", "") != "Active") continue;
    const Json* user = state.find({account, "global", "AWS::IAM::User", key->value("UserName", "")});
    if (!user) continue;
    Identity identity = root_of(account, access_key_id);
    identity.caller.arn = user->value("Arn", "");
    identity.caller.user_id = user->value("UserId", "");
    identity.caller.user_name = user->value("UserName", "");
    identity.secret_access_key = key->value("SecretAccessKey", "");
    return identity;
  }
  return {};
}

AwsError throttled(std::string_view service) {
  static const std::map<std::string_view, AwsError> kOwn = {
      {"ec2", {"RequestLimitExceeded", "Request limit exceeded.", 503, {}}},
      {"s3", {"SlowDown", "Please reduce your request rate.", 503, {}}},
      {"iam", {"Throttling", "Rate exceeded", 400, {}}},
      {"dynamodb", {"ThrottlingException", "Rate of requests exceeds the allowed throughput.", 400, {}}},
      {"lambda", {"TooManyRequestsException", "Rate Exceeded.", 429, {}}},
      {"kms", {"ThrottlingException", "You have exceeded the rate at which you may call KMS.", 400, {}}}};
  auto found = kOwn.find(service);
  return found == kOwn.end() ? AwsError{"ThrottlingException", "Rate exceeded", 400, {}} : found->second;
}

std::optional<AwsError> error_of(const Fault& fault, std::string_view service) {
  if (fault.kind == FaultKind::throttle) return throttled(service);
  if (fault.kind != FaultKind::error) return {};
  if (fault.argument.empty()) return AwsError{"InternalError", "An internal error has occurred", 500, {}};
  return AwsError{fault.argument, "Injected fault", 400, {}};
}

// Half of the longest list, and no word that there is more.
void shorten(Json& answer) {
  Json* longest = nullptr;
  for (auto& [name, value] : answer.items()) {
    if (value.is_array() && (!longest || value.size() > longest->size())) longest = &value;
  }
  if (longest) longest->erase(longest->begin() + static_cast<std::ptrdiff_t>(longest->size() / 2), longest->end());
  for (const char* token : {"NextToken", "Marker", "NextMarker", "nextToken", "IsTruncated"}) answer.erase(token);
}

bool is_dry_run(const Call& call) {
  return call.service == "ec2" && base::member(call.parameters, "DryRun") == Json(true);
}

Answer unknown_operation(const Call& call) {
  static constexpr std::string_view kQuery[] = {
      "ec2", "iam", "sts", "sns", "rds", "redshift", "autoscaling", "elbv2", "cloudformation", "cloudwatch"};
  if (call.service == "s3" || call.service == "s3control") {
    return error("NotImplemented", "A header you provided implies functionality that is not implemented.", 501);
  }
  if (std::find(std::begin(kQuery), std::end(kQuery), call.service) != std::end(kQuery)) {
    return error("InvalidAction", fmt::format("The action {} is not valid for this web service.", call.operation));
  }
  return error("UnknownOperationException",
               fmt::format("The operation {} is not modelled by this twin.", call.operation), 400);
}

// A document may hold a member that is of no kind its API knows (an item of a snapshot): it is the call that fails.
Answer run_guarded(const Operation& operation, Request& request) {
  try {
    return operation.run(request);
  } catch (const Json::exception& wrong) {
    return error(
        "InternalFailure",
        fmt::format("a resource that {} reads is not what its API describes: {}", operation.name, wrong.what()), 500);
  }
}

// What of this call was left out of account: what the operation says itself, and what it never looked at.
std::vector<std::string> left_out(const Call& call, const Request& request, bool answered) {
  std::vector<std::string> out;
  for (const std::string& what : request.unmodelled()) out.push_back(call.service + ": " + what);
  if (!answered) return out;
  for (const std::string& name : ineffective_parameters(request))
    out.push_back(fmt::format("{}: {}: the parameter {}", call.service, call.operation, name));
  return out;
}

}  // namespace

Cloud::Cloud(State state, base::Clock& clock, CloudOptions options)
    : clock_(clock),
      options_(std::move(options)),
      sessions_(std::make_shared<Sessions>()),
      state_(state),
      previous_(std::move(state)) {}

State Cloud::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

void Cloud::on_commit(Commit commit) {
  std::lock_guard lock(mutex_);
  commit_ = std::move(commit);
}

std::unique_ptr<Cloud> Cloud::fork() const {
  auto copy = std::make_unique<Cloud>(state(), clock_, options_);
  copy->sessions_ = sessions_;
  return copy;
}

std::optional<Identity> Cloud::identify(const std::string& access_key_id, bool must_be_known) const {
  if (std::optional<Session> session = sessions_->find(access_key_id)) {
    return Identity{session->caller, session->secret_access_key, session->session_token, session->expires};
  }
  if (std::optional<Identity> user = iam_user_of(state(), access_key_id)) return user;
  if (must_be_known) return {};
  return root_of(is_account(access_key_id) ? access_key_id : options_.default_account, access_key_id);
}

void Cloud::note_unmodelled(const std::string& what) {
  std::lock_guard lock(mutex_);
  auto at = std::lower_bound(unmodelled_.begin(), unmodelled_.end(), what);
  if ((at != unmodelled_.end() && *at == what) || unmodelled_.size() >= kUnmodelledMax) return;
  unmodelled_.insert(at, what);
}

std::vector<std::string> Cloud::unmodelled() const {
  std::lock_guard lock(mutex_);
  return unmodelled_;
}

Served Cloud::refuse_unmodelled(const Call& call) {
  note_unmodelled(call.service + ":" + call.operation);
  return {unknown_operation(call), {call.service + ":" + call.operation}};
}

Check Cloud::keep(State after) {
  if (commit_) {
    if (base::Status kept = commit_(state_, after); !kept)
      return AwsError{"InternalError", kept.error().text(), 500, {}};
  }
  previous_ = std::exchange(state_, std::move(after));
  return {};
}

Served Cloud::serve(const Call& call) {
  std::optional<Fault> fault = faults_.next(call.service, call.operation);
  if (fault && fault->kind == FaultKind::delay) {
    std::int64_t ms = 1'000;
    std::from_chars(fault->argument.data(), fault->argument.data() + fault->argument.size(), ms);
    clock_.sleep_for(base::Milliseconds(ms));
  }
  if (fault) {
    if (std::optional<AwsError> wrong = error_of(*fault, call.service)) return {tl::unexpected(*wrong)};
  }
  const Operation* operation = find_operation(call.service, call.operation);
  if (!operation) return refuse_unmodelled(call);
  Served served = run(*operation, call, fault ? std::optional(fault->kind) : std::nullopt);
  if (!fault) return served;
  if (fault->kind == FaultKind::partial_page && served.answer) shorten(*served.answer);
  served.drop = fault->kind == FaultKind::drop;
  return served;
}

Served Cloud::run(const Operation& operation, const Call& call, std::optional<FaultKind> fault) {
  bool writes = operation.effect == Effect::write;
  std::unique_lock lock(mutex_);
  State work = fault == FaultKind::stale_read ? previous_ : state_;
  if (!writes) lock.unlock();  // a read works on its own snapshot
  Request request(call, work, clock_, *sessions_);
  Answer answer = run_guarded(operation, request);
  if (answer && is_dry_run(call))
    return {error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)};
  if (writes && answer && fault != FaultKind::no_op) {
    if (Check wrong = keep(std::move(work))) return {tl::unexpected(*wrong)};
  }
  if (writes) lock.unlock();
  Served served{std::move(answer), left_out(call, request, answer.has_value())};
  for (const std::string& what : served.unmodelled) note_unmodelled(what);
  return served;
}

}  // namespace setpoint::twin
