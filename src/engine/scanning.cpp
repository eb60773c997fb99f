#include "engine/scanning.h"

#include <set>

#include "findings/identity.h"

namespace setpoint::engine {

using model::Resource;
using model::Verdict;

namespace {

constexpr std::size_t kJudgeBatch = 2'000;  // resources that are judged and written in one transaction

void count(ControlCount& counter, Verdict verdict) {
  counter.compliant += verdict == Verdict::compliant ? 1 : 0;
  counter.non_compliant += verdict == Verdict::non_compliant ? 1 : 0;
  counter.unknown += verdict == Verdict::unknown ? 1 : 0;
}

template <class Counts>
void add_all(Counts& sum, const Counts& more) {
  for (const auto& [name, count] : more) {
    ControlCount& mine = sum[name];
    mine.compliant += count.compliant;
    mine.non_compliant += count.non_compliant;
    mine.unknown += count.unknown;
  }
}

void add_counts(findings::Taken& sum, findings::Taken&& more) {
  sum.opened += more.opened;
  sum.updated += more.updated;
  sum.resolved += more.resolved;
  sum.reopened += more.reopened;
  sum.unchanged += more.unchanged;
  sum.ignored += more.ignored;
  sum.events.insert(sum.events.end(), std::make_move_iterator(more.events.begin()),
                    std::make_move_iterator(more.events.end()));
}

}  // namespace

void ScanSummary::add(const inventory::ReadingSummary& reading) {
  created += reading.created;
  changed += reading.changed;
  deleted += reading.deleted;
}

void ScanSummary::add(ScanSummary&& more) {
  resources += more.resources;
  evaluations += more.evaluations;
  created += more.created;
  changed += more.changed;
  deleted += more.deleted;
  imported_events += more.imported_events;
  imported_findings += more.imported_findings;
  add_all(controls, more.controls);
  add_all(accounts, more.accounts);
  add_all(severities, more.severities);
  add_counts(findings, std::move(more.findings));
  unread.insert(unread.end(), more.unread.begin(), more.unread.end());
  refused.insert(refused.end(), more.refused.begin(), more.refused.end());
}

void ScanSummary::count(const model::Control& control, const Resource& resource, Verdict verdict) {
  if (verdict == Verdict::not_applicable) return;
  ++evaluations;
  engine::count(controls[control.id], verdict);
  engine::count(accounts[resource.key.account], verdict);
  engine::count(severities[control.severity], verdict);
}

base::Status Scanning::scan_account(const AccountAccess& access, const std::vector<std::string>& types,
                                    ScanSummary& out) {
  std::vector<std::string> wanted = types.empty() ? access.observer->types() : types;
  for (const std::string& type : wanted) {
    if (access.observer->account_wide(type)) {
      TRY_VOID(scan_type(access, type, access.regions, out));
      continue;
    }
    for (const std::string& region : access.regions) {
      TRY_VOID(scan_type(access, type, {region}, out));
    }
  }
  return {};
}

std::size_t Scanning::parts_of(const AccountAccess& access, const std::vector<std::string>& types) {
  std::size_t out = 0;
  for (const std::string& type : types.empty() ? access.observer->types() : types)
    out += access.observer->account_wide(type) ? 1 : access.regions.size();
  return out;
}

void Scanning::tell(std::string_view part, const ScanSummary& out) const {
  if (watch_.progress) watch_.progress({out.resources, parts_done_, parts_ahead_, part});
}

// One reading: it alone decides what is deleted, so it covers exactly what one question to the cloud covers.
base::Status Scanning::scan_type(const AccountAccess& access, const std::string& type,
                                 const std::vector<std::string>& regions, ScanSummary& out) {
  inventory::Inventory inventory(parts_.resources);
  std::string region = access.observer->account_wide(type) ? "" : regions.front();
  inventory::Reading reading = inventory.begin({"aws", access.account, region, type}, parts_.clock.now());
  std::vector<Resource> pending;
  base::Status stored;
  auto take = [&](Resource resource) {
    if (!stored) return;
    ++out.resources;
    pending.push_back(resource);
    stored = reading.take(std::move(resource));
    if (stored && pending.size() >= kJudgeBatch) stored = judge_all(pending, out);
    tell(type, out);
  };
  tell(type, out);
  TRY(cloud::DiscoveryReport report, access.observer->discover({access.account, regions, {type}}, take));
  TRY_VOID(stored);
  TRY_VOID(judge_all(pending, out));
  ++parts_done_;
  out.unread.insert(out.unread.end(), report.unread.begin(), report.unread.end());
  if (!report.complete()) {
    TRY(auto summary, reading.abandon(report.unread.front().why.text()));
    out.add(summary);
    return {};
  }
  TRY(auto summary, reading.finish());
  out.add(summary);
  for (const model::ResourceKey& key : summary.moved) {
    TRY(auto now, parts_.resources.latest(key));
    if (now && now->knowledge == model::Knowledge::deleted) TRY_VOID(judge_again(*now, out));
  }
  return {};
}

base::Status Scanning::take_batch(intake::Batch&& batch, ScanSummary& out) {
  TRY_VOID(record_batch(batch, out));
  return judge_batch(std::move(batch), out);
}

base::Status Scanning::record_batch(const intake::Batch& batch, ScanSummary& out) {
  out.refused.insert(out.refused.end(), batch.refused.begin(), batch.refused.end());
  out.resources += batch.resources.size();
  tell("", out);
  out.imported_events += batch.events.size();
  out.imported_findings += batch.findings.size();
  TRY(auto summary, inventory::Inventory(parts_.resources).record(batch.resources));
  out.add(summary);
  return {};
}

base::Status Scanning::judge_batch(intake::Batch&& batch, ScanSummary& out) {
  TRY_VOID(judge_all(batch.resources, out));
  return record_findings(std::move(batch.findings), out);
}

base::Status Scanning::judge_again(const Resource& resource, ScanSummary& out) {
  std::vector<Resource> one{resource};
  return judge_all(one, out);
}

struct Scanning::Judged {
  const model::Control* control;
  const Resource* resource;
  model::Judgement judgement;
  std::string id;  // of the finding
  bool fails() const { return judgement.verdict == Verdict::non_compliant; }
};

void Scanning::judge(const Resource& resource, std::vector<Judged>& all, ScanSummary& out) const {
  for (response::ControlJudgement& judged : parts_.controls.judge(resource)) {
    const model::Control* control = parts_.controls.find(judged.control);
    if (control == nullptr) continue;
    out.count(*control, resource, judged.judgement.verdict);
    if (watch_.judged) watch_.judged(*control, resource, judged.judgement);
    all.push_back({control, &resource, std::move(judged.judgement), findings::finding_id(control->id, resource.key)});
  }
}

// Most verdicts are COMPLIANT and no finding was ever opened: those need no report. In the order of judging.
base::Result<std::vector<model::Finding>> Scanning::reports_of(const std::vector<Judged>& all) const {
  std::set<std::string_view> known;
  std::vector<std::string> quiet;
  for (const Judged& one : all) {
    if (one.fails())
      known.insert(one.id);
    else
      quiet.push_back(one.id);
  }
  TRY(auto recorded, parts_.finding_store.get(quiet));
  for (const model::Finding& finding : recorded) known.insert(finding.id);
  std::vector<model::Finding> out;
  for (const Judged& one : all) {
    if (!known.contains(one.id)) continue;
    const model::Control& control = *one.control;
    base::Timestamp at = one.resource->captured_at.known() ? one.resource->captured_at : parts_.clock.now();
    out.push_back(findings::own_report(control.id, control.title, control.rationale, control.severity, *one.resource,
                                       one.judgement, at));
  }
  return out;
}

base::Status Scanning::judge_all(std::vector<Resource>& resources, ScanSummary& out) {
  std::vector<Judged> all;
  for (const Resource& resource : resources) judge(resource, all, out);
  TRY(auto reports, reports_of(all));
  all.clear();
  resources.clear();
  return record_findings(std::move(reports), out);
}

base::Status Scanning::record_findings(std::vector<model::Finding> reports, ScanSummary& out) {
  if (reports.empty()) return {};
  TRY(findings::Taken taken, parts_.findings.take(reports));
  add_counts(out.findings, std::move(taken));
  return {};
}

}  // namespace setpoint::engine
