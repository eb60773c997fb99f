// The oracle against cfn-guard's own verdicts, and the real evaluator against the oracle, for rules and documents drawn at random. SETPOINT_ORACLE_PAIRS: how many
// (10,000); SETPOINT_GUARD_SEED: where to begin (1). A difference prints both and its seed.
#include "oracle/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "guard/batch.h"
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

// What cfn-guard 3.1.1 said of the hand-picked cases.
TEST(GuardOracle, TheSlowOneSaysWhatCfnGuardSaid) {
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SETPOINT_SOURCE_DIR "/tests/golden/guard")) {
    if (entry.path().extension() != ".json") continue;
    for (const base::Json& one : base::Json::parse(base::read_file(entry.path()).value())) {
      if (!one.contains("input") || !one.contains("verdicts")) continue;
      const auto& rules = one.at("rules").get_ref<const std::string&>();
      base::Diagnostics diagnostics;
      std::optional<RuleSet> real = RuleSet::compile({"rules", rules}, diagnostics);
      std::optional<oracle::Oracle> oracle = oracle::Oracle::read(rules);
      ASSERT_TRUE(real && oracle) << rules;
      auto answers = oracle->judge(Document::from_json(one.at("input")));
      if (!std::all_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.has_value(); })) continue;
      Report report;
      for (const auto& answer : answers) report.rules.push_back(*answer);
      EXPECT_EQ(verdicts_by_name(*real, report), one.at("verdicts")) << rules << "\n" << one.at("input").dump();
      ++compared;
    }
  }
  EXPECT_GT(compared, 300u);
}

}  // namespace
}  // namespace setpoint::guard
