#include <algorithm>
#include <map>
#include <set>

#include "guard/analysis.h"
#include "guard/case_convert.h"
#include "guard/limits.h"

namespace setpoint::guard {

namespace {

constexpr char kAny[] = "*";           // one key or index
constexpr char kItemOrSelf[] = "[*]";  // an index of a list; a map stays where it is
constexpr std::size_t kPathsMax = 64;  // of one query; more are taken as reading everything

using Path = std::vector<std::string>;
using Paths = std::vector<Path>;

// Where a query may stand: the values that it starts from, and the variables that it sees.
struct Place {
  Paths bases;
  const Place* outer = nullptr;
  const std::vector<Let>* lets = nullptr;
  std::map<NameId, Paths> given;  // arguments of a call
};

class ReadCollector {
 public:
  explicit ReadCollector(const Program& program) : program_(program) {}

  void collect(const Rule& rule, RuleInfo& info) {
    Place root{{Path{}}, nullptr, &program_.lets, {}};
    root_ = &root;
    this->rule(rule, root);
    if (looked_at_ > kReadAnalysisMax) reads_ = {{Path{}, true}};
    info.reads.assign(reads_.size(), {});
    std::size_t next = 0;
    for (const auto& [path, deep] : reads_) info.reads[next++] = {path, deep};
    info.reads_beyond = beyond_;
  }

 private:
  void read(const Paths& paths, bool deep) {
    for (const Path& path : paths) reads_[path] |= deep;
  }

  void rule(const Rule& rule, const Place& place) {
    if (!under_way_.insert(&rule).second) return;
    if (rule.conditions) conjunction(*rule.conditions, place);
    block(rule.block, place, place.bases);
    under_way_.erase(&rule);
  }

  void block(const Block& block, const Place& place, const Paths& bases) {
    Place inner{bases, &place, &block.lets, {}};
    conjunction(block.clauses, inner);
  }

  void conjunction(const Conjunction& clauses, const Place& place) {
    for (const Disjunction& any : clauses) {
      if (++looked_at_ > kReadAnalysisMax) return;
      for (const Clause& clause : any) std::visit([&](const auto& c) { clause_reads(c, place); }, clause.is);
    }
  }

  void clause_reads(const AccessClause& c, const Place& place) {
    bool deep = !is_unary(c.op) || c.op == Op::empty;
    read(query(*c.query, place), deep);
    if (c.against) read(operand(*c.against, place), true);
  }
  void clause_reads(const BlockClause& c, const Place& place) {
    Paths values = query(*c.query, place);
    read(values, false);
    block(c.block, place, values);
  }
  void clause_reads(const WhenClause& c, const Place& place) {
    conjunction(c.conditions, place);
    block(c.block, place, place.bases);
  }
  void clause_reads(const TypeClause& c, const Place& place) {
    if (c.conditions) conjunction(*c.conditions, place);
    Paths values = query(*c.query, place);
    read(values, false);
    block(c.block, place, values);
  }
  void clause_reads(const RuleReference& c, const Place&) {
    auto found = program_.rules_by_name.find(c.rule);
    if (found == program_.rules_by_name.end()) return;
    for (std::size_t index : found->second) {
      if (referenced_.insert(index).second) rule(program_.rules[index], *root_);
    }
  }
  void clause_reads(const RuleCall& c, const Place& place) {
    auto found = program_.calls_by_name.find(c.rule);
    if (found == program_.calls_by_name.end()) return;
    const ParameterRule& callee = program_.parameter_rules[found->second];
    Place inner{place.bases, &place, nullptr, {}};
    for (std::size_t i = 0; i < c.arguments.size() && i < callee.parameters.size(); ++i) {
      inner.given[callee.parameters[i]] = operand(c.arguments[i], place);
    }
    rule(callee.rule, inner);
  }

  // The paths that an operand's values have; what it reads on the way is entered.
  Paths operand(const Operand& operand, const Place& place) {
    if (const auto* inner = std::get_if<QueryPtr>(&operand.is)) return query(**inner, place);
    if (const auto* call = std::get_if<std::shared_ptr<const FunctionCall>>(&operand.is)) {
      beyond_ = beyond_ || (*call)->function == Function::now || (*call)->function == Function::related;
      for (const Operand& argument : (*call)->arguments) read(this->operand(argument, place), true);
    }
    return {};
  }

  Paths variable(NameId name, const Place& place) {
    for (const Place* at = &place; at != nullptr; at = at->outer) {
      if (auto given = at->given.find(name); given != at->given.end()) return given->second;
      if (at->lets == nullptr) continue;
      for (const Let& let : *at->lets) {
        if (let.name != name) continue;
        if (!lets_under_way_.insert(&let).second) return {};
        Paths out = operand(let.value, *at);
        lets_under_way_.erase(&let);
        read(out, false);
        return out;
      }
    }
    return {};
  }

  static void extend(Paths& paths, const std::string& segment) {
    for (Path& path : paths) path.push_back(segment);
  }

