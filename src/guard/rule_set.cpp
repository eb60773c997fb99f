#include "guard/rule_set.h"

#include <nlohmann/json.hpp>

#include "guard/analysis.h"
#include "guard/evaluation.h"
#include "guard/parser.h"

namespace setpoint::guard {

struct RuleSet::Compiled {
  Program program;
  std::vector<RuleInfo> rules;
  RuleGates gates;

  Report evaluate(const Document& document, std::span<const std::size_t> chosen, bool through_the_gate,
                  const Surroundings& surroundings) const {
    Report report;
    report.rules.assign(rules.size(), Status::skip);
    if (chosen.empty()) return report;
    Evaluation evaluation(program, document, {surroundings.clock, surroundings.relations});
    for (std::size_t rule : chosen) evaluation.evaluate(rule, through_the_gate, report);
    return report;
  }
};

namespace {

const Value* parameters_value(const base::Json& parameters, Arena& arena) {
  if (!parameters.is_object()) return nullptr;
  Value* root = arena.make<Value>(1);
  from_json(*root, base::Json{{"CONFIG_RULE_PARAMETERS", parameters}}, arena);
  return root;
}

void index_names(Program& program) {
  for (std::size_t i = 0; i < program.rules.size(); ++i) program.rules_by_name[program.rules[i].name].push_back(i);
  for (std::size_t i = 0; i < program.parameter_rules.size(); ++i)
    program.calls_by_name[program.parameter_rules[i].rule.name] = i;
}

}  // namespace

std::optional<RuleSet> RuleSet::compile(const base::SourceText& source, base::Diagnostics& diagnostics,
                                        const CompileOptions& options) {
  auto compiled = std::make_shared<Compiled>();
  Program& program = compiled->program;
  program.extensions = options.extensions;
  program.guard2 = options.runtime == Runtime::guard2;
  std::size_t mistakes = diagnostics.error_count();
  parse_rules(source, program, diagnostics);
  index_names(program);
  program.parameters = parameters_value(options.parameters, program.arena);
  if (program.rules.empty() && diagnostics.error_count() > mistakes) return std::nullopt;
  check_names(program, diagnostics);
  for (Rule& rule : program.rules) rule.gate = gate_condition(rule);
  compiled->rules = describe_rules(program);
  compiled->gates = RuleGates(compiled->rules);
  return RuleSet(std::move(compiled));
}

std::span<const RuleInfo> RuleSet::rules() const { return compiled_->rules; }
std::span<const std::string> RuleSet::dropped() const { return compiled_->program.dropped; }

std::vector<std::size_t> RuleSet::candidates(std::string_view resource_type) const {
  std::span<const std::size_t> found = compiled_->gates.candidates(resource_type);
  return {found.begin(), found.end()};
}

Report RuleSet::evaluate(const Document& document, const Surroundings& surroundings) const {
  RuleGates::Chosen chosen = compiled_->gates.candidates_of(document);
  return compiled_->evaluate(document, chosen.rules, chosen.by_type, surroundings);
}

Report RuleSet::evaluate(const Document& document, std::span<const std::size_t> rules,
                         const Surroundings& surroundings) const {
  return compiled_->evaluate(document, rules, false, surroundings);
}

std::vector<std::size_t> RuleSet::affected(const Document& before, const Document& after) const {
  return affected_rules(compiled_->rules, before, after);
}

}  // namespace setpoint::guard
