#include <algorithm>
#include <set>

#include "guard/analysis.h"

namespace setpoint::guard {

namespace {

using Types = std::set<std::string>;

bool plain(const Query& query) {
  return std::all_of(query.parts.begin(), query.parts.end(), [](const Part& part) {
    bool steps = part.kind == Part::Kind::key || part.kind == Part::Kind::index || part.kind == Part::Kind::self ||
                 part.kind == Part::Kind::all_indices || part.kind == Part::Kind::all_values;
    return steps && !part.capture;
  });
}

// Neither an ERROR nor a captured name can come of it: it may be left unevaluated once the condition fails anyway.
bool harmless(const Clause& clause) {
  const auto* access = std::get_if<AccessClause>(&clause.is);
  if (access == nullptr || access->op == Op::empty || !plain(*access->query)) return false;
  if (!access->against) return true;
  if (const auto* query = std::get_if<QueryPtr>(&access->against->is)) return plain(**query);
  const auto* literal = std::get_if<const Value*>(&access->against->is);
  return literal != nullptr && (*literal)->kind != Kind::regex;
}

std::optional<Types> texts_of(const Value& literal) {
  if (literal.kind == Kind::text) return Types{std::string(literal.string())};
  if (literal.kind != Kind::list) return std::nullopt;
  Types out;
  for (const Value& item : literal.list()) {
    if (item.kind != Kind::text) return std::nullopt;
    out.emplace(item.string());
  }
  return out;
}

// The types that `resourceType == ...` or `resourceType in [...]` lets through.
std::optional<Types> types_of(const Clause& clause) {
  const auto* access = std::get_if<AccessClause>(&clause.is);
  if (access == nullptr || access->op_inverted || (access->op != Op::eq && access->op != Op::in)) return std::nullopt;
  const std::vector<Part>& parts = access->query->parts;
  if (parts.size() != 1 || parts[0].kind != Part::Kind::key || parts[0].key.text != "resourceType") return std::nullopt;
  const auto* literal = std::get_if<const Value*>(&access->against->is);
  if (literal == nullptr) return std::nullopt;
  bool list = (*literal)->kind == Kind::list;
  // text in text is a search; a list is compared as one unless it holds one item
  if (access->op == Op::in ? !list : list && (*literal)->size != 1) return std::nullopt;
  return texts_of(**literal);
}

std::optional<Types> types_of(const Disjunction& any) {
  Types out;
  for (const Clause& clause : any) {
    std::optional<Types> types = types_of(clause);
    if (!types) return std::nullopt;
    out.merge(*types);
  }
  return out;
}

std::optional<Types> types_of(const Conjunction& conditions) {
  std::optional<Types> found;
  for (const Disjunction& any : conditions) {
    std::optional<Types> types = types_of(any);
    if (types && !found) {
      found = std::move(types);
    } else if (!std::all_of(any.begin(), any.end(), harmless)) {
      return std::nullopt;
    }
  }
  return found;
}

std::optional<Types> types_of(const Rule& rule) {
  if (rule.conditions) return types_of(*rule.conditions);
  Types out;
  for (const Disjunction& any : rule.block.clauses) {
    for (const Clause& clause : any) {
      const auto* when = std::get_if<WhenClause>(&clause.is);
      std::optional<Types> types = when == nullptr ? std::nullopt : types_of(when->conditions);
      if (!types) return std::nullopt;
      out.merge(*types);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> gate_types(const Rule& rule) {
  std::optional<Types> types = types_of(rule);
  return types ? std::vector<std::string>(types->begin(), types->end()) : std::vector<std::string>();
}

std::optional<std::size_t> gate_condition(const Rule& rule) {
  if (!rule.conditions || !types_of(*rule.conditions)) return std::nullopt;
  for (std::size_t i = 0; i < rule.conditions->size(); ++i) {
    if (types_of((*rule.conditions)[i])) return i;
  }
  return std::nullopt;
}

RuleGates::RuleGates(std::span<const RuleInfo> rules) {
  std::set<std::string> types;
  for (const RuleInfo& rule : rules) types.insert(rule.resource_types.begin(), rule.resource_types.end());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::vector<std::string>& gate = rules[i].resource_types;
    all_.push_back(i);
    if (gate.empty()) ungated_.push_back(i);
    for (const std::string& type : types) {
      if (gate.empty() || std::find(gate.begin(), gate.end(), type) != gate.end()) by_type_[type].push_back(i);
    }
  }
}

std::span<const std::size_t> RuleGates::candidates(std::string_view resource_type) const {
  auto found = by_type_.find(resource_type);
  return found == by_type_.end() ? ungated_ : found->second;
}

RuleGates::Chosen RuleGates::candidates_of(const Document& document) const {
  static const HashedKey kResourceType{"resourceType", hash_key("resourceType")};
  const Value& root = document.root();
  const Value* type = root.kind == Kind::map ? root.find(kResourceType.text, kResourceType.hash) : nullptr;
  bool by_type = type != nullptr && type->kind == Kind::text;
  return {by_type ? candidates(type->string()) : all_, by_type};
}

}  // namespace setpoint::guard
