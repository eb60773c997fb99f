#include "response/fleet.h"

#include <algorithm>

#include "cloud/aws/endpoint.h"
#include "response/target_locks.h"
#include "response/targets.h"

namespace setpoint::response {

using base::Json;
using base::string_member;
using runbook::ExecutionStatus;

namespace {

constexpr base::Milliseconds kStopLook{kStopReadMilliseconds};

bool is_good(ExecutionStatus status) {
  return status == ExecutionStatus::success || status == ExecutionStatus::completed_with_success;
}

std::string first_given(const Json& locations, const char* name) {
  for (const Json& location : locations) {
    const Json& value = base::member(location, name);
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  }
  return {};
}

}  // namespace

// AWS: locations go one by one unless TargetLocationMaxConcurrency says otherwise; MaxConcurrency and MaxErrors are
// then those of each location's targets.
runbook::RateControlRequest rate_of(const ExecutionRecord& record) {
  const FleetRequest& fleet = record.fleet;
  runbook::RateControlRequest out;
  out.targets = record.members.size();
  std::string concurrency = fleet.max_concurrency;
  std::string errors = fleet.max_errors;
  if (!fleet.target_locations.empty()) {
    bool of_targets = !record.members.empty() && !record.members.front().fleet.empty();
    std::string own_concurrency = first_given(fleet.target_locations, "TargetLocationMaxConcurrency");
    std::string own_errors = first_given(fleet.target_locations, "TargetLocationMaxErrors");
    concurrency = !own_concurrency.empty() ? own_concurrency : of_targets || concurrency.empty() ? "1" : concurrency;
    errors = !own_errors.empty() ? own_errors : of_targets || errors.empty() ? "0" : errors;
  }
  if (!concurrency.empty()) out.max_concurrency = concurrency;
  if (!errors.empty()) out.max_errors = errors;
  return out;
}

std::string fleet_member_id(const ExecutionRecord& record, std::size_t member) {
  return stable_uuid(fmt::format("{}/member/{}", record.id, member));
}

Fleet::Fleet(Executor& executor, ExecutionRecorder& recorder, const runbook::Document& document)
    : executor_(executor), recorder_(recorder), document_(document) {
  progress_.total = recorder.record().members.size();
}

std::string Fleet::member_id(std::size_t member) const { return fleet_member_id(recorder_.record(), member); }

ExecutionRecord Fleet::member_record(std::size_t number) const {
  const ExecutionRecord& fleet = recorder_.record();
  const FleetMember& member = fleet.members[number];
  ExecutionRecord out = child_of(fleet, member_id(number));
  out.name = member.name;
  out.parameters = fleet.parameters;
  out.parameters.update(member.parameters);
  out.context.account = member.account;
  out.context.region = member.region;
  out.context.partition = std::string(to_string(cloud::aws::partition_of(member.region)));
  if (held_) out.lock_holder = fleet.lock_holder;
  if (!member.role.empty()) out.acting.roles.push_back(member.role);
  out.fleet = member.fleet;
  out.fleet.target_parameter_name = fleet.fleet.target_parameter_name;
  return out;
}

// One flush instead of two for each member. Where somebody works on one of them, or two members on one target, that is
// for the members to wait for, one by one.
void Fleet::lock_targets() {
  const ExecutionRecord& fleet = recorder_.record();
  std::vector<std::string> all;
  for (std::size_t number = 0; number < fleet.members.size(); ++number) {
    ExecutionRecord member = member_record(number);
    if (!member.fleet.empty()) return;
    for (std::string& name :
         target_locks(document_, member.parameters, member.context, fleet.fleet.target_parameter_name))
      all.push_back(std::move(name));
  }
  std::sort(all.begin(), all.end());
  bool distinct = std::adjacent_find(all.begin(), all.end()) == all.end();
  if (!distinct || all.empty()) return;
  if (auto held = executor_.ports_.locks.hold(std::move(all), fleet.lock_holder)) held_ = std::move(*held);
}

void Fleet::take_ended(std::size_t member, ExecutionStatus status, const std::string& message) {
  if (is_good(status)) {
    ++progress_.succeeded;
    return;
  }
  if (status == ExecutionStatus::cancelled)
    ++progress_.cancelled;
  else if (status == ExecutionStatus::timed_out)
    ++progress_.timed_out;
  else
    ++progress_.failed;
  if (first_failure_.empty()) first_failure_ = fmt::format("{}: {}", recorder_.record().members[member].name, message);
}

// Members that are over stay as they are; those that were under way go on, whatever MaxErrors says by now.
base::Status Fleet::take_up() {
  TRY(auto stored, executor_.ports_.records.find(kExecutionSpace, "parent", recorder_.record().id));
  std::map<std::string, const Json*> by_id;
  for (const auto& [key, document] : stored) by_id[key] = &document.body;
  std::vector<std::size_t> fresh;
  std::size_t good = 0, bad = 0;
  for (std::size_t member = 0; member < progress_.total; ++member) {
    auto found = by_id.find(member_id(member));
    if (found == by_id.end()) {
      fresh.push_back(member);
      continue;
    }
    TRY(ExecutionRecord record, execution_from_json(*found->second));
    order_.push_back(member);
    if (!record.over()) {
      begun_before_.emplace(order_.size() - 1, std::move(record));
      continue;
    }
    take_ended(member, record.status, record.message);
    ++(is_good(record.status) ? good : bad);
  }
  order_.insert(order_.end(), fresh.begin(), fresh.end());
  control_->restore(good, bad, begun_before_.size());
  return {};
}

void Fleet::show_progress() {
  progress_.running = control_->running();
  if (executor_.ports_.watcher != nullptr) executor_.ports_.watcher->fleet_moved(recorder_.record(), progress_);
}

base::Status Fleet::run() {
  TRY(control_, runbook::RateControl::create(rate_of(recorder_.record())));
  lock_targets();
  TRY_VOID(take_up());
  std::unique_lock lock(mutex_);
  for (const auto& [number, record] : begun_before_) enqueue(number);
  show_progress();
  while (!control_->done()) {
    start_what_may(lock);
    moved_.wait_for(lock, kStopLook);
    listen_for_stop(lock);
  }
  closed_ = true;
  work_.notify_all();
  lock.unlock();
  for (std::thread& worker : workers_) worker.join();
  return {};
}

void Fleet::start_what_may(std::unique_lock<std::mutex>&) {
  while (!halted_) {
    std::optional<std::size_t> next = control_->next();
    if (!next) return;
    enqueue(*next);
  }
}

// A fleet has one thread at least; more while the process has some left.
void Fleet::enqueue(std::size_t number) {
  queue_.push_back(number);
  if (idle_ >= queue_.size()) {
    work_.notify_one();
    return;
  }
  bool may = executor_.fleet_threads_.fetch_add(1) < kFleetThreadsMax || workers_.empty();
  if (may)
    workers_.emplace_back([this] { work(); });
  else
    --executor_.fleet_threads_;
}

void Fleet::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_.wait(lock, [&] { return closed_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) break;
    std::size_t number = queue_.front();
    queue_.pop_front();
    lock.unlock();
    run_member(number);
    lock.lock();
  }
  --executor_.fleet_threads_;
}

