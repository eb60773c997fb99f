// How much an automation may do: runs per hour, runs per account and day, and the share of a fleet (the resources of
// one type in one account) that it may change in a day. Values and pure transitions; the caller stores the Budget under
// the automation's name.
//
// Counters slide in sixtieths of their span; the oldest sixtieth counts whole, so they never count too little. Of a
// fleet at least one resource may change, however small it is: five per cent of four groups is one group. A fleet whose
// size is not known is an overrun: unknown is never "enough room".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/decision.h"
#include "model/plan.h"

namespace setpoint::oversight {

struct BudgetLimits {
  std::int64_t runs_per_hour = 20;
  std::int64_t runs_per_account_per_day = 50;
  double share_of_fleet_percent = 5;
};

class SlidingCounter {
 public:
  explicit SlidingCounter(base::Milliseconds span = base::Milliseconds(3'600'000)) : span_(span) {}
  void add(base::Timestamp now, std::int64_t count);
  std::int64_t count(base::Timestamp now) const;
  bool operator==(const SlidingCounter&) const = default;
  base::Json json() const;
  static base::Result<SlidingCounter> from_json(const base::Json& json);

 private:
  std::int64_t bucket(base::Timestamp time) const;
  base::Milliseconds span_;
  std::map<std::int64_t, std::int64_t> buckets_;  // number of the bucket since 1970 -> count
};

// "111122223333/AWS::EC2::SecurityGroup"
using Fleet = std::string;
Fleet fleet_of(const model::ResourceKey& resource);
using FleetSizes = std::map<Fleet, std::int64_t>;

struct Budget {
  SlidingCounter hour{base::Milliseconds(3'600'000)};
  std::map<std::string, SlidingCounter> account_day;
  std::map<Fleet, SlidingCounter> fleet_day;
  bool operator==(const Budget&) const = default;
  base::Json json() const;
};
base::Result<Budget> budget_from_json(const base::Json& json);

// One reason for each limit that this plan would pass: budget-hour, budget-account, budget-fleet, budget-fleet-unknown.
std::vector<model::Reason> overruns(const Budget& budget, const model::Plan& plan, const BudgetLimits& limits,
                                    const FleetSizes& fleets, base::Timestamp now);
// The plan is applied: what the next one is measured against.
Budget after_run(Budget before, const model::Plan& plan, base::Timestamp now);

}  // namespace setpoint::oversight
