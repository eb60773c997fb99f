// standards
#include <CLI/CLI.hpp>
#include <array>
#include <iostream>

#include "cli/commands.h"
#include "engine/engine.h"
#include "standards/report/report.h"
#include "standards/score.h"

namespace setpoint::cli {

using base::Json;
using engine::Engine;
using standards::Coverage;
using standards::StandardScore;

namespace {

constexpr std::size_t kPage = 500;
constexpr std::array<std::string_view, 6> kDestroys = {"Delete",     "Terminate", "Purge",
                                                       "Deregister", "Release",   "Schedule"};

// A step that waits for a person, or a call that takes away what nobody can bring back.
bool needs_a_person(const runbook::Step& step) {
  if (step.action == runbook::Action::approve || step.action == runbook::Action::pause) return true;
  std::string api = base::string_member(step.inputs, "Api");
  auto begins = [&](std::string_view word) { return api.starts_with(word); };
  return std::any_of(kDestroys.begin(), kDestroys.end(), begins) ||
         std::any_of(step.body.begin(), step.body.end(), needs_a_person);
}

enum class Remedy { automatic, with_a_person, missing, none };

Remedy remedy_of(const model::Control& control, const response::Library& library) {
  if (!control.remediation) return Remedy::none;
  auto document = library.document(control.remediation->runbook);
  if (!document) return Remedy::missing;
  const auto& steps = document->steps();
  return std::any_of(steps.begin(), steps.end(), needs_a_person) ? Remedy::with_a_person : Remedy::automatic;
}

std::string remedy_text(const model::Control& control, Remedy remedy) {
  if (remedy == Remedy::none) return "human: " + control.human;
  std::string name = control.remediation->runbook;
  if (remedy == Remedy::missing) return name + " (not there yet)";
  return remedy == Remedy::automatic ? name : name + " (asks a person)";
}

// The verdicts of what the inventory holds now, by today's rules and profiles: what the last scans saw.
base::Result<standards::Tally> tally_of(Engine& engine) {
  standards::Tally tally;
  std::map<std::string, std::string> failing;
  std::string after;
  do {
    TRY(auto page, engine.parts().resources.list({}, after, kPage));
    for (const model::Resource& resource : page.resources) {
      for (const response::ControlJudgement& judged : engine.parts().controls.judge(resource)) {
        tally.add(judged.control, judged.judgement.verdict);
        if (judged.judgement.verdict == model::Verdict::non_compliant)
          failing.emplace(findings::finding_id(judged.control, resource.key), judged.control);
      }
    }
    after = page.next;
  } while (!after.empty());
  findings::FindingFilter filter;
  filter.statuses = {model::FindingStatus::suppressed};
  do {
    TRY(auto page, engine.parts().finding_store.list(filter, after, kPage));
    for (const model::Finding& finding : page.findings) {
      if (auto found = failing.find(finding.id); found != failing.end()) tally.suppress(found->second);
    }
    after = page.next;
  } while (!after.empty());
  return tally;
}

class Listing {
 public:
  explicit Listing(Engine& engine) {
    for (const std::string& id : engine.parts().controls.ids()) {
      controls_.push_back(*engine.parts().controls.find(id));
      remedies_[id] = remedy_of(controls_.back(), engine.parts().library);
    }
  }

  base::Status judge(Engine& engine) {
    TRY(tally_, tally_of(engine));
    scores_ = standards::scores(controls_, tally_);
    return {};
  }

  Json json() const {
    Json controls = Json::array();
    for (const model::Control& control : controls_) controls.push_back(control_json(control));
    Json by_standard = Json::array();
    for (const StandardScore& score : scores_) {
      Json one = standards::score_json(score);
      one["coverage"] = coverage_json(coverage(score.standard));
      by_standard.push_back(std::move(one));
    }
    std::optional<int> summary = standards::summary_score(scores_);
    return {{"controls", std::move(controls)},
            {"coverage", coverage_json(coverage(""))},
            {"standards", std::move(by_standard)},
            {"score", summary ? Json(*summary) : Json(nullptr)}};
  }

