// One evaluation: a Program against a Document. It follows cfn-guard 3.1.1's engine, scopes included: a query runs
// against the root of the scope that it stands in, a filter behind [*] too (see docs/guard.md, "What surprises
// people").
//
// Inside, Status::error is "hangs on what is not known yet" (unknown.h): it loses against a FAIL in an AND and against
// a PASS in an OR. What cannot be judged at all is an Abort.
//
// Made for one document, used for its rules, dropped. One thread. Exceptions (Abort) stay inside evaluate().
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "guard/ast.h"
#include "guard/comparison.h"
#include "guard/document.h"
#include "guard/relation_source.h"
#include "guard/report.h"

namespace setpoint::guard {

class Evaluation {
 public:
  struct Surroundings {
    const base::Clock* clock = nullptr;
    const RelationSource* relations = nullptr;
  };

  Evaluation(const Program& program, const Document& document, Surroundings surroundings);
  ~Evaluation();
  // Judges the rule and enters what it found into the report. `through_the_gate`: the document's resource type is one
  // of those that the rule's condition lets through.
  void evaluate(std::size_t rule, bool through_the_gate, Report& report);

 private:
  // A variable of a scope: not yet known, or its results.
  struct Binding {
    const Let* let = nullptr;
    bool known = false;
    std::span<const Found> found;
  };
  // Where queries run and variables live. `root` is what a query starts from.
  struct Scope {
    enum class Kind { root, block, value, call };
    Kind kind = Kind::root;
    const Value* root = nullptr;
    Scope* parent = nullptr;
    std::span<Binding> bindings{};
  };
  struct Failure;
  struct Judged;
  class ClauseTally;
  class Deeper;
  friend class FunctionRunner;

  // Clauses (evaluation.cpp)
  Status rule(const Rule& rule, Scope& scope, bool through_the_gate = false);
  Status applies(const Rule& rule, Scope& scope, bool through_the_gate);
  const Judged& referenced_rule(const std::string& name);
  Status conjunction(const Conjunction& clauses, Scope& scope);
  Status disjunction(const Disjunction& clauses, Scope& scope);
  Status clause(const Clause& clause, Scope& scope);
  Status unrecorded(const Conjunction& conditions, Scope& scope);
  Status block(const Block& block, Scope& scope);
  Status block_on(const Block& block, const Value& value, Scope& scope);
  void leave_out_unresolved(Results& found) const;
  static Status combined(std::size_t fails, std::size_t passes, std::size_t unknowns);
  Status not_known(const Value& value);
  Status settled(const AccessClause& clause, const ClauseTally& tally, std::size_t unknowns, std::size_t recorded);
  std::size_t leave_out_unknown(Results& left, const Results& right);
  Status access(const AccessClause& clause, Scope& scope);
  Status unary_of_none(const AccessClause& clause, ClauseTally& tally);
  std::size_t unary_all(const AccessClause& clause, std::span<const Found> found, ClauseTally& tally);
  static bool unary_known(const AccessClause& clause, const Found& found);
  bool unary_holds(const AccessClause& clause, const Found& found) const;
  Status block_clause(const BlockClause& clause, Scope& scope);
  Status when(const WhenClause& clause, Scope& scope);
  Status reference(const RuleReference& clause);
  Status call(const RuleCall& clause, Scope& scope);
  Status type_block(const TypeClause& clause, Scope& scope);

  // Queries and variables (query_evaluation.cpp)
  void query(const Query& query, Scope& scope, Results& out);
  Found straight(const Query& query, const Scope& scope);
  std::optional<Status> straight_access(const AccessClause& clause, Scope& scope);
  void retrieve(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  bool from_resource_index(const Query& query, Scope& scope, Results& out);
  void build_resource_index();
  void from_variable(const Query& query, Scope& scope, int converter, Results& out);
  const Value* key(const Part& part, const Value* at, int& converter);
  const Value* embedded(const Value* at);
  void by_variable_keys(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                        Results& out);
  void by_key_value(const Query& query, std::size_t part, const Value* at, const Value& key, Scope& scope,
                    int converter, Results& out);
  void every_item(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  void every_member(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  void filtered(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  void filtered_map(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  void by_keys_filter(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter, Results& out);
  Status passes(const Conjunction& filter, Scope& scope);
  void select(Status selected, const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
              Results& out);
  void unknown(const Value* at, Results& out);
  const Value* perhaps(const Value* at);
  void unresolved(const Query& query, const Value* at, Results& out);
  const Value* key_value(const Member& member);
  void operand(const Operand& operand, Scope& scope, Results& out);
  std::span<const Found> variable(NameId name, Scope& scope);
  std::optional<std::span<const Found>> bound(NameId name, Scope& scope);
  std::span<const Found> keep(std::span<const Found> found);
  void capture(NameId name, const Member& member);
  void step(std::size_t count = 1);

  void forget(std::size_t recorded);  // failures since then are no evidence
  void failed(const Value& at, bool resolved, std::string_view expected, std::string_view message);
  model::Evidence evidence(const Failure& failure) const;
  void enter_failures(std::size_t rule, Report& report);
  std::string path_of(const Value& value) const;

  const Program& program_;
  const Document& document_;
  Surroundings surroundings_;
  Arena arena_;
  std::vector<Binding> root_bindings_;
  std::vector<std::pair<NameId, Results>> captures_;
  std::vector<Judged> judged_;  // by the first rule of a name, once referenced
  std::vector<Failure> failures_;
  std::vector<std::unique_ptr<const Regex>> patterns_;
  std::vector<RelationSource::Related> related_;
  std::vector<std::pair<const Value*, const Value*>> embedded_;
  std::optional<std::unordered_map<std::string_view, std::vector<const Value*>>> resources_;  // by Type; empty: no use
  Scope root_scope_;
  const Rule* current_rule_ = nullptr;
  std::string_view call_message_;
  bool recording_ = true;
  std::size_t depth_ = 0;
  std::uint64_t steps_ = 0;
  std::string unknown_because_;  // the first value met that is not known yet
  std::size_t omitted_ = 0;
};

// A failing clause; texts point into the program, values into document, program or arena.
struct Evaluation::Failure {
  const Value* at = nullptr;
  bool resolved = true;
  std::string_view expected;
  std::string_view message;
  const Rule* rule = nullptr;
};

// A rule that another one refers to, once it was judged.
struct Evaluation::Judged {
  std::optional<Status> status;
  std::vector<Failure> failures;
};

class Evaluation::Deeper {
 public:
  explicit Deeper(Evaluation& evaluation);
  ~Deeper() { --evaluation_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Evaluation& evaluation_;
};

}  // namespace setpoint::guard
