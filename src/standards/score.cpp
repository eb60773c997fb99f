#include "standards/score.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace setpoint::standards {

using model::Verdict;

namespace {

constexpr std::array<std::string_view, 2> kNamesOfRules = {"aws-config", "prowler"};

bool is_standard(std::string_view name) {
  return std::find(kNamesOfRules.begin(), kNamesOfRules.end(), name) == kNamesOfRules.end();
}

void count(ControlStatus status, StandardScore& score) {
  switch (status) {
    case ControlStatus::passed:
      ++score.passed;
      return;
    case ControlStatus::failed:
      ++score.failed;
      return;
    case ControlStatus::unknown:
      ++score.unknown;
      return;
    case ControlStatus::no_data:
      ++score.no_data;
      return;
  }
}

std::optional<int> percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<int>(std::lround(100.0 * static_cast<double>(part) / static_cast<double>(whole)));
}

}  // namespace

std::string_view to_string(ControlStatus status) {
  switch (status) {
    case ControlStatus::passed:
      return "PASSED";
    case ControlStatus::failed:
      return "FAILED";
    case ControlStatus::unknown:
      return "UNKNOWN";
    case ControlStatus::no_data:
      return "NO_DATA";
  }
  return "?";
}

ControlStatus ControlCount::status() const {
  if (failed > 0) return ControlStatus::failed;
  if (unknown > 0) return ControlStatus::unknown;
  return passed > 0 ? ControlStatus::passed : ControlStatus::no_data;
}

void Tally::add(const std::string& control, Verdict verdict, bool suppressed) {
  ControlCount& count = counts_[control];
  if (suppressed) {
    ++count.suppressed;
    return;
  }
  switch (verdict) {
    case Verdict::compliant:
      ++count.passed;
      return;
    case Verdict::non_compliant:
      ++count.failed;
      return;
    case Verdict::unknown:
      ++count.unknown;
      return;
    case Verdict::not_applicable:
      ++count.not_applicable;
      return;
  }
}

void Tally::suppress(const std::string& control) {
  ControlCount& count = counts_[control];
  SETPOINT_ASSERT(count.failed > 0);
  --count.failed;
  ++count.suppressed;
}

const ControlCount& Tally::of(const std::string& control) const {
  static const ControlCount kNone;
  auto found = counts_.find(control);
  return found == counts_.end() ? kNone : found->second;
}

std::vector<StandardScore> scores(std::span<const model::Control> controls, const Tally& tally) {
  std::map<std::string, StandardScore> by_standard;
  for (const model::Control& control : controls) {
    for (const auto& [standard, requirements] : control.mappings) {
      if (is_standard(standard)) count(tally.of(control.id).status(), by_standard[standard]);
    }
  }
  std::vector<StandardScore> out;
  for (auto& [standard, score] : by_standard) {
    score.standard = standard;
    score.percent = percent(score.passed, score.passed + score.failed + score.unknown);
    out.push_back(std::move(score));
  }
  return out;
}

std::optional<int> summary_score(std::span<const StandardScore> all) {
  int sum = 0;
  std::size_t counted = 0;
  for (const StandardScore& score : all) {
    if (!score.percent) continue;
    sum += *score.percent;
    ++counted;
  }
  if (counted == 0) return std::nullopt;
  return static_cast<int>(std::lround(static_cast<double>(sum) / static_cast<double>(counted)));
}

Coverage coverage(std::span<const model::Control> controls,
                  const std::function<bool(const model::Control&)>& automatic) {
  Coverage out;
  for (const model::Control& control : controls) {
    ++out.controls;
    if (!control.remediation) {
      ++out.for_people_only;
      continue;
    }
    ++out.with_remedy;
    if (automatic && automatic(control)) ++out.eligible_for_auto;
  }
  return out;
}

}  // namespace setpoint::standards
