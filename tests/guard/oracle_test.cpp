// The real evaluator against the oracle, for rules and documents drawn at random. SETPOINT_ORACLE_PAIRS: how many
// (10,000); SETPOINT_GUARD_SEED: where to begin (1). A difference prints both and its seed.
#include "oracle/oracle.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "guard/rule_set.h"
#include "rule_generator.h"

namespace setpoint::guard {
namespace {

constexpr std::size_t kDocuments = 10;

std::size_t from_environment(const char* name, std::size_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoul(text, nullptr, 10);
}

struct Counts {
  std::size_t pairs = 0;
  std::size_t verdicts[4] = {};  // by Status
  std::size_t no_opinion = 0;
};

void compare(const std::string& rules, const std::string& document, std::uint64_t seed, Counts& counts) {
  base::Diagnostics diagnostics;
  std::optional<RuleSet> real = RuleSet::compile({"rules", rules}, diagnostics);
  std::optional<oracle::Oracle> oracle = oracle::Oracle::read(rules);
  if (!oracle || !real) return;
  Document item = Document::parse_json(document).value();
  Report report = real->evaluate(item);
  std::vector<oracle::Oracle::Answer> answers = oracle->judge(item);
  ASSERT_EQ(report.rules.size(), answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ++(answers[i] ? counts.verdicts[static_cast<std::size_t>(*answers[i])] : counts.no_opinion);
    if (!answers[i]) continue;
    EXPECT_EQ(to_string(report.rules[i]), to_string(*answers[i]))
        << "seed " << seed << ", rule " << real->rules()[i].name << "\n"
        << rules << "\ndocument: " << document;
  }
  ++counts.pairs;
}

TEST(GuardOracle, TheRealEvaluatorAgreesWithTheSlowOne) {
  std::size_t pairs = from_environment("SETPOINT_ORACLE_PAIRS", 10'000);
  std::uint64_t seed = from_environment("SETPOINT_GUARD_SEED", 1);
  Counts counts;
  for (; counts.pairs < pairs && !testing::Test::HasFailure(); ++seed) {
    RuleGenerator generator(seed);
    std::string rules = generator.rules("r");
    for (std::size_t i = 0; i < kDocuments; ++i) compare(rules, generator.document(), seed, counts);
  }
  std::printf("%zu pairs; PASS %zu, FAIL %zu, SKIP %zu, ERROR %zu, no opinion %zu\n", counts.pairs, counts.verdicts[0],
              counts.verdicts[1], counts.verdicts[2], counts.verdicts[3], counts.no_opinion);
  for (std::size_t count : counts.verdicts) EXPECT_GT(count, counts.pairs / 50);
  EXPECT_LT(counts.no_opinion, counts.pairs / 4);
}

}  // namespace
}  // namespace setpoint::guard
