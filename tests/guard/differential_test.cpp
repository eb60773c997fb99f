// Our verdicts against cfn-guard's, for rules and documents drawn at random. A pair is one text of rules and one
// document. SETPOINT_GUARD_PAIRS: how many (2,000); SETPOINT_GUARD_SEED: where to begin (1). A difference prints both
// and its seed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "guard/batch.h"
#include "reference.h"
#include "rule_generator.h"

namespace setpoint::guard {
namespace {

constexpr std::size_t kTexts = 10;
constexpr std::size_t kDocuments = 10;

std::size_t from_environment(const char* name, std::size_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoul(text, nullptr, 10);
}

struct Tally {
  std::size_t pairs = 0;
  std::size_t aborts = 0;
  std::size_t unparsed = 0;
  std::size_t incomparable = 0;
  std::map<std::string, std::size_t> verdicts;
};

bool agree(const base::Json& ours, const ReferenceVerdict& theirs) {
  bool error = ours.contains("error");
  if (theirs.kind == ReferenceVerdict::Kind::does_not_parse) return error;
  if (error) return false;
  const base::Json& verdicts = ours.at("verdicts");
  bool any_error = false;
  for (const auto& [name, status] : verdicts.items()) any_error = any_error || status == "ERROR";
  if (theirs.kind == ReferenceVerdict::Kind::aborts) return any_error;
  return verdicts == base::Json(theirs.rules);
}

struct Batch {
  std::vector<std::string> texts;
  std::vector<std::string> documents;
  std::vector<std::vector<base::Json>> ours;  // [text][document]
};

bool has_error(const base::Json& answer) {
  if (answer.contains("error")) return true;
  for (const auto& [name, status] : answer.at("verdicts").items()) {
    if (status == "ERROR") return true;
  }
  return false;
}

Batch draw(std::uint64_t seed) {
  RuleGenerator generator(seed);
  Batch out;
  for (std::size_t i = 0; i < kTexts; ++i) out.texts.push_back(generator.rules("f" + std::to_string(i) + "_"));
  for (std::size_t i = 0; i < kDocuments; ++i) out.documents.push_back(generator.document());
  BatchRunner runner({});
  for (const std::string& text : out.texts) {
    std::vector<base::Json>& answers = out.ours.emplace_back();
    for (const std::string& document : out.documents) {
      answers.push_back(base::Json::parse(
          runner.run("{\"id\":1,\"rules\":" + base::Json(text).dump() + ",\"input\":" + document + "}")));
    }
  }
  return out;
}

void compare(const Batch& batch, std::size_t text, std::size_t document, const ReferenceVerdict& theirs,
             std::uint64_t seed, Tally& tally) {
  ++tally.pairs;
  tally.aborts += theirs.kind == ReferenceVerdict::Kind::aborts ? 1 : 0;
  tally.unparsed += theirs.kind == ReferenceVerdict::Kind::does_not_parse ? 1 : 0;
  tally.incomparable += theirs.kind == ReferenceVerdict::Kind::reporter_breaks ? 1 : 0;
  if (theirs.kind == ReferenceVerdict::Kind::reporter_breaks) return;
  for (const auto& [rule, status] : theirs.rules) ++tally.verdicts[status];
  const base::Json& ours = batch.ours[text][document];
  EXPECT_TRUE(agree(ours, theirs)) << "seed " << seed << "\nrules:\n"
                                   << batch.texts[text] << "\ndocument: " << batch.documents[document]
                                   << "\nours: " << ours.dump() << "\ntheirs: " << base::Json(theirs.rules).dump()
                                   << " " << theirs.why;
}

// Texts that we judge without an error go to cfn-guard together; of the others one document with an error and one
// without go each by itself, since an error ends its whole run. That is only the order of work: what it says decides.
void check(std::uint64_t seed, const Reference& reference, Tally& tally) {
  Batch batch = draw(seed);
  std::vector<std::size_t> smooth;
  std::vector<std::string> placed(kTexts, "");  // names carry the text's number, so texts keep their places
  for (std::size_t i = 0; i < kTexts; ++i) {
    const std::vector<base::Json>& answers = batch.ours[i];
    auto error = std::find_if(answers.begin(), answers.end(), has_error);
    if (error == answers.end()) {
      smooth.push_back(i);
      placed[i] = batch.texts[i];
      continue;
    }
    for (auto one : {error, std::find_if_not(answers.begin(), answers.end(), has_error)}) {
      if (one == answers.end()) continue;
      auto document = static_cast<std::size_t>(one - answers.begin());
      compare(batch, i, document, reference.judge({batch.texts[i]}, {batch.documents[document]})[0][0], seed, tally);
    }
  }
  Reference::Table theirs = reference.judge(placed, batch.documents);
  for (std::size_t i : smooth) {
    for (std::size_t j = 0; j < kDocuments; ++j) compare(batch, i, j, theirs[i][j], seed, tally);
  }
}

TEST(GuardDifferential, VerdictsAreThoseOfCfnGuard311) {
  std::string why;
  std::optional<Reference> reference = Reference::find(why);
  if (!reference) GTEST_SKIP() << "cfn-guard cannot be had: " << why;
  std::size_t pairs = from_environment("SETPOINT_GUARD_PAIRS", 2000);
  std::size_t seed = from_environment("SETPOINT_GUARD_SEED", 1);
  Tally tally;
  while (tally.pairs < pairs && !testing::Test::HasFailure()) check(seed++, *reference, tally);
  std::printf("%zu pairs; verdicts compared: %s; %zu texts do not parse, %zu abort, %zu without a report\n",
              tally.pairs, base::Json(tally.verdicts).dump().c_str(), tally.unparsed, tally.aborts, tally.incomparable);
  // The generator must not waste its work: most pairs have verdicts, and of every kind.
  EXPECT_GT(tally.verdicts["PASS"], tally.pairs / 20);
  EXPECT_GT(tally.verdicts["FAIL"], tally.pairs / 20);
  EXPECT_GT(tally.verdicts["SKIP"], tally.pairs / 20);
  EXPECT_LT(tally.incomparable, tally.pairs / 5);
}

}  // namespace
}  // namespace setpoint::guard
