#include "runbook/references.h"

#include "runbook/api_catalog.h"
#include "runbook/flow_graph.h"

namespace setpoint::runbook {

using base::Diagnostics;
using base::Node;

namespace {

constexpr std::string_view kGlobals[] = {"ACCOUNT_ID", "REGION", "AWS_PARTITION", "DATE", "DATE_TIME"};
constexpr std::string_view kAutomation[] = {"EXECUTION_ID"};

class Checker {
 public:
  Checker(const Document::Data& data, const std::string& file, Diagnostics& diagnostics)
      : data_(data), file_(file), diagnostics_(diagnostics), flow_(data.steps) {
    for (const auto& [name, step] : data.by_name) step_names_.push_back(name);
    for (const Parameter& parameter : data.parameters) parameter_names_.push_back(parameter.name);
    for (const Variable& variable : data.variables) variable_names_.push_back(variable.name);
  }

  void document(const Node& root) {
    duplicate_steps(data_.steps);
    for (const Step& step : data_.steps) check(step, data_.steps);
    if (const Node* role = root.find("assumeRole")) text(*role);
    for (const std::string& output : data_.outputs) document_output(output, root);
  }

 private:
  void duplicate_steps(const std::vector<Step>& steps) {
    for_each_step(steps, [&](const Step& step) {
      auto found = data_.by_name.find(step.name);
      if (found != data_.by_name.end() && found->second != &step)
        error("duplicate-key", step.at, fmt::format("two steps are named '{}'", step.name));
    });
  }

  void check(const Step& step, const std::vector<Step>& siblings) {
    if (!step.next_step.empty()) target(step.next_step, step.at, "nextStep", siblings);
    if (step.on_failure.kind == Handler::Kind::step) target(step.on_failure.step, step.at, "onFailure", siblings);
    if (step.on_cancel.kind == Handler::Kind::step) cancel_target(step, siblings);
    if (step.action == Action::branch) branch_targets(step, siblings);
    if (step.action == Action::update_variable) variable_target(step);
    for (const Node::Entry& entry : step.inputs_node.entries) {
      bool script = step.action == Action::execute_script && entry.key == "Script";
      bool body = step.action == Action::loop && entry.key == "Steps";
      dead_ = !flow_.reached().contains(&step);
      if (!script && !body) for_each_text(entry.value, [&](const Node& node) { text(node); });
    }
    dead_ = false;
    for (const Step& nested : step.body) check(nested, step.body);
  }

  // A step of a loop's body may jump out of it, never into one.
  void target(const std::string& name, base::Position at, std::string_view key, const std::vector<Step>& siblings) {
    auto found = data_.by_name.find(name);
    if (found == data_.by_name.end()) {
      error("runbook-target", at, fmt::format("{} names the step '{}', which does not exist", key, name),
            base::did_you_mean(name, step_names_));
      return;
    }
    bool sibling = &siblings.front() <= found->second && found->second <= &siblings.back();
    bool outer =
        std::any_of(data_.steps.begin(), data_.steps.end(), [&](const Step& step) { return &step == found->second; });
    if (!sibling && !outer) error("runbook-target", at, fmt::format("{} jumps into a loop, to step '{}'", key, name));
  }

  void cancel_target(const Step& step, const std::vector<Step>& siblings) {
    target(step.on_cancel.step, step.at, "onCancel", siblings);
    auto found = data_.by_name.find(step.on_cancel.step);
    if (found == data_.by_name.end() || spec_of(found->second->action).cancel_target) return;
    error("runbook-on-cancel", step.at,
          fmt::format("a step of action {} cannot follow onCancel", to_string(found->second->action)));
  }

  void branch_targets(const Step& step, const std::vector<Step>& siblings) {
    if (const Node* choices = step.inputs_node.find("Choices")) {
      for (const Node& choice : choices->items) {
        const Node* next = choice.find("NextStep");
        if (next != nullptr) target(next->scalar, next->at, "NextStep", siblings);
      }
    }
    if (const Node* fallback = step.inputs_node.find("Default"))
      target(fallback->scalar, fallback->at, "Default", siblings);
  }

  void variable_target(const Step& step) {
    const Node* name = step.inputs_node.find("Name");
    if (name == nullptr) return;
    std::string_view written = name->scalar;
    if (!written.starts_with("variable:")) {
      error("runbook-variable", name->at, fmt::format("'{}' names no variable", written), "write variable:<name>");
      return;
    }
    variable(written.substr(9), name->at);
  }

