#include "guard/evaluation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "guard/limits.h"
#include "guard/unknown.h"

namespace setpoint::guard {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// A filter at the end of a query, or a bare variable: `empty` then asks of the results, not of each value.
bool asks_of_results(const Query& query) {
  Part::Kind last = query.parts.back().kind;
  return last == Part::Kind::filter || last == Part::Kind::keys_filter ||
         (last == Part::Kind::variable && query.parts.size() == 1);
}

bool is_empty(const Value& value) {
  switch (value.kind) {
    case Kind::text:
    case Kind::list:
    case Kind::map:
      return value.size == 0;
    case Kind::boolean:
      return false;
    default:
      throw Abort{fmt::format("`empty` asked of {} at '{}': it is for text, lists and maps", kind_name(value.kind),
                              value.path())};
  }
}

bool holds_map(const Value& literal) {
  if (literal.kind == Kind::list) return std::any_of(literal.list().begin(), literal.list().end(), holds_map);
  return literal.kind == Kind::map;
}

Kind asked_kind(Op op) {
  switch (op) {
    case Op::is_text:
      return Kind::text;
    case Op::is_list:
      return Kind::list;
    case Op::is_map:
      return Kind::map;
    case Op::is_boolean:
      return Kind::boolean;
    case Op::is_integer:
      return Kind::integer;
    case Op::is_real:
      return Kind::real;
    default:
      return Kind::null;
  }
}

}  // namespace

class Evaluation::ClauseTally final : public Tally {
 public:
  ClauseTally(Evaluation& evaluation, const AccessClause& clause) : evaluation_(evaluation), clause_(clause) {}
  void failed(const Value& at, bool resolved) override {
    evaluation_.failed(at, resolved, clause_.expected, clause_.message);
  }
  void settle(bool passes_here, const Found& found) {
    if (passes_here) {
      pass();
    } else if (found.unresolved()) {
      missing(found);
    } else {
      fail(*found.value);
    }
  }

 private:
  Evaluation& evaluation_;
  const AccessClause& clause_;
};

Evaluation::Deeper::Deeper(Evaluation& evaluation) : evaluation_(evaluation) {
  if (++evaluation_.depth_ > kCallDepthMax) {
    --evaluation_.depth_;
    throw Abort{
        fmt::format("more than {} rules, calls, variables or filters inside each other: something refers to itself",
                    kCallDepthMax)};
  }
}

Evaluation::Evaluation(const Program& program, const Document& document, Surroundings surroundings)
    : program_(program), document_(document), surroundings_(surroundings) {
  root_bindings_.reserve(program.lets.size());
  for (const Let& let : program.lets) root_bindings_.push_back({&let, false, {}});
  root_scope_.root = &document.root();
  root_scope_.bindings = root_bindings_;
}
Evaluation::~Evaluation() = default;

void Evaluation::evaluate(std::size_t index, bool through_the_gate, Report& report) {
  failures_.clear();
  steps_ = 0;
  omitted_ = 0;
  recording_ = true;
  unknown_because_.clear();
  try {
    Status status = rule(program_.rules[index], root_scope_, through_the_gate);
    report.rules[index] = status;
    if (status == Status::fail) enter_failures(index, report);
    if (status == Status::error) report.errors.push_back({index, unknown_because_});
  } catch (const Abort& abort) {
    depth_ = 0;
    call_message_ = {};
    report.rules[index] = Status::error;
    report.errors.push_back({index, abort.why});
  }
}

void Evaluation::step(std::size_t count) {
  steps_ += count;
  if (steps_ > kEvaluationStepsMax)
    throw Abort{fmt::format("the rule visits more than {} values", kEvaluationStepsMax)};
  if (arena_.used_bytes() > kTemporaryBytesMax) {
    throw Abort{fmt::format("the rule makes more than {} bytes of values", kTemporaryBytesMax)};
  }
}

void Evaluation::forget(std::size_t recorded) {
  if (failures_.size() > recorded) failures_.resize(recorded);
}

void Evaluation::failed(const Value& at, bool resolved, std::string_view expected, std::string_view message) {
  if (!recording_) return;
  if (failures_.size() >= kEvidenceMax) {
    ++omitted_;
    return;
  }
  failures_.push_back({&at, resolved, expected, message.empty() ? call_message_ : message, current_rule_});
}

