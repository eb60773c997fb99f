#include <algorithm>

#include "guard/limits.h"
#include "guard/parser.h"

namespace setpoint::guard {

namespace {

constexpr char kSyntax[] = "guard-syntax";

bool begins_rule(std::string_view line) {
  std::size_t text = line.find_first_not_of(" \t\r");
  if (text == line.npos) return false;
  line.remove_prefix(text);
  return line.starts_with("rule ") || line.starts_with("rule\t");
}

// The rule's name in "rule name ..." at the front of `text`, or "".
std::string rule_name_at(std::string_view text) {
  std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == text.npos || !begins_rule(text.substr(from))) return {};
  std::size_t begin = text.find_first_not_of(" \t", from + 4);
  if (begin == text.npos) return {};
  std::size_t end = text.find_first_of(" \t\r\n{(", begin);
  return std::string(text.substr(begin, end == text.npos ? 64 : std::min<std::size_t>(end - begin, 64)));
}

// Resources.*[ Type == 'name' ]
QueryPtr resources_of_type(Part resources, Part type, const Value* name, std::string_view text) {
  AccessClause same;
  auto type_query = std::make_shared<Query>();
  type_query->parts.push_back(std::move(type));
  same.query = std::move(type_query);
  same.against = Operand{name};
  same.expected = fmt::format("== '{}'", text);
  auto filter = std::make_shared<Conjunction>(1);
  filter->front().push_back({std::move(same), {}});
  auto query = std::make_shared<Query>();
  Part all;
  all.kind = Part::Kind::all_values;
  Part where;
  where.kind = Part::Kind::filter;
  where.filter = std::move(filter);
  query->parts.push_back(std::move(resources));
  query->parts.push_back(std::move(all));
  query->parts.push_back(std::move(where));
  query->resource_type = resource_type_of(*query);
  return query;
}

}  // namespace

Parser::Parser(Program& program, base::Diagnostics& diagnostics)
    : program_(program), diagnostics_(diagnostics), text_(program.text) {}

// AWS::S3::Bucket, AWS::S3::Bucket::MODULE, Custom::Thing
bool Parser::type_name(std::string& out) {
  std::size_t before = at_;
  std::string parts[3];
  bool two = variable_name(parts[0]) && take("::") && variable_name(parts[1]);
  if (!two) {
    at_ = before;
    return false;
  }
  out = parts[0] + "::" + parts[1];
  std::size_t behind = at_;
  if (take("::") && variable_name(parts[2])) {
    out += "::" + parts[2];
    (void)take("::MODULE");
  } else {
    at_ = behind;
  }
  return true;
}

bool Parser::type_clause(Clause& out) {
  TypeClause read;
  auto begin = static_cast<std::uint32_t>(at_);
  if (!type_name(read.type)) return false;
  out.span = {begin, static_cast<std::uint32_t>(at_)};
  if (!some_space())
    fail("expected white space behind the type's name", "a type has two or three parts: AWS::S3::Bucket");
  Conjunction conditions;
  if (when_conditions(conditions)) read.conditions = std::move(conditions);
  if (!block(read.block, &Parser::clause)) {
    if (read.conditions) fail("expected a block behind the conditions of a type");
    Clause single;
    skip_space();
    if (!clause(single)) fail("expected a block or a clause behind the type's name");
    read.block.clauses.emplace_back().push_back(std::move(single));
  }
  Value name;
  set_text(name, read.type, program_.arena);
  read.query = resources_of_type(key_part("Resources"), key_part("Type"), keep(name), read.type);
  out.is = std::move(read);
  return true;
}

bool Parser::rule_body_clause(Clause& out) {
  skip_space();
  return type_clause(out) || when_clause(out, &Parser::clause_or_reference) || clause_or_reference(out);
}

bool Parser::rule(Rule& out) {
  std::size_t before = at_;
  skip_space();
  auto begin = static_cast<std::uint32_t>(at_);
  if (!take("rule") || !some_space()) {
    at_ = before;
    return false;
  }
  if (!variable_name(out.name)) fail("expected the rule's name", "letters, digits and _; a letter first");
  Conjunction conditions;
  if (when_conditions(conditions)) out.conditions = std::move(conditions);
  if (!block(out.block, &Parser::rule_body_clause)) {
    fail_at(std::max(at_, furthest_), fmt::format("cannot read the body of rule '{}'", out.name),
            furthest_expected_.empty() ? "" : "expected " + furthest_expected_);
  }
  out.span = {begin, static_cast<std::uint32_t>(at_)};
  return true;
}

