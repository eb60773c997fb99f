#include "response/cases/mutation.h"

#include <algorithm>

#include "response/cases/runbook_policy.h"
#include "runbook/interpolation.h"

namespace setpoint::response {

using base::Json;
using Fate = MutantResult::Fate;

namespace {

constexpr const char* kChecks[] = {"allowedPattern", "allowedValues", "minChars", "maxChars", "minItems", "maxItems"};
constexpr const char* kNotInputs[] = {"Service", "Api", "Runtime", "Handler", "Script"};
// In scripts. A change back and forth of one kind of text is one mutant each time it occurs.
constexpr std::pair<std::string_view, std::string_view> kScriptTurns[] = {
    {" == ", " != "},   {" != ", " == "},  {" and ", " or "}, {" or ", " and "}, {" not in ", " in "},
    {"if not ", "if "}, {"True", "False"}, {"False", "True"}, {" < ", " >= "},   {" > ", " <= "}};

bool refers(const Json& value) {
  bool found = false;
  runbook::for_each_reference(value, [&](const runbook::Reference&) { found = true; });
  return found;
}

Json turned(const Json& constant) {
  if (constant.is_boolean()) return !constant.get<bool>();
  if (constant.is_number_integer()) return constant.get<std::int64_t>() + 1;
  return constant.get<std::string>() + "X";
}

class Mutator {
 public:
  explicit Mutator(const RunbookFolder& folder) : original_(folder.document.content()) {
    mutate_parameters(folder.document.assume_role());
    mutate_steps(Json::json_pointer("/mainSteps"));
    leave_out_outputs();
    weaken(folder.policy);
  }
  std::vector<Mutant> take() { return std::move(out_); }

 private:
  using Pointer = Json::json_pointer;

  void add(std::string what, Json document) { out_.push_back({std::move(what), std::move(document), nullptr}); }

  template <class Change>
  void change(std::string what, const Pointer& at, Change apply) {
    Json document = original_;
    apply(document.at(at));
    add(std::move(what), std::move(document));
  }

  void mutate_parameters(const std::string& assume_role) {
    for (const auto& [name, parameter] : base::member(original_, "parameters").items()) {
      if (assume_role.find(" " + name + " ") != std::string::npos) continue;
      Pointer at = Pointer("/parameters") / name;
      for (const char* check : kChecks) {
        if (parameter.contains(check))
          change(fmt::format("parameter {} without {}", name, check), at, [&](Json& p) { p.erase(check); });
      }
      const Json& fallback = base::member(parameter, "default");
      if (!fallback.is_null() && !fallback.is_structured())
        change(fmt::format("parameter {} with another default", name), at,
               [&](Json& p) { p["default"] = turned(p["default"]); });
    }
  }

  void mutate_steps(const Pointer& list) {
    const Json& steps = original_.at(list);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Pointer at = list / i;
      leave_out(list, i);
      if (base::string_member(steps[i], "action") != "aws:branch") turn_failure(at);  // a branch does not fail
      const Json& inputs = base::member(steps[i], "inputs");
      if (!inputs.is_object()) continue;
      if (inputs.contains("Choices")) mutate_branch(at / "inputs");
      if (inputs.contains("Script")) mutate_script(at / "inputs" / "Script", name_of(steps[i]));
      if (inputs.contains("Steps")) mutate_steps(at / "inputs" / "Steps");
      mutate_inputs(at / "inputs", name_of(steps[i]));
      if (steps[i].contains("outputs")) leave_out_step_outputs(at, name_of(steps[i]));
    }
  }

  static std::string name_of(const Json& step) { return base::string_member(step, "name"); }

  // Whoever jumped to the step jumps to the one behind it.
  static void redirect(Json& value, const std::string& from, const std::string& to) {
    if (!value.is_structured()) return;
    for (auto it = value.begin(); it != value.end(); ++it) {
      bool jump = value.is_object() && (it.key() == "nextStep" || it.key() == "NextStep" || it.key() == "Default");
      if (jump && *it == from) *it = to;
      if (value.is_object() && *it == Json("step:" + from)) *it = "step:" + to;
      redirect(*it, from, to);
    }
  }

