#include "cli/finding_view.h"

#include "engine/engine.h"

namespace setpoint::cli {

using base::Json;

namespace {

constexpr std::size_t kValueWidth = 160;

std::string evidence_lines(const std::vector<model::Evidence>& evidence) {
  std::string out;
  for (const model::Evidence& part : evidence) {
    out += fmt::format("    {} = {}{}\n", part.path,
                       part.resolved ? printable(base::canonical(part.value), kValueWidth) : "(absent)",
                       part.expected.empty() ? "" : "   expected " + printable(part.expected, 120));
  }
  return out;
}

std::string priority_lines(const findings::Priority& priority) {
  std::string out = fmt::format("  priority {}", priority.score);
  for (const findings::PriorityReason& reason : priority.reasons)
    out += fmt::format("{} {} (+{})", &reason == priority.reasons.data() ? ":" : ",", reason.text, reason.points);
  return out + "\n";
}

std::string_view remedy_word(const FindingView& view) {
  if (!view.control) return "-";
  return view.control->remediation ? "runbook" : "person";
}

std::string remedy_lines(const FindingView& view) {
  if (!view.control) return "";
  std::string out;
  if (!view.control->rationale.empty()) out += "  why " + printable(view.control->rationale) + "\n";
  if (!view.control->remediation) return out + "  for a person: " + printable(view.control->human) + "\n";
  return out +
         fmt::format("  remedy {}: setpoint plan {} --as YOU\n", view.control->remediation->runbook, view.finding.id);
}

}  // namespace

FindingView view_of(engine::Engine& engine, model::Finding finding) {
  FindingView out;
  out.priority = findings::priority(finding, engine.parts().clock.now());
  out.control = engine.parts().controls.find(finding.check);
  out.finding = std::move(finding);
  return out;
}

std::string show_finding(const FindingView& view, const Paint& paint) {
  const model::Finding& finding = view.finding;
  std::string out = fmt::format("{}  {}  {}  {}\n", paint(Tone::bold, finding.id), paint(Tone::accent, finding.check),
                                paint(tone_of(finding.severity), model::to_string(finding.severity)),
                                model::to_string(finding.status));
  out += fmt::format("  {}\n  {}\n", printable(finding.title), short_key(finding.resource));
  if (!finding.owner.empty()) out += "  owner " + printable(finding.owner) + "\n";
  out += fmt::format("  first seen {}  last seen {}\n", base::to_iso8601(finding.first_seen),
                     base::to_iso8601(finding.last_seen));
  out += priority_lines(view.priority);
  if (!finding.evidence.empty()) out += "  evidence\n" + evidence_lines(finding.evidence);
  for (const model::FindingSource& source : finding.sources) {
    out += fmt::format("  source {} {}{}\n", printable(source.product), printable(source.product_uid),
                       source.active ? "" : " (no longer)");
  }
  for (const model::FindingNote& note : finding.notes) {
    out += fmt::format("  note {} {}: {}\n", base::to_iso8601(note.at), printable(note.by), printable(note.text));
  }
  return out + remedy_lines(view);
}

std::string show_findings(const std::vector<FindingView>& views, const Paint& paint) {
  Table table({"FINDING", "PRIORITY", "CHECK", "SEVERITY", "STATUS", "REMEDY", "RESOURCE", "REGION", "TITLE"});
  for (const FindingView& view : views) {
    const model::Finding& f = view.finding;
    table.add({f.id, std::to_string(view.priority.score), f.check, std::string(model::to_string(f.severity)),
               std::string(model::to_string(f.status)), std::string(remedy_word(view)), f.resource.id,
               f.resource.region, printable(f.title, 70)},
              {Tone::bold, Tone::plain, Tone::accent, tone_of(f.severity)});
  }
  return table.render(paint);
}

base::Json finding_json(const FindingView& view) {
  Json out = view.finding.json();
  Json reasons = Json::array();
  for (const findings::PriorityReason& reason : view.priority.reasons)
    reasons.push_back({{"points", reason.points}, {"text", reason.text}});
  out["priority"] = {{"score", view.priority.score}, {"reasons", std::move(reasons)}};
  if (view.control && view.control->remediation) out["remedy"] = view.control->remediation->runbook;
  return out;
}

}  // namespace setpoint::cli