  void variable(std::string_view name, base::Position at) {
    if (std::find(variable_names_.begin(), variable_names_.end(), name) != variable_names_.end()) return;
    error("runbook-variable", at, fmt::format("the document has no variable '{}'", name),
          base::did_you_mean(name, variable_names_));
  }

  void text(const Node& node) {
    for (const Piece& piece : split_references(node.scalar)) {
      if (piece.reference) reference(*piece.reference, node.at);
    }
  }

  void reference(const Reference& reference, base::Position at) {
    switch (reference.kind) {
      case Reference::Kind::parameter:
        return parameter(reference.name, at);
      case Reference::Kind::step_output:
        if (!data_.by_name.contains(reference.name)) unknown_step(reference, at);
        return;
      case Reference::Kind::variable:
        return variable(reference.name, at);
      case Reference::Kind::global:
        if (!known_global(reference.name)) unknown(reference, at, base::did_you_mean(reference.name, kGlobals));
        return;
      case Reference::Kind::automation:
        if (!known_automation(reference.name)) unknown(reference, at, base::did_you_mean(reference.name, kAutomation));
        return;
      case Reference::Kind::ssm:
        error("runbook-reference", at,
              fmt::format("{{{{ {} }}}} may only stand in a parameter's default", reference.text()),
              "give the document a parameter with this default");
        return;
    }
  }

  // AWS takes a document with such a step where nothing leads to it, and publishes some.
  void unknown_step(const Reference& reference, base::Position at) {
    std::string what = fmt::format("{{{{ {} }}}}: there is no step '{}'", reference.text(), reference.name);
    std::string hint = base::did_you_mean(reference.name, step_names_);
    if (dead_)
      diagnostics_.warning("runbook-reference", file_, at, std::move(what), std::move(hint));
    else
      error("runbook-reference", at, std::move(what), std::move(hint));
  }

  void parameter(const std::string& name, base::Position at) {
    // The pseudo parameter of maintenance windows.
    if (name == "RESOURCE_ID") return;
    if (std::find(parameter_names_.begin(), parameter_names_.end(), name) != parameter_names_.end()) return;
    error("runbook-reference", at, fmt::format("the document has no parameter '{}'", name),
          base::did_you_mean(name, parameter_names_));
  }

  void unknown(const Reference& reference, base::Position at, std::string hint) {
    error("runbook-reference", at, fmt::format("there is no {{{{ {} }}}}", reference.text()), std::move(hint));
  }

  void document_output(const std::string& output, const Node& root) {
    const Node* list = root.find("outputs");
    base::Position at = list == nullptr ? root.at : list->at;
    auto reference = parse_reference(output);
    if (!reference) {
      error("runbook-reference", at, fmt::format("output '{}' is no Step.Output", output));
    } else {
      this->reference(*reference, at);
    }
  }

  void error(std::string code, base::Position at, std::string what, std::string hint = {}) {
    diagnostics_.error(std::move(code), file_, at, std::move(what), std::move(hint));
  }

  const Document::Data& data_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  FlowGraph flow_;
  bool dead_ = false;  // the step at hand is one that no other leads to
  std::vector<std::string_view> step_names_, parameter_names_, variable_names_;
};

bool stands_in(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool known_global(std::string_view name) { return stands_in(kGlobals, name); }
bool known_automation(std::string_view name) { return stands_in(kAutomation, name); }

void check_references(const Document::Data& data, const Node& root, const std::string& file, Diagnostics& diagnostics) {
  if (!data.steps.empty()) Checker(data, file, diagnostics).document(root);
}

std::vector<std::string_view> outputs_of(const Step& step) {
  std::vector<std::string_view> names = spec_of(step.action).outputs;
  for (const StepOutput& output : step.outputs) names.push_back(output.name);
  return names;
}

bool writes(const Step& step, std::string_view output) {
  auto names = outputs_of(step);
  return std::find(names.begin(), names.end(), output) != names.end();
}

void for_each_text(const Node& node, const std::function<void(const Node&)>& visit) {
  if (node.is_text()) visit(node);
  for (const Node& item : node.items) for_each_text(item, visit);
  for (const Node::Entry& entry : node.entries) for_each_text(entry.value, visit);
}

}  // namespace setpoint::runbook