  void leave_out(const Pointer& list, std::size_t index) {
    Json document = original_;
    Json& steps = document.at(list);
    std::string name = name_of(steps[index]);
    std::string after = index + 1 < steps.size() ? name_of(steps[index + 1]) : "";
    steps.erase(index);
    if (steps.empty()) return;
    if (after.empty()) steps.back()["isEnd"] = true;
    redirect(document, name, after);
    erase_outputs(document, name + ".");
    add(fmt::format("step {} left out", name), std::move(document));
  }

  static void erase_outputs(Json& document, const std::string& prefix) {
    if (!document.contains("outputs")) return;
    Json kept = Json::array();
    for (const Json& output : document["outputs"]) {
      if (!output.get<std::string>().starts_with(prefix)) kept.push_back(output);
    }
    document["outputs"] = std::move(kept);
  }

  void turn_failure(const Pointer& at) {
    std::string name = name_of(original_.at(at));
    bool given = original_.at(at).contains("onFailure");
    change(fmt::format("step {} with onFailure {}", name, given ? "Abort" : "Continue"), at, [&](Json& step) {
      step["onFailure"] = given ? "Abort" : "Continue";
      step.erase("isCritical");
    });
  }

  void mutate_branch(const Pointer& inputs) {
    const std::string name = name_of(original_.at(inputs.parent_pointer()));
    std::size_t count = original_.at(inputs / "Choices").size();
    for (std::size_t i = 0; i < count; ++i) {
      change(fmt::format("branch {}: choice {} negated", name, i + 1), inputs / "Choices" / i, [](Json& choice) {
        Json condition = choice;
        condition.erase("NextStep");
        choice = {{"NextStep", choice["NextStep"]}, {"Not", std::move(condition)}};
      });
      if (count > 1)
        change(fmt::format("branch {}: choice {} left out", name, i + 1), inputs,
               [&](Json& in) { in["Choices"].erase(i); });
    }
    if (original_.at(inputs).contains("Default"))
      change(fmt::format("branch {} without Default", name), inputs, [](Json& in) { in.erase("Default"); });
  }

  void mutate_script(const Pointer& at, const std::string& name) {
    const std::string& text = original_.at(at).get_ref<const std::string&>();
    for (auto [from, to] : kScriptTurns) {
      std::size_t number = 0;
      for (std::size_t found = text.find(from); found != std::string::npos;
           found = text.find(from, found + from.size())) {
        std::string turned_text = text.substr(0, found) + std::string(to) + text.substr(found + from.size());
        change(fmt::format("script {}: '{}' number {} is '{}'", name, from, ++number, to), at,
               [&](Json& script) { script = turned_text; });
      }
    }
  }

  void mutate_inputs(const Pointer& at, const std::string& step) {
    for (const auto& [name, value] : original_.at(at).items()) {
      bool ours = std::find(std::begin(kNotInputs), std::end(kNotInputs), name) != std::end(kNotInputs);
      if (ours || name == "Choices" || name == "Steps" || name == "Default") continue;
      change(fmt::format("step {} without {}", step, name), at, [&](Json& inputs) { inputs.erase(name); });
      turn_leaves(at / name, step + "." + name);
    }
  }