  std::string text(const Paint& paint) const {
    Table controls({"CONTROL", "SEVERITY", "STATUS", "REMEDY", "TITLE"});
    for (const model::Control& control : controls_) {
      controls.add(
          {control.id, std::string(to_string(control.severity)), std::string(to_string(tally_.of(control.id).status())),
           printable(remedy_text(control, remedies_.at(control.id)), 60), printable(control.title, 80)},
          {Tone::accent, tone_of(control.severity)});
    }
    Table standards({"STANDARD", "SCORE", "PASSED", "FAILED", "UNKNOWN", "NO DATA", "CONTROLS", "WITH A REMEDY", "AUTO",
                     "PEOPLE ONLY"});
    for (const StandardScore& score : scores_) {
      Coverage covered = coverage(score.standard);
      standards.add({score.standard, score.percent ? std::to_string(*score.percent) + "%" : "-", count(score.passed),
                     count(score.failed), count(score.unknown), count(score.no_data), count(covered.controls),
                     count(covered.with_remedy), count(covered.eligible_for_auto), count(covered.for_people_only)},
                    {Tone::accent, Tone::bold});
    }
    Coverage all = coverage("");
    std::optional<int> summary = standards::summary_score(scores_);
    return controls.render(paint) + standards.render(paint) +
           fmt::format("{} controls: {} with a remedy ({} of them eligible for auto), {} for people only; score {}\n",
                       all.controls, all.with_remedy, all.eligible_for_auto, all.for_people_only,
                       summary ? std::to_string(*summary) + "%" : "-");
  }

 private:
  static std::string count(std::size_t value) { return std::to_string(value); }

  // Of the controls that map to the standard; "" = of all.
  Coverage coverage(const std::string& standard) const {
    std::vector<model::Control> chosen;
    for (const model::Control& control : controls_) {
      if (!standard.empty() && !control.mappings.contains(standard)) continue;
      chosen.push_back(control);
      if (remedies_.at(control.id) == Remedy::missing) chosen.back().remediation.reset();
    }
    return standards::coverage(
        chosen, [this](const model::Control& control) { return remedies_.at(control.id) == Remedy::automatic; });
  }

  static Json coverage_json(const Coverage& coverage) {
    return {{"controls", coverage.controls},
            {"with_remedy", coverage.with_remedy},
            {"eligible_for_auto", coverage.eligible_for_auto},
            {"for_people_only", coverage.for_people_only}};
  }

  Json control_json(const model::Control& control) const {
    Remedy remedy = remedies_.at(control.id);
    const standards::ControlCount& counts = tally_.of(control.id);
    return {{"control", control.id},
            {"severity", to_string(control.severity)},
            {"title", control.title},
            {"mappings", control.mappings},
            {"remediation", control.remediation ? Json(control.remediation->runbook) : Json(nullptr)},
            {"remedy_available", remedy == Remedy::automatic || remedy == Remedy::with_a_person},
            {"eligible_for_auto", remedy == Remedy::automatic},
            {"human", control.human},
            {"status", to_string(counts.status())},
            {"resources",
             {{"passed", counts.passed},
              {"failed", counts.failed},
              {"unknown", counts.unknown},
              {"suppressed", counts.suppressed}}}};
  }

  std::vector<model::Control> controls_;
  std::map<std::string, Remedy> remedies_;
  standards::Tally tally_;
  std::vector<StandardScore> scores_;
};

constexpr char kFooter[] =
    "A score is the share of passed controls among those with data, as Security Hub computes it; suppressed findings "
    "do\n"
    "not count. Eligible for auto: the remedy's runbook is here, asks no person and deletes nothing. Whether one "
    "finding\n"
    "may be mended without a person is decided by its plan.\n"
    "Examples\n  setpoint standards\n  setpoint standards --json";

}  // namespace

void add_standards_command(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("standards", "Scores per standard, and what can be done about each control");
  command->footer(kFooter);
  command->callback([&context] {
    context.with_engine([&](Engine& engine) -> base::Status {
      Listing listing(engine);
      TRY_VOID(listing.judge(engine));
      std::cout << (context.options.json ? listing.json().dump(2) + "\n" : listing.text(context.paint));
      return {};
    });
  });
}

}  // namespace setpoint::cli