model::Evidence Evaluation::evidence(const Failure& failure) const {
  model::Evidence out;
  if (failure.at != nullptr) out.path = path_of(*failure.at);
  if (failure.at != nullptr && failure.resolved) out.value = failure.at->json();
  out.resolved = failure.resolved;
  out.expected = failure.expected;
  out.message = failure.message;
  out.rule = failure.rule->name;
  return out;
}

// Failures that say the same of the same value are one.
void Evaluation::enter_failures(std::size_t rule, Report& report) {
  RuleFailure& entry = report.failures.emplace_back();
  entry.rule = rule;
  entry.omitted = omitted_;
  entry.evidence.reserve(failures_.size());
  std::set<std::tuple<const Value*, bool, const char*, const char*, const Rule*>> seen;
  for (const Failure& failure : failures_) {
    auto identity =
        std::tuple(failure.at, failure.resolved, failure.expected.data(), failure.message.data(), failure.rule);
    if (failures_.size() > 1 && !seen.insert(identity).second) continue;
    entry.evidence.push_back(evidence(failure));
  }
}

// A value of a related resource is named by that resource first: AWS::EC2::VPC/vpc-1#/configuration/isDefault.
std::string Evaluation::path_of(const Value& value) const {
  std::string path = value.path();
  if (related_.empty()) return path;
  const Value* root = &value;
  while (root->parent != nullptr) root = root->parent;
  for (const RelationSource::Related& one : related_) {
    if (&one.document->root() == root) return one.resource + "#" + path;
  }
  return path;
}

Status Evaluation::applies(const Rule& rule, Scope& scope, bool through_the_gate) {
  if (!rule.conditions) return Status::pass;
  if (!through_the_gate || !rule.gate) return unrecorded(*rule.conditions, scope);
  if (rule.conditions->size() == 1) return Status::pass;
  bool before = std::exchange(recording_, false);
  std::size_t fails = 0;
  std::size_t unknowns = 0;
  for (std::size_t i = 0; i < rule.conditions->size(); ++i) {
    if (i == *rule.gate) continue;
    Status status = disjunction((*rule.conditions)[i], scope);
    fails += status == Status::fail ? 1 : 0;
    unknowns += status == Status::error ? 1 : 0;
  }
  recording_ = before;
  return combined(fails, 1, unknowns);
}

Status Evaluation::rule(const Rule& rule, Scope& scope, bool through_the_gate) {
  Deeper deeper(*this);
  Status applies = this->applies(rule, scope, through_the_gate);
  if (applies != Status::pass) return applies == Status::error ? applies : Status::skip;
  const Rule* outer = std::exchange(current_rule_, &rule);
  Status status = block(rule.block, scope);
  current_rule_ = outer;
  return status;
}

// The first of the rules of that name that does not skip.
const Evaluation::Judged& Evaluation::referenced_rule(const std::string& name) {
  auto found = program_.rules_by_name.find(name);
  if (found == program_.rules_by_name.end()) throw Abort{fmt::format("there is no rule '{}'", name)};
  if (judged_.empty()) judged_.resize(program_.rules.size());
  Judged& known = judged_[found->second.front()];
  if (known.status) return known;
  std::vector<Failure> ours = std::exchange(failures_, {});
  bool recording = std::exchange(recording_, true);
  std::string_view message = std::exchange(call_message_, {});
  Status status = Status::skip;
  for (std::size_t index : found->second) {
    status = rule(program_.rules[index], root_scope_);
    if (status != Status::skip) break;
  }
  known = {status, std::exchange(failures_, std::move(ours))};
  recording_ = recording;
  call_message_ = message;
  return known;
}

// Every clause is evaluated, as in cfn-guard: one that cannot be is an ERROR even where another fails.
Status Evaluation::conjunction(const Conjunction& clauses, Scope& scope) {
  std::size_t passes = 0;
  std::size_t fails = 0;
  std::size_t unknowns = 0;
  for (const Disjunction& any : clauses) {
    Status status = disjunction(any, scope);
    passes += status == Status::pass ? 1 : 0;
    fails += status == Status::fail ? 1 : 0;
    unknowns += status == Status::error ? 1 : 0;
  }
  return combined(fails, passes, unknowns);
}

