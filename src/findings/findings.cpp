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
  Batch(std::vector<Finding> stored, const Exceptions* exceptions) : exceptions_(exceptions) {
    for (Finding& finding : stored) known_.emplace(finding.id, std::move(finding));
  }

  void fold_in(const Finding& report, Taken& taken) {
    auto found = known_.find(report.id);
    std::optional<Finding> stored;
    if (found != known_.end()) stored = found->second;
    Folded folded = excepted(fold(stored, report), report.last_seen);
    bool exists = stored || folded.step != Step::ignored;
    taken.ids.push_back(exists ? report.id : std::string());
    if (exists)
      settle(std::move(folded), report.last_seen, taken);
    else
      count(folded.step, taken);
  }

  void review(const Finding& finding, base::Timestamp now, Taken& taken) {
    Folded folded = excepted({Step::unchanged, finding, {}, false}, now);
    taken.ids.push_back(finding.id);
    settle(std::move(folded), now, taken);
  }

  std::vector<Finding> changed() const {
    std::vector<Finding> out;
    for (const auto& [id, yes] : changed_) out.push_back(known_.at(id));
    return out;
  }

 private:
  // An exception that cannot be matched covers nothing: the finding stays in sight.
  Folded excepted(Folded folded, base::Timestamp now) const {
    if (folded.step == Step::ignored) return folded;
    base::Result<const Exception*> covering = nullptr;
    if (exceptions_ != nullptr) covering = exceptions_->covering(folded.finding, now);
    auto changed = covering ? with_exception(folded.finding, *covering, now) : std::nullopt;
    if (!changed) return folded;
    if (folded.step == Step::opened) changed->step = Step::opened;
    return std::move(*changed);
  }

  void settle(Folded folded, base::Timestamp at, Taken& taken) {
    count(folded.step, taken);
    if (is_news(folded)) taken.events.push_back(event_of(folded.step, folded.finding, folded.reason, at));
    if (folded.differs) changed_[folded.finding.id] = true;
    std::string id = folded.finding.id;
    known_.insert_or_assign(id, std::move(folded.finding));
  }

  const Exceptions* exceptions_;
  std::map<std::string, Finding> known_;
  std::map<std::string, bool> changed_;
};

constexpr std::size_t kReviewPage = 500;
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
  Batch batch(std::move(stored), exceptions_.get());
  Taken taken;
  for (const Finding& report : identified_reports) batch.fold_in(report, taken);
  TRY_VOID(announce_and_store(taken.events, batch.changed()));
  return taken;
}

base::Status Findings::announce_and_store(std::span<const model::Event> events, std::span<const Finding> changed) {
  if (announce_ && !events.empty()) TRY_VOID(announce_(events));
  if (changed.empty()) return {};
  return store_.put(changed);
}

base::Result<Taken> Findings::review(base::Timestamp now) {
  FindingFilter filter;
  filter.statuses = {model::FindingStatus::suppressed};
  // Without an exception there is nothing to suppress, only what an ended one had suppressed.
  if (exceptions_ != nullptr && !exceptions_->all().empty())
    filter.statuses.insert(filter.statuses.end(), {model::FindingStatus::open, model::FindingStatus::in_progress});
  Taken taken;
  std::string after;
  do {
    TRY(auto page, store_.list(filter, after, kReviewPage));
    Batch batch({}, exceptions_.get());
    std::size_t said = taken.events.size();
    for (const Finding& finding : page.findings) batch.review(finding, now, taken);
    TRY_VOID(announce_and_store(std::span(taken.events).subspan(said), batch.changed()));
    after = page.next;
  } while (!after.empty());
  return taken;
}

Json detail_of(const Finding& finding, const std::string& reason, base::Timestamp at) {
  Json whole = finding.json();
  whole.erase("raw");
  return {{"finding", std::move(whole)},
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
}

model::Event event_of(Step step, const Finding& finding, const std::string& reason, base::Timestamp at) {
  model::Event event;
  event.source = "setpoint";
  event.detail_type = std::string(kDetailTypes[static_cast<std::size_t>(step)]);
  event.account = finding.resource.account;
  event.region = finding.resource.region;
  event.time = at;
  event.resources = {finding.resource.text()};
  event.detail = detail_of(finding, reason, at);
  event.id = "e-" + base::digest_of(event.envelope()).hex().substr(0, 32);
  return event;
}

}  // namespace setpoint::findings
