// Cases as files, their expectations as text, policies and mutants: the parts that need no twin. Whole runs are in
// tests/content, over the runbooks themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/document.h"
#include "response/cases/mutation.h"
#include "response/cases/runbook_policy.h"
#include "response/cases/yaml_text.h"

namespace setpoint::response {
namespace {

using base::Json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kCase[] = R"(case: A bucket
kind: non-compliant
parameters: {BucketName: orchard}   # as the finding names it
seed:
  AWS::S3::Bucket: [{Name: orchard}]
faults: ["s3:PutBucketPolicy=throttle*2"]
expect: {status: Success}
)";

std::string mistakes(std::string_view text) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(parse_runbook_case({"case.yaml", text}, diagnostics));
  return diagnostics.render();
}

TEST(RunbookCases, AreRead) {
  base::Diagnostics diagnostics;
  auto one = parse_runbook_case({"case.yaml", kCase}, diagnostics);
  ASSERT_TRUE(one) << diagnostics.render();
  EXPECT_EQ(one->kind, CaseKind::non_compliant);
  EXPECT_EQ(one->parameters, Json({{"BucketName", "orchard"}}));
  EXPECT_EQ(one->faults.at(0).count, 2);
  EXPECT_EQ(one->expect, Json({{"status", "Success"}}));
}

TEST(RunbookCases, MistakesNamePlaceAndRemedy) {
  EXPECT_THAT(mistakes("case: x\nkind: failing\n"), HasSubstr("a failing case says what fails"));
  EXPECT_THAT(mistakes("case: x\nkind: must-not-touch\n"), HasSubstr("says what must stay"));
  EXPECT_THAT(mistakes("case: x\nkind: good\n"), HasSubstr("case.yaml:2"));
  EXPECT_THAT(mistakes("case: x\nkind: compliant\nexpect: {statsu: Success}\n"), HasSubstr("did you mean 'status'"));
  EXPECT_THAT(mistakes("case: x\nkind: compliant\ngiven: [{call: nothing}]\n"), HasSubstr("not service:Operation"));
  EXPECT_THAT(mistakes("case: x\nkind: compliant\nfaults: [boom]\n"), HasSubstr("SERVICE:OPERATION"));
}

TEST(RunbookCases, AnUpdateLeavesTheAuthorsTextAlone) {
  std::string updated = with_expectation(kCase, {{"status", "Failed"}});
  EXPECT_THAT(updated, HasSubstr("   # as the finding names it\n"));
  EXPECT_TRUE(updated.ends_with("expect: {status: Failed}\n")) << updated;
  EXPECT_EQ(with_expectation(updated, {{"status", "Failed"}}), updated);
  EXPECT_EQ(with_expectation("case: x\nkind: compliant", {{"status", "Failed"}}),
            "case: x\nkind: compliant\nexpect: {status: Failed}\n");
}

Json read_back(const Json& value) {
  base::Diagnostics diagnostics;
  auto node = base::parse_yaml({"text", yaml_text(value)}, diagnostics);
  return node ? node->json() : Json(diagnostics.render());
}

TEST(YamlText, ReadsBackAsTheSameValue) {
  std::string long_text(150, 'x');
  for (const Json& value :
       {Json{{"a", "true"}, {"b", true}, {"c", "7"}, {"d", 7}, {"e", nullptr}, {"f", "null"}, {"g", ""}},
        Json{{"list", {1, "two: three", "- four", "#five", "{six}"}},
             {"empty", Json::object()},
             {"none", Json::array()}},
        Json{{"long", {{{"first", long_text}, {"second", {{"third", long_text}, {"fourth", 4}}}}, long_text}}},
        Json{{"quotes", "say \"no\"\n\tand 'yes'"}, {"/path/with~1slash", {{"from", "a:"}, {"to", "arn:aws:s3:::b"}}}}})
    EXPECT_EQ(read_back(value), value) << yaml_text(value);
}

runbook::Document document(std::string_view text) {
  base::Diagnostics diagnostics;
  auto out = runbook::Document::compile({"document.yaml", text}, diagnostics);
  EXPECT_TRUE(out) << diagnostics.render();
  return std::move(*out);
}

constexpr char kDocument[] = R"(schemaVersion: "0.3"
description: Closes a bucket.
assumeRole: "{{ Role }}"
parameters:
  Bucket: {type: String, allowedPattern: '^[a-z]+$'}
  RoleName: {type: String, default: Delivery}
  Role: {type: String, default: "", allowedPattern: '^$'}
