#include "runbook/lint.h"

#include <set>

#include "runbook/api_catalog.h"
#include "runbook/condition.h"
#include "runbook/duration.h"
#include "runbook/flow_graph.h"
#include "runbook/references.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Diagnostics;
using base::Node;

namespace {

constexpr std::string_view kOldRuntimes[] = {"python3.6", "python3.7", "python3.8"};

class Linter {
 public:
  Linter(const Document& document, const std::string& file, Diagnostics& diagnostics)
      : document_(document), file_(file), diagnostics_(diagnostics), graph_(document.steps()) {}

  void run() {
    for_each_step(document_.steps(), [&](const Step& step) {
      flow(step);
      inputs(step);
      values(step);
    });
    for (const std::string& output : document_.outputs()) document_output(output);
    note_uses(document_.assume_role());
    unused();
  }

 private:
  void flow(const Step& step) {
    if (!graph_.reached().contains(&step)) {
      warning("runbook-step-unreachable", step.at, fmt::format("no way leads to step '{}'", step.name),
              "jump to it, or remove it");
    } else if (!graph_.can_end(&step)) {
      error("runbook-endless", step.at,
            fmt::format("once step '{}' has run the document cannot come to its end", step.name),
            "let a branch lead out, or give a step isEnd: true");
    }
  }

  void inputs(const Step& step) {
    for (const Node::Entry& entry : step.inputs_node.entries) {
      bool script = step.action == Action::execute_script && entry.key == "Script";
      bool body = step.action == Action::loop && entry.key == "Steps";
      if (script || body) continue;
      for_each_text(entry.value, [&](const Node& node) {
        for (const Piece& piece : split_references(node.scalar)) {
          if (piece.reference) reference(step, *piece.reference, node.at);
        }
      });
    }
    note_uses(text_form(step.timeout_seconds));
  }

  void note_uses(const std::string& text) {
    for (const Piece& piece : split_references(text)) {
      if (piece.reference) used_.insert(piece.reference->name);
    }
  }

  void reference(const Step& reader, const Reference& reference, base::Position at) {
    used_.insert(reference.name);
    if (reference.kind != Reference::Kind::step_output) return;
    const Step* writer = document_.step(reference.name);
    if (writer == nullptr || !check_written(*writer, reference, at)) return;
    if (reference.output == "CurrentIteratorValue" || reference.output == "CurrentIteration") {
      const auto& around = graph_.loops_around(&reader);
      if (std::find(around.begin(), around.end(), writer) != around.end()) return;
      error("runbook-reference-order", at,
            fmt::format("{{{{ {} }}}} has a value only within the loop", reference.text()));
      return;
    }
    // A loop's condition is read after its body.
    const auto& around = graph_.loops_around(writer);
    bool own_body = std::find(around.begin(), around.end(), &reader) != around.end();
    if (own_body || graph_.leads(writer, &reader)) return;
    error("runbook-reference-order", at,
          fmt::format("step '{}' cannot have run before step '{}'", writer->name, reader.name));
  }

  bool check_written(const Step& writer, const Reference& reference, base::Position at) {
    if (writes(writer, reference.output)) return true;
    auto names = outputs_of(writer);
    error("runbook-output-unwritten", at, fmt::format("step '{}' writes no output '{}'", writer.name, reference.output),
          base::did_you_mean(reference.output, names));
    return false;
  }

  void document_output(const std::string& text) {
    auto reference = parse_reference(text);
    if (!reference || reference->kind != Reference::Kind::step_output) return;
    const Step* writer = document_.step(reference->name);
    if (writer != nullptr) check_written(*writer, *reference, writer->at);
  }

  void unused() {
    for (const Parameter& parameter : document_.parameters()) {
      if (!used_.contains(parameter.name))
        warning("runbook-unused", parameter.at, fmt::format("nothing uses the parameter '{}'", parameter.name));
    }
  }

  void values(const Step& step) {
    switch (step.action) {
      case Action::execute_script:
        return runtime(step);
      case Action::sleep:
        return duration(step);
      case Action::branch:
        return choices(step);
      case Action::loop:
        return loop(step);
      default:
        return;
    }
  }