Status Evaluation::combined(std::size_t fails, std::size_t passes, std::size_t unknowns) {
  if (fails > 0) return Status::fail;
  if (unknowns > 0) return Status::error;
  return passes > 0 ? Status::pass : Status::skip;
}

Status Evaluation::not_known(const Value& value) {
  if (unknown_because_.empty()) {
    std::string what = value.kind == Kind::unknown ? without_marks(value.string()) : "a part of it";
    unknown_because_ = fmt::format("{} is not known yet: {}", path_of(value), what);
  }
  return Status::error;
}

Status Evaluation::disjunction(const Disjunction& clauses, Scope& scope) {
  std::size_t recorded = failures_.size();
  Status status = Status::skip;
  for (const Clause& one : clauses) {
    Status here = clause(one, scope);
    if (here == Status::pass) {
      forget(recorded);
      return here;
    }
    if (here == Status::error || (here == Status::fail && status == Status::skip)) status = here;
  }
  if (status == Status::error) forget(recorded);
  return status;
}

Status Evaluation::clause(const Clause& clause, Scope& scope) {
  return std::visit(Overloaded{[&](const AccessClause& c) { return access(c, scope); },
                               [&](const BlockClause& c) { return block_clause(c, scope); },
                               [&](const WhenClause& c) { return when(c, scope); },
                               [&](const RuleReference& c) { return reference(c); },
                               [&](const RuleCall& c) { return call(c, scope); },
                               [&](const TypeClause& c) { return type_block(c, scope); }},
                    clause.is);
}

// Conditions and filters choose; what fails in them is no evidence.
Status Evaluation::unrecorded(const Conjunction& conditions, Scope& scope) {
  bool before = std::exchange(recording_, false);
  Status status = conjunction(conditions, scope);
  recording_ = before;
  return status;
}

Status Evaluation::block(const Block& block, Scope& scope) {
  Scope inner{Scope::Kind::block, scope.root, &scope, {}};
  if (block.lets.empty()) return conjunction(block.clauses, inner);
  std::vector<Binding> bindings;
  bindings.reserve(block.lets.size());
  for (const Let& let : block.lets) bindings.push_back({&let, false, {}});
  inner.bindings = bindings;
  return conjunction(block.clauses, inner);
}

Status Evaluation::block_on(const Block& body, const Value& value, Scope& scope) {
  Scope inner{Scope::Kind::value, &value, &scope, {}};
  return block(body, inner);
}

// AWS Config's older runtime: what does not resolve is left out, so a clause of which nothing is left skips.
void Evaluation::leave_out_unresolved(Results& found) const {
  if (!program_.guard2) return;
  found.erase(std::remove_if(found.begin(), found.end(), [](const Found& one) { return one.unresolved(); }),
              found.end());
}

// Most clauses: keys on the left, nothing or a literal on the right. No list of results is needed for one.
std::optional<Status> Evaluation::straight_access(const AccessClause& clause, Scope& scope) {
  if (!clause.query->straight || program_.guard2) return std::nullopt;
  const Value* const* literal = clause.against ? std::get_if<const Value*>(&clause.against->is) : nullptr;
  if (clause.against && literal == nullptr) return std::nullopt;
  Found left = straight(*clause.query, scope);
  if (document_.has_unknowns() && literal != nullptr) return std::nullopt;
  std::size_t recorded = failures_.size();
  std::size_t unknowns = 0;
  ClauseTally tally(*this, clause);
  if (literal == nullptr) {
    unknowns = unary_all(clause, {&left, 1}, tally);
  } else {
    Found right{*literal, nullptr, Found::State::literal};
    compare(clause.op, clause.op_inverted, {&left, 1}, {&right, 1}, tally);
  }
  return settled(clause, tally, unknowns, recorded);
}

