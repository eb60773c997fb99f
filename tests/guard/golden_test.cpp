// Hand-picked texts with the verdicts that cfn-guard 3.1.1 gave for them (tests/golden/guard/*.json), so that they are
// checked where the binary cannot be had.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "guard/batch.h"

namespace setpoint::guard {
namespace {

// A case: {"rules": text, "input": document, "verdicts": {...}} or {..., "aborts": true} or {..., "does_not_parse":
// true}.
void check_template(const base::Json& one) {
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile({"template.guard", one.at("rules").get_ref<const std::string&>()}, diagnostics);
  auto document = Document::from_text(one.at("yaml").get_ref<const std::string&>());
  ASSERT_TRUE(rules && document) << diagnostics.render();
  EXPECT_EQ(verdicts_by_name(*rules, rules->evaluate(*document)), one.at("verdicts")) << one.at("yaml");
}

void check(const base::Json& one) {
  if (one.contains("yaml")) return check_template(one);
  BatchRunner runner({});
  base::Json line = {{"id", 0}, {"rules", one.at("rules")}, {"input", one.at("input")}};
  base::Json answer = base::Json::parse(runner.run(line.dump()));
  SCOPED_TRACE(one.at("rules").get<std::string>() + "\n" + one.at("input").dump());
  if (one.contains("does_not_parse")) {
    EXPECT_TRUE(answer.contains("error")) << answer.dump();
    return;
  }
  ASSERT_TRUE(answer.contains("verdicts")) << answer.dump();
  if (one.contains("aborts")) {
    EXPECT_NE(answer["verdicts"].dump().find("ERROR"), std::string::npos) << answer.dump();
  } else {
    EXPECT_EQ(answer["verdicts"], one.at("verdicts"));
  }
}

TEST(GuardGolden, VerdictsAreThoseOfCfnGuard311) {
  std::size_t cases = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(SETPOINT_SOURCE_DIR) / "tests/golden/guard")) {
    if (entry.path().extension() != ".json") continue;
    base::Json file = base::Json::parse(base::read_file(entry.path()).value());
    for (const base::Json& one : file) {
      check(one);
      ++cases;
    }
  }
  EXPECT_GT(cases, 400u);
}

}  // namespace
}  // namespace setpoint::guard
