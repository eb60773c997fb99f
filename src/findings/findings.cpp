#include "findings/findings.h"

#include <map>

#include "findings/priority.h"

namespace setpoint::findings {

using base::Json;
using model::Finding;

namespace {

std::vector<std::string> ids_of(const std::vector<Finding>& reports) {
  std::vector<std::string> out;
  for (const Finding& report : reports) out.push_back(report.id);
  return out;
}

void count(Step step, Taken& taken) {
  switch (step) {
    case Step::ignored:
      ++taken.ignored;
      return;
    case Step::unchanged:
      ++taken.unchanged;
      return;
    case Step::opened:
      ++taken.opened;
      return;
    case Step::updated:
      ++taken.updated;
      return;
    case Step::resolved:
      ++taken.resolved;
      return;
    case Step::reopened:
      ++taken.reopened;
      return;
  }
}

// A finding that its reporter suppressed is kept and counted, but nobody is called for it.
bool is_news(const Folded& folded) {
  bool quiet = folded.step == Step::opened && folded.finding.status == model::FindingStatus::suppressed;
  return folded.step != Step::ignored && folded.step != Step::unchanged && !quiet;
}

// One batch: what is stored, what it becomes, what must be written.
class Batch {
 public:
  explicit Batch(std::vector<Finding> stored) {
    for (Finding& finding : stored) known_.emplace(finding.id, std::move(finding));
  }

  void fold_in(const Finding& report, Taken& taken) {
    auto found = known_.find(report.id);
    std::optional<Finding> stored;
    if (found != known_.end()) stored = found->second;
    Folded folded = fold(stored, report);
    count(folded.step, taken);
    bool exists = stored || folded.step != Step::ignored;
    taken.ids.push_back(exists ? report.id : std::string());
    if (is_news(folded)) taken.events.push_back(event_of(folded.step, folded.finding, folded.reason, report.last_seen));
    if (folded.differs) changed_[report.id] = true;
    if (exists) known_.insert_or_assign(report.id, std::move(folded.finding));
  }

  std::vector<Finding> changed() const {
    std::vector<Finding> out;
    for (const auto& [id, yes] : changed_) out.push_back(known_.at(id));
    return out;
  }

 private:
  std::map<std::string, Finding> known_;
  std::map<std::string, bool> changed_;
};

constexpr std::string_view kDetailTypes[] = {
    "", "", "Finding Opened", "Finding Updated", "Finding Resolved", "Finding Reopened"};

}  // namespace

Findings::Findings(FindingStore& store, CheckNames names, ArnLookup lookup, Announce announce)
    : store_(store), names_(std::move(names)), lookup_(std::move(lookup)), announce_(std::move(announce)) {}

Finding Findings::identified(Finding report) const {
  report.check = names_.control_of(report);
  if (lookup_) {
    std::string arn = reported_arn(report);
    std::optional<model::ResourceKey> key = arn.empty() ? std::nullopt : lookup_(arn);
    if (key) report.resource = *key;
  }
  report.id = finding_id(report.check, report.resource);
  return report;
}

base::Result<Taken> Findings::take(std::span<const Finding> reports) {
  std::vector<Finding> identified_reports;
  for (const Finding& report : reports) identified_reports.push_back(identified(report));
  TRY(auto stored, store_.get(ids_of(identified_reports)));
  Batch batch(std::move(stored));
  Taken taken;
  for (const Finding& report : identified_reports) batch.fold_in(report, taken);
  if (announce_ && !taken.events.empty()) TRY_VOID(announce_(taken.events));
  TRY_VOID(store_.put(batch.changed()));
  return taken;
}

model::Event event_of(Step step, const Finding& finding, const std::string& reason, base::Timestamp at) {
  Json whole = finding.json();
  whole.erase("raw");
  model::Event event;
  event.source = "setpoint";
  event.detail_type = std::string(kDetailTypes[static_cast<std::size_t>(step)]);
  event.account = finding.resource.account;
  event.region = finding.resource.region;
  event.time = at;
  event.resources = {finding.resource.text()};
  event.detail = {{"finding", std::move(whole)},
                  {"control", Json::array({finding.check})},
                  {"severity", to_string(finding.severity)},
                  {"status", to_string(finding.status)},
                  {"reason", reason},
                  {"priority", priority(finding, at).score},
                  {"resource",
                   {{"type", finding.resource.type},
                    {"id", finding.resource.id},
                    {"account", finding.resource.account},
                    {"region", finding.resource.region}}}};
  event.id = "e-" + base::digest_of(event.envelope()).hex().substr(0, 32);
  return event;
}

}  // namespace setpoint::findings
