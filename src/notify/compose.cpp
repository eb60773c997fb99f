#include "notify/compose.h"

#include "notify/limits.h"

namespace setpoint::notify {

using base::Json;
using model::Finding;
using model::Plan;
using model::RunStatus;

namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max) + "…";
}

// One line per item, with what is more than the limit counted.
template <class List, class Line>
std::string listed(const List& items, const Line& line) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& item : items) {
    if (shown++ == kListedItemsMax) return out + fmt::format("  ... and {} more\n", items.size() - kListedItemsMax);
    out += "  " + line(item) + "\n";
  }
  return out;
}

std::string place(const model::ResourceKey& key) {
  return fmt::format("{} {} in account {}, {}", key.type, key.id, key.account, key.region);
}

std::string short_name(const Finding& finding) {
  return finding.resource.id.empty() ? finding.id : finding.resource.id;
}

std::string show(const Json& value) {
  return cut(value.is_string() ? value.get<std::string>() : base::canonical(value), 200);
}

std::string evidence_line(const model::Evidence& evidence) {
  std::string found = evidence.resolved ? show(evidence.value) : "nothing";
  std::string out = fmt::format("{} is {}", evidence.path, found);
  if (!evidence.expected.empty()) out += fmt::format(", must be {}", evidence.expected);
  return evidence.message.empty() ? out : out + " (" + evidence.message + ")";
}

std::string what_is_wrong(const Finding& finding) {
  std::string out = finding.title + "\n\n";
  out += fmt::format("Resource   {}\n", place(finding.resource));
  out += fmt::format("Severity   {}\n", model::to_string(finding.severity));
  if (!finding.check.empty()) out += fmt::format("Check      {}\n", finding.check);
  out += fmt::format("Seen       first {}, last {}\n", base::to_iso8601(finding.first_seen),
                     base::to_iso8601(finding.last_seen));
  for (const model::FindingSource& source : finding.sources) out += fmt::format("Reported   by {}\n", source.product);
  if (!finding.evidence.empty()) out += "\nHow we know\n" + listed(finding.evidence, evidence_line);
  return out;
}

std::string change_line(const model::FieldChange& change) {
  using enum model::FieldChange::Kind;
  if (change.kind == added) return fmt::format("+ {} = {}", change.path, show(change.after));
  if (change.kind == removed) return fmt::format("- {} = {}", change.path, show(change.before));
  return fmt::format("~ {}: {} -> {}", change.path, show(change.before), show(change.after));
}

std::string what_it_does(const Plan& plan) {
  std::string out =
      "\nCalls\n" + listed(plan.calls, [](const model::PlannedCall& planned) {
        return fmt::format("{}:{} {}{}", planned.call.service, planned.call.operation, show(planned.call.parameters),
                           planned.irreversible ? " (cannot be undone)" : "");
      });
  for (const model::ResourceChange& change : plan.changes) {
    out += fmt::format("\nChanges {}{}\n", place(change.resource),
                       change.collateral ? " (beyond what the finding names)" : "");
    out += listed(change.fields, change_line);
  }
  if (!plan.verdicts.empty()) {
    out += "\nVerdicts\n" + listed(plan.verdicts, [](const model::VerdictChange& change) {
             return fmt::format("{} of {}: {} -> {}", change.control, change.resource.id,
                                model::to_string(change.before), model::to_string(change.after));
           });
  }
  bool undoable = plan.undo_exact && !plan.irreversible();
  return out + (undoable ? "\nUndo       exact: the rehearsal brought the state before back, byte for byte\n"
                         : "\nUndo       not exact: look before you agree\n");
}

Json plan_json(const PlanStory& story) {
  Json out = Json::object();
  if (story.finding != nullptr) out["finding"] = story.finding->json();
  if (story.plan != nullptr) out["plan"] = story.plan->json();
  if (story.plan != nullptr) out["plan_id"] = story.plan->id();
  if (story.decision != nullptr) out["decision"] = story.decision->json();
  return out;
}

