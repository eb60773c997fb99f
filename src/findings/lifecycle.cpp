#include "findings/lifecycle.h"

#include <algorithm>

#include "findings/identity.h"

namespace setpoint::findings {

using model::Finding;
using model::FindingSource;
using model::FindingStatus;
using model::Verdict;

namespace {

bool any_active(const Finding& finding) {
  return std::any_of(finding.sources.begin(), finding.sources.end(),
                     [](const FindingSource& source) { return source.active; });
}

bool is_own(const Finding& report) { return report.sources.front().product == kOwnProduct; }

bool has_own(const Finding& finding) {
  return std::any_of(finding.sources.begin(), finding.sources.end(),
                     [](const FindingSource& source) { return source.product == kOwnProduct; });
}

FindingSource* find_source(Finding& finding, const FindingSource& wanted) {
  for (FindingSource& source : finding.sources) {
    if (source.product == wanted.product && source.product_uid == wanted.product_uid) return &source;
  }
  return nullptr;
}

base::Timestamp earlier(base::Timestamp a, base::Timestamp b) { return !a.known() || (b.known() && b < a) ? b : a; }

void merge_source(Finding& finding, const FindingSource& incoming) {
  FindingSource* source = find_source(finding, incoming);
  if (source == nullptr) {
    finding.sources.push_back(incoming);
    return;
  }
  source->first_seen = earlier(source->first_seen, incoming.first_seen);
  source->last_seen = std::max(source->last_seen, incoming.last_seen);
  source->active = incoming.active;
}

// What our own control says of a fact wins; between strangers the last word does.
void merge_words(Finding& finding, const Finding& report) {
  if (!is_own(report) && has_own(finding)) return;
  finding.title = report.title;
  finding.description = report.description;
  finding.severity = report.severity;
  if (is_own(report) && report.verdict == Verdict::non_compliant) finding.evidence = report.evidence;
}

void merge_times(Finding& finding, const Finding& report) {
  finding.first_seen = earlier(finding.first_seen, report.first_seen);
  finding.last_seen = std::max(finding.last_seen, report.last_seen);
}

bool same_source_set(const Finding& a, const Finding& b) {
  return std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    [](const FindingSource& x, const FindingSource& y) {
                      return x.product == y.product && x.product_uid == y.product_uid && x.active == y.active;
                    });
}

bool same_evidence(const Finding& a, const Finding& b) {
  return std::equal(a.evidence.begin(), a.evidence.end(), b.evidence.begin(), b.evidence.end(),
                    [](const model::Evidence& x, const model::Evidence& y) { return x.json() == y.json(); });
}

// What changed that a reader would call a change; "" where only the times moved on.
std::string difference(const Finding& before, const Finding& after) {
  if (!same_source_set(before, after)) return "its sources changed";
  if (!same_evidence(before, after)) return "its evidence changed";
  if (before.severity != after.severity) return fmt::format("its severity is {} now", to_string(after.severity));
  if (before.title != after.title || before.description != after.description) return "its description changed";
  if (before.status != after.status) return fmt::format("its status is {} now", to_string(after.status));
  return {};
}

Folded open_new(const Finding& report) {
  if (report.verdict != Verdict::non_compliant || !any_active(report)) return {};
  Folded out{Step::opened, report, fmt::format("{} reports it", report.sources.front().product), true};
  if (out.finding.status == FindingStatus::resolved) out.finding.status = FindingStatus::open;
  out.finding.resolved_at = {};
  return out;
}

void resolve(Folded& out, const Finding& report) {
  out.step = Step::resolved;
  out.reason = fmt::format("no source reports it any more; the last was {}", report.sources.front().product);
  out.finding.status = FindingStatus::resolved;
  out.finding.suppressed_by.clear();
  out.finding.verdict = report.verdict == Verdict::non_compliant ? Verdict::compliant : report.verdict;
  out.finding.resolved_at = report.last_seen;
}

void reopen(Folded& out, const Finding& report) {
  out.step = Step::reopened;
  out.reason = fmt::format("{} reports it again", report.sources.front().product);
  out.finding.status = FindingStatus::open;
  out.finding.verdict = Verdict::non_compliant;
  out.finding.resolved_at = {};
  out.finding.notes.push_back({report.last_seen, kOwnProduct, "reopened: " + out.reason});
}

void suppress_with_reporter(Finding& finding, const Finding& report) {
  bool undecided = finding.status == FindingStatus::open || finding.status == FindingStatus::in_progress;
  if (undecided && report.status == FindingStatus::suppressed) finding.status = FindingStatus::suppressed;
}

void settle(Folded& out, const Finding& before, const Finding& report) {
  bool was_resolved = before.status == FindingStatus::resolved;
  bool active = any_active(out.finding);
  if (active && was_resolved) return reopen(out, report);
  if (!active && !was_resolved) return resolve(out, report);
  suppress_with_reporter(out.finding, report);
  out.reason = difference(before, out.finding);
  out.step = out.reason.empty() ? Step::unchanged : Step::updated;
}

bool is_stale(const Finding& stored, const Finding& report) {
  Finding copy = stored;
  const FindingSource* said = find_source(copy, report.sources.front());
  return said != nullptr && report.last_seen.known() && report.last_seen < said->last_seen;
}

}  // namespace

std::string_view to_string(Step step) {
  switch (step) {
    case Step::ignored:
      return "ignored";
    case Step::unchanged:
      return "unchanged";
    case Step::opened:
      return "opened";
    case Step::updated:
      return "updated";
    case Step::resolved:
      return "resolved";
    case Step::reopened:
      return "reopened";
  }
  return "?";
}

Folded fold(const std::optional<Finding>& stored, const Finding& report) {
  SETPOINT_ASSERT(report.sources.size() == 1);
  if (!stored) return open_new(report);
  Folded out{Step::ignored, *stored, {}, false};
  if (report.verdict == Verdict::unknown || is_stale(*stored, report)) return out;
  merge_source(out.finding, report.sources.front());
  merge_words(out.finding, report);
  merge_times(out.finding, report);
  if (!report.raw.is_null()) out.finding.raw = report.raw;
  settle(out, *stored, report);
  out.differs = out.finding.json() != stored->json();
  return out;
}

Finding own_report(const std::string& control, const std::string& title, const std::string& description,
                   model::Level severity, const model::Resource& resource, const model::Judgement& judgement,
                   base::Timestamp at) {
  Finding out;
  out.check = control;
  out.id = finding_id(control, resource.key);
  out.title = title;
  out.description = description;
  out.severity = severity;
  out.verdict = judgement.verdict;
  out.resource = resource.key;
  out.evidence = judgement.evidence;
  out.first_seen = out.last_seen = at;
  out.sources.push_back({kOwnProduct, out.id, at, at, judgement.verdict == Verdict::non_compliant});
  return out;
}

}  // namespace setpoint::findings