  void runtime(const Step& step) {
    const Node* node = step.inputs_node.find("Runtime");
    if (node == nullptr) return;
    for (std::string_view old : kOldRuntimes) {
      if (node->scalar == old)
        warning("runbook-runtime", node->at, fmt::format("AWS no longer runs {}", old), "write python3.11");
    }
  }

  void duration(const Step& step) {
    const Node* node = step.inputs_node.find("Duration");
    if (node == nullptr || node->scalar.find("{{") != std::string::npos) return;
    if (auto parsed = parse_duration(node->scalar); !parsed) error("runbook-type", node->at, parsed.error().message);
  }

  void choices(const Step& step) {
    const Node* list = step.inputs_node.find("Choices");
    if (list == nullptr) return;
    for (const Node& choice : list->items) condition(choice);
  }

  void loop(const Step& step) {
    if (const Node* node = step.inputs_node.find("LoopCondition")) condition(*node);
    const Node* iterators = step.inputs_node.find("Iterators");
    auto type = iterators == nullptr ? std::nullopt : type_of(*iterators);
    if (type && *type != ValueType::string_list && *type != ValueType::map_list && *type != ValueType::string) {
      error("runbook-type", iterators->at,
            fmt::format("Iterators must be a list, {} is a {}", iterators->scalar, to_string(*type)));
    }
  }

  void condition(const Node& node) {
    for (std::string_view connective : kConditionConnectives) {
      const Node* parts = node.find(connective);
      if (parts == nullptr) continue;
      if (parts->is_map()) condition(*parts);
      for (const Node& part : parts->items) condition(part);
    }
    const Node* variable = node.find("Variable");
    for (std::string_view operation : kConditionOperations) {
      const Node* operand = node.find(operation);
      if (variable != nullptr && operand != nullptr) operand_types(operation, *variable, *operand);
    }
  }

  void operand_types(std::string_view operation, const Node& variable, const Node& operand) {
    bool numeric = operation.starts_with("Numeric");
    if (!numeric && operation != "BooleanEquals") return;
    auto type = type_of(variable);
    bool fits = !type || *type == ValueType::string || *type == (numeric ? ValueType::integer : ValueType::boolean);
    if (!fits)
      error("runbook-type", variable.at,
            fmt::format("{} on {}, which is a {}", operation, variable.scalar, to_string(*type)));
    if (!operand.is_scalar() || operand.scalar.find("{{") != std::string::npos) return;
    bool reads = numeric ? as_number(operand.json()).has_value() : as_boolean(operand.json()).has_value();
    if (!reads)
      error("runbook-type", operand.at,
            fmt::format("{} needs {}, found '{}'", operation, numeric ? "a number" : "true or false", operand.scalar));
  }

  // The declared type of what a whole reference refers to.
  std::optional<ValueType> type_of(const Node& node) const {
    auto reference = node.is_scalar() ? whole_reference(node.scalar) : std::nullopt;
    if (!reference) return std::nullopt;
    if (reference->kind == Reference::Kind::parameter) {
      const Parameter* parameter = document_.parameter(reference->name);
      return parameter == nullptr ? std::nullopt : std::optional(parameter->type);
    }
    const Step* step = reference->kind == Reference::Kind::step_output ? document_.step(reference->name) : nullptr;
    if (step == nullptr) return std::nullopt;
    for (const StepOutput& output : step->outputs) {
      if (output.name == reference->output) return output.type;
    }
    return std::nullopt;
  }

  void error(std::string code, base::Position at, std::string what, std::string hint = {}) {
    diagnostics_.error(std::move(code), file_, at, std::move(what), std::move(hint));
  }
  void warning(std::string code, base::Position at, std::string what, std::string hint = {}) {
    diagnostics_.warning(std::move(code), file_, at, std::move(what), std::move(hint));
  }

  const Document& document_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  FlowGraph graph_;
  std::set<std::string> used_;
};

}  // namespace

void lint(const Document& document, const std::string& file, Diagnostics& diagnostics, const ApiCatalog* apis) {
  Linter(document, file, diagnostics).run();
  if (apis != nullptr) check_apis(document.steps(), file, *apis, diagnostics);
}

}  // namespace setpoint::runbook