Status Evaluation::access(const AccessClause& clause, Scope& scope) {
  if (std::optional<Status> done = straight_access(clause, scope)) return *done;
  std::size_t recorded = failures_.size();
  ClauseTally tally(*this, clause);
  Results left;
  std::size_t unknowns = 0;
  if (is_unary(clause.op)) {
    query(*clause.query, scope, left);
    if (clause.op != Op::exists && clause.op != Op::empty) leave_out_unresolved(left);
    if (left.empty()) return unary_of_none(clause, tally);
    unknowns = unary_all(clause, {left.data(), left.size()}, tally);
  } else {
    Results right;
    operand(*clause.against, scope, right);
    query(*clause.query, scope, left);
    leave_out_unresolved(left);
    leave_out_unresolved(right);
    if (left.empty() || right.empty()) return Status::skip;
    if (document_.has_unknowns()) unknowns = leave_out_unknown(left, right);
    if (!left.empty())
      compare(clause.op, clause.op_inverted, {left.data(), left.size()}, {right.data(), right.size()}, tally);
  }
  return settled(clause, tally, unknowns, recorded);
}

Status Evaluation::settled(const AccessClause& clause, const ClauseTally& tally, std::size_t unknowns,
                           std::size_t recorded) {
  bool all = clause.query->match_all;
  bool decided = unknowns == 0 || (all ? tally.fails > 0 : tally.passes > 0);
  Status status = Status::error;
  if (decided) status = (all ? tally.fails == 0 : tally.passes > 0) ? Status::pass : Status::fail;
  if (status == Status::error || (!all && status == Status::pass)) forget(recorded);
  return status;
}

// Takes what is not known out of a comparison and tells how much that was. Sets that are compared with each other are
// unknown as a whole where anything in them is.
std::size_t Evaluation::leave_out_unknown(Results& left, const Results& right) {
  // A map with something unknown in it is still no text.
  bool maps = right.size() != 1 || right[0].state != Found::State::literal || holds_map(*right[0].value);
  auto hangs = [maps](const Found& found) {
    if (found.unknown() || found.unresolved()) return found.unknown();
    return (found.value->kind != Kind::map || maps) && holds_unknown(*found.value);
  };
  bool literal = right.size() == 1 && right[0].state == Found::State::literal;
  auto known = std::stable_partition(left.begin(), left.end(), [&](const Found& found) { return !hangs(found); });
  auto right_hangs = std::find_if(right.begin(), right.end(), hangs);
  if (known != left.end()) (void)not_known(*known->value);
  if (right_hangs != right.end()) (void)not_known(*right_hangs->value);
  bool whole = right_hangs != right.end() || (!literal && known != left.end());
  std::size_t out = static_cast<std::size_t>(left.end() - (whole ? left.begin() : known));
  left.erase(whole ? left.begin() : known, left.end());
  return out;
}

Status Evaluation::unary_of_none(const AccessClause& clause, ClauseTally& tally) {
  if (clause.op != Op::empty || !asks_of_results(*clause.query)) return Status::skip;
  if (clause.op_inverted == clause.negated) return Status::pass;
  tally.failed(*root_scope_.root, false);
  return Status::fail;
}

// How many of the values are not known.
std::size_t Evaluation::unary_all(const AccessClause& clause, std::span<const Found> found, ClauseTally& tally) {
  bool of_results = clause.op == Op::empty && asks_of_results(*clause.query);
  std::size_t unknowns = 0;
  for (const Found& one : found) {
    if (one.unknown() && !unary_known(clause, one)) {
      (void)not_known(*one.value);
      ++unknowns;
      continue;
    }
    bool holds = of_results ? one.unresolved() || one.value->kind == Kind::null : unary_holds(clause, one);
    tally.settle(holds != (clause.op_inverted != clause.negated), one);
  }
  return unknowns;
}

// What can be said of a value that is not known: that it is there, and where it is filled that it is a text.
bool Evaluation::unary_known(const AccessClause& clause, const Found& found) {
  if (found.value->kind != Kind::unknown) return false;
  Presence presence = presence_of(found.value->string());
  if (clause.op == Op::exists) return presence != Presence::perhaps;
  return presence == Presence::filled && clause.op != Op::is_null;
}

bool Evaluation::unary_holds(const AccessClause& clause, const Found& found) const {
  if (clause.op == Op::exists) return !found.unresolved();
  if (found.unknown()) return clause.op == Op::is_text;
  if (clause.op == Op::empty) return found.unresolved() || is_empty(*found.value);
  return !found.unresolved() && found.value->kind == asked_kind(clause.op);
}

