#include "standards/standards.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "standards/control_case.h"
#include "standards/control_reader.h"

namespace setpoint::standards {
namespace {

namespace fs = std::filesystem;
using base::Diagnostics;
using base::Json;
using model::Verdict;

const std::string kContent = std::string(SETPOINT_SOURCE_DIR) + "/content/standards";

const Standards& ours() {
  static const Standards standards = [] {
    Diagnostics diagnostics;
    Standards out = Standards::load(kContent, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.render();
    return out;
  }();
  return standards;
}

// A folder of its own for each test, gone afterwards.
struct StandardsFolder : ::testing::Test {
  fs::path root = fs::temp_directory_path() / ("standards_test_" + std::to_string(::getpid()));
  void TearDown() override { fs::remove_all(root); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  std::string load_errors() {
    Diagnostics diagnostics;
    Standards::load(root.string(), diagnostics);
    return diagnostics.render();
  }
};

constexpr const char* kControl = R"(control: T.1
title: t
severity: high
resources: [AWS::EC2::SecurityGroup]
rationale: r
rule: rule.guard
human: because
)";
constexpr const char* kRule =
    "rule r when resourceType == 'AWS::EC2::SecurityGroup' { configuration.open == CONFIG_RULE_PARAMETERS.want }\n";

TEST(Content, EveryControlLoadsWithoutAWarning) { EXPECT_GE(ours().controls().size(), 5u); }

TEST(Content, EveryCaseOfEveryControlHolds) {
  std::size_t count = 0;
  for (const model::Control& control : ours().controls()) {
    Diagnostics diagnostics;
    for (const ControlCase& one : read_cases(ours().folder(control.id), diagnostics)) {
      EXPECT_EQ(check_case(ours(), control.id, one), "") << one.path;
      ++count;
    }
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.render();
  }
  EXPECT_GE(count, 25u);
}

// A case file's name begins with its kind: non-compliant-acl.yaml.
bool has_case(const std::string& folder, const std::string& kind) {
  for (const auto& entry : fs::directory_iterator(folder + "/cases")) {
    if (entry.path().filename().string().starts_with(kind)) return true;
  }
  return false;
}

TEST(Content, EveryControlHasItsFiveKindsOfCase) {
  for (const model::Control& control : ours().controls()) {
    for (const char* kind : {"compliant", "non-compliant", "not-applicable", "must-not-touch", "unknown"}) {
      EXPECT_TRUE(has_case(ours().folder(control.id), kind)) << control.id << " lacks " << kind;
    }
  }
}

TEST_F(StandardsFolder, AnUnknownFieldIsSaidWithAHint) {
  write("a/control.yaml", std::string(kControl) + "tilte: x\n");
  write("a/rule.guard", kRule);
  std::string errors = load_errors();
  EXPECT_NE(errors.find("control.yaml:8:1: error: unknown field 'tilte'"), std::string::npos) << errors;
  EXPECT_NE(errors.find("did you mean 'title'?"), std::string::npos) << errors;
}

TEST_F(StandardsFolder, EveryMistakeOfAControlIsSaidAtOnce) {
  write("a/control.yaml",
        "control: T.1\nseverity: hgih\nresources: [X]\nrationale: r\nrule: rule.guard\nneeds: [configuration]\n"
        "remediation: {runbook: R, with: {A: \"x {{resource.id}\", B: \"{{resource.idd}}\"}}\n");
  std::string errors = load_errors();
  for (const char* what :
       {"title", "'hgih' is not a severity", "did you mean 'high'?", "'configuration' is not a JSON pointer",
        "a template without its end", "'resource.idd' is nothing that a remediation can fill in"}) {
    EXPECT_NE(errors.find(what), std::string::npos) << what << "\n" << errors;
  }
}

TEST_F(StandardsFolder, ARemedyOrAReasonIsNeeded) {
  std::string control = kControl;
  write("a/control.yaml", control.substr(0, control.find("human")));
  write("a/rule.guard", kRule);
  EXPECT_NE(load_errors().find("neither 'remediation' nor 'human'"), std::string::npos);
}

TEST_F(StandardsFolder, ABrokenRuleLeavesItsControlOutAndTheOthersIn) {
  write("a/control.yaml", kControl);
  write("a/rule.guard", "rule r { configuration.open == \n");
  std::string other = kControl;
  other.replace(other.find("T.1"), 3, "T.2");
  write("b/control.yaml", other);
  write("b/rule.guard", kRule);
  Diagnostics diagnostics;
  Standards standards = Standards::load(root.string(), diagnostics);
  EXPECT_TRUE(diagnostics.has_errors());
  ASSERT_EQ(standards.controls().size(), 1u);
  EXPECT_EQ(standards.controls()[0].id, "T.2");
}

TEST_F(StandardsFolder, OneIdTwiceIsAnError) {
  for (const char* folder : {"a", "b"}) {
    write(std::string(folder) + "/control.yaml", kControl);
    write(std::string(folder) + "/rule.guard", kRule);
  }
  EXPECT_NE(load_errors().find("control T.1 stands in"), std::string::npos);
}

TEST_F(StandardsFolder, ParametersHaveDefaultsAndCanBeReplaced) {
  write("a/control.yaml", std::string(kControl) + "parameters: {want: 1}\n");
  write("a/rule.guard", kRule);
  model::Resource resource;
  resource.key = {"aws", "1", "r", "AWS::EC2::SecurityGroup", "sg-1"};
  resource.item = {{"resourceType", resource.key.type}, {"configuration", {{"open", 1}}}};
  Diagnostics diagnostics;
  EXPECT_EQ(Standards::load(root.string(), diagnostics).judge("T.1", resource)->verdict, Verdict::compliant);
  LoadOptions options;
  options.parameters = {{"T.1", {{"want", 2}}}};
  EXPECT_EQ(Standards::load(root.string(), diagnostics, options).judge("T.1", resource)->verdict,
            Verdict::non_compliant);
}

TEST_F(StandardsFolder, AFolderThatCannotBeReadIsSaid) {
  EXPECT_NE(load_errors().find("cannot be read"), std::string::npos);
}

TEST(Judging, DeletedAndUnreadResourcesAreNeitherFineNorBad) {
  model::Resource resource;
  resource.key = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
  resource.item = {{"resourceType", resource.key.type}};
  EXPECT_EQ(ours().judge("EC2.13", resource)->verdict, Verdict::unknown) << "no permissions in the item";
  resource.knowledge = model::Knowledge::unknown;
  resource.unknown_because = "throttled";
  EXPECT_EQ(ours().judge("EC2.13", resource)->because, "the resource could not be read: throttled");
  resource.knowledge = model::Knowledge::deleted;
  EXPECT_EQ(ours().judge("EC2.13", resource)->verdict, Verdict::not_applicable);
  EXPECT_FALSE(ours().judge("NO.1", resource).has_value());
}

TEST(Judging, OnlyControlsOfTheTypeAreTried) {
  model::Resource resource;
  resource.key = {"aws", "1", "r", "AWS::Unheard::Of", "x"};
  EXPECT_TRUE(ours().judge(resource).empty());
}

TEST(NeededMembers, FollowPointersThroughObjects) {
  Json value = {{"a", {{"b/c", 1}, {"n", nullptr}}}};
  EXPECT_TRUE(has_member(value, "/a/b~1c"));
  EXPECT_TRUE(has_member(value, "/a/n")) << "null is an answer: AWS Config writes it for what is not set";
  EXPECT_FALSE(has_member(value, "/a/b/c"));
  EXPECT_FALSE(has_member(value, "/x/y/z"));
}

}  // namespace
}  // namespace setpoint::standards
