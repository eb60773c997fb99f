#include <algorithm>

#include "guard/evaluation.h"
#include "guard/functions.h"
#include "guard/limits.h"
#include "guard/unknown.h"

namespace setpoint::guard {

// As in cfn-guard: a value's scope runs the query against the value but hands on its parent's scope, a call's hands
// over altogether. Filters inside the query see that scope's root.
void Evaluation::query(const Query& query, Scope& scope, Results& out) {
  if (scope.kind == Scope::Kind::call) return this->query(query, *scope.parent, out);
  Scope& handed = scope.kind == Scope::Kind::value ? *scope.parent : scope;
  if (query.leads_with_variable()) return from_variable(query, handed, -1, out);
  if (query.resource_type != nullptr && from_resource_index(query, handed, out)) return;
  retrieve(query, 0, scope.root, handed, -1, out);
}

Found Evaluation::straight(const Query& query, const Scope& scope) {
  step();
  const Scope* at_scope = &scope;
  while (at_scope->kind == Scope::Kind::call) at_scope = at_scope->parent;
  const Value* at = at_scope->root;
  int converter = -1;
  for (const Part& part : query.parts) {
    const Value* next = key(part, at, converter);
    if (next == nullptr) {
      if (at->kind == Kind::unknown) return {perhaps(at), nullptr, Found::State::unknown};
      return {at, &query, Found::State::unresolved};
    }
    at = next;
  }
  return {at, nullptr, at->kind == Kind::unknown ? Found::State::unknown : Found::State::resolved};
}

// One pass over the resources answers every Resources.*[ Type == 'x' ]. Only where each has its Type as text; what is
// out of the ordinary goes the long way.
void Evaluation::build_resource_index() {
  resources_.emplace();
  const Value& root = document_.root();
  const Value* resources = root.kind == Kind::map ? root.find("Resources") : nullptr;
  if (resources == nullptr || resources->kind != Kind::map) return;
  static const HashedKey kType{"Type", hash_key("Type")};
  for (const Member& member : resources->map()) {
    const Value* type = member.value.kind == Kind::map ? member.value.find(kType.text, kType.hash) : nullptr;
    if (type == nullptr || type->kind != Kind::text) return resources_->clear();
    (*resources_)[type->string()].push_back(&member.value);
  }
}

bool Evaluation::from_resource_index(const Query& query, Scope& scope, Results& out) {
  if (scope.root != &document_.root()) return false;
  if (!resources_) build_resource_index();
  if (resources_->empty()) return false;
  auto found = resources_->find(query.resource_type->string());
  if (found == resources_->end()) return true;
  for (const Value* resource : found->second) {
    Scope inner{Scope::Kind::value, resource, &scope, {}};
    retrieve(query, 3, resource, inner, -1, out);
  }
  return true;
}

void Evaluation::unresolved(const Query& query, const Value* at, Results& out) {
  out.push_back({at, &query, Found::State::unresolved});
}

void Evaluation::unknown(const Value* at, Results& out) { out.push_back({at, nullptr, Found::State::unknown}); }

void Evaluation::from_variable(const Query& query, Scope& scope, int converter, Results& out) {
  std::span<const Found> values = variable(query.parts[0].name, scope);
  std::size_t next = query.parts.size() > 1 && query.parts[1].kind == Part::Kind::all_indices ? 2 : 1;
  for (const Found& found : values) {
    if (found.unresolved() || found.unknown() || next >= query.parts.size()) {
      out.push_back(found);
      continue;
    }
    Scope inner{Scope::Kind::value, found.value, &scope, {}};
    retrieve(query, next, found.value, inner, converter, out);
  }
}

// The member under the key or under the first converted spelling that is there; that spelling then holds for the rest
// of the query.
const Value* Evaluation::key(const Part& part, const Value* at, int& converter) {
  if ((at->kind == Kind::text || at->kind == Kind::unknown) && program_.extensions) at = embedded(at);
  if (at->kind != Kind::map) return nullptr;
  if (const Value* found = at->find(part.key.text, part.key.hash)) return found;
  if (part.parameters && at == &document_.root() && program_.parameters != nullptr) {
    return program_.parameters->find(part.key.text, part.key.hash);
  }
  if (converter >= 0) {
    const HashedKey& spelling = part.converted[static_cast<std::size_t>(converter)];
    return at->find(spelling.text, spelling.hash);
  }
  for (int i = 0; i < kCaseConverters; ++i) {
    const HashedKey& spelling = part.converted[static_cast<std::size_t>(i)];
    if (const Value* found = at->find(spelling.text, spelling.hash)) {
      converter = i;
      return found;
    }
  }
  return nullptr;
}

void Evaluation::retrieve(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                          Results& out) {
  step();
  for (; part < query.parts.size(); ++part) {
    const Part& here = query.parts[part];
    const Value* next = nullptr;
    switch (here.kind) {
      case Part::Kind::self:
        continue;
      case Part::Kind::key:
        if (!here.key_index) {
          next = key(here, at, converter);
          break;
        }
        [[fallthrough]];
      case Part::Kind::index: {
        std::int64_t index = std::abs(std::int64_t{here.key_index.value_or(here.index)});
        if (at->kind == Kind::list && index < at->size) next = &at->at(static_cast<std::size_t>(index));
        break;
      }
      case Part::Kind::variable:
        return by_variable_keys(query, part, at, scope, converter, out);
      case Part::Kind::all_values:
        if ((at->kind == Kind::text || at->kind == Kind::unknown) && program_.extensions) at = embedded(at);
        if (at->kind == Kind::list) return every_item(query, part, at, scope, converter, out);
        if (at->kind == Kind::map) return every_member(query, part, at, scope, converter, out);
        if (at->kind == Kind::unknown) return unknown(perhaps(at), out);
        continue;
      case Part::Kind::all_indices:
        if (at->kind == Kind::list) return every_item(query, part, at, scope, converter, out);
        if (at->kind == Kind::map && here.capture) return every_member(query, part, at, scope, converter, out);
        if (at->kind == Kind::unknown) return unknown(perhaps(at), out);
        continue;
      case Part::Kind::filter:
        return filtered(query, part, at, scope, converter, out);
      case Part::Kind::keys_filter:
        return by_keys_filter(query, part, at, scope, converter, out);
    }
    if (next == nullptr) return at->kind == Kind::unknown ? unknown(perhaps(at), out) : unresolved(query, at, out);
    at = next;
  }
  out.push_back({at, nullptr, at->kind == Kind::unknown ? Found::State::unknown : Found::State::resolved});
}

void Evaluation::every_item(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                            Results& out) {
  if (at->size == 0) return unresolved(query, at, out);
  for (const Value& item : at->list()) retrieve(query, part + 1, &item, scope, converter, out);
}

void Evaluation::every_member(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                              Results& out) {
  if (at->size == 0) return unresolved(query, at, out);
  const std::optional<NameId>& name = query.parts[part].capture;
  for (const Member& member : at->map()) {
    if (name) capture(*name, member);
    Scope inner{Scope::Kind::value, &member.value, &scope, {}};
    retrieve(query, part + 1, &member.value, inner, converter, out);
  }
}

Status Evaluation::passes(const Conjunction& filter, Scope& scope) {
  Deeper deeper(*this);
  return unrecorded(filter, scope);
}

// A filter that hangs on something unknown may select the value or not.
void Evaluation::select(Status selected, const Query& query, std::size_t part, const Value* at, Scope& scope,
                        int converter, Results& out) {
  if (selected == Status::pass) return retrieve(query, part, at, scope, converter, out);
  if (selected == Status::error) unknown(perhaps(at), out);
}

// Something of the value, or the value if a filter takes it: that the value itself is there says nothing of that.
const Value* Evaluation::perhaps(const Value* at) {
  std::string why = at->kind == Kind::unknown ? without_marks(at->string()) : "a filter hangs on it";
  if (why.starts_with("${") && why.ends_with("}")) why = why.substr(2, why.size() - 3);
  Value* out = arena_.make<Value>(1);
  set_text(*out, unknown_text(Presence::perhaps, why), arena_);
  out->kind = Kind::unknown;
  out->made = true;
  out->parent = at;
  return out;
}

void Evaluation::filtered(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                          Results& out) {
  const Conjunction& filter = *query.parts[part].filter;
  if (at->kind == Kind::map) return filtered_map(query, part, at, scope, converter, out);
  if (at->kind == Kind::list) {
    for (const Value& item : at->list()) {
      Scope inner{Scope::Kind::value, &item, &scope, {}};
      select(passes(filter, inner), query, part + 1, &item, scope, converter, out);
    }
    return;
  }
  if (at->kind == Kind::unknown) return unknown(perhaps(at), out);
  if (query.parts[part - 1].kind != Part::Kind::all_indices) return unresolved(query, at, out);
  Scope inner{Scope::Kind::value, at, &scope, {}};
  select(passes(filter, inner), query, part + 1, at, scope, converter, out);
}

// Behind a key a filter goes over the map's values, behind * over the map itself.
void Evaluation::filtered_map(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                              Results& out) {
  const Part& here = query.parts[part];
  Part::Kind before = query.parts[part - 1].kind;
  if (before == Part::Kind::all_values || before == Part::Kind::all_indices) {
    return select(passes(*here.filter, scope), query, part + 1, at, scope, converter, out);
  }
  if (before != Part::Kind::key && before != Part::Kind::variable) {
    throw Abort{fmt::format("a filter on the map at '{}' must stand behind a key, .* or [*]", at->path())};
  }
  for (const Member& member : at->map()) {
    Scope inner{Scope::Kind::value, &member.value, &scope, {}};
    Status selected = passes(*here.filter, inner);
    if (selected == Status::pass && here.capture) capture(*here.capture, member);
    select(selected, query, part + 1, &member.value, inner, converter, out);
  }
}

void Evaluation::by_keys_filter(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                                Results& out) {
  if (at->kind == Kind::unknown) return unknown(perhaps(at), out);
  if (at->kind != Kind::map) return unresolved(query, at, out);
  const KeysFilter& filter = *query.parts[part].keys;
  Results against;
  if (const QueryPtr* inner = std::get_if<QueryPtr>(&filter.against.is)) {
    if ((*inner)->leads_with_variable()) {
      from_variable(**inner, scope, converter, against);
    } else {
      retrieve(**inner, 0, at, scope, converter, against);
    }
  } else {
    operand(filter.against, scope, against);
  }
  if (std::any_of(against.begin(), against.end(), [](const Found& found) { return found.unknown(); }))
    return unknown(perhaps(at), out);
  boost::container::small_vector<const Value*, 8> selected;
  for (const Member& member : at->map()) {
    step();
    if (key_matches(*key_value(member), {against.data(), against.size()}, filter.op, filter.inverted)) {
      selected.push_back(&member.value);
    }
  }
  for (const Value* value : selected) retrieve(query, part + 1, value, scope, converter, out);
}

// .%names: the variable's texts are keys; an index behind it picks one of them.
void Evaluation::by_variable_keys(const Query& query, std::size_t part, const Value* at, Scope& scope, int converter,
                                  Results& out) {
  if (at->kind == Kind::unknown) return unknown(perhaps(at), out);
  if (at->kind != Kind::map) return unresolved(query, at, out);
  std::span<const Found> keys = variable(query.parts[part].name, scope);
  if (part + 1 < query.parts.size()) {
    const Part& next = query.parts[part + 1];
    if (next.kind == Part::Kind::index) {
      auto index = static_cast<std::size_t>(std::abs(std::int64_t{next.index}));
      if (index >= keys.size()) return unresolved(query, at, out);
      keys = keys.subspan(index, 1);
    } else if (next.kind != Part::Kind::all_indices && next.kind != Part::Kind::key &&
               next.kind != Part::Kind::variable) {
      throw Abort{"behind a variable that stands for keys only a key, an index or [*] can follow"};
    }
  }
  for (const Found& key : keys) {
    if (key.unknown()) {
      unknown(key.value, out);
    } else if (key.unresolved()) {
      unresolved(query, at, out);
    } else if (key.value->kind == Kind::list) {
      for (const Value& item : key.value->list()) by_key_value(query, part, at, item, scope, converter, out);
    } else {
      by_key_value(query, part, at, *key.value, scope, converter, out);
    }
  }
}

void Evaluation::by_key_value(const Query& query, std::size_t part, const Value* at, const Value& key, Scope& scope,
                              int converter, Results& out) {
  if (key.kind != Kind::text) {
    throw Abort{fmt::format("a variable that stands for keys holds {} where text is needed", kind_name(key.kind))};
  }
  const Value* next = at->find(key.string());
  if (next == nullptr) return unresolved(query, at, out);
  retrieve(query, part + 1, next, scope, converter, out);
}

// A key as a value; its path is its member's.
const Value* Evaluation::key_value(const Member& member) {
  Value* out = arena_.make<Value>(1);
  out->kind = Kind::text;
  out->text = member.key;
  out->size = member.key_size;
  out->made = true;
  out->parent = &member.value;
  return out;
}

void Evaluation::capture(NameId name, const Member& member) {
  Found found{key_value(member), nullptr, Found::State::resolved};
  for (auto& [present, found_so_far] : captures_) {
    if (present == name) {
      found_so_far.push_back(found);
      return;
    }
  }
  captures_.push_back({name, {}});
  captures_.back().second.push_back(found);
}

void Evaluation::operand(const Operand& operand, Scope& scope, Results& out) {
  if (const auto* literal = std::get_if<const Value*>(&operand.is)) {
    out.push_back({*literal, nullptr, Found::State::literal});
  } else if (const auto* inner = std::get_if<QueryPtr>(&operand.is)) {
    query(**inner, scope, out);
  } else {
    FunctionRunner(*this).run(*std::get<std::shared_ptr<const FunctionCall>>(operand.is), scope, out);
  }
}

std::span<const Found> Evaluation::keep(std::span<const Found> found) { return arena_.copy(found); }

// The results of a variable of this scope, or nothing where it is not one of its own.
std::optional<std::span<const Found>> Evaluation::bound(NameId name, Scope& scope) {
  auto own =
      std::find_if(scope.bindings.begin(), scope.bindings.end(), [&](const Binding& b) { return b.let->name == name; });
  bool literal = own != scope.bindings.end() && std::holds_alternative<const Value*>(own->let->value.is);
  if (scope.kind == Scope::Kind::root && !literal) {
    for (auto& [captured, found] : captures_) {
      if (captured == name) return keep({found.data(), found.size()});
    }
  }
  if (own == scope.bindings.end()) return std::nullopt;
  if (own->known) return own->found;
  Deeper deeper(*this);
  Results found;
  operand(own->let->value, scope, found);
  const QueryPtr* from = std::get_if<QueryPtr>(&own->let->value.is);
  if (from != nullptr && !(*from)->match_all) {
    auto dropped = std::remove_if(found.begin(), found.end(),
                                  [](const Found& f) { return f.unresolved() || f.state == Found::State::literal; });
    found.erase(dropped, found.end());
  }
  own->found = keep({found.data(), found.size()});
  own->known = true;
  return own->found;
}

std::span<const Found> Evaluation::variable(NameId name, Scope& scope) {
  for (Scope* at = &scope; at != nullptr; at = at->parent) {
    if (std::optional<std::span<const Found>> found = bound(name, *at)) return *found;
  }
  throw Abort{fmt::format("there is no variable %{}", program_.names[name])};
}

}  // namespace setpoint::guard