Status Evaluation::block_clause(const BlockClause& clause, Scope& scope) {
  Results values;
  query(*clause.query, scope, values);
  leave_out_unresolved(values);
  if (values.empty() && clause.not_empty) {
    failed(*scope.root, false, clause.expected, "");
    return Status::fail;
  }
  std::size_t recorded = failures_.size();
  std::size_t passes = 0;
  std::size_t fails = 0;
  std::size_t unknowns = 0;
  for (const Found& found : values) {
    Status status = Status::fail;
    if (found.unresolved()) {
      failed(*found.value, false, clause.expected, "");
    } else {
      status = found.unknown() ? not_known(*found.value) : block_on(clause.block, *found.value, scope);
    }
    passes += status == Status::pass ? 1 : 0;
    fails += status == Status::fail ? 1 : 0;
    unknowns += status == Status::error ? 1 : 0;
  }
  if (clause.query->match_all) return combined(fails, passes, unknowns);
  if (passes == 0 && unknowns == 0) return combined(fails, 0, 0);
  forget(recorded);
  return passes > 0 ? Status::pass : Status::error;
}

Status Evaluation::when(const WhenClause& clause, Scope& scope) {
  Status applies = unrecorded(clause.conditions, scope);
  if (applies != Status::pass) return applies == Status::error ? applies : Status::skip;
  return block(clause.block, scope);
}

// A rule that skips counts as one that fails. Its evidence is ours.
Status Evaluation::reference(const RuleReference& clause) {
  const Judged& judged = referenced_rule(clause.rule);
  if (judged.status == Status::error) return Status::error;
  if ((judged.status == Status::pass) != clause.negated) return Status::pass;
  if (!recording_) return Status::fail;
  if (!clause.negated && !judged.failures.empty()) {
    failures_.insert(failures_.end(), judged.failures.begin(), judged.failures.end());
  } else {
    std::string_view expected = clause.negated ? "the rule not to pass" : "the rule to pass";
    failures_.push_back({nullptr, true, expected,
                         clause.message.empty() ? std::string_view(clause.rule) : clause.message, current_rule_});
  }
  return Status::fail;
}

Status Evaluation::call(const RuleCall& clause, Scope& scope) {
  auto found = program_.calls_by_name.find(clause.rule);
  if (found == program_.calls_by_name.end())
    throw Abort{fmt::format("there is no rule '{}' with parameters", clause.rule)};
  const ParameterRule& callee = program_.parameter_rules[found->second];
  if (callee.parameters.size() != clause.arguments.size()) {
    throw Abort{fmt::format("rule '{}' takes {} arguments, {} are given", clause.rule, callee.parameters.size(),
                            clause.arguments.size())};
  }
  std::vector<Let> names(callee.parameters.size());
  std::vector<Binding> bindings(callee.parameters.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].name = callee.parameters[i];
    Results given;
    operand(clause.arguments[i], scope, given);
    bool literal = std::holds_alternative<const Value*>(clause.arguments[i].is);
    if (literal) given.front().state = Found::State::resolved;
    bindings[i] = {&names[i], true, keep({given.data(), given.size()})};
  }
  Scope inner{Scope::Kind::call, scope.root, &scope, bindings};
  std::string_view outer = call_message_;
  if (!clause.message.empty()) call_message_ = clause.message;
  Status status = rule(callee.rule, inner);
  call_message_ = outer;
  return status;
}

Status Evaluation::type_block(const TypeClause& clause, Scope& scope) {
  if (clause.conditions) {
    Status applies = unrecorded(*clause.conditions, scope);
    if (applies != Status::pass) return applies == Status::error ? applies : Status::skip;
  }
  Results values;
  query(*clause.query, scope, values);
  leave_out_unresolved(values);
  std::size_t passes = 0;
  std::size_t fails = 0;
  std::size_t unknowns = 0;
  for (const Found& found : values) {
    if (found.unresolved()) throw Abort{fmt::format("a block for {} needs a document with Resources", clause.type)};
    Status status = found.unknown() ? not_known(*found.value) : block_on(clause.block, *found.value, scope);
    passes += status == Status::pass ? 1 : 0;
    fails += status == Status::fail ? 1 : 0;
    unknowns += status == Status::error ? 1 : 0;
  }
  return combined(fails, passes, unknowns);
}

}  // namespace setpoint::guard
