// The oracle's walk over one document. Exceptions (Aborted, NoOpinion) are the caller's to catch.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "guard/document.h"
#include "guard/report.h"
#include "oracle/result.h"

namespace setpoint::guard::oracle {

class Evaluator {
 public:
  Evaluator(const Program& program, const Document& document);
  Status rule(std::size_t index);
  bool has_captured() const { return !captures_.empty(); }

 private:
  // A query runs from `root`. Filters behind [*] see the scope that the query was handed, which is the parent's where
  // the scope is a mere value.
  struct Scope {
    enum class Kind { file, body, value, call };
    Kind kind = Kind::body;
    const Value* root = nullptr;
    Scope* parent = nullptr;
    const std::vector<Let>* lets = nullptr;
    std::map<NameId, Results> known{};  // variables already evaluated, parameters
  };
  // Counts how deep the walk is.
  struct Level {
    explicit Level(Evaluator& evaluator);
    ~Level() { --evaluator.depth_; }
    Evaluator& evaluator;
  };

  Status judged(const Rule& rule, Scope& scope);
  Status all_of(const Conjunction& clauses, Scope& scope);
  Status any_of(const Disjunction& clauses, Scope& scope);
  Status body(const Block& block, const Value& root, Scope& parent);
  Status clause(const AccessClause& clause, Scope& scope);
  Status clause(const BlockClause& clause, Scope& scope);
  Status clause(const WhenClause& clause, Scope& scope);
  Status clause(const RuleReference& clause, Scope& scope);
  Status clause(const RuleCall& clause, Scope& scope);
  Status clause(const TypeClause& clause, Scope& scope);
  Truths unary(const AccessClause& clause, const Results& found) const;
  Status each(const Block& block, const Results& values, bool all, Scope& scope);

  Results query(const Query& query, Scope& scope);
  Results from(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results along(const Query& query, std::size_t part, const Value* next, const Value* reached, Scope& scope,
                int spelling);
  Results each_child(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results filtered(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results filtered_members(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results by_keys(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results by_variable(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling);
  Results from_variable(const Query& query, Scope& scope, int spelling);
  const Value* key(const Part& part, const Value& at, int& spelling) const;
  bool selects(const Part& filter, const Value* item, Scope& scope);
  Results operand(const Operand& operand, Scope& scope);
  Results variable(NameId name, Scope& scope);
  Results bound(const Let& let, Scope& scope);
  void capture(const Part& part, const Member& member);
  void spend();

  Results call(const FunctionCall& call, Scope& scope);
  void convert(Function function, const Value& value, Results& out);
  Results joined(const std::vector<Results>& arguments);
  Results cut(const std::vector<Results>& arguments);
  Results replaced(const std::vector<Results>& arguments);
  Value& made(const Value* from);
  Result text(const Value* from, std::string_view text);
  Result integer(const Value* from, std::int64_t number);

  const Program& program_;
  const Document& document_;
  Scope file_;
  std::map<NameId, Results> captures_;
  std::map<std::string, Status> references_;
  Arena arena_;
  std::size_t depth_ = 0;
  std::size_t spent_ = 0;
};

}  // namespace setpoint::guard::oracle