mainSteps:
  - name: Look
    action: aws:branch
    inputs:
      Choices: [{NextStep: Put, Variable: "{{ Bucket }}", StringEquals: orchard}]
      Default: Read
  - name: Put
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: PutBucketVersioning, Bucket: "{{ Bucket }}", VersioningConfiguration: {Status: Enabled}}
  - name: Read
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: GetBucketVersioning, Bucket: "{{ Bucket }}"}
    outputs: [{Name: Status, Selector: $.Status, Type: String}]
    isEnd: true
outputs: [Read.Status]
)";

TEST(RunbookPolicy, KeepsWhatTheDocumentNamesAndLeavesTheRestOpen) {
  runbook::Document doc = document(kDocument);
  auto resource = [&](const char* action, const char* arn) { return generalised({action, arn}, doc).resource; };
  EXPECT_EQ(resource("s3:PutBucketVersioning", "arn:aws:s3:::plum"), "arn:aws:s3:::*");
  EXPECT_EQ(resource("s3:GetObject", "arn:aws:s3:::plum/key/of/it"), "arn:aws:s3:::*/*");
  EXPECT_EQ(resource("iam:PassRole", "arn:aws:iam::111122223333:role/Delivery"), "arn:aws:iam::*:role/Delivery");
  EXPECT_EQ(resource("iam:GetRole", "arn:aws:iam::111122223333:role/Other"), "arn:aws:iam::*:role/*");
  EXPECT_EQ(resource("logs:PutRetentionPolicy", "arn:aws:logs:eu-west-1:111122223333:log-group:/a/b:*"),
            "arn:aws:logs:*:*:log-group:*:*");
  EXPECT_EQ(resource("sqs:SetQueueAttributes", "arn:aws:sqs:eu-west-1:111122223333:jobs"), "arn:aws:sqs:*:*:*");
  EXPECT_EQ(resource("ec2:DescribeInstances", "*"), "*");
}

TEST(RunbookPolicy, SaysWhatIsMissingAndWhatIsTooMuch) {
  Json kept = policy_document({{"s3:GetObject", "arn:aws:s3:::*/*"}, {"s3:ListBucket", "arn:aws:s3:::*"}});
  Json needed = policy_document({{"s3:GetObject", "arn:aws:s3:::*/*"}, {"s3:PutObject", "arn:aws:s3:::*/*"}});
  EXPECT_THAT(policy_difference(kept, needed),
              ElementsAre(HasSubstr("the document needs s3:PutObject"), HasSubstr("it allows s3:ListBucket")));
  EXPECT_TRUE(policy_difference(needed, needed).empty());
}

TEST(Mutation, ChangesOneThingAtATime) {
  RunbookFolder folder{".", "X", document(kDocument), {}, {}, {}};
  folder.policy = policy_document({{"s3:PutBucketVersioning", "arn:aws:s3:::*"}});
  std::vector<std::string> what;
  for (const Mutant& mutant : mutants_of(folder)) {
    what.push_back(mutant.what);
    EXPECT_NE(mutant.document.is_null(), mutant.policy.is_null()) << mutant.what;
    EXPECT_NE(mutant.document, folder.document.content()) << mutant.what;
  }
  for (const char* expected :
       {"parameter Bucket without allowedPattern", "parameter RoleName with another default", "step Put left out",
        "step Put with onFailure Continue", "branch Look: choice 1 negated", "branch Look without Default",
        "input Put.VersioningConfiguration.Status is \"EnabledX\"", "step Put without Bucket",
        "output Read.Status selects $.StatusX", "output \"Read.Status\" left out",
        "policy without s3:PutBucketVersioning"})
    EXPECT_THAT(what, Contains(expected));
  // The role's parameter is the house's own, the same everywhere.
  EXPECT_THAT(what, ::testing::Not(Contains(HasSubstr("parameter Role without"))));
}

TEST(Mutation, WhoeverJumpedToALostStepJumpsToTheNext) {
  RunbookFolder folder{".", "X", document(kDocument), {}, {}, {}};
  for (const Mutant& mutant : mutants_of(folder)) {
    if (mutant.what != "step Put left out") continue;
    EXPECT_EQ(mutant.document["mainSteps"].size(), 2u);
    EXPECT_EQ(mutant.document["mainSteps"][0]["inputs"]["Choices"][0]["NextStep"], "Read");
    return;
  }
  FAIL() << "no such mutant";
}

}  // namespace
}  // namespace setpoint::response
