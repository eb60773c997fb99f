#include "rule_generator.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace setpoint::guard {

namespace {

const std::string kKeys[] = {"a", "b", "name", "FooBar", "fooBar", "foo_bar", "Tags", "tag", "items", "Type", "ports"};
const std::string kTexts[] = {
    "a",     "b",   "c", "abc", "x", "", "10", "1.5", "true", "AWS::S3::Bucket", "prod-db", "%41b", "{\"a\": [1, 2]}",
    "Größe", "2024"};
const std::string kIntegers[] = {"0", "1", "2", "3", "5", "10", "22", "443", "-1"};
const std::string kReals[] = {"1.5", "2.0", "0.25", "10.0", "1e+2"};
const std::string kPatterns[] = {"/a/",       "/^a/",     "/b$/",     "/^(a|b)c?$/", "/[0-9]+/",
                                 "/(?i)ABC/", "/^(?!x)/", "/a(?=b)/", "/\\d/",       "/a\\/b/",
                                 "/(.)\\1/",  "/^$/",     "/.*/",     "/ö/",         "/\\w\\w/"};
const std::string kRanges[] = {"r[1,5]", "r(1,5)", "r[1,5)", "r[1.0,2.0]", "r(0.0,10.0)", "r[a,c]", "r[0,22]"};
const std::string kTypes[] = {"AWS::S3::Bucket", "AWS::EC2::Instance", "Custom::Thing"};
const std::string kUnary[] = {"exists",    "EXISTS",  "empty",  "is_string", "is_list",
                              "is_struct", "is_bool", "is_int", "is_float",  "is_null"};
const std::string kNot[] = {"!", "not ", "NOT "};
const std::string kBinary[] = {"==", "==", "==", "!=", ">", ">=", "<", "<=", "in", "in", "IN", "not in", "!in"};

// A mistake, but still UTF-8: all of the character whose byte stands there.
void drop_character(std::string& text, std::size_t at) {
  auto continues = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (at > 0 && continues(at)) --at;
  std::size_t end = at + 1;
  while (continues(end)) ++end;
  text.erase(at, end - at);
}

}  // namespace

std::string RuleGenerator::space() { return one_in(40) ? " # a comment\n " : one_in(10) ? "\n  " : " "; }
std::string RuleGenerator::key() { return any(kKeys); }
std::string RuleGenerator::text() { return any(kTexts); }

std::string RuleGenerator::quoted(const std::string& text) {
  char quote = text.find('"') != std::string::npos || one_in(2) ? '\'' : '"';
  return quote + text + quote;
}

std::string RuleGenerator::scalar_literal() {
  switch (below(12)) {
    case 0:
      return any(kReals);
    case 1:
      return any({std::string("true"), std::string("false"), std::string("True")});
    case 2:
      return any({std::string("null"), std::string("NULL")});
    case 3:
      return any(kPatterns);
    case 4:
      return any(kRanges);
    case 5:
    case 6:
    case 7:
      return quoted(text());
    default:
      return any(kIntegers);
  }
}

std::string RuleGenerator::list_literal(int depth) {
  std::string out = "[";
  for (std::size_t i = 0, count = below(4); i < count; ++i) out += (i > 0 ? "," + space() : "") + literal(depth - 1);
  return out + "]";
}

std::string RuleGenerator::map_literal(int depth) {
  std::string out = "{";
  for (std::size_t i = 0, count = below(3); i < count; ++i) {
    out += (i > 0 ? ", " : " ") + (one_in(2) ? key() : quoted(key())) + ": " + literal(depth - 1);
  }
  return out + " }";
}

std::string RuleGenerator::literal(int depth) {
  if (depth > 0 && one_in(4)) return list_literal(depth);
  if (depth > 0 && one_in(10)) return map_literal(depth);
  return scalar_literal();
}

std::string RuleGenerator::variable() {
  if (variables_.empty() || one_in(400)) return "nowhere";
  return variables_[below(variables_.size())];
}

std::string RuleGenerator::bracket(int depth) {
  switch (below(12)) {
    case 0:
      return fmt::format("[{}]", below(3));
    case 1:
      return fmt::format("['{}']", key());
    case 2:
      return fmt::format("[ keys {} {} ]",
                         any({std::string("=="), std::string("!="), std::string("in"), std::string("not in")}),
                         one_in(5) ? query(0) : literal(1));
    case 3: {
      std::string name = fmt::format("cap{}", below(3));
      if (one_in(3)) variables_.push_back(name);
      return fmt::format("[{}]", name);
    }
    case 4: {
      std::string name = fmt::format("cap{}", below(3));
      if (one_in(3)) variables_.push_back(name);
      return fmt::format("[ {} | {} ]", name, access(depth - 1));
    }
    case 5:
    case 6:
    case 7:
      if (depth > 0) return fmt::format("[ {}{} ]", disjunction(depth - 1), one_in(4) ? "\n" + access(depth - 1) : "");
      [[fallthrough]];
    default:
      return "[*]";
  }
}

