#include "pattern/alternatives.h"

#include <fmt/format.h>

#include <algorithm>

#include "pattern/limits.h"
#include "pattern/operator_parser.h"

namespace setpoint::pattern {

namespace {

// Names that Event Ruler keeps for itself inside $or, so that a list of match expressions is not taken for one.
constexpr std::string_view kReservedInsideOr[] = {"exactly",
                                                  "equals-ignore-case",
                                                  "prefix",
                                                  "suffix",
                                                  "anything-but",
                                                  "exists",
                                                  "wildcard",
                                                  "numeric",
                                                  "cidr",
                                                  "html",
                                                  "=",
                                                  "<",
                                                  "<=",
                                                  ">",
                                                  ">=",
                                                  "regex",
                                                  "not-wildcard",
                                                  "not-equals-ignore-case",
                                                  "date-after",
                                                  "date-on-or-after",
                                                  "date-before",
                                                  "date-on-or-before",
                                                  "in-date-range",
                                                  "ip-address-in-range",
                                                  "ip-address-not-in-range"};

enum class OrReading { operator_, field };  // "$or" as the operator, or as an ordinary name

class Expander {
 public:
  Expander(Complaints& complaints, OrReading reading) : complaints_(complaints), reading_(reading) {}

  std::optional<std::vector<Alternative>> root(const JsonNode& node) {
    alternatives_.emplace_back();
    if (!node.is_object()) {
      complaints_.error(node.at, "pattern-root", "a pattern is an object", "{\"source\": [\"aws.ec2\"]}");
      return std::nullopt;
    }
    object(node, {}, false);
    if (complaints_.errors() > 0) return std::nullopt;
    for (Alternative& alternative : alternatives_) sort(alternative);
    return std::move(alternatives_);
  }

  bool saw_or() const { return saw_or_; }

 private:
  static void sort(Alternative& alternative) {
    std::sort(alternative.begin(), alternative.end(), [](const Field& a, const Field& b) { return a.path < b.path; });
  }

  void object(const JsonNode& node, const std::string& prefix, bool inside_or) {
    if (node.keys.empty()) {
      complaints_.error(node.at, "pattern-empty-object", "an empty object is not allowed in a pattern",
                        "name a field: {\"source\": [\"aws.ec2\"]}");
    }
    for (std::size_t i = 0; i < node.keys.size(); ++i) member(node.keys[i], node.items[i], prefix, inside_or);
  }

  void member(const JsonNode::Key& key, const JsonNode& value, const std::string& prefix, bool inside_or) {
    if (key.name == "$or") {
      saw_or_ = true;
      if (reading_ == OrReading::operator_) return either(value, prefix);
    }
    if (inside_or && is_reserved(key.name)) {
      complaints_.error(key.at, "pattern-or",
                        fmt::format("'{}' is reserved and cannot name a field inside $or", key.name),
                        "$or lists objects of fields: \"$or\": [{\"field\": [{\"prefix\": \"x\"}]}, {\"other\": [1]}]");
      return;
    }
    std::string name = prefix + key.name;
    if (value.is_object()) return object(value, name + ".", inside_or);
    if (!value.is_array()) {
      complaints_.error(value.at, "pattern-bare-value",
                        fmt::format("'{}' must be a list of values or an object", key.name),
                        fmt::format("put the value into brackets: \"{}\": [{}]", key.name, value.raw.substr(0, 60)));
      return;
    }
    if (auto test = parse_field_test(value, complaints_)) write(value.at, name, test);
  }

  static bool is_reserved(std::string_view name) {
    return std::find(std::begin(kReservedInsideOr), std::end(kReservedInsideOr), name) != std::end(kReservedInsideOr);
  }

  // Into every alternative so far; a later field of the same name takes the earlier one's place.
  void write(std::size_t at, const std::string& name, const std::shared_ptr<const FieldTest>& test) {
    for (Alternative& fields : alternatives_) {
      auto same = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.path == name; });
      if (same != fields.end()) {
        same->test = test;
      } else if (fields.size() < kFieldsMax) {
        fields.push_back({name, test});
      } else {
        return complaints_.error(at, "pattern-limit", fmt::format("more than {} fields in one pattern", kFieldsMax),
                                 "split the pattern");
      }
    }
  }

  void either(const JsonNode& value, const std::string& prefix) {
    static constexpr const char* kHint = "\"$or\": [{\"a\": [1]}, {\"b\": [2]}]";
    if (!value.is_array() || value.items.size() < 2) {
      return complaints_.error(value.at, "pattern-or", "$or takes a list of at least two objects", kHint);
    }
    std::vector<Alternative> before = std::move(alternatives_), all;
    for (const JsonNode& branch : value.items) {
      if (!branch.is_object()) return complaints_.error(branch.at, "pattern-or", "$or lists objects only", kHint);
      alternatives_ = before;
      object(branch, prefix, true);
      if (too_many(branch, all)) return;
      std::move(alternatives_.begin(), alternatives_.end(), std::back_inserter(all));
    }
    alternatives_ = std::move(all);
  }

  bool too_many(const JsonNode& branch, const std::vector<Alternative>& sofar) {
    std::size_t fields = 0;
    for (const Alternative& alternative : sofar) fields += alternative.size();
    for (const Alternative& alternative : alternatives_) fields += alternative.size();
    bool over = sofar.size() + alternatives_.size() > kAlternativesMax || fields > kAlternativeFieldsMax;
    if (over) {
      complaints_.error(branch.at, "pattern-limit",
                        fmt::format("$or expands to more than {} alternatives", kAlternativesMax),
                        "list values of one field in its array instead, or split the pattern");
      alternatives_.resize(1);
    }
    return over;
  }

  Complaints& complaints_;
  OrReading reading_;
  bool saw_or_ = false;
  std::vector<Alternative> alternatives_;
};

std::optional<std::vector<Alternative>> expand(const base::SourceText& source, const JsonNode& root, OrReading reading,
                                               base::Diagnostics& diagnostics, bool& saw_or) {
  Complaints complaints(source, diagnostics);
  Expander expander(complaints, reading);
  auto out = expander.root(root);
  saw_or = expander.saw_or();
  return out;
}

}  // namespace

std::optional<std::vector<Alternative>> parse_alternatives(const base::SourceText& source,
                                                           base::Diagnostics& diagnostics) {
  JsonFault fault;
  std::optional<JsonNode> root = read_json(source.text, {kPatternBytesMax, kPatternDepthMax}, fault);
  if (!root) {
    diagnostics.error("pattern-json", source.name, base::position_at(source.text, fault.at),
                      "not valid JSON: " + fault.what, "a pattern is one JSON object");
    return std::nullopt;
  }
  base::Diagnostics mistakes, as_field;
  bool saw_or = false;
  auto out = expand(source, *root, OrReading::operator_, mistakes, saw_or);
  // As Event Ruler's machine does: where $or cannot be the operator, it is read as a field of that name.
  if (!out && saw_or) {
    out = expand(source, *root, OrReading::field, as_field, saw_or);
    if (out) {
      diagnostics.warning("pattern-or-field", source.name, mistakes.items().front().at,
                          "$or is read as the name of a field here",
                          mistakes.items().front().what + ", so it is not the operator");
      return out;
    }
  }
  diagnostics.append(mistakes);
  return out;
}

}  // namespace setpoint::pattern
