#include "findings/export.h"

#include <gtest/gtest.h>

namespace setpoint::findings {
namespace {

using base::Json;
using model::Finding;
using model::FindingStatus;
using model::Verdict;

Finding sample() {
  Finding out;
  out.id = "f-0123456789ab";
  out.check = "EC2.13";
  out.title = std::string(255, 'x') + "é and more";
  out.severity = model::Level::high;
  out.resource = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
  out.evidence.push_back({"/configuration/x", Json("0.0.0.0/0"), true, "", "", "r"});
  out.sources.push_back({"Prowler", "p-1", {1000}, {2000}, true});
  out.first_seen = {1000};
  out.last_seen = {2000};
  return out;
}

model::Control control() {
  model::Control out;
  out.id = "EC2.13";
  out.mappings = {{"cis-aws-3.0", {"5.2", "5.3"}}};
  out.remediation = model::Remediation{"Setpoint-RevokeOpenIngress", Json::object()};
  return out;
}

TEST(Asff, IsWhatBatchImportFindingsTakes) {
  model::Control one = control();
  Json out = asff(sample(), &one);
  for (const char* required : {"AwsAccountId", "CreatedAt", "Description", "GeneratorId", "Id", "ProductArn",
                               "Resources", "SchemaVersion", "Severity", "Title", "UpdatedAt"}) {
    EXPECT_TRUE(out.contains(required)) << required;
  }
  EXPECT_EQ(out["ProductArn"], "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default");
  EXPECT_EQ(out["Resources"][0]["Type"], "AwsEc2SecurityGroup");
  EXPECT_EQ(out["Resources"][0]["Id"], "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1");
  EXPECT_EQ(out["Title"], std::string(255, 'x')) << "cut before the character that does not fit whole";
  EXPECT_EQ(out["Compliance"]["RelatedRequirements"], Json::array({"cis-aws-3.0/5.2", "cis-aws-3.0/5.3"}));
  EXPECT_EQ(out["ProductFields"]["setpoint/source:0/product"], "Prowler");
}

TEST(Asff, StatesAreTold) {
  Finding finding = sample();
  finding.status = FindingStatus::suppressed;
  EXPECT_EQ(asff(finding, nullptr)["Workflow"]["Status"], "SUPPRESSED");
  finding.status = FindingStatus::resolved;
  finding.verdict = Verdict::compliant;
  EXPECT_EQ(asff(finding, nullptr)["RecordState"], "ARCHIVED");
  EXPECT_EQ(asff(finding, nullptr)["Compliance"]["Status"], "PASSED");
}

TEST(Ocsf, NamesControlStandardsAndSources) {
  model::Control one = control();
  Json out = ocsf(sample(), &one);
  EXPECT_EQ(out["class_uid"], 2003);
  EXPECT_EQ(out["type_uid"], 200301);
  EXPECT_EQ(out["compliance"]["control"], "EC2.13");
  EXPECT_EQ(out["compliance"]["standards"], Json::array({"cis-aws-3.0"}));
  EXPECT_EQ(out["compliance"]["status_id"], 3);
  EXPECT_EQ(out["unmapped"]["sources"][0]["product"], "Prowler");
  Finding unknown = sample();
  unknown.verdict = Verdict::unknown;
  EXPECT_EQ(ocsf(unknown, nullptr)["compliance"]["status"], "Unknown") << "not judged is neither pass nor fail";
}

}  // namespace
}  // namespace setpoint::findings