std::string RuleGenerator::part(int depth) {
  switch (below(9)) {
    case 0:
      return ".*";
    case 1:
      return one_in(3) ? fmt::format(".{}", below(3)) : ".*";
    case 2:
      return one_in(3) ? ".%" + variable() : "[*]";
    case 3:
    case 4:
      return bracket(depth);
    default:
      return one_in(8) ? fmt::format(".'{}'", key()) : "." + key();
  }
}

std::string RuleGenerator::query_parts(int depth, bool behind_variable) {
  std::string out;
  static constexpr std::size_t kCounts[] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3};
  for (std::size_t i = 0, count = any(kCounts) + (behind_variable ? 0 : below(2)); i < count; ++i) out += part(depth);
  return out;
}

std::string RuleGenerator::query(int depth) {
  std::string out = one_in(7) ? "some " : "";
  if (one_in(12)) return out + "this" + query_parts(depth, false);
  if (one_in(3) && !variables_.empty()) return out + "%" + variable() + query_parts(depth, true);
  return out + (one_in(200) ? quoted(key()) : one_in(8) ? "Resources" : key()) + query_parts(depth, false);
}

std::string RuleGenerator::function(int depth) {
  auto argument = [&] { return one_in(3) ? literal(1) : depth > 0 && one_in(4) ? function(depth - 1) : query(0); };
  switch (below(14)) {
    case 0:
      return "json_parse(" + argument() + ")";
    case 1:
      return "regex_replace(" + argument() + ", '^(.)(.*)$', '${2}-$1')";
    case 2:
      return fmt::format("substring({}, {}, {})", argument(), below(2), below(4));
    case 3:
      return "to_upper(" + argument() + ")";
    case 4:
      return "to_lower(" + argument() + ")";
    case 5:
      return "join(" + query(0) + ", ',')";
    case 6:
      return "url_decode(" + argument() + ")";
    case 7:
      return "parse_int(" + argument() + ")";
    case 8:
      return "parse_float(" + argument() + ")";
    case 9:
      return "parse_string(" + argument() + ")";
    case 10:
      return "parse_boolean(" + argument() + ")";
    case 11:
      return "parse_char(" + argument() + ")";
    default:
      return "count(" + argument() + ")";
  }
}

std::string RuleGenerator::right_side(int depth) {
  if (one_in(4)) return query(depth > 0 ? 1 : 0);
  if (one_in(14)) return function(1);
  return literal(2);
}

std::string RuleGenerator::operation(int depth) {
  if (one_in(6)) return (one_in(3) ? any(kNot) : "") + "exists";
  if (one_in(3)) return (one_in(3) ? any(kNot) : "") + any(kUnary);
  return any(kBinary) + space() + right_side(depth);
}

std::string RuleGenerator::message() { return one_in(8) ? " <<must be so>>" : ""; }

std::string RuleGenerator::access(int depth) {
  return (one_in(10) ? any(kNot) : "") + query(depth) + " " + operation(depth) + message();
}

std::string RuleGenerator::call() {
  const auto& [name, count] = calls_[below(calls_.size())];
  std::string out = (one_in(6) ? "not " : "") + name + "(";
  for (std::size_t i = 0; i < (one_in(50) ? count + 1 : count); ++i) {
    out += (i > 0 ? ", " : "") + (one_in(2) ? literal(1) : one_in(8) ? function(0) : query(0));
  }
  return out + ")" + message();
}

std::string RuleGenerator::block(int depth, bool in_rule) {
  std::size_t outer = variables_.size();
  std::string out = "{\n";
  for (std::size_t i = 0, count = one_in(2) ? 1 : 1 + below(3); i < count; ++i) {
    if (one_in(4)) out += let(depth) + "\n";
    out += (in_rule ? rule_clause(depth) : disjunction(depth)) + "\n";
  }
  variables_.resize(std::min(outer, variables_.size()));
  return out + "}";
}

std::string RuleGenerator::clause(int depth) {
  if (depth > 0 && one_in(5)) return query(1) + (one_in(4) ? " !empty" : "") + " " + block(depth - 1, false);
  if (depth > 0 && one_in(8)) return "when " + conditions(depth - 1) + " " + block(depth - 1, false);
  if (!calls_.empty() && one_in(10)) return call();
  return access(depth);
}

std::string RuleGenerator::condition(int depth) {
  if (!rule_names_.empty() && one_in(8))
    return (one_in(3) ? "not " : "") + rule_names_[below(rule_names_.size())] + "\n";
  if (!calls_.empty() && one_in(12)) return call();
  return access(depth);
}

std::string RuleGenerator::conditions(int depth) {
  std::string out = condition(depth);
  for (std::size_t i = below(3); i > 1; --i) out += (one_in(2) ? "\n" : " or ") + condition(depth);
  return out;
}

