// The engine against the oracle, over random pairs. 100,000 by default; SETPOINT_PATTERN_PAIRS=1000000 for the long
// form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "oracle.h"
#include "pattern/pattern.h"
#include "pattern/pattern_set.h"
#include "random_cases.h"

namespace setpoint::pattern {
namespace {

JsonNode tree(std::string_view text) {
  JsonFault fault;
  auto node = read_json(text, {}, fault);
  if (!node) throw std::runtime_error(fault.what + " in " + std::string(text));
  return std::move(*node);
}

Pattern compiled(const std::string& text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"random", text}, diagnostics);
  if (!pattern) throw std::runtime_error(text + "\n" + diagnostics.render());
  return *pattern;
}

class Source {
 public:
  explicit Source(unsigned seed) : engine_(seed) {}
  oracle::RandomCases cases() {
    return oracle::RandomCases([this](unsigned n) { return static_cast<unsigned>(engine_() % n); });
  }

 private:
  std::mt19937_64 engine_;
};

// A set of patterns against events; every pair is judged by the oracle, by the pattern alone and by the set.
struct Round {
  static constexpr std::size_t kPatterns = 25, kEvents = 20;
  std::vector<std::string> texts;
  std::vector<Pattern> patterns;
  PatternSet set;
  std::vector<PatternId> ids;

  explicit Round(oracle::RandomCases& cases) {
    for (std::size_t i = 0; i < kPatterns; ++i) {
      texts.push_back(cases.pattern());
      patterns.push_back(compiled(texts.back()));
      ids.push_back(set.add(patterns.back()));
    }
  }

  bool set_says(const std::vector<PatternId>& found, std::size_t pattern) const {
    return std::find(found.begin(), found.end(), ids[pattern]) != found.end();
  }
};

struct Tally {
  std::size_t pairs = 0, matched = 0, skipped = 0;
};

void judge(Round& round, Matcher& matcher, const std::string& event, Tally& tally) {
  JsonNode event_tree = tree(event);
  auto span = matcher.match(event);
  ASSERT_TRUE(span.has_value()) << event << span.error().text();
  std::vector<PatternId> found(span->begin(), span->end());
  for (std::size_t i = 0; i < round.patterns.size(); ++i) {
    std::optional<bool> expected = oracle::matches(tree(round.texts[i]), event_tree);
    ++tally.pairs;
    if (!expected) {
      ++tally.skipped;
      continue;
    }
    tally.matched += *expected;
    base::Result<bool> alone = round.patterns[i].matches(event);
    ASSERT_TRUE(alone.has_value()) << event;
    ASSERT_EQ(*alone, *expected) << "pattern " << round.texts[i] << "\nevent   " << event;
    ASSERT_EQ(round.set_says(found, i), *expected) << "in a set: pattern " << round.texts[i] << "\nevent   " << event;
  }
}

std::size_t pairs_wanted() {
  const char* asked = std::getenv("SETPOINT_PATTERN_PAIRS");
  return asked ? std::strtoul(asked, nullptr, 10) : 100'000;
}

TEST(PatternDifferential, random_pairs_match_as_the_oracle_says) {
  Source source(20261121);
  oracle::RandomCases cases = source.cases();
  Tally tally;
  while (tally.pairs < pairs_wanted()) {
    Round round(cases);
    Matcher matcher(round.set);
    for (std::size_t e = 0; e < Round::kEvents; ++e) {
      judge(round, matcher, cases.event(), tally);
      if (HasFatalFailure()) return;
    }
  }
  // Neither answer is rare, or the test would prove little.
  EXPECT_GT(tally.matched * 20, tally.pairs);
  EXPECT_LT(tally.matched * 2, tally.pairs);
  EXPECT_LT(tally.skipped * 1000, tally.pairs);
  RecordProperty("pairs", static_cast<int>(tally.pairs));
  RecordProperty("matched", static_cast<int>(tally.matched));
}

TEST(PatternDifferential, a_set_that_changes_answers_like_one_made_afresh) {
  Source source(7);
  oracle::RandomCases cases = source.cases();
  PatternSet changing;
  std::vector<std::pair<PatternId, Pattern>> live;
  Matcher changing_matcher(changing);
  for (int step = 0; step < 600; ++step) {
    for (int i = 0; i < 4; ++i) {
      Pattern pattern = compiled(cases.pattern());
      live.emplace_back(changing.add(pattern), pattern);
    }
    while (live.size() > 60) {
      std::size_t at = static_cast<std::size_t>(step * 31) % live.size();
      EXPECT_TRUE(changing.remove(live[at].first));
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
    }
    std::string event = cases.event();
    auto span = changing_matcher.match(event);
    ASSERT_TRUE(span.has_value());
    std::vector<PatternId> expected;
    for (auto& [id, pattern] : live) {
      if (*pattern.matches(event)) expected.push_back(id);
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(std::vector<PatternId>(span->begin(), span->end()), expected) << event;
  }
}

}  // namespace
}  // namespace setpoint::pattern
