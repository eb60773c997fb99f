#include "oracle/evaluator.h"

#include <algorithm>
#include <cstdlib>

namespace setpoint::guard::oracle {

namespace {

constexpr std::size_t kStepsMax = 200'000;
constexpr std::size_t kDepthMax = 50;  // below the real one's, so that it is not the first to stop

Status of(std::size_t fails, std::size_t passes) {
  if (fails > 0) return Status::fail;
  return passes > 0 ? Status::pass : Status::skip;
}

bool asks_of_the_result(const Query& query) {
  Part::Kind last = query.parts.back().kind;
  bool bare_variable = query.parts.size() == 1 && last == Part::Kind::variable;
  return bare_variable || last == Part::Kind::filter || last == Part::Kind::keys_filter;
}

bool empty(const Value& value) {
  if (value.kind == Kind::boolean) return false;
  if (value.kind != Kind::text && value.kind != Kind::list && value.kind != Kind::map) throw Aborted{};
  return value.size == 0;
}

Kind kind_asked_for(Op op) {
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

bool holds(Op op, const Result& found) {
  bool there = found.origin != Origin::unresolved;
  if (op == Op::exists) return there;
  if (op == Op::empty) return !there || empty(*found.value);
  return there && found.value->kind == kind_asked_for(op);
}

Status quantified(const Truths& truths, bool all) {
  bool any_true = std::find(truths.begin(), truths.end(), true) != truths.end();
  bool any_false = std::find(truths.begin(), truths.end(), false) != truths.end();
  return (all ? !any_false : any_true) ? Status::pass : Status::fail;
}

void append(Results& out, Results more) { out.insert(out.end(), more.begin(), more.end()); }

}  // namespace

Evaluator::Level::Level(Evaluator& walk) : evaluator(walk) {
  if (++evaluator.depth_ <= kDepthMax) return;
  --evaluator.depth_;
  throw NoOpinion{};
}

Evaluator::Evaluator(const Program& program, const Document& document) : program_(program), document_(document) {
  file_.kind = Scope::Kind::file;
  file_.root = &document.root();
  file_.lets = &program.lets;
}

void Evaluator::spend() {
  if (++spent_ > kStepsMax || arena_.used_bytes() > (16u << 20)) throw NoOpinion{};
}

Status Evaluator::rule(std::size_t index) { return judged(program_.rules[index], file_); }

Status Evaluator::judged(const Rule& rule, Scope& scope) {
  Level level(*this);
  if (rule.conditions && all_of(*rule.conditions, scope) != Status::pass) return Status::skip;
  return body(rule.block, *scope.root, scope);
}

// Every one is evaluated.
Status Evaluator::all_of(const Conjunction& clauses, Scope& scope) {
  std::size_t fails = 0;
  std::size_t passes = 0;
  for (const Disjunction& one : clauses) {
    Status status = any_of(one, scope);
    fails += status == Status::fail ? 1 : 0;
    passes += status == Status::pass ? 1 : 0;
  }
  return of(fails, passes);
}

// The first that passes ends it.
Status Evaluator::any_of(const Disjunction& clauses, Scope& scope) {
  std::size_t fails = 0;
  for (const Clause& one : clauses) {
    spend();
    Status status = std::visit([&](const auto& which) { return clause(which, scope); }, one.is);
    if (status == Status::pass) return status;
    fails += status == Status::fail ? 1 : 0;
  }
  return of(fails, 0);
}

Status Evaluator::body(const Block& block, const Value& root, Scope& parent) {
  Scope inner{Scope::Kind::body, &root, &parent, &block.lets};
  return all_of(block.clauses, inner);
}

Status Evaluator::each(const Block& block, const Results& values, bool all, Scope& scope) {
  std::size_t fails = 0;
  std::size_t passes = 0;
  for (const Result& one : values) {
    Status status = Status::fail;
    if (one.origin != Origin::unresolved) {
      Scope value{Scope::Kind::value, one.value, &scope};
      status = body(block, *one.value, value);
    }
    fails += status == Status::fail ? 1 : 0;
    passes += status == Status::pass ? 1 : 0;
  }
  if (!all && passes > 0) return Status::pass;
  return of(fails, passes);
}

Truths Evaluator::unary(const AccessClause& clause, const Results& found) const {
  bool of_the_result = clause.op == Op::empty && asks_of_the_result(*clause.query);
  bool inverted = clause.op_inverted != clause.negated;
  Truths out;
  for (const Result& one : found) {
    bool nothing = one.origin == Origin::unresolved || one.value->kind == Kind::null;
    out.push_back((of_the_result ? nothing : holds(clause.op, one)) != inverted);
  }
  return out;
}

Status Evaluator::clause(const AccessClause& clause, Scope& scope) {
  bool all = clause.query->match_all;
  if (is_unary(clause.op)) {
    Results found = query(*clause.query, scope);
    if (!found.empty()) return quantified(unary(clause, found), all);
    if (clause.op != Op::empty || !asks_of_the_result(*clause.query)) return Status::skip;
    return clause.op_inverted == clause.negated ? Status::pass : Status::fail;
  }
  Results right = operand(*clause.against, scope);
  Results left = query(*clause.query, scope);
  if (left.empty() || right.empty()) return Status::skip;
  if (clause.op == Op::eq) return quantified(equality(left, right, clause.op_inverted), all);
  if (clause.op == Op::in) return quantified(membership(left, right, clause.op_inverted), all);
  return quantified(ordering(clause.op, left, right, clause.op_inverted), all);
}

Status Evaluator::clause(const BlockClause& clause, Scope& scope) {
  Results values = query(*clause.query, scope);
  if (values.empty()) return clause.not_empty ? Status::fail : Status::skip;
  return each(clause.block, values, clause.query->match_all, scope);
}

Status Evaluator::clause(const WhenClause& clause, Scope& scope) {
  if (all_of(clause.conditions, scope) != Status::pass) return Status::skip;
  return body(clause.block, *scope.root, scope);
}

// Of rules of one name the first that does not skip.
Status Evaluator::clause(const RuleReference& clause, Scope&) {
  auto known = references_.find(clause.rule);
  if (known == references_.end()) {
    bool any = false;
    Status status = Status::skip;
    for (const Rule& rule : program_.rules) {
      if (rule.name != clause.rule || status != Status::skip) continue;
      any = true;
      status = judged(rule, file_);
    }
    if (!any) throw Aborted{};
    known = references_.emplace(clause.rule, status).first;
  }
  return (known->second == Status::pass) != clause.negated ? Status::pass : Status::fail;
}

Status Evaluator::clause(const RuleCall& clause, Scope& scope) {
  const ParameterRule* callee = nullptr;
  for (const ParameterRule& one : program_.parameter_rules) {
    if (one.rule.name == clause.rule) callee = &one;
  }
  if (callee == nullptr || callee->parameters.size() != clause.arguments.size()) throw Aborted{};
  Scope inner{Scope::Kind::call, scope.root, &scope};
  for (std::size_t i = 0; i < clause.arguments.size(); ++i) {
    Results given = operand(clause.arguments[i], scope);
    bool literal = std::holds_alternative<const Value*>(clause.arguments[i].is);
    if (literal) given.front().origin = Origin::resolved;
    inner.known.emplace(callee->parameters[i], std::move(given));
  }
  return judged(callee->rule, inner);
}

Status Evaluator::clause(const TypeClause& clause, Scope& scope) {
  if (clause.conditions && all_of(*clause.conditions, scope) != Status::pass) return Status::skip;
  Results values = query(*clause.query, scope);
  auto missing = [](const Result& one) { return one.origin == Origin::unresolved; };
  std::size_t fails = 0;
  std::size_t passes = 0;
  for (const Result& one : values) {
    if (missing(one)) throw Aborted{};
    Status status = each(clause.block, {one}, true, scope);
    fails += status == Status::fail ? 1 : 0;
    passes += status == Status::pass ? 1 : 0;
  }
  return of(fails, passes);
}

Results Evaluator::operand(const Operand& operand, Scope& scope) {
  if (const auto* literal = std::get_if<const Value*>(&operand.is)) return {{*literal, Origin::literal}};
  if (const auto* inner = std::get_if<QueryPtr>(&operand.is)) return query(**inner, scope);
  return call(*std::get<std::shared_ptr<const FunctionCall>>(operand.is), scope);
}

// What a `some` let binds is only what is there in the document.
Results Evaluator::bound(const Let& let, Scope& scope) {
  Level level(*this);
  Results out = operand(let.value, scope);
  const QueryPtr* from = std::get_if<QueryPtr>(&let.value.is);
  if (from != nullptr && !(*from)->match_all)
    std::erase_if(out, [](const Result& one) { return one.origin != Origin::resolved; });
  return out;
}

// Captured keys stand in the file's scope and hide its variables, but for literals.
Results Evaluator::variable(NameId name, Scope& scope) {
  for (Scope* at = &scope; at != nullptr; at = at->parent) {
    const Let* own = nullptr;
    if (at->lets != nullptr) {
      auto found = std::find_if(at->lets->begin(), at->lets->end(), [&](const Let& let) { return let.name == name; });
      if (found != at->lets->end()) own = &*found;
    }
    bool literal = own != nullptr && std::holds_alternative<const Value*>(own->value.is);
    if (at->kind == Scope::Kind::file && !literal && captures_.contains(name)) return captures_.at(name);
    auto known = at->known.find(name);
    if (known != at->known.end()) return known->second;
    if (own != nullptr) {
      Results found = bound(*own, *at);
      return at->known[name] = std::move(found);
    }
  }
  throw Aborted{};
}

Results Evaluator::query(const Query& query, Scope& scope) {
  if (scope.kind == Scope::Kind::call) return this->query(query, *scope.parent);
  Scope& handed = scope.kind == Scope::Kind::value ? *scope.parent : scope;
  if (query.leads_with_variable()) return from_variable(query, handed, -1);
  return from(query, 0, scope.root, handed, -1);
}

// Behind a variable stands an [*] that does nothing.
Results Evaluator::from_variable(const Query& query, Scope& scope, int spelling) {
  std::size_t next = query.parts.size() > 1 && query.parts[1].kind == Part::Kind::all_indices ? 2 : 1;
  Results out;
  for (const Result& one : variable(query.parts[0].name, scope)) {
    if (one.origin == Origin::unresolved || next >= query.parts.size()) {
      out.push_back(one);
      continue;
    }
    Scope inner{Scope::Kind::value, one.value, &scope};
    append(out, from(query, next, one.value, inner, spelling));
  }
  return out;
}

Results Evaluator::along(const Query& query, std::size_t part, const Value* next, const Value* reached, Scope& scope,
                         int spelling) {
  if (next == nullptr) return {{reached, Origin::unresolved}};
  return from(query, part + 1, next, scope, spelling);
}

Results Evaluator::from(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  spend();
  if (part == query.parts.size()) return {{at, Origin::resolved}};
  const Part& here = query.parts[part];
  const Value* next = nullptr;
  switch (here.kind) {
    case Part::Kind::self:
      return from(query, part + 1, at, scope, spelling);
    case Part::Kind::key:
      if (!here.key_index) {
        if (at->kind == Kind::map) next = key(here, *at, spelling);
        return along(query, part, next, at, scope, spelling);
      }
      [[fallthrough]];
    case Part::Kind::index: {
      std::int64_t index = std::abs(std::int64_t{here.kind == Part::Kind::key ? *here.key_index : here.index});
      if (at->kind == Kind::list && index < at->size) next = &at->at(static_cast<std::size_t>(index));
      return along(query, part, next, at, scope, spelling);
    }
    case Part::Kind::variable:
      return by_variable(query, part, at, scope, spelling);
    case Part::Kind::all_values:
    case Part::Kind::all_indices:
      return each_child(query, part, at, scope, spelling);
    case Part::Kind::filter:
      return filtered(query, part, at, scope, spelling);
    case Part::Kind::keys_filter:
      return by_keys(query, part, at, scope, spelling);
  }
  return {};
}

// As written, else in seven other spellings; the one that was found holds for the rest of the query.
const Value* Evaluator::key(const Part& part, const Value& at, int& spelling) const {
  if (const Value* exact = member_of(at, part.key.text)) return exact;
  for (int i = 0; i < kCaseConverters; ++i) {
    if (spelling >= 0 && i != spelling) continue;
    const Value* found = member_of(at, part.converted[static_cast<std::size_t>(i)].text);
    if (found == nullptr) continue;
    spelling = i;
    return found;
  }
  return nullptr;
}

// .* goes into lists and maps, [*] into lists, [name] into both; of an empty one nothing resolves, a scalar is itself.
Results Evaluator::each_child(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  const Part& here = query.parts[part];
  bool into_maps = here.kind == Part::Kind::all_values || here.capture;
  bool into = at->kind == Kind::list || (at->kind == Kind::map && into_maps);
  if (!into) return from(query, part + 1, at, scope, spelling);
  if (at->size == 0) return {{at, Origin::unresolved}};
  Results out;
  if (at->kind == Kind::list) {
    for (const Value& item : at->list()) append(out, from(query, part + 1, &item, scope, spelling));
    return out;
  }
  for (const Member& member : at->map()) {
    capture(here, member);
    Scope inner{Scope::Kind::value, &member.value, &scope};
    append(out, from(query, part + 1, &member.value, inner, spelling));
  }
  return out;
}

void Evaluator::capture(const Part& part, const Member& member) {
  if (!part.capture) return;
  captures_[*part.capture].push_back(text(&member.value, member.name()));
}

bool Evaluator::selects(const Part& filter, const Value* item, Scope& scope) {
  Level level(*this);
  if (item == nullptr) return all_of(*filter.filter, scope) == Status::pass;
  Scope inner{Scope::Kind::value, item, &scope};
  return all_of(*filter.filter, inner) == Status::pass;
}

// A list's items are judged one by one; a scalar only behind [*].
Results Evaluator::filtered(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  const Part& here = query.parts[part];
  if (at->kind == Kind::map) return filtered_members(query, part, at, scope, spelling);
  Results out;
  if (at->kind == Kind::list) {
    for (const Value& item : at->list()) {
      if (selects(here, &item, scope)) append(out, from(query, part + 1, &item, scope, spelling));
    }
    return out;
  }
  if (query.parts[part - 1].kind != Part::Kind::all_indices) return {{at, Origin::unresolved}};
  if (selects(here, at, scope)) append(out, from(query, part + 1, at, scope, spelling));
  return out;
}

// Behind .* or [*] the map as a whole is judged, by what surrounds it; behind a key its values are.
Results Evaluator::filtered_members(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  const Part& here = query.parts[part];
  Part::Kind before = query.parts[part - 1].kind;
  Results out;
  if (before == Part::Kind::all_values || before == Part::Kind::all_indices) {
    if (selects(here, nullptr, scope)) append(out, from(query, part + 1, at, scope, spelling));
    return out;
  }
  if (before != Part::Kind::key && before != Part::Kind::variable) throw Aborted{};
  for (const Member& member : at->map()) {
    if (!selects(here, &member.value, scope)) continue;
    capture(here, member);
    Scope inner{Scope::Kind::value, &member.value, &scope};
    append(out, from(query, part + 1, &member.value, inner, spelling));
  }
  return out;
}

Results Evaluator::by_keys(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  if (at->kind != Kind::map) return {{at, Origin::unresolved}};
  const KeysFilter& filter = *query.parts[part].keys;
  const QueryPtr* inner = std::get_if<QueryPtr>(&filter.against.is);
  Results against;
  if (inner == nullptr)
    against = operand(filter.against, scope);
  else if ((*inner)->leads_with_variable())
    against = from_variable(**inner, scope, spelling);
  else
    against = from(**inner, 0, at, scope, spelling);
  std::vector<const Value*> selected;
  for (const Member& member : at->map()) {
    if (key_selected(*text(&member.value, member.name()).value, filter, against)) selected.push_back(&member.value);
  }
  Results out;
  for (const Value* value : selected) append(out, from(query, part + 1, value, scope, spelling));
  return out;
}

// The variable's texts are keys, an index behind it picks one of its results.
Results Evaluator::by_variable(const Query& query, std::size_t part, const Value* at, Scope& scope, int spelling) {
  if (at->kind != Kind::map) return {{at, Origin::unresolved}};
  Results names = variable(query.parts[part].name, scope);
  const Part* next = part + 1 < query.parts.size() ? &query.parts[part + 1] : nullptr;
  if (next != nullptr && next->kind == Part::Kind::index) {
    auto index = static_cast<std::size_t>(std::abs(std::int64_t{next->index}));
    if (index >= names.size()) return {{at, Origin::unresolved}};
    names = {names[index]};
  } else if (next != nullptr && next->kind != Part::Kind::all_indices && next->kind != Part::Kind::key &&
             next->kind != Part::Kind::variable) {
    throw Aborted{};
  }
  Results out;
  for (const Result& name : names) {
    if (name.origin == Origin::unresolved) {
      out.push_back({at, Origin::unresolved});
      continue;
    }
    std::vector<const Value*> keys{name.value};
    if (name.value->kind == Kind::list) {
      keys.clear();
      for (const Value& item : name.value->list()) keys.push_back(&item);
    }
    for (const Value* one : keys) {
      if (one->kind != Kind::text) throw Aborted{};
      append(out, along(query, part, member_of(*at, one->string()), at, scope, spelling));
    }
  }
  return out;
}

}  // namespace setpoint::guard::oracle
