#include "findings/priority.h"

#include <algorithm>
#include <set>

namespace setpoint::findings {

using model::Finding;
using model::Level;

namespace {

constexpr int kMostPoints = 100;
constexpr int kExposurePoints = 20;
constexpr int kSourcePoints = 5;
constexpr int kSourcePointsMax = 10;
constexpr std::chrono::hours kDay{24};

int severity_points(Level level) {
  switch (level) {
    case Level::critical:
      return 60;
    case Level::high:
      return 45;
    case Level::medium:
      return 30;
    case Level::low:
      return 15;
    case Level::informational:
      return 5;
  }
  return 0;
}

bool names_everyone(const base::Json& value) {
  if (value.is_structured()) return std::any_of(value.begin(), value.end(), names_everyone);
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text == "0.0.0.0/0" || text == "::/0" || text == "*" ||
         text.find("groups/global/AllUsers") != std::string::npos || text == "all";
}

// publiclyAccessible, publicAccess and the like: a switch that is on.
bool is_public_switch(const model::Evidence& item) {
  std::string_view name = item.path;
  name.remove_prefix(std::min(name.size(), name.rfind('/') + 1));
  return item.value == true && (name.starts_with("public") || name.starts_with("Public"));
}

bool is_exposure(const model::Evidence& item) { return names_everyone(item.value) || is_public_switch(item); }

int age_points(std::chrono::milliseconds age) {
  if (age > 90 * kDay) return 15;
  if (age > 30 * kDay) return 10;
  return age > 7 * kDay ? 5 : 0;
}

int further_products(const Finding& finding) {
  std::set<std::string> products;
  for (const auto& source : finding.sources) {
    if (source.active) products.insert(source.product);
  }
  return std::max(0, static_cast<int>(products.size()) - 1);
}

}  // namespace

Priority priority(const Finding& finding, base::Timestamp now) {
  Priority out;
  if (finding.status == model::FindingStatus::resolved || finding.status == model::FindingStatus::suppressed)
    return out;
  auto add = [&](int points, std::string text) {
    if (points > 0) out.reasons.push_back({points, std::move(text)});
  };
  add(severity_points(finding.severity), fmt::format("severity {}", to_string(finding.severity)));
  bool exposed = std::any_of(finding.evidence.begin(), finding.evidence.end(), is_exposure);
  add(exposed ? kExposurePoints : 0, "open to the whole internet");
  if (finding.first_seen.known()) {
    auto age = now - finding.first_seen;
    add(age_points(age), fmt::format("open for {} days", age / kDay));
  }
  int further = further_products(finding);
  add(std::min(further * kSourcePoints, kSourcePointsMax), fmt::format("{} further product(s) report it", further));
  for (const PriorityReason& reason : out.reasons) out.score += reason.points;
  out.score = std::min(out.score, kMostPoints);
  return out;
}

}  // namespace setpoint::findings
