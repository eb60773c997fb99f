#include <set>

#include "runbook/condition.h"
#include "runbook/interpolation.h"
#include "runbook/limits.h"
#include "runbook/loader.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;
using base::MapReader;
using base::Node;

namespace {

constexpr std::string_view kTypeNames[] = {"String", "StringList", "Integer", "Boolean", "StringMap", "MapList"};

std::vector<std::string_view> action_names() {
  std::vector<std::string_view> names;
  for (const ActionSpec& spec : all_actions()) names.push_back(spec.name);
  return names;
}

bool is_step_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::vector<Step> Loader::steps(const Node* node, std::size_t nesting) {
  std::vector<Step> out;
  if (node == nullptr) return out;
  if (!node->is_list() || node->items.empty()) {
    error("wrong-kind", node->at, "steps must be a list with at least one step");
    return out;
  }
  for (const Node& item : node->items) {
    if (++steps_read_ > kStepsMax) {
      error("runbook-limit", item.at, fmt::format("more than {} steps", kStepsMax));
      return out;
    }
    out.push_back(step(item, nesting));
    out.back().index = out.size() - 1;
  }
  return out;
}

Step Loader::step(const Node& node, std::size_t nesting) {
  MapReader map(node, file_, diagnostics_);
  Step out;
  out.at = node.at;
  out.name = map.required_string("name");
  if (!out.name.empty() && !is_step_name(out.name)) {
    error("runbook-step-name", map.at("name"), fmt::format("'{}' is no step's name", out.name),
          "use letters, digits, '_' and '-'");
  }
  step_action(map, out);
  out.description = map.optional_string("description");
  step_flow(map, out);
  step_numbers(map, out);
  step_inputs(map.optional("inputs"), out, nesting);
  step_outputs(map.optional("outputs"), out);
  map.finish();
  return out;
}

void Loader::step_action(MapReader& map, Step& step) {
  std::string name = map.required_string("action");
  if (auto action = parse_action(name)) {
    step.action = *action;
  } else if (!name.empty()) {
    error("runbook-action", map.at("action"), fmt::format("unknown action '{}'", name),
          base::did_you_mean(name, action_names()));
    step.action = Action::pause;  // has no inputs to complain about
  }
}

void Loader::step_flow(MapReader& map, Step& step) {
  step.on_failure = handler(map.optional("onFailure"), "onFailure", {});
  const Node* on_cancel = map.optional("onCancel");
  step.on_cancel = handler(on_cancel, "onCancel", {});
  if (on_cancel != nullptr && step.action == Action::loop) {
    error("runbook-on-cancel", on_cancel->at, "aws:loop takes no onCancel", "write it at the steps in the loop");
  }
  if (step.on_cancel.kind == Handler::Kind::proceed) {
    error("runbook-on-cancel", map.at("onCancel"), "onCancel may be Abort or step:<name>");
  }
  step.next_step = map.optional_string("nextStep");
  step.is_end = truth(map.optional("isEnd"), "isEnd", false);
  step.is_critical = truth(map.optional("isCritical"), "isCritical", step.on_failure.kind != Handler::Kind::proceed);
}

Handler Loader::handler(const Node* node, std::string_view key, Handler fallback) {
  if (node == nullptr) return fallback;
  std::string text = node->scalar;
  if (lower(text) == "abort") return {};
  if (lower(text) == "continue") return {Handler::Kind::proceed, {}};
  if (lower(text).starts_with("step:")) {
    std::string name = text.substr(5);
    name.erase(0, name.find_first_not_of(' '));
    return {Handler::Kind::step, name};
  }
  constexpr std::string_view kWords[] = {"Abort", "Continue"};
  error("runbook-handler", node->at, fmt::format("{} '{}' is neither Abort, Continue nor step:<name>", key, text),
        base::did_you_mean(text, kWords));
  return fallback;
}

bool Loader::truth(const Node* node, std::string_view key, bool fallback) {
  if (node == nullptr) return fallback;
  if (auto value = as_boolean(node->json())) return *value;
  error("wrong-kind", node->at, fmt::format("'{}' must be true or false, found {}", key, node->kind_name()));
  return fallback;
}

void Loader::step_numbers(MapReader& map, Step& step) {
  if (const Node* node = map.optional("maxAttempts")) {
    auto attempts = as_integer(node->json());
    step.max_attempts = attempts.value_or(1);
    if (!attempts || *attempts < 1) error("wrong-kind", node->at, "'maxAttempts' must be an integer of at least 1");
  }
  const Node* node = map.optional("timeoutSeconds");
  if (node == nullptr) return;
  step.timeout_seconds = node->json();
  auto seconds = as_integer(step.timeout_seconds);
  if (seconds ? *seconds < 1 : !whole_reference(node->scalar)) {
    error("wrong-kind", node->at, "'timeoutSeconds' must be a positive integer or a reference to one");
  }
}

void Loader::step_inputs(const Node* node, Step& step, std::size_t nesting) {
  if (node != nullptr && node->kind != Node::Kind::null) {
    if (!node->is_map()) {
      error("wrong-kind", node->at, fmt::format("'inputs' must be a map, found {}", node->kind_name()));
      return;
    }
    step.inputs_node = *node;
    step.inputs = node->json();
  } else {
    step.inputs_node.kind = Node::Kind::map;
    step.inputs_node.at = step.at;
  }
  check_inputs(step);
  if (step.action == Action::loop) loop_inputs(step, nesting);
  if (step.action == Action::branch) branch_inputs(step);
}

void Loader::check_inputs(const Step& step) {
  const ActionSpec& spec = spec_of(step.action);
  std::vector<std::string_view> known;
  for (const InputSpec& input : spec.inputs) {
    known.push_back(input.name);
    if (input.required && step.inputs_node.find(input.name) == nullptr) {
      error("missing-field", step.at,
            fmt::format("step '{}': {} needs the input '{}'", step.name, spec.name, input.name));
    }
  }
  if (spec.open_inputs) return;
  for (const Node::Entry& entry : step.inputs_node.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    warning("runbook-input-unknown", entry.key_at, fmt::format("{} has no input '{}'", spec.name, entry.key),
            base::did_you_mean(entry.key, known));
  }
}

void Loader::loop_inputs(Step& step, std::size_t nesting) {
  if (nesting >= kStepNestingMax) {
    error("runbook-limit", step.at, fmt::format("loops nested deeper than {}", kStepNestingMax));
    return;
  }
  step.body = steps(step.inputs_node.find("Steps"), nesting + 1);
  const Node* iterators = step.inputs_node.find("Iterators");
  const Node* condition = step.inputs_node.find("LoopCondition");
  if ((iterators == nullptr) == (condition == nullptr)) {
    error("runbook-loop", step.at, fmt::format("loop '{}' needs either Iterators or LoopCondition", step.name));
  }
  if (condition != nullptr) choice(*condition, false);
  if (iterators != nullptr && iterators->is_list() &&
      iterators->items.size() > static_cast<std::size_t>(kLoopIterationsMax)) {
    error("runbook-limit", iterators->at, fmt::format("more than {} iterators", kLoopIterationsMax));
  }
  const Node* most = step.inputs_node.find("MaxIterations");
  if (most == nullptr || whole_reference(most->scalar)) return;
  auto count = as_integer(most->json());
  if (!count || *count < 1 || *count > kLoopIterationsMax) {
    error("runbook-limit", most->at, fmt::format("MaxIterations must be 1 to {}", kLoopIterationsMax));
  }
}

void Loader::branch_inputs(const Step& step) {
  const Node* choices = step.inputs_node.find("Choices");
  if (choices == nullptr) return;
  if (!choices->is_list() || choices->items.empty()) {
    error("wrong-kind", choices->at, "'Choices' must be a list with at least one choice");
    return;
  }
  for (const Node& item : choices->items) choice(item, true);
}

void Loader::choice(const Node& node, bool top) {
  if (!node.is_map()) {
    error("wrong-kind", node.at, fmt::format("a condition must be a map, found {}", node.kind_name()));
    return;
  }
  if (top && node.find("NextStep") == nullptr) error("missing-field", node.at, "a choice needs NextStep");
  std::vector<std::string_view> known = {"Variable"};
  if (top) known.push_back("NextStep");
  known.insert(known.end(), std::begin(kConditionConnectives), std::end(kConditionConnectives));
  known.insert(known.end(), std::begin(kConditionOperations), std::end(kConditionOperations));
  std::size_t operations = 0;
  bool connected = false;
  for (const Node::Entry& entry : node.entries) {
    bool connective = entry.key == "And" || entry.key == "Or" || entry.key == "Not";
    connected = connected || connective;
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      error("runbook-operation", entry.key_at, fmt::format("unknown operation '{}'", entry.key),
            base::did_you_mean(entry.key, known));
    } else if (entry.key != "Variable" && entry.key != "NextStep") {
      ++operations;
    }
    if (!connective) continue;
    if (entry.value.is_map()) choice(entry.value, false);
    for (const Node& part : entry.value.items) choice(part, false);
  }
  if (operations != 1) error("runbook-operation", node.at, "a condition needs exactly one operation, And, Or or Not");
  if (operations == 1 && !connected && node.find("Variable") == nullptr)
    error("missing-field", node.at, "a condition needs Variable");
}

