#include "oversight/budget.h"

#include <cmath>
#include <set>

#include "oversight/limits.h"

namespace setpoint::oversight {

using base::ErrorCode;
using base::fail;
using base::Json;

namespace {

constexpr base::Milliseconds kDay{24 * 3'600'000LL};

std::map<Fleet, std::int64_t> touched_fleets(const model::Plan& plan) {
  std::set<model::ResourceKey> resources;
  for (const model::ResourceChange& change : plan.changes) resources.insert(change.resource);
  std::map<Fleet, std::int64_t> out;
  for (const model::ResourceKey& key : resources) ++out[fleet_of(key)];
  return out;
}

std::set<std::string> touched_accounts(const model::Plan& plan) {
  std::set<std::string> out;
  for (const model::PlannedCall& planned : plan.calls) out.insert(planned.call.account);
  return out;
}

std::int64_t count_in(const std::map<std::string, SlidingCounter>& counters, const std::string& key,
                      base::Timestamp now) {
  auto found = counters.find(key);
  return found == counters.end() ? 0 : found->second.count(now);
}

std::int64_t allowed_of_fleet(std::int64_t size, double percent) {
  return std::max<std::int64_t>(1, std::llround(std::floor(static_cast<double>(size) * percent / 100.0)));
}

void check_fleet(std::vector<model::Reason>& out, const Fleet& fleet, std::int64_t used, const BudgetLimits& limits,
                 const FleetSizes& fleets) {
  auto size = fleets.find(fleet);
  if (size == fleets.end() || size->second <= 0) {
    out.push_back({"budget-fleet-unknown", fmt::format("how many resources {} has is not known", fleet)});
    return;
  }
  std::int64_t allowed = allowed_of_fleet(size->second, limits.share_of_fleet_percent);
  if (used <= allowed) return;
  out.push_back(
      {"budget-fleet", fmt::format("it would make {} changed resources of {} today, {} of {} are allowed ({}%)", used,
                                   fleet, allowed, size->second, limits.share_of_fleet_percent)});
}

void drop_idle(std::map<std::string, SlidingCounter>& counters, base::Timestamp now) {
  std::erase_if(counters, [&](const auto& entry) { return entry.second.count(now) == 0; });
}

Json counters_json(const std::map<std::string, SlidingCounter>& counters) {
  Json out = Json::object();
  for (const auto& [key, counter] : counters) out[key] = counter.json();
  return out;
}

base::Status read_counters(const Json& json, std::map<std::string, SlidingCounter>& out) {
  if (!json.is_object() || json.size() > kFleetsMax)
    return fail(ErrorCode::corrupted, "the budget's counters cannot be read");
  for (const auto& [key, value] : json.items()) {
    TRY(SlidingCounter counter, SlidingCounter::from_json(value));
    out.emplace(key, std::move(counter));
  }
  return {};
}

}  // namespace

std::int64_t SlidingCounter::bucket(base::Timestamp time) const {
  return time.ms / std::max<std::int64_t>(1, span_.count() / kCounterBuckets);
}

void SlidingCounter::add(base::Timestamp now, std::int64_t count) {
  std::int64_t oldest = bucket(now) - kCounterBuckets;
  std::erase_if(buckets_, [&](const auto& entry) { return entry.first < oldest; });
  buckets_[bucket(now)] += count;
}

// What lies in the future counts too: a clock that stepped back gives no new room.
std::int64_t SlidingCounter::count(base::Timestamp now) const {
  std::int64_t oldest = bucket(now) - kCounterBuckets;
  std::int64_t out = 0;
  for (const auto& [number, count] : buckets_) {
    if (number >= oldest) out += count;
  }
  return out;
}

Json SlidingCounter::json() const {
  Json buckets = Json::array();
  for (const auto& [number, count] : buckets_) buckets.push_back(Json::array({number, count}));
  return {{"span_ms", span_.count()}, {"buckets", buckets}};
}

base::Result<SlidingCounter> SlidingCounter::from_json(const Json& json) {
  const Json& span = base::member(json, "span_ms");
  const Json& buckets = base::member(json, "buckets");
  if (!span.is_number_integer() || span < 1 || !buckets.is_array())
    return fail(ErrorCode::corrupted, "a counter cannot be read");
  SlidingCounter out{base::Milliseconds(span.get<std::int64_t>())};
  for (const Json& entry : buckets) {
    bool ok = entry.is_array() && entry.size() == 2 && entry[0].is_number_integer() && entry[1].is_number_integer();
    if (!ok) return fail(ErrorCode::corrupted, "a counter cannot be read");
    out.buckets_[entry[0].get<std::int64_t>()] += entry[1].get<std::int64_t>();
  }
  return out;
}

Fleet fleet_of(const model::ResourceKey& resource) { return resource.account + "/" + resource.type; }

Json Budget::json() const {
  return {{"hour", hour.json()}, {"account_day", counters_json(account_day)}, {"fleet_day", counters_json(fleet_day)}};
}

base::Result<Budget> budget_from_json(const Json& json) {
  Budget out;
  TRY(out.hour, SlidingCounter::from_json(base::member(json, "hour")));
  TRY_VOID(read_counters(base::member(json, "account_day"), out.account_day));
  TRY_VOID(read_counters(base::member(json, "fleet_day"), out.fleet_day));
  return out;
}

std::vector<model::Reason> overruns(const Budget& budget, const model::Plan& plan, const BudgetLimits& limits,
                                    const FleetSizes& fleets, base::Timestamp now) {
  std::vector<model::Reason> out;
  if (std::int64_t runs = budget.hour.count(now); runs >= limits.runs_per_hour) {
    out.push_back({"budget-hour", fmt::format("{} runs in the last hour, {} are allowed", runs, limits.runs_per_hour)});
  }
  for (const std::string& account : touched_accounts(plan)) {
    std::int64_t runs = count_in(budget.account_day, account, now);
    if (runs < limits.runs_per_account_per_day) continue;
    out.push_back({"budget-account", fmt::format("{} runs in account {} in the last day, {} are allowed", runs, account,
                                                 limits.runs_per_account_per_day)});
  }
  for (const auto& [fleet, count] : touched_fleets(plan)) {
    check_fleet(out, fleet, count_in(budget.fleet_day, fleet, now) + count, limits, fleets);
  }
  return out;
}

Budget after_run(Budget before, const model::Plan& plan, base::Timestamp now) {
  drop_idle(before.account_day, now);
  drop_idle(before.fleet_day, now);
  before.hour.add(now, 1);
  for (const std::string& account : touched_accounts(plan)) {
    before.account_day.try_emplace(account, kDay).first->second.add(now, 1);
  }
  for (const auto& [fleet, count] : touched_fleets(plan)) {
    before.fleet_day.try_emplace(fleet, kDay).first->second.add(now, count);
  }
  return before;
}

}  // namespace setpoint::oversight
