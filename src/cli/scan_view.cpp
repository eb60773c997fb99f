#include "cli/scan_view.h"

#include "model/difference.h"

namespace setpoint::cli {

using base::Json;
using engine::ControlCount;
using engine::ScanSummary;
using inventory::HistoryEntry;

namespace {

constexpr std::size_t kRefusedShown = 20;

std::string number(std::size_t value) { return std::to_string(value); }

std::string counts_line(const ScanSummary& summary) {
  const findings::Taken& f = summary.findings;
  return fmt::format("findings: {} opened, {} updated, {} reopened, {} resolved, {} unchanged\n", f.opened, f.updated,
                     f.reopened, f.resolved, f.unchanged);
}

using Counts = std::vector<std::pair<std::string, ControlCount>>;

Counts listed(const std::map<std::string, ControlCount>& counts) { return {counts.begin(), counts.end()}; }

std::string control_table(const Counts& counts, const char* title, const Paint& paint) {
  Table table({title, "NON_COMPLIANT", "COMPLIANT", "UNKNOWN"});
  for (const auto& [name, count] : counts) {
    table.add({name, number(count.non_compliant), number(count.compliant), number(count.unknown)},
              {Tone::accent, count.non_compliant > 0 ? Tone::bad : Tone::dim, Tone::good,
               count.unknown > 0 ? Tone::warn : Tone::dim});
  }
  return table.empty() ? std::string() : table.render(paint);
}

std::string problems(const ScanSummary& summary, const Paint& paint) {
  std::string out;
  for (const cloud::Unread& unread : summary.unread) {
    out += paint(Tone::warn, fmt::format("UNKNOWN {} {} {}: {}\n", unread.account, unread.region, unread.type,
                                         printable(unread.why.text())));
  }
  for (std::size_t i = 0; i < std::min(summary.refused.size(), kRefusedShown); ++i) {
    out += paint(Tone::warn, fmt::format("refused {}: {}\n", printable(summary.refused[i].where),
                                         printable(summary.refused[i].why)));
  }
  if (summary.refused.size() > kRefusedShown)
    out += fmt::format("... and {} more refused\n", summary.refused.size() - kRefusedShown);
  return out;
}

Json count_json(const ControlCount& count) {
  return {{"compliant", count.compliant}, {"non_compliant", count.non_compliant}, {"unknown", count.unknown}};
}

// What changed from one state of the timeline to the next, in words of fields.
std::vector<model::FieldChange> changes_between(const Json& before, const Json& after) {
  std::vector<model::FieldChange> out;
  for (const char* part : {"configuration", "supplementaryConfiguration", "tags"}) {
    for (model::FieldChange& change : model::difference(base::member(before, part), base::member(after, part))) {
      change.path = "/" + std::string(part) + change.path;
      out.push_back(std::move(change));
    }
  }
  return out;
}

std::string field_text(const model::FieldChange& change) {
  using Kind = model::FieldChange::Kind;
  std::string before = printable(base::canonical(change.before), 120);
  std::string after = printable(base::canonical(change.after), 120);
  if (change.kind == Kind::added) return fmt::format("    + {} = {}\n", change.path, after);
  if (change.kind == Kind::removed) return fmt::format("    - {} = {}\n", change.path, before);
  return fmt::format("    ~ {} : {} -> {}\n", change.path, before, after);
}

}  // namespace

std::string show_scan(const ScanSummary& summary, const Paint& paint) {
  std::string out = fmt::format("{} resources read ({} new, {} changed, {} deleted), {} evaluations\n",
                                paint(Tone::bold, number(summary.resources)), summary.created, summary.changed,
                                summary.deleted, summary.evaluations);
  out += control_table(listed(summary.controls), "CONTROL", paint);
  Counts severities;
  for (const auto& [level, counts] : summary.severities) severities.emplace_back(model::to_string(level), counts);
  out += control_table(severities, "SEVERITY", paint);
  if (summary.accounts.size() > 1) out += control_table(listed(summary.accounts), "ACCOUNT", paint);
  return out + counts_line(summary) + problems(summary, paint);
}

std::string show_import(const ScanSummary& summary, const Paint& paint) {
  std::string out = fmt::format("imported {} events, {} findings, {} resources; {} refused\n", summary.imported_events,
                                summary.imported_findings, summary.resources, summary.refused.size());
  return out + counts_line(summary) + problems(summary, paint);
}

Json scan_json(const ScanSummary& summary) {
  Json controls = Json::object();
  for (const auto& [name, count] : summary.controls) controls[name] = count_json(count);
  Json accounts = Json::object();
  for (const auto& [name, count] : summary.accounts) accounts[name] = count_json(count);
  Json severities = Json::object();
  for (const auto& [level, count] : summary.severities) severities[std::string(to_string(level))] = count_json(count);
  Json unread = Json::array();
  for (const cloud::Unread& part : summary.unread) {
    unread.push_back(
        {{"account", part.account}, {"region", part.region}, {"type", part.type}, {"why", part.why.text()}});
  }
  Json refused = Json::array();
  for (const intake::Refused& part : summary.refused) refused.push_back({{"where", part.where}, {"why", part.why}});
  const findings::Taken& f = summary.findings;
  return {{"resources", summary.resources},
          {"created", summary.created},
          {"changed", summary.changed},
          {"deleted", summary.deleted},
          {"evaluations", summary.evaluations},
          {"imported", {{"events", summary.imported_events}, {"findings", summary.imported_findings}}},
          {"controls", std::move(controls)},
          {"accounts", std::move(accounts)},
          {"severities", std::move(severities)},
          {"findings",
           {{"opened", f.opened},
            {"updated", f.updated},
            {"reopened", f.reopened},
            {"resolved", f.resolved},
            {"unchanged", f.unchanged}}},
          {"unread", std::move(unread)},
          {"refused", std::move(refused)}};
}

std::string show_timeline(const model::Resource& latest, const std::vector<HistoryEntry>& newest_first,
                          const Paint& paint) {
  std::string out =
      fmt::format("{} {}\n  {} as of {}{}\n", paint(Tone::bold, latest.key.type), printable(latest.key.text()),
                  model::to_string(latest.knowledge), base::to_iso8601(latest.captured_at),
                  latest.unknown_because.empty() ? "" : ": " + printable(latest.unknown_because));
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const HistoryEntry& entry = newest_first[i];
    out += fmt::format("  {}  {}  by {}\n", base::to_iso8601(entry.at),
                       paint(Tone::accent, inventory::to_string(entry.change)), printable(entry.source));
    if (entry.change != inventory::Change::changed || i + 1 >= newest_first.size()) continue;
    for (const model::FieldChange& change : changes_between(newest_first[i + 1].item, entry.item))
      out += field_text(change);
  }
  return out;
}

Json timeline_json(const model::Resource& latest, const std::vector<HistoryEntry>& newest_first) {
  Json history = Json::array();
  for (const HistoryEntry& entry : newest_first) {
    history.push_back({{"at", base::to_iso8601(entry.at)},
                       {"change", inventory::to_string(entry.change)},
                       {"source", entry.source},
                       {"item", entry.item}});
  }
  return {{"key", latest.key.text()},
          {"knowledge", model::to_string(latest.knowledge)},
          {"item", latest.item},
          {"history", std::move(history)}};
}

}  // namespace setpoint::cli