  Paths query(const Query& query, const Place& place) {
    Paths paths = place.bases;
    for (std::size_t i = 0; i < query.parts.size(); ++i) {
      const Part& part = query.parts[i];
      if (i == 0 && part.kind == Part::Kind::variable) {
        paths = variable(part.name, place);
        if (query.parts.size() > 1 && query.parts[1].kind == Part::Kind::all_indices) ++i;
        continue;
      }
      step(query, i, paths, place);
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths.size() > kPathsMax ? Paths{Path{}} : paths;
  }

  void step(const Query& query, std::size_t i, Paths& paths, const Place& place) {
    const Part& part = query.parts[i];
    switch (part.kind) {
      case Part::Kind::self:
        return;
      case Part::Kind::key:
        return extend(paths, part.key_index ? kAny : part.key.text);
      case Part::Kind::all_indices:
        return extend(paths, part.capture ? kAny : kItemOrSelf);
      case Part::Kind::index:
      case Part::Kind::all_values:
        return extend(paths, kAny);
      case Part::Kind::variable:
        read(variable(part.name, place), true);
        return extend(paths, kAny);
      case Part::Kind::keys_filter:
        read(paths, false);
        read(operand(part.keys->against, Place{paths, &place, nullptr, {}}), true);
        return extend(paths, kAny);
      case Part::Kind::filter:
        break;
    }
    Part::Kind before = query.parts[i - 1].kind;
    bool on_itself = before == Part::Kind::all_values || before == Part::Kind::all_indices;
    if (!on_itself) extend(paths, kAny);
    // Behind [*] the clauses run against the enclosing value; both are read, to be sure.
    Paths bases = paths;
    if (on_itself) bases.insert(bases.end(), place.bases.begin(), place.bases.end());
    read(paths, false);
    conjunction(*part.filter, Place{bases, &place, nullptr, {}});
  }

  const Program& program_;
  const Place* root_ = nullptr;
  std::map<Path, bool> reads_;
  std::set<const Rule*> under_way_;
  std::set<std::size_t> referenced_;
  std::size_t looked_at_ = 0;
  std::set<const Let*> lets_under_way_;
  bool beyond_ = false;
};

// Letters and digits in lower case: every spelling that the case converters try comes out the same, but for plurals.
std::string bare(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

bool same_key(const std::string& read, const std::string& changed) {
  if (read == changed) return true;
  std::string plain = bare(changed);
  return plain == bare(read) || plain == bare(to_class_case(read));
}

// Does a change at `changed` bear on what is read at `read`?
bool touches(const ReadPath& read, std::size_t at, const Path& changed, std::size_t depth) {
  if (depth == changed.size()) return true;
  if (at == read.segments.size()) return read.deep;
  const std::string& segment = read.segments[at];
  if (segment == kItemOrSelf && touches(read, at + 1, changed, depth)) return true;
  bool fits = segment == kAny || segment == kItemOrSelf || same_key(segment, changed[depth]);
  return fits && touches(read, at + 1, changed, depth + 1);
}

void differences(const Value& before, const Value& after, Path& here, Paths& out);

void map_differences(const Value& before, const Value& after, Path& here, Paths& out) {
  for (const Member& member : before.map()) {
    here.emplace_back(member.name());
    const Value* other = after.find(member.name(), member.hash);
    if (other == nullptr) {
      out.push_back(here);
    } else {
      differences(member.value, *other, here, out);
    }
    here.pop_back();
  }
  for (const Member& member : after.map()) {
    if (before.find(member.name(), member.hash) != nullptr) continue;
    here.emplace_back(member.name());
    out.push_back(here);
    here.pop_back();
  }
}

void list_differences(const Value& before, const Value& after, Path& here, Paths& out) {
  for (std::uint32_t i = 0; i < std::max(before.size, after.size); ++i) {
    here.push_back(std::to_string(i));
    if (i < before.size && i < after.size) {
      differences(before.at(i), after.at(i), here, out);
    } else {
      out.push_back(here);
    }
    here.pop_back();
  }
}

bool same_scalar(const Value& a, const Value& b) {
  switch (a.kind) {
    case Kind::text:
      return a.string() == b.string();
    case Kind::boolean:
      return a.boolean == b.boolean;
    case Kind::null:
      return true;
    default:
      return a.bits == b.bits;
  }
}

void differences(const Value& before, const Value& after, Path& here, Paths& out) {
  if (before.kind != after.kind) {
    out.push_back(here);
  } else if (before.kind == Kind::map) {
    map_differences(before, after, here, out);
  } else if (before.kind == Kind::list) {
    list_differences(before, after, here, out);
  } else if (!same_scalar(before, after)) {
    out.push_back(here);
  }
}

}  // namespace

std::string ReadPath::text() const {
  std::string out;
  for (const std::string& segment : segments) out += "/" + segment;
  return deep ? out + "/**" : out.empty() ? "/" : out;
}

std::vector<RuleInfo> describe_rules(const Program& program) {
  std::vector<RuleInfo> out;
  for (const Rule& rule : program.rules) {
    RuleInfo info;
    info.name = rule.name;
    info.at = program.position(rule.span.begin);
    info.resource_types = gate_types(rule);
    ReadCollector(program).collect(rule, info);
    out.push_back(std::move(info));
  }
  return out;
}

std::vector<std::size_t> affected_rules(std::span<const RuleInfo> rules, const Document& before,
                                        const Document& after) {
  Path here;
  Paths changed;
  differences(before.root(), after.root(), here, changed);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RuleInfo& rule = rules[i];
    bool hit = std::any_of(changed.begin(), changed.end(), [&](const Path& path) {
      return std::any_of(rule.reads.begin(), rule.reads.end(),
                         [&](const ReadPath& read) { return touches(read, 0, path, 0); });
    });
    if (hit) out.push_back(i);
  }
  return out;
}

}  // namespace setpoint::guard