  void turn_leaves(const Pointer& at, const std::string& path) {
    const Json& value = original_.at(at);
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) turn_leaves(at / i, fmt::format("{}[{}]", path, i));
    } else if (value.is_object()) {
      for (const auto& [name, item] : value.items()) turn_leaves(at / name, path + "." + name);
    } else if (!value.is_null() && !value.is_number_float() && !refers(value)) {
      change(fmt::format("input {} is {}", path, turned(value).dump()), at, [](Json& leaf) { leaf = turned(leaf); });
    }
  }

  void leave_out_step_outputs(const Pointer& at, const std::string& step) {
    const Json& outputs = original_.at(at / "outputs");
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].contains("Selector")) continue;
      change(fmt::format("output {}.{} selects {}X", step, base::string_member(outputs[i], "Name"),
                         base::string_member(outputs[i], "Selector")),
             at / "outputs" / i,
             [](Json& output) { output["Selector"] = output["Selector"].get<std::string>() + "X"; });
    }
  }

  void leave_out_outputs() {
    const Json& outputs = base::member(original_, "outputs");
    for (std::size_t i = 0; i < outputs.size(); ++i)
      change(fmt::format("output {} left out", outputs[i].dump()), Pointer("/outputs"),
             [&](Json& list) { list.erase(i); });
  }

  void weaken(const Json& policy) {
    std::set<model::Permission> all = permissions_of(policy);
    std::set<std::string> actions;
    for (const model::Permission& permission : all) actions.insert(permission.action);
    for (const std::string& action : actions) {
      std::set<model::Permission> fewer = all;
      std::erase_if(fewer, [&](const model::Permission& one) { return one.action == action; });
      out_.push_back({"policy without " + action, nullptr, policy_document(fewer)});
    }
  }

  const Json& original_;
  std::vector<Mutant> out_;
};

bool same_run(const RunbookCase& one, const CaseObservation& seen) {
  if (!seen.unmet.empty()) return false;
  for (const char* part : {"status", "failed", "calls", "changes", "outputs"}) {
    if (base::member(one.expect, part) != base::member(seen.seen, part)) return false;
  }
  return true;
}

void judge(const RunbookFolder& folder, const Mutant& mutant, const CaseRunner& runner, MutantResult& result) {
  std::optional<runbook::Document> document = folder.document;
  if (!mutant.document.is_null()) {
    base::Diagnostics diagnostics;
    document = runbook::Document::compile({folder.path + "/document.json", mutant.document.dump()}, diagnostics);
  }
  result.fate = document ? Fate::survived : Fate::stillborn;
  if (!document) return;
  std::optional<Json> policy = mutant.policy.is_null() ? std::nullopt : std::optional<Json>(mutant.policy);
  for (const RunbookCase& one : folder.cases) {
    auto seen = runner.run(*document, one, policy);
    if (seen && same_run(one, *seen)) continue;
    result.fate = Fate::killed;
    result.by = one.name;
    return;
  }
}

std::string_view fate_text(Fate fate) {
  return fate == Fate::killed ? "killed" : fate == Fate::survived ? "survived" : "stillborn";
}

}  // namespace

std::vector<Mutant> mutants_of(const RunbookFolder& folder) { return Mutator(folder).take(); }

std::size_t MutationReport::count(Fate fate) const {
  return static_cast<std::size_t>(
      std::count_if(mutants.begin(), mutants.end(), [&](const MutantResult& one) { return one.fate == fate; }));
}

double MutationReport::kill_rate() const {
  std::size_t killed = count(Fate::killed), born = killed + count(Fate::survived);
  return born == 0 ? 1 : static_cast<double>(killed) / static_cast<double>(born);
}

MutationReport run_mutations(const std::vector<RunbookFolder>& folders, const CaseRunner& runner) {
  std::vector<std::pair<const RunbookFolder*, Mutant>> all;
  MutationReport report;
  for (const RunbookFolder& folder : folders) {
    for (Mutant& mutant : mutants_of(folder)) {
      report.mutants.push_back({folder.name, mutant.what, Fate::survived, {}});
      all.emplace_back(&folder, std::move(mutant));
    }
  }
  in_parallel(all.size(), [&](std::size_t i) { judge(*all[i].first, all[i].second, runner, report.mutants[i]); });
  return report;
}

Json mutation_json(const MutationReport& report) {
  Json mutants = Json::array();
  for (const MutantResult& one : report.mutants)
    mutants.push_back({{"runbook", one.runbook}, {"what", one.what}, {"fate", fate_text(one.fate)}, {"by", one.by}});
  return {{"killed", report.count(Fate::killed)},
          {"survived", report.count(Fate::survived)},
          {"stillborn", report.count(Fate::stillborn)},
          {"kill_rate", report.kill_rate()},
          {"mutants", std::move(mutants)}};
}

}  // namespace setpoint::response
