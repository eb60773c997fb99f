// The real evaluator against the oracle (tests/guard/oracle). Input: rules, a line "---", a document.
#include "oracle/oracle.h"

#include <cstdio>
#include <cstdlib>

#include "guard/rule_set.h"

namespace {

using namespace setpoint;

// The oracle stops at limits of its own; past the real one's limits there is nothing to compare.
bool at_a_limit(const guard::Report& report, std::size_t rule) {
  for (const guard::RuleError& error : report.errors) {
    if (error.rule == rule)
      return error.because.find("more than") != std::string::npos ||
             error.because.find("too long") != std::string::npos;
  }
  return false;
}

void compare(const guard::RuleSet& rules, const guard::Document& document,
             const std::vector<guard::oracle::Oracle::Answer>& answers) {
  guard::Report report = rules.evaluate(document);
  if (report.rules.size() != answers.size()) std::abort();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (at_a_limit(report, i)) return;
    if (!answers[i] || *answers[i] == report.rules[i]) continue;
    std::string name = rules.rules()[i].name;
    std::fprintf(stderr, "rule %s: %s, the oracle says %s\n", name.c_str(), to_string(report.rules[i]).data(),
                 to_string(*answers[i]).data());
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t cut = text.find("\n---\n");
  if (cut == text.npos) return 0;
  auto oracle = guard::oracle::Oracle::read(text.substr(0, cut));
  if (!oracle) return 0;
  base::Diagnostics diagnostics;
  auto rules = guard::RuleSet::compile({"fuzz.guard", text.substr(0, cut)}, diagnostics);
  auto document = guard::Document::from_text(text.substr(cut + 5));
  if (rules && document) compare(*rules, *document, oracle->judge(*document));
  return 0;
}
