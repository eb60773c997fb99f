#include "runbook/document.h"

#include <gtest/gtest.h>

namespace setpoint::runbook {
namespace {

std::string refusal(const std::string& text) {
  base::Diagnostics diagnostics;
  auto document = Document::compile({"d.yaml", text}, diagnostics);
  EXPECT_EQ(document.has_value(), !diagnostics.has_errors());
  return diagnostics.render();
}

TEST(Document, EveryMistakeIsToldInOneGo) {
  std::string text = refusal(R"(schemaVersion: '0.3'
descripton: x
parameters: {A: {type: Text}}
mainSteps:
- {name: 'a b', action: 'aws:slep', onFailure: stp, maxAttempts: 0, inputs: {}}
- {action: 'aws:sleep', timeoutSeconds: soon, inputs: {}}
)");
  for (const char* part : {"d.yaml:2:1", "did you mean 'description'?", "'Text' is no type", "'a b' is no step's name",
                           "did you mean 'aws:sleep'?", "is neither Abort, Continue nor step:<name>", "'maxAttempts'",
                           "the field 'name' is missing", "'timeoutSeconds'"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Document, DigestIsOfTheContentNotTheLayout) {
  base::Diagnostics diagnostics;
  auto yaml = Document::compile(
      {"x/Name.yaml", "# c\nschemaVersion: '0.3'\nmainSteps: [{name: A, action: 'aws:pause', inputs: {}}]\n"},
      diagnostics);
  auto json = Document::compile(
      {"Name.json", R"({"mainSteps": [{"action": "aws:pause", "inputs": {}, "name": "A"}], "schemaVersion": "0.3"})"},
      diagnostics);
  ASSERT_TRUE(yaml && json) << diagnostics.render();
  EXPECT_EQ(yaml->digest(), json->digest());
  EXPECT_EQ(yaml->name(), "Name");
}

TEST(Document, HostileTextIsRefused) {
  std::string deep(100'000, '[');
  std::string aliases =
      "schemaVersion: '0.3'\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c "
      "[*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
      "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nmainSteps: "
      "[*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
  for (const std::string& text : {deep, aliases, std::string("\xff\xfe"), std::string(),
                                  std::string("a: b\n---\nc: d\n"), std::string(2u << 20, ' ')}) {
    EXPECT_NE(refusal(text), "");
  }
}

TEST(Document, ApiCallsOfTheDocument) {
  base::Diagnostics diagnostics;
  auto document = Document::compile({"d.yaml", R"(schemaVersion: '0.3'
parameters: {S: {type: String}}
mainSteps:
- {name: A, action: 'aws:assertAwsResourceProperty', inputs: {Service: s3, Api: GetBucketAcl, Bucket: b, PropertySelector: $.x, DesiredValues: [y]}}
- {name: B, action: 'aws:executeAwsApi', inputs: {Service: '{{ S }}', Api: Y}}
- {name: C, action: 'aws:createTags', inputs: {ResourceIds: [i], Tags: []}}
- {name: D, action: 'aws:executeScript', inputs: {Runtime: python3.11, Handler: h, Script: x}}
)"},
                                    diagnostics);
  ASSERT_TRUE(document) << diagnostics.render();
  std::vector<std::string> calls;
  for (const StaticCall& call : api_calls(*document))
    calls.push_back(fmt::format("{} {}:{}{}", call.step, call.service, call.operation, call.dynamic ? " dynamic" : ""));
  EXPECT_EQ(calls, (std::vector<std::string>{"A s3:GetBucketAcl", "B {{ S }}:Y dynamic", "C ec2:CreateTags",
                                             "C ssm:AddTagsToResource", "D : dynamic"}));
  EXPECT_EQ(api_calls(*document)[0].parameters, base::Json({{"Bucket", "b"}}));
}

}  // namespace
}  // namespace setpoint::runbook