void Loader::step_outputs(const Node* node, Step& step) {
  if (node == nullptr || node->kind == Node::Kind::null) return;
  if (!node->is_list()) {
    error("wrong-kind", node->at, fmt::format("'outputs' must be a list, found {}", node->kind_name()));
    return;
  }
  if (node->items.size() > kStepOutputsMax)
    error("runbook-limit", node->at, fmt::format("more than {} outputs", kStepOutputsMax));
  std::set<std::string> names;
  for (const Node& item : node->items) {
    StepOutput output = step_output(item);
    if (!names.insert(output.name).second)
      error("duplicate-key", item.at, fmt::format("output '{}' stands twice", output.name));
    step.outputs.push_back(std::move(output));
  }
}

StepOutput Loader::step_output(const Node& node) {
  StepOutput out;
  out.at = node.at;
  MapReader map(node, file_, diagnostics_);
  out.name = map.required_string("Name");
  std::string type = map.optional_string("Type", "String");
  if (auto parsed = parse_value_type(type)) {
    out.type = *parsed;
  } else {
    error("runbook-type", map.at("Type"), fmt::format("'{}' is no type", type), base::did_you_mean(type, kTypeNames));
  }
  if (const Node* selector = map.optional("Selector")) {
    auto parsed = Selector::parse(selector->scalar);
    if (parsed) {
      out.selector = *parsed;
    } else {
      error("runbook-selector", selector->at,
            fmt::format("selector '{}': {}", selector->scalar, parsed.error().text()));
    }
  }
  map.finish();
  return out;
}

}  // namespace setpoint::runbook
