#include "cli/plan_view.h"

#include <fmt/format.h>

#include <algorithm>

namespace setpoint::cli {

using base::Json;
using model::FieldChange;

namespace {

constexpr std::size_t kValueWidth = 160;

std::string heading(const Paint& paint, std::string_view text) { return "\n" + paint(Tone::bold, text) + "\n"; }

std::string value_text(const Json& value) { return printable(base::canonical(value), kValueWidth); }

std::string call_lines(const model::ApiCall& call, const std::string& number, const Paint& paint) {
  std::string out =
      fmt::format("  {} {}\n", paint(Tone::dim, number), paint(Tone::accent, call.service + ":" + call.operation));
  for (const auto& [name, value] : call.parameters.items()) {
    out += fmt::format("       {} = {}\n", name, printable(base::canonical(value), 400));
  }
  return out;
}

std::string field_line(const FieldChange& change, const Paint& paint) {
  switch (change.kind) {
    case FieldChange::Kind::added:
      return paint(Tone::good, fmt::format("    + {} = {}", change.path, value_text(change.after))) + "\n";
    case FieldChange::Kind::removed:
      return paint(Tone::bad, fmt::format("    - {} = {}", change.path, value_text(change.before))) + "\n";
    case FieldChange::Kind::replaced:
      break;
  }
  return paint(Tone::warn,
               fmt::format("    ~ {} : {} -> {}", change.path, value_text(change.before), value_text(change.after))) +
         "\n";
}

std::string changes_section(const model::Plan& plan, const Paint& paint) {
  std::string out = heading(paint, "What changes");
  for (const model::ResourceChange& change : plan.changes) {
    out += "  " + short_key(change.resource);
    if (change.collateral) out += paint(Tone::bad, "  COLLATERAL: goes beyond the evidence, never automatic");
    out += "\n";
    for (const FieldChange& field : change.fields) out += field_line(field, paint);
  }
  if (plan.changes.empty()) out += "  nothing that the simulation knows\n";
  return out;
}

std::string verdicts_section(const model::Plan& plan, const Paint& paint) {
  if (plan.verdicts.empty()) return {};
  std::string out = heading(paint, "Verdicts that turn");
  for (const model::VerdictChange& change : plan.verdicts) {
    out += fmt::format("  {}  {} -> {}  {}\n", paint(Tone::bold, change.control),
                       paint(tone_of(change.before), model::to_string(change.before)),
                       paint(tone_of(change.after), model::to_string(change.after)), change.resource.id);
  }
  return out;
}

std::string undo_section(const model::Plan& plan, const Paint& paint) {
  std::string out = heading(paint, "Undo");
  std::size_t number = 0;
  for (const model::ApiCall& call : plan.undo) out += call_lines(call, std::to_string(++number) + ".", paint);
  if (plan.undo_exact) return out + paint(Tone::good, "  rehearsed: gives the state before back, byte for byte") + "\n";
  return out +
         paint(Tone::bad, plan.irreversible() ? "  IRREVERSIBLE: a call of this plan has no known way back"
                                              : "  not exact in the rehearsal") +
         "\n";
}

std::string bounds_section(const model::Plan& plan, const Paint& paint) {
  std::string out = heading(paint, "Needs and is bound to");
  for (const model::Permission& permission : plan.permissions)
    out += fmt::format("  allow {} on {}\n", permission.action, permission.resource);
  for (const model::BasisEntry& entry : plan.basis) {
    out += fmt::format("  state {} of {}\n", entry.state.hex().substr(0, 16), entry.resource.id);
  }
  for (const std::string& what : plan.unmodelled)
    out += paint(Tone::bad, "  UNMODELLED " + printable(what) + ": not simulated, needs a person") + "\n";
  return out;
}

}  // namespace

std::string show_plan(const model::Plan& plan, const Paint& paint) {
  std::string out = paint(Tone::bold, "Plan " + plan.id());
  if (!plan.control.empty()) out += fmt::format("  for {} ({})", plan.control, plan.finding);
  if (!plan.undo_of.empty()) out += "  undoes " + plan.undo_of;
  out += fmt::format("\n  runbook {}\n  sha256 {}\n", plan.runbook, plan.hash().hex());
  for (const Json& part : plan.evidence) {
    out +=
        fmt::format("  evidence {} = {}\n", base::string_member(part, "path"), value_text(base::member(part, "value")));
  }
  out += heading(paint, "Calls, in this order, and no other");
  std::size_t number = 0;
  for (const model::PlannedCall& planned : plan.calls)
    out += call_lines(planned.call, std::to_string(++number) + ".", paint);
  return out + changes_section(plan, paint) + verdicts_section(plan, paint) + undo_section(plan, paint) +
         bounds_section(plan, paint);
}

std::string show_decision(const model::Decision& decision, const Paint& paint) {
  Tone tone = decision.effect == model::Effect::permit ? Tone::good
              : decision.effect == model::Effect::hold ? Tone::warn
                                                       : Tone::bad;
  std::string out = fmt::format("Decision: {}\n", paint(tone, model::to_string(decision.effect)));
  for (const model::Reason& reason : decision.reasons)
    out += fmt::format("  {}  {}\n", paint(Tone::dim, reason.code), printable(reason.text));
  return out;
}

}  // namespace setpoint::cli