Message message(std::string subject, std::string text, Json json) {
  return {cut(std::move(subject), kSubjectCharsMax), cut(std::move(text), kTextBytesMax), std::move(json)};
}

std::string story_subject(const PlanStory& story, std::string_view what) {
  if (story.finding != nullptr) return fmt::format("{}: {}", what, story.finding->title);
  return fmt::format("{}: {}", what, story.plan != nullptr ? story.plan->runbook : "");
}

struct OutcomeWords {
  std::string_view subject;
  std::string_view text;
};

OutcomeWords words_for(RunStatus status) {
  switch (status) {
    case RunStatus::planned:
      return {"Planned", "A plan was made. Nothing has been sent."};
    case RunStatus::applying:
      return {"In progress", "The plan is being applied."};
    case RunStatus::applied:
      return {"Applied", "Every call was made. It is not verified yet."};
    case RunStatus::effective:
      return {"Fixed", "The plan was applied. A fresh read and the same rule confirm that it worked."};
    case RunStatus::ineffective:
      return {"NOT fixed",
              "The plan was applied, but a fresh read and the same rule say that it did not work. The finding is open "
              "again."};
    case RunStatus::stale:
      return {"Not applied",
              "The resource had changed since the plan was made. No call was sent; a new plan is needed."};
    case RunStatus::deviated:
      return {"Stopped",
              "The runbook asked for a call that is not in the plan. That call was not sent. Please look at what was "
              "done before."};
    case RunStatus::failed:
      return {"Failed", "The cloud refused a call. What was done before it stays done; please look."};
    case RunStatus::unknown:
      return {"Please check",
              "A call may or may not have happened, and it cannot be found out by reading. A person must look; nothing "
              "will be "
              "tried again."};
    case RunStatus::undone:
      return {"Undone", "The change was taken back: the state before is restored."};
    case RunStatus::refused:
      return {"Refused", "Oversight said no. Nothing was sent."};
  }
  return {"?", "?"};
}

// A run without a rule to confirm it, a containment say, is confirmed by what its plan foresaw.
OutcomeWords words_for(RunStatus status, const Plan* plan) {
  bool by_rule = plan == nullptr || !plan->control.empty();
  if (!by_rule && status == RunStatus::effective)
    return {"Done", "The plan was applied. A fresh read shows every change that it foresaw."};
  if (!by_rule && status == RunStatus::ineffective)
    return {"NOT done", "The plan was applied, but a fresh read does not show what it foresaw."};
  return words_for(status);
}

// What a person would type.
std::string way_back(const model::Event& expired) {
  std::string release = base::string_member(expired.detail, "release");
  if (release.empty()) return "setpoint undo " + base::string_member(expired.detail, "containment");
  return fmt::format("setpoint run {} --parameters '{}'", release, base::member(expired.detail, "parameters").dump());
}

}  // namespace

Message finding_opened(const Finding& finding) {
  std::string subject =
      fmt::format("[{}] {} ({})", upper(model::to_string(finding.severity)), finding.title, short_name(finding));
  std::string text = what_is_wrong(finding);
  if (!finding.description.empty()) text += "\nWhy it matters\n  " + finding.description + "\n";
  text += fmt::format("\nNext       setpoint plan {}\n", finding.id);
  return message(std::move(subject), std::move(text), {{"finding", finding.json()}});
}

Message finding_resolved(const Finding& finding) {
  std::string text = finding.title + "\n\n" + fmt::format("Resource   {}\n", place(finding.resource));
  text += fmt::format("Resolved   {}\n", base::to_iso8601(finding.resolved_at));
  return message(fmt::format("[RESOLVED] {} ({})", finding.title, short_name(finding)), std::move(text),
                 {{"finding", finding.json()}});
}