std::string RuleGenerator::disjunction(int depth) {
  std::string out = clause(depth);
  for (std::size_t i = below(4); i > 2; --i)
    out += any({std::string(" or "), std::string(" OR\n"), std::string("\n|OR| ")}) + clause(depth);
  return out;
}

std::string RuleGenerator::let(int depth) {
  // A name used twice is bound to a literal, so that nothing refers to itself.
  bool again = !variables_.empty() && one_in(12);
  std::string name = again ? variable() : fmt::format("v{}", next_variable_++);
  std::string bound = again || one_in(3) ? literal(2) : one_in(5) ? function(1) : query(depth > 0 ? 1 : 0);
  variables_.push_back(name);
  return "let " + name + any({std::string(" = "), std::string(" := "), std::string("=")}) + bound;
}

std::string RuleGenerator::type_block(int depth) {
  std::string out = any(kTypes) + " ";
  if (one_in(5)) return out + access(0);
  return out + (one_in(4) ? "when " + conditions(0) + " " : "") + block(depth - 1, false);
}

std::string RuleGenerator::rule_clause(int depth) {
  if (one_in(16)) return type_block(depth);
  if (!rule_names_.empty() && one_in(8)) {
    return (one_in(3) ? "not " : "") + rule_names_[below(rule_names_.size())] + (one_in(4) ? " <<by reference>>" : "");
  }
  if (one_in(10)) return "when " + conditions(1) + " " + block(depth - 1, false);
  return disjunction(depth);
}

std::string RuleGenerator::rules(const std::string& prefix) {
  variables_.clear();
  rule_names_.clear();
  calls_.clear();
  std::string out;
  for (std::size_t i = below(4); i > 0; --i) out += let(1) + "\n";
  std::size_t global = variables_.size();
  for (std::size_t i = below(3); i > 1; --i) {
    std::string name = prefix + "p" + std::to_string(i);
    std::size_t count = 1 + below(2);
    variables_.push_back("p0");
    if (count == 2) variables_.push_back("p1");
    out += fmt::format("rule {}(p0{}) {}\n", name, count == 2 ? ", p1" : "", block(1, true));
    variables_.resize(std::min(global, variables_.size()));
    calls_.emplace_back(name, count);
  }
  if (one_in(6)) out += (one_in(3) ? type_block(1) : disjunction(1)) + "\n";
  for (std::size_t i = 0, count = 1 + below(3); i < count; ++i) {
    bool again = i > 0 && one_in(12);
    std::string name = fmt::format("{}r{}", prefix, again ? i - 1 : i);
    if (again) std::erase(rule_names_, name);  // a rule that refers to itself ends cfn-guard's run with a full stack
    out += fmt::format("rule {}{} {}\n", name, one_in(3) ? " when " + conditions(1) : "", block(2, true));
    rule_names_.push_back(name);
    variables_.resize(std::min(global, variables_.size()));
  }
  if (one_in(100)) drop_character(out, below(out.size()));
  return out;
}

std::string RuleGenerator::value_json(int depth) {
  if (depth > 0 && one_in(3)) return map_json(depth - 1);
  if (depth > 0 && one_in(3)) {
    std::string out = "[";
    for (std::size_t i = 0, count = below(4); i < count; ++i) out += (i > 0 ? "," : "") + value_json(depth - 1);
    return out + "]";
  }
  switch (below(8)) {
    case 0:
      return any({std::string("1.5"), std::string("2.0"), std::string("0.25"), std::string("100.0")});
    case 1:
      return one_in(2) ? "true" : "false";
    case 2:
      return one_in(2) ? "null" : "true";
    case 3:
    case 4:
      return any(kIntegers);
    default:
      return base::Json(text()).dump();
  }
}

std::string RuleGenerator::map_json(int depth) {
  std::string out = "{";
  std::string used = "|";
  for (std::size_t i = below(8) + (one_in(8) ? 0 : 3); i > 0; --i) {
    std::string name = key();
    if (used.find("|" + name + "|") != std::string::npos) continue;
    used += name + "|";
    out += (out.size() > 1 ? "," : "") + base::Json(name).dump() + ":" + value_json(depth);
  }
  return out + "}";
}

std::string RuleGenerator::resource_json() {
  return fmt::format(R"({{"Type":"{}","Properties":{},"name":{}}})", any(kTypes), map_json(2), value_json(1));
}

std::string RuleGenerator::document() {
  std::string out = map_json(3);
  if (one_in(6)) return out;
  std::string resources;
  for (std::size_t i = 0, count = below(4); i < count; ++i)
    resources += fmt::format("{}\"res{}\":{}", i > 0 ? "," : "", i, resource_json());
  out.pop_back();
  return out + (out.size() > 1 ? "," : "") + "\"Resources\":{" + resources + "}}";
}

}  // namespace setpoint::guard
