// Any text compiles or is refused with a diagnostic; what compiles judges any document. The gates by resource type must
// not change a verdict, judging twice must not either, and what compile() kept must be what is reported. Input: rules,
// a line "---", a document.
#include <nlohmann/json.hpp>
#include <numeric>

#include "guard/rule_set.h"

namespace {

using namespace setpoint;

void judge(const guard::RuleSet& rules, const guard::Document& document) {
  guard::Report report = rules.evaluate(document);
  std::vector<std::size_t> all(rules.rules().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  guard::Report naive = rules.evaluate(document, all);
  SETPOINT_ASSERT(report.rules == naive.rules);
  SETPOINT_ASSERT(report.rules.size() == all.size());
  for (const guard::RuleFailure& failure : report.failures) {
    SETPOINT_ASSERT(report.rules[failure.rule] == guard::Status::fail);
    for (const model::Evidence& evidence : failure.evidence) (void)evidence.json();
  }
  SETPOINT_ASSERT(rules.affected(document, document).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t cut = text.find("\n---\n");
  std::string_view rules_text = text.substr(0, cut);
  std::string_view document_text =
      cut == text.npos ? "{\"resourceType\":\"a\",\"a\":[1,{\"b\":\"c\"}]}" : text.substr(cut + 5);
  base::Diagnostics diagnostics;
  guard::CompileOptions options;
  options.extensions = size % 2 == 0;
  auto rules = guard::RuleSet::compile({"fuzz.guard", rules_text}, diagnostics, options);
  SETPOINT_ASSERT(rules.has_value() || diagnostics.has_errors());
  auto document = guard::Document::from_text(document_text);
  if (rules && document) judge(*rules, *document);
  return 0;
}
