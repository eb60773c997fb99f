#include "runbook/lint.h"

#include <gtest/gtest.h>

#include "runbook/api_catalog.h"

namespace setpoint::runbook {
namespace {

class TinyCatalog final : public ApiCatalog {
 public:
  bool has_service(std::string_view service) const override { return service == "s3"; }
  bool has_operation(std::string_view, std::string_view operation) const override {
    return operation == "DeleteBucket";
  }
  std::vector<std::string> services() const override { return {"s3"}; }
  std::vector<std::string> operations(std::string_view) const override { return {"DeleteBucket"}; }
  std::vector<ParameterProblem> check(std::string_view, std::string_view, const base::Json& parameters) const override {
    if (parameters.contains("Bucket")) return {};
    return {{{"Bukket"}, "unknown member 'Bukket'", "did you mean 'Bucket'?"}};
  }
  bool mutates(std::string_view, std::string_view) const override { return true; }
};

// "line:column code" of every diagnostic of compile and lint.
std::vector<std::string> found(const std::string& text, const ApiCatalog* apis = nullptr) {
  base::Diagnostics diagnostics;
  auto document = Document::compile({"d.yaml", text}, diagnostics);
  if (document) lint(*document, "d.yaml", diagnostics, apis);
  std::vector<std::string> out;
  for (const base::Diagnostic& one : diagnostics.items())
    out.push_back(fmt::format("{}:{} {}", one.at.line, one.at.column, one.code));
  return out;
}

using Found = std::vector<std::string>;

TEST(Lint, SaysNothingOfASoundDocument) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters: {Role: {type: String}, Ids: {type: StringList}, Limit: {type: Integer}}
mainSteps:
- name: Each
  action: aws:loop
  inputs:
    Iterators: '{{ Ids }}'
    Steps:
    - {name: Get, action: 'aws:executeAwsApi', timeoutSeconds: '{{ Limit }}', inputs: {Service: s3, Api: X, Bucket: '{{ Each.CurrentIteratorValue }}'}, outputs: [{Name: Id, Selector: $.Id}]}
    - {name: Use, action: 'aws:executeAwsApi', inputs: {Service: s3, Api: X, Bucket: '{{ Get.Id }}'}}
)"),
            Found{});
}

TEST(Lint, AMissingStepIsAWarningWhereNothingLeadsThere) {
  std::string dead = R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:sleep', isEnd: true, inputs: {Duration: PT1S}}
- {name: B, action: 'aws:executeAwsApi', inputs: {Service: s3, Api: X, Bucket: '{{ Elsewhere.Name }}'}}
)";
  base::Diagnostics diagnostics;
  EXPECT_TRUE(Document::compile({"d.yaml", dead}, diagnostics)) << diagnostics.render();
  EXPECT_EQ(diagnostics.items().size(), 1U);
  dead.erase(dead.find("isEnd: true, "), std::string("isEnd: true, ").size());
  EXPECT_FALSE(Document::compile({"d.yaml", dead}, diagnostics));
}

TEST(Lint, AnOutputThatNobodyWrites) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:executeAwsApi', inputs: {Service: s, Api: A}, outputs: [{Name: Id, Selector: $.Id}]}
- name: B
  action: aws:executeAwsApi
  inputs:
    Service: s
    Api: A
    Id: '{{ A.Idd }}'
outputs: [B.Nothing]
)"),
            (Found{"9:9 runbook-output-unwritten", "4:3 runbook-output-unwritten"}));
}

TEST(Lint, AStepThatNobodyReaches) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:executeAwsApi', isEnd: true, inputs: {Service: s, Api: A}}
- {name: B, action: 'aws:executeAwsApi', inputs: {Service: s, Api: A}}
)"),
            Found{"4:3 runbook-step-unreachable"});
}

TEST(Lint, ALoopWithoutAnEnd) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:executeAwsApi', inputs: {Service: s, Api: A}}
- {name: B, action: 'aws:executeAwsApi', nextStep: A, inputs: {Service: s, Api: A}}
)"),
            (Found{"3:3 runbook-endless", "4:3 runbook-endless"}));
}

TEST(Lint, AStepThatCannotHaveRunBefore) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:executeAwsApi', inputs: {Service: s, Api: A, Id: '{{ B.Id }}'}}
- {name: B, action: 'aws:executeAwsApi', inputs: {Service: s, Api: A}, outputs: [{Name: Id, Selector: $.Id}]}
)"),
            Found{"3:75 runbook-reference-order"});
}

TEST(Lint, ATypeThatCannotFit) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
parameters:
  L: {type: StringList}
  N: {type: Integer}
mainSteps:
- name: Pick
  action: aws:branch
  inputs:
    Choices:
    - {NextStep: S, Variable: '{{ L }}', NumericEquals: 1}
    - {NextStep: S, Variable: '{{ N }}', NumericEquals: many}
- name: Each
  action: aws:loop
  inputs: {Iterators: '{{ N }}', Steps: [{name: P, action: 'aws:pause', inputs: {}}]}
- {name: S, action: 'aws:sleep', inputs: {Duration: 10 minutes}}
)"),
            (Found{"10:31 runbook-type", "11:57 runbook-type", "14:23 runbook-type", "15:53 runbook-type"}));
}

TEST(Lint, ApisThatTheModelDoesNotHave) {
  TinyCatalog apis;
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
mainSteps:
- {name: A, action: 'aws:executeAwsApi', inputs: {Service: s4, Api: A}}
- {name: B, action: 'aws:executeAwsApi', inputs: {Service: s3, Api: DeleteBuckets}}
- {name: C, action: 'aws:executeAwsApi', inputs: {Service: s3, Api: DeleteBucket, Bukket: b}}
- {name: D, action: 'aws:executeAwsApi', inputs: {Service: s3, Api: DeleteBucket, Bucket: b}}
)",
                  &apis),
            (Found{"3:60 runbook-api-service", "4:69 runbook-api-operation", "5:91 runbook-api-parameter"}));
}

TEST(Lint, UnusedParametersAndOldRuntimes) {
  EXPECT_EQ(found(R"(schemaVersion: '0.3'
parameters:
  Unused: {type: String}
mainSteps:
- {name: A, action: 'aws:executeScript', inputs: {Runtime: python3.8, Handler: h, Script: 'x'}}
)"),
            (Found{"5:60 runbook-runtime", "3:3 runbook-unused"}));
}

}  // namespace
}  // namespace setpoint::runbook