bool Parser::parameter_names(std::vector<NameId>& out) {
  std::size_t before = at_;
  if (!take("(")) return false;
  for (std::size_t place = at_;;) {
    std::string text;
    skip_white();
    if (!variable_name(text)) {
      at_ = place;
      break;
    }
    skip_white();
    if (std::find(out.begin(), out.end(), name(text)) == out.end()) out.push_back(name(text));
    place = at_;
    if (!take(",")) break;
  }
  if (take(")")) return true;
  at_ = before;
  out.clear();
  return false;
}

bool Parser::parameter_rule(ParameterRule& out) {
  std::size_t before = at_;
  skip_space();
  auto begin = static_cast<std::uint32_t>(at_);
  if (!take("rule") || !some_space()) {
    at_ = before;
    return false;
  }
  if (!variable_name(out.rule.name)) fail("expected the rule's name", "letters, digits and _; a letter first");
  if (!parameter_names(out.parameters)) {
    at_ = before;
    return false;
  }
  if (!block(out.rule.block, &Parser::rule_body_clause)) {
    fail(fmt::format("cannot read the body of rule '{}'", out.rule.name), "a rule with parameters has no `when`");
  }
  out.rule.span = {begin, static_cast<std::uint32_t>(at_)};
  return true;
}

void Parser::add_rule(Rule rule) { program_.rules.push_back(std::move(rule)); }

// Loose clauses are gathered into the rule `default`.
bool Parser::top_level_item(Block& loose) {
  skip_space();
  Let binding;
  ParameterRule with_parameters;
  Rule plain;
  Disjunction clauses;
  Clause when;
  if (let(binding)) {
    bind(program_.lets, std::move(binding));
  } else if (parameter_rule(with_parameters)) {
    program_.parameter_rules.push_back(std::move(with_parameters));
  } else if (rule(plain)) {
    add_rule(std::move(plain));
  } else if (disjunction(clauses, &Parser::type_clause)) {
    loose.clauses.push_back(std::move(clauses));
  } else if (when_clause(when, &Parser::clause_or_reference)) {
    loose.clauses.emplace_back().push_back(std::move(when));
  } else if (disjunction(clauses, &Parser::clause)) {
    loose.clauses.push_back(std::move(clauses));
  } else {
    return false;
  }
  skip_space();
  return true;
}

void Parser::report(const Mistake& mistake) {
  diagnostics_.error(kSyntax, program_.file, program_.position(mistake.at), mistake.what, mistake.hint);
}

// On to the next line that begins a rule; what stood before it is lost.
void Parser::resume() {
  std::size_t line = at_;
  do {
    std::size_t end = text_.find('\n', line);
    line = end == text_.npos ? text_.size() : end + 1;
  } while (line < text_.size() && !begins_rule(text_.substr(line, 200)));
  at_ = line;
}

void Parser::file() {
  Block loose;
  skip_space();
  while (!done()) {
    std::size_t begin = at_;
    try {
      if (top_level_item(loose)) continue;
      skip_space();
      fail_at(std::max(at_, furthest_), "cannot read this",
              furthest_expected_.empty() ? "expected a rule, a let or a clause" : "expected " + furthest_expected_);
    } catch (const Mistake& mistake) {
      report(mistake);
    }
    at_ = begin;
    if (std::string lost = rule_name_at(rest()); !lost.empty()) program_.dropped.push_back(std::move(lost));
    resume();
  }
  if (loose.clauses.empty()) return;
  Rule rule;
  rule.name = "default";
  rule.block = std::move(loose);
  program_.rules.insert(program_.rules.begin(), std::move(rule));
}

void parse_rules(const base::SourceText& source, Program& program, base::Diagnostics& diagnostics) {
  program.file = source.name;
  program.text = source.text;
  if (source.text.size() > kRulesBytesMax) {
    diagnostics.error("guard-limit", source.name, {}, fmt::format("larger than {} bytes", kRulesBytesMax),
                      "split the file");
    return;
  }
  program.line_starts.push_back(0);
  for (std::size_t end = program.text.find('\n'); end != std::string::npos; end = program.text.find('\n', end + 1)) {
    program.line_starts.push_back(static_cast<std::uint32_t>(end + 1));
  }
  Parser(program, diagnostics).file();
}

}  // namespace setpoint::guard
