#include <set>

#include "guard/analysis.h"
#include "guard/functions.h"

namespace setpoint::guard {

namespace {

constexpr char kName[] = "guard-unknown-name";
constexpr char kArguments[] = "guard-arguments";
constexpr char kSurprise[] = "guard-filter-scope";

class NameCheck {
 public:
  NameCheck(const Program& program, base::Diagnostics& diagnostics) : program_(program), diagnostics_(diagnostics) {
    for (const auto& [name, rules] : program.rules_by_name) rules_.push_back(name);
    for (const auto& [name, rule] : program.calls_by_name) calls_.push_back(name);
  }

  void run() {
    gathering_ = true;
    everything();
    gathering_ = false;
    everything();
  }

 private:
  void everything() {
    lets(program_.lets);
    for (const Rule& one : program_.rules) rule(one);
    for (const ParameterRule& one : program_.parameter_rules) {
      known_.insert(one.parameters.begin(), one.parameters.end());
      rule(one.rule);
    }
  }

  void rule(const Rule& rule) {
    if (rule.conditions) conjunction(*rule.conditions);
    block(rule.block);
  }

  void lets(const std::vector<Let>& lets) {
    for (const Let& let : lets) {
      known_.insert(let.name);
      operand(let.value);
    }
  }

  void block(const Block& block) {
    lets(block.lets);
    conjunction(block.clauses);
  }

  void conjunction(const Conjunction& clauses) {
    for (const Disjunction& any : clauses) {
      for (const Clause& one : any) clause(one);
    }
  }

  void clause(const Clause& clause) {
    at_ = clause.span.begin > 0 ? clause.span.begin : at_;
    std::visit([&](const auto& c) { check(c); }, clause.is);
  }

  void check(const AccessClause& c) {
    query(*c.query);
    if (c.against) operand(*c.against);
  }
  void check(const BlockClause& c) {
    query(*c.query);
    block(c.block);
  }
  void check(const WhenClause& c) {
    conjunction(c.conditions);
    block(c.block);
  }
  void check(const TypeClause& c) {
    if (c.conditions) conjunction(*c.conditions);
    block(c.block);
  }
  void check(const RuleReference& c) {
    if (gathering_ || program_.rules_by_name.contains(c.rule)) return;
    bool dropped = std::find(program_.dropped.begin(), program_.dropped.end(), c.rule) != program_.dropped.end();
    warn(kName,
         dropped ? fmt::format("rule '{}' did not parse and was dropped", c.rule)
                 : fmt::format("there is no rule '{}'", c.rule),
         dropped ? "mend it first" : base::did_you_mean(c.rule, rules_));
  }
  void check(const RuleCall& c) {
    for (const Operand& argument : c.arguments) operand(argument);
    if (gathering_) return;
    auto callee = program_.calls_by_name.find(c.rule);
    if (callee == program_.calls_by_name.end()) {
      warn(kName, fmt::format("there is no rule '{}' with parameters", c.rule), base::did_you_mean(c.rule, calls_));
      return;
    }
    std::size_t wanted = program_.parameter_rules[callee->second].parameters.size();
    if (wanted != c.arguments.size())
      warn(kArguments, fmt::format("rule '{}' takes {} arguments, {} are given", c.rule, wanted, c.arguments.size()),
           "");
  }

  void operand(const Operand& operand) {
    if (const auto* inner = std::get_if<QueryPtr>(&operand.is)) return query(**inner);
    if (const auto* call = std::get_if<std::shared_ptr<const FunctionCall>>(&operand.is)) function(**call);
  }

  void function(const FunctionCall& call) {
    for (const Operand& argument : call.arguments) operand(argument);
    if (gathering_) return;
    at_ = call.span.begin;
    if (call.function == Function::unknown) return warn(kName, fmt::format("there is no function '{}'", call.name), "");
    if (call.function == Function::related && !program_.extensions) {
      return warn(kName, "related() is an extension, and extensions are off here", "compile with extensions");
    }
    auto [least, most] = argument_counts(call.function);
    if (call.arguments.size() < least || call.arguments.size() > most) {
      warn(kArguments, fmt::format("{} takes {} arguments, {} are given", call.name, least, call.arguments.size()), "");
    }
  }

  void query(const Query& query) {
    for (std::size_t i = 0; i < query.parts.size(); ++i) {
      const Part& part = query.parts[i];
      if (part.capture) known_.insert(*part.capture);
      if (part.kind == Part::Kind::variable && !gathering_ && !known_.contains(part.name)) {
        warn(kName, fmt::format("there is no variable %{}", program_.names[part.name]),
             "bind it with let, or capture it in a query");
      }
      if (part.kind == Part::Kind::filter) {
        bool behind_items = i > 1 && query.parts[i - 1].kind == Part::Kind::all_indices;
        if (behind_items && !gathering_) {
          warn(kSurprise, "a filter behind [*] is judged against the enclosing value, not against each item",
               "leave [*] out: a filter on a list goes over its items");
        }
        conjunction(*part.filter);
      }
      if (part.kind == Part::Kind::keys_filter) operand(part.keys->against);
    }
  }

  void warn(const char* code, std::string what, std::string hint) {
    diagnostics_.warning(code, program_.file, program_.position(at_), std::move(what), std::move(hint));
  }

  const Program& program_;
  base::Diagnostics& diagnostics_;
  std::set<NameId> known_;
  std::vector<std::string_view> rules_;
  std::vector<std::string_view> calls_;
  std::size_t at_ = 0;
  bool gathering_ = false;
};

}  // namespace

void check_names(const Program& program, base::Diagnostics& diagnostics) { NameCheck(program, diagnostics).run(); }

}  // namespace setpoint::guard
