// RuleSet: Guard rules, compiled once and evaluated against one document after the other.
//
//   base::Diagnostics diagnostics;
//   std::optional<guard::RuleSet> rules = guard::RuleSet::compile({path, text}, diagnostics);
//   if (!rules) ...                                  // not one rule could be kept
//   TRY(guard::Document item, guard::Document::from_text(bytes));
//   guard::Report report = rules->evaluate(item);
//   for (const guard::RuleFailure& failure : report.failures) ...evidence...
//
// The language is that of cfn-guard 3.1.1, verdict for verdict; docs/guard.md says where it surprises, what is beyond
// it and marked as ours, and how `runtime: guard-2` differs. A rule that does not parse is dropped with a Diagnostic
// that says so; the other rules of the text are kept. What cfn-guard finds out only while it runs (an unknown variable,
// rule or function) is a warning here, and the rule's verdict is ERROR when it comes to that.
//
// Ownership: a RuleSet owns everything it refers to; copies share it. Immutable: any number of threads evaluate one
// RuleSet without a lock. Reports own what they hold. Limits: guard/limits.h; past one a Diagnostic or an ERROR
// verdict.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/json.h"
#include "guard/document.h"
#include "guard/relation_source.h"
#include "guard/report.h"

#include <nlohmann/json.hpp>

namespace setpoint::guard {

struct Program;

enum class Runtime { guard3, guard2 };

struct CompileOptions {
  Runtime runtime = Runtime::guard3;
  // What rules see as CONFIG_RULE_PARAMETERS.<name> (at the document's root); an object, or null for none.
  base::Json parameters{};
  // related(...) and policy documents that arrive as text: ours, not cfn-guard's.
  bool extensions = false;
};

// What an evaluation may ask of the world; both may be absent, and what needs them is then an ERROR.
struct Surroundings {
  const base::Clock* clock = nullptr;         // now()
  const RelationSource* relations = nullptr;  // related(...)
  bool unknowns = false;                      // for who makes the document: texts with marks are unknown (unknown.h)
};

// A place in documents that a rule's verdict hangs on: keys, "*" for any key or index. `deep`: everything below too.
struct ReadPath {
  std::vector<std::string> segments;
  bool deep = true;
  std::string text() const;  // /configuration/ipPermissions/*/fromPort, "/**" at the end where deep
  bool operator==(const ReadPath&) const = default;
};

struct RuleInfo {
  std::string name;
  base::Position at;
  // Values of the root key resourceType that the rule can apply to; empty: any.
  std::vector<std::string> resource_types;
  std::vector<ReadPath> reads;  // sorted; what related(...) and now() yield is not in here
  bool reads_beyond = false;    // related(...) or now(): to be judged again without a change of the document
};

class RuleSet {
 public:
  static std::optional<RuleSet> compile(const base::SourceText& source, base::Diagnostics& diagnostics,
                                        const CompileOptions& options = {});

  // In the order of evaluation: loose clauses as the rule `default` first, then as written. Two rules may have one
  // name. Rules with parameters are not among them.
  std::span<const RuleInfo> rules() const;
  // Names of rules that did not parse.
  std::span<const std::string> dropped() const;

  Report evaluate(const Document& document, const Surroundings& surroundings = {}) const;
  // Only these rules; the others have Status::skip in the report.
  Report evaluate(const Document& document, std::span<const std::size_t> rules,
                  const Surroundings& surroundings = {}) const;

  // Rules whose verdict may differ between the two documents: those that read what changed. Evaluate these again and
  // keep the others' results.
  std::vector<std::size_t> affected(const Document& before, const Document& after) const;

  // Rules that can apply to a document of this resourceType; what evaluate() tries.
  std::vector<std::size_t> candidates(std::string_view resource_type) const;

 private:
  struct Compiled;
  explicit RuleSet(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace setpoint::guard
