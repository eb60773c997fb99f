// The library of controls as a whole: what a reader, an auditor and the engine may rely on for each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "base/file.h"
#include "guard/rule_set.h"
#include "standards/control_case.h"
#include "standards/standards.h"

namespace setpoint {
namespace {

namespace fs = std::filesystem;
using base::Diagnostics;
using model::Control;
using model::Verdict;
using standards::ControlCase;
using standards::Standards;
using ::testing::IsSupersetOf;

const Standards& library() {
  static const Standards loaded = [] {
    Diagnostics diagnostics;
    return Standards::load(std::string(SETPOINT_SOURCE_DIR) + "/content/standards", diagnostics);
  }();
  return loaded;
}

std::string rule_text(const Control& control) {
  return base::read_file(library().folder(control.id) + "/rule.guard").value();
}

std::vector<ControlCase> cases(const Control& control) {
  Diagnostics diagnostics;
  return standards::read_cases(library().folder(control.id), diagnostics);
}

bool is_kind(const ControlCase& one, std::string_view kind) {
  return fs::path(one.path).filename().string().starts_with(kind);
}

TEST(Library, HoldsAHundredOfTheFoundationalPractices) {
  std::size_t count = 0;
  for (const Control& control : library().controls()) count += control.mappings.count("aws-fsbp");
  EXPECT_GE(count, 100u);
}

TEST(Library, AFolderIsNamedAfterItsControl) {
  for (const Control& control : library().controls()) {
    std::string name;
    for (char c : control.id) name += c == '.' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(fs::path(library().folder(control.id)).filename(), name);
  }
}

// A rule without a gate on the type would fire on resources that it knows nothing about.
TEST(Library, RulesApplyToTheTypesOfTheirControlAndNoOther) {
  const std::regex named("(^|\\n)rule +([a-z0-9_]+)(\\(| when resourceType (==|in) )?");
  const std::regex type("\"(AWS::[A-Za-z0-9]*::[A-Za-z0-9]+)\"");
  for (const Control& control : library().controls()) {
    // What a rule asks the inventory for is not what it applies to.
    const std::string text = std::regex_replace(rule_text(control), std::regex("related\\([^)]*\\)"), "related()");
    for (std::sregex_iterator it(text.begin(), text.end(), named), end; it != end; ++it)
      EXPECT_TRUE((*it)[3].matched) << control.id << " rule " << (*it)[2] << " applies to any type";
    std::set<std::string> gated;
    for (std::sregex_iterator it(text.begin(), text.end(), type), end; it != end; ++it) gated.insert((*it)[1]);
    EXPECT_EQ(gated, std::set<std::string>(control.resources.begin(), control.resources.end())) << control.id;
  }
}

TEST(Library, RulesCompileWithoutAWarning) {
  for (const Control& control : library().controls()) {
    Diagnostics diagnostics;
    guard::CompileOptions options;
    options.extensions = true;
    EXPECT_TRUE(guard::RuleSet::compile({control.id, rule_text(control)}, diagnostics, options));
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.render();
  }
}

std::set<std::string> names_behind(const std::string& text, const std::string& prefix) {
  std::set<std::string> names;
  const std::regex pattern(prefix + "\\.([A-Za-z]+)");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern); it != std::sregex_iterator(); ++it)
    names.insert((*it)[1]);
  return names;
}

// A parameter without a default fails every resource; one that nothing reads is a promise that nobody keeps.
TEST(Library, ParametersAreDeclaredAndUsed) {
  for (const Control& control : library().controls()) {
    std::set<std::string> declared;
    for (const auto& [name, value] : control.parameters.items()) declared.insert(name);
    std::set<std::string> read = names_behind(rule_text(control), "CONFIG_RULE_PARAMETERS");
    EXPECT_THAT(declared, IsSupersetOf(read)) << control.id;
    std::set<std::string> filled =
        control.remediation ? names_behind(control.remediation->with.dump(), "parameters") : std::set<std::string>();
    EXPECT_THAT(declared, IsSupersetOf(filled)) << control.id;
    read.insert(filled.begin(), filled.end());
    EXPECT_EQ(read, declared) << control.id << " declares what it does not use";
  }
}

TEST(Library, MappingsAreWordsOfTheirStandards) {
  const std::map<std::string, std::regex> shapes = {
      {"aws-fsbp", std::regex("[A-Za-z0-9]+\\.[0-9]+")},
      {"cis-aws-1.2", std::regex("[1-4]\\.[0-9]+")},
      {"cis-aws-1.4", std::regex("[1-5](\\.[0-9]+){1,2}")},
      {"cis-aws-3.0", std::regex("[1-5](\\.[0-9]+){1,2}")},
      {"nist-800-53-r5", std::regex("(AC|AU|CA|CM|CP|IA|IR|RA|SA|SC|SI)-[0-9]+(\\([0-9]+\\))?")},
      {"pci-dss-3.2.1", std::regex("[0-9]+(\\.[0-9]+){0,3}")},
      {"pci-dss-4", std::regex("[0-9]+(\\.[0-9]+){1,3}")},
      {"aws-config", std::regex("[a-z0-9]+(-[a-z0-9]+)*")}};
  for (const Control& control : library().controls()) {
    for (const auto& [standard, requirements] : control.mappings) {
      auto shape = shapes.find(standard);
      ASSERT_NE(shape, shapes.end()) << control.id << " maps to an unknown standard " << standard;
      EXPECT_FALSE(requirements.empty()) << control.id << " " << standard;
      for (const std::string& one : requirements)
        EXPECT_TRUE(std::regex_match(one, shape->second)) << control.id << " " << standard << " " << one;
    }
    if (control.mappings.contains("aws-fsbp")) {
      EXPECT_EQ(control.mappings.at("aws-fsbp"), std::vector<std::string>{control.id});
    }
  }
}

TEST(Library, EveryControlSaysWhy) {
  std::set<std::string> titles;
  for (const Control& control : library().controls()) {
    EXPECT_GE(control.rationale.size(), 85u) << control.id;
    EXPECT_TRUE(titles.insert(control.title).second) << control.id << " has another control's title: " << control.title;
  }
}

// The first thing that a person reads of a finding.
TEST(Library, FindingsCarryAMessage) {
  for (const Control& control : library().controls()) {
    for (const ControlCase& one : cases(control)) {
      if (!is_kind(one, "non-compliant")) continue;
      auto judgement = library().judge(control.id, one.resource);
      ASSERT_TRUE(judgement);
      bool said = std::any_of(judgement->evidence.begin(), judgement->evidence.end(),
                              [](const model::Evidence& evidence) { return !evidence.message.empty(); });
      EXPECT_TRUE(said || judgement->evidence.empty()) << one.path;
    }
  }
}

// The cases of one control are resources for all others: none of them may abort on a shape that another one knows.
TEST(Library, NoRuleAbortsOnAnotherControlsResources) {
  for (const Control& control : library().controls()) {
    for (const ControlCase& one : cases(control)) {
      if (is_kind(one, "unknown") || is_kind(one, "wrong-kind")) continue;
      for (const standards::Judged& judged : library().judge(one.resource)) {
        if (judged.judgement.verdict != Verdict::unknown) continue;
        bool no_inventory = judged.judgement.because.starts_with("related() needs");  // a case of another control
        EXPECT_TRUE(no_inventory || judged.judgement.because.starts_with("the item holds no"))
            << judged.control->id << " on " << one.path << ": " << judged.judgement.because;
      }
    }
  }
}

}  // namespace
}  // namespace setpoint