Message approval_wanted(const PlanStory& story) {
  std::string text;
  if (story.finding != nullptr) text += what_is_wrong(*story.finding) + "\n";
  if (story.plan != nullptr) {
    text += fmt::format("Plan       {}, with {}\n", story.plan->id(), story.plan->runbook) + what_it_does(*story.plan);
  }
  if (story.decision != nullptr) {
    text += "\nWhy we ask\n" + listed(story.decision->reasons, [](const model::Reason& reason) { return reason.text; });
  }
  if (story.plan != nullptr) text += fmt::format("\nTo agree   setpoint approve {}\n", story.plan->id());
  return message(story_subject(story, "Approval wanted"), std::move(text), plan_json(story));
}

Message run_ended(const PlanStory& story, RunStatus status, const std::string& run_id, const std::string& note) {
  OutcomeWords words = words_for(status, story.plan);
  std::string text = std::string(words.text) + "\n";
  if (!note.empty()) text += "\n  " + note + "\n";
  if (story.finding != nullptr) text += "\n" + what_is_wrong(*story.finding);
  if (story.plan != nullptr) text += what_it_does(*story.plan);
  bool changed = status == RunStatus::effective || status == RunStatus::ineffective || status == RunStatus::applied ||
                 status == RunStatus::failed || status == RunStatus::deviated;
  text += fmt::format("\nRecord     setpoint journal show {}\n", run_id);
  if (changed) text += fmt::format("To undo    setpoint undo {}\n", run_id);
  Json json = plan_json(story);
  json["run"] = run_id;
  json["status"] = model::to_string(status);
  json["note"] = note;
  return message(story_subject(story, words.subject), std::move(text), std::move(json));
}

Message containment_expired(const PlanStory& story, const model::Event& event) {
  auto said = [&](std::string_view name) { return base::string_member(event.detail, name); };
  std::string text = fmt::format("{} was to hold until {}, and holds still.\n\n", said("runbook"), said("until"));
  for (const std::string& resource : event.resources) text += fmt::format("Resource   {}\n", resource);
  text += fmt::format("Record     setpoint journal show {}\n", said("containment"));
  if (story.plan == nullptr)
    text += fmt::format(
        "\nNo plan of the way back could be made: {}\n\nBy hand    {}\n"
        "To keep it setpoint containments --forget {}\n",
        said("problem"), way_back(event), said("containment"));
  else
    text += "\n" + approval_wanted(story).text;
  Json json = plan_json(story);
  json["containment"] = event.detail;
  return message(fmt::format("Containment expired: {}", said("runbook")), std::move(text), std::move(json));
}

Message automation_declined(const Finding* finding, const std::string& automation, const std::string& why) {
  std::string text = fmt::format("{} did nothing, and somebody must:\n\n  {}\n", automation, why);
  if (finding != nullptr) text += "\n" + what_is_wrong(*finding);
  if (finding != nullptr) text += fmt::format("\nNext       setpoint plan {}\n", finding->id);
  Json json = {{"automation", automation}, {"why", why}};
  if (finding != nullptr) json["finding"] = finding->json();
  return message(fmt::format("Nothing done: {}", finding != nullptr ? finding->title : automation), std::move(text),
                 std::move(json));
}

Message about_event(const model::Event& event) {
  std::string text = fmt::format("{}\n\nSource     {}\nAccount    {} {}\nTime       {}\n", event.detail_type,
                                 event.source, event.account, event.region, base::to_iso8601(event.time));
  if (!event.resources.empty())
    text += "\nResources\n" + listed(event.resources, [](const std::string& arn) { return arn; });
  return message(fmt::format("{} ({})", event.detail_type, event.source), std::move(text), event.envelope());
}

Message escalated(const Message& earlier, base::Milliseconds waited) {
  std::int64_t minutes = waited.count() / 60'000;
  std::string since = minutes < 120 ? fmt::format("{} minutes", minutes) : fmt::format("{} hours", minutes / 60);
  Json json = earlier.json;
  json["escalated_after_ms"] = waited.count();
  return message("[ESCALATED] " + earlier.subject,
                 fmt::format("Nobody has taken this for {}.\n\n{}", since, earlier.text), std::move(json));
}

}  // namespace setpoint::notify