void Fleet::run_member(std::size_t number) {
  using Begun = Executor::Begun;
  auto before = begun_before_.find(number);
  bool fresh = before == begun_before_.end();
  ExecutionRecord record = fresh ? member_record(order_[number]) : before->second;
  if (fresh) record.started = executor_.ports_.clock.now();
  note_end(number, executor_.run(std::move(record), document_, fresh ? Begun::now : Begun::before));
}

// A member whose end could not be recorded is not over: the fleet starts no further one and is to be resumed.
void Fleet::note_end(std::size_t number, const base::Result<ExecutionEnd>& end) {
  std::lock_guard lock(mutex_);
  if (!end || end->halted) {
    halted_ = true;
    first_failure_ = end ? end->message : end.error().text();
    control_->finished(number, false);
    control_->cancel();
  } else {
    control_->finished(number, is_good(end->status));
    take_ended(order_[number], end->status, end->message);
  }
  show_progress();
  moved_.notify_one();
}

void Fleet::listen_for_stop(std::unique_lock<std::mutex>&) {
  std::vector<std::string> lineage = recorder_.record().ancestors;
  lineage.push_back(recorder_.record().id);
  if (executor_.signals_.stop_asked(lineage)) control_->cancel();
}

namespace {

base::Result<std::map<std::string, Json>> ended_members(const Records& records, const std::string& fleet) {
  TRY(auto stored, records.find(kExecutionSpace, "parent", fleet));
  std::map<std::string, Json> out;
  for (auto& [key, document] : stored) out[key] = std::move(document.body);
  return out;
}

std::string fleet_message(const Fleet& fleet) {
  const FleetProgress& p = fleet.progress();
  std::size_t bad = p.failed + p.timed_out + p.cancelled;
  if (bad == 0) return {};
  std::size_t unstarted = p.total - p.succeeded - bad;
  std::string out = fmt::format("{} of {} targets failed", bad, p.total);
  if (unstarted > 0) out += fmt::format(", {} were not started", unstarted);
  return out + "; " + fleet.first_failure();
}

}  // namespace

base::Result<ExecutionEnd> Executor::run_fleet(ExecutionRecorder& recorder, const runbook::Document& document) {
  ExecutionRecord& record = recorder.record();
  auto conclude_fleet = [&](ExecutionStatus status, std::string message,
                            const FleetProgress& progress) -> base::Result<ExecutionEnd> {
    record.status = status;
    record.message = std::move(message);
    record.ended = ports_.clock.now();
    TRY(auto members, ended_members(ports_.records, record.id));
    recorder.announce("run.ended", {{"status", runbook::to_string(status)}, {"message", record.message}});
    recorder.add_state({kExecutionReportSpace,
                        record.id,
                        render_fleet(record, progress, members),
                        std::nullopt,
                        {{"parent", record.parent()}}});
    recorder.add_state(Signals::forget_stop(record.id));
    TRY_VOID(recorder.commit());
    return ExecutionEnd{record.id, record.status, record.outputs, record.message, false};
  };
  auto access = access_of(record, "");
  if (!access) return conclude_fleet(ExecutionStatus::failed, access.error().text(), {});
  if (!record.resolved) {
    auto members = resolve_members(document, record, **access);
    if (!members) return conclude_fleet(ExecutionStatus::failed, members.error().text(), {});
    record.members = std::move(*members);
    record.resolved = true;
    TRY_VOID(recorder.commit());
  }
  if (record.members.empty()) return conclude_fleet(ExecutionStatus::failed, "there are no targets", {});
  Fleet fleet(*this, recorder, document);
  if (auto ran = fleet.run(); !ran)
    return conclude_fleet(ExecutionStatus::failed, ran.error().text(), fleet.progress());
  if (fleet.halted()) return ExecutionEnd{record.id, record.status, Json::object(), fleet.first_failure(), true};
  return conclude_fleet(fleet.status(), fleet_message(fleet), fleet.progress());
}

}  // namespace setpoint::response
