// The real data of ../shared, with exact counts: what loads, what is refused and why.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "intake/bytes.h"
#include "intake/intake.h"
#include "intake/recognise.h"
#include "intake/splitter.h"

namespace setpoint::intake {
namespace {

using base::Json;
using model::Knowledge;

// A worktree lies one folder deeper than the repository itself.
std::string find_shared(const std::string& path) {
  for (const char* up : {"/../shared/data/", "/../../shared/data/"}) {
    std::string candidate = std::string(SETPOINT_SOURCE_DIR) + up + path;
    if (std::filesystem::exists(candidate)) return candidate;
  }
  return {};
}

// The files wrap each value as {"file"|"page": name, "event": value}: a form of our test data, not of the product.
std::multimap<std::string, Batch> load(const std::string& path) {
  std::multimap<std::string, Batch> out;
  auto source = inflated(from_file(path).value());
  Splitter splitter({[&](const Piece& piece) {
                       Json line = base::parse_json(piece.text).value();
                       std::string name = line.value("file", line.value("page", ""));
                       Batch batch;
                       take_value(line["event"], name, batch);
                       out.emplace(name, std::move(batch));
                       return base::Status();
                     },
                     [](int, base::Error why) { return base::Status(base::fail(std::move(why))); }});
  for (auto chunk = source->next().value(); !chunk.empty(); chunk = source->next().value()) {
    EXPECT_TRUE(splitter.feed(chunk));
  }
  EXPECT_TRUE(splitter.finish());
  return out;
}

Batch total(const std::multimap<std::string, Batch>& parts) {
  Batch out;
  for (const auto& [name, part] : parts) out.append(Batch(part));
  return out;
}

#define LOAD_OR_SKIP(name, path)                              \
  const std::string name##_path = find_shared(path);          \
  if (name##_path.empty()) GTEST_SKIP() << "needs ../shared"; \
  const auto name = load(name##_path)

TEST(SharedData, ConfigurationItemsOfEveryTypeLoad) {
  LOAD_OR_SKIP(parts, "aws-config/rdk-example-ci.ndjson.gz");
  EXPECT_EQ(parts.size(), 78u);
  Batch all = total(parts);
  EXPECT_EQ(all.resources.size(), 77u);
  ASSERT_EQ(all.refused.size(), 1u);
  EXPECT_NE(all.refused[0].why.find("datetime.datetime(2020"), std::string::npos)
      << "a time written by Python, not by AWS Config";
  EXPECT_EQ(all.events.size(), 2u) << "the two notifications";
  EXPECT_EQ(all.findings.size(), 0u);
  for (const model::Resource& resource : all.resources) {
    EXPECT_EQ(resource.knowledge, Knowledge::known) << resource.key.text() << resource.unknown_because;
    EXPECT_TRUE(resource.captured_at.known()) << resource.key.text();
  }
}

TEST(SharedData, TheSecurityGroupItemIsReadInFull) {
  LOAD_OR_SKIP(parts, "aws-config/rdk-example-ci.ndjson.gz");
  const Batch& batch = parts.find("AWS_EC2_SecurityGroup.json")->second;
  ASSERT_EQ(batch.resources.size(), 1u);
  const model::Resource& group = batch.resources[0];
  EXPECT_EQ(group.key.text(), "aws/264683526309/us-east-1/AWS::EC2::SecurityGroup/sg-1d56fc66");
  EXPECT_EQ(base::to_iso8601(group.captured_at), "2016-06-09T08:59:59.139Z");
  EXPECT_EQ(group.relations.at(0), (model::Relation{"Is contained in Vpc", "AWS::EC2::VPC", "vpc-0990dc6d"}));
}

TEST(SharedData, ConfigDocumentationExamplesLoadOrSayWhyNot) {
  LOAD_OR_SKIP(parts, "aws-docs/config-examples.ndjson");
  EXPECT_EQ(parts.size(), 15u);
  Batch all = total(parts);
  EXPECT_EQ(all.resources.size(), 11u);
  EXPECT_EQ(all.events.size(), 11u);
  EXPECT_EQ(all.findings.size(), 1u);
  std::vector<std::string> why;
  for (const Refused& refused : all.refused) why.push_back(refused.why);
  EXPECT_EQ(why, (std::vector<std::string>{"accountId 'Account ID' is not an AWS account number",
                                           "accountId 'AccountId' is not an AWS account number"}));
}

TEST(SharedData, AnOversizedItemIsUnknownAndNotEmpty) {
  LOAD_OR_SKIP(parts, "aws-docs/config-examples.ndjson");
  Batch all = total(parts);
  std::size_t unknown = 0;
  for (const model::Resource& resource : all.resources) {
    if (resource.knowledge != Knowledge::unknown) continue;
    ++unknown;
    EXPECT_NE(resource.unknown_because.find("too large"), std::string::npos);
  }
  EXPECT_EQ(unknown, 1u);
}

TEST(SharedData, SecurityHubEventsGiveEveryFindingInThem) {
  LOAD_OR_SKIP(parts, "asff-asr/events.ndjson.gz");
  EXPECT_EQ(parts.size(), 20u);
  Batch all = total(parts);
  EXPECT_EQ(all.events.size(), 20u);
  EXPECT_EQ(all.findings.size(), 22u);
  EXPECT_EQ(all.refused.size(), 0u);
}

const model::Finding& only_finding(const std::multimap<std::string, Batch>& parts, const std::string& name) {
  return parts.find(name)->second.findings.at(0);
}

TEST(SharedData, SecurityHubChecksResourcesAndVerdictsAreTold) {
  LOAD_OR_SKIP(parts, "asff-asr/events.ndjson.gz");
  const model::Finding& ssh = only_finding(parts, "simtest/simdata/cis4142.json");
  EXPECT_EQ(ssh.check, "cis-aws-1.2/4.1");
  EXPECT_EQ(ssh.resource.text(), "aws/111111111111/us-east-2/AWS::EC2::SecurityGroup/sg-02cfbecbc814a3c24");
  EXPECT_EQ(ssh.verdict, model::Verdict::non_compliant);
  EXPECT_EQ(ssh.severity, model::Level::high);
  EXPECT_EQ(ssh.sources.at(0).product, "AWS Security Hub");
  EXPECT_TRUE(ssh.sources.at(0).active);
  const model::Finding& fallback = only_finding(parts, "source/playbooks/AFSBP/test/test_data/afsbp_ec22.json");
  EXPECT_EQ(fallback.check, "EC2.2");
  const model::Finding& passed = only_finding(parts, "simtest/simdata/cis1314-save.json");
  EXPECT_EQ(passed.verdict, model::Verdict::compliant);
  EXPECT_FALSE(passed.sources.at(0).active);
  EXPECT_EQ(passed.resource.text(), "aws/111111111111/global/AWS::IAM::User/iamuser1");
  EXPECT_EQ(only_finding(parts, "source/layer/test/test_json_data/CIS-bad.json").check, "cis-aws-1.2/1.3")
      << "no GeneratorId";
  EXPECT_EQ(only_finding(parts, "source/layer/test/test_json_data/CIS-1.3.json").verdict, model::Verdict::unknown);
}

TEST(SharedData, EventsOfEveryServiceImport) {
  LOAD_OR_SKIP(parts, "custodian-cwe/events.ndjson.gz");
  EXPECT_EQ(parts.size(), 37u);
  Batch all = total(parts);
  EXPECT_EQ(all.events.size(), 37u);
  EXPECT_EQ(all.findings.size(), 5u);
  EXPECT_EQ(all.resources.size(), 3u);
  EXPECT_EQ(all.refused.size(), 0u);
  for (const model::Event& event : all.events)
    EXPECT_FALSE(event.id.empty() || event.source.empty() || event.detail_type.empty());
}

TEST(SharedData, GuardDutyIsTheSameCheckFromBothSides) {
  LOAD_OR_SKIP(parts, "custodian-cwe/events.ndjson.gz");
  const model::Finding& direct = only_finding(parts, "ec2-duty-event.json");
  EXPECT_EQ(direct.check, "Backdoor:EC2/C&CActivity.B!DNS");
  EXPECT_EQ(direct.kind, model::FindingClass::detection);
  EXPECT_EQ(direct.severity, model::Level::medium);
  EXPECT_EQ(direct.resource.text(), "aws/883606788610/us-east-1/AWS::EC2::Instance/i-99999999");
  EXPECT_EQ(only_finding(parts, "event-securityhub-iamkey-finding-action.json").check,
            "UnauthorizedAccess:IAMUser/ConsoleLogin");
}

std::vector<std::string> prowler(const std::string& name) {
  std::vector<std::string> out;
  base::Status status = Intake().read_file(find_shared(name), [&](Batch&& part) {
    for (const model::Finding& finding : part.findings) {
      out.push_back(finding.check + " " + std::string(to_string(finding.verdict)) + " " + finding.resource.type);
    }
    return base::Status(part.refused.empty()
                            ? base::Status()
                            : base::Status(base::fail(base::ErrorCode::invalid_input, "{}", part.refused[0].why)));
  });
  EXPECT_TRUE(status) << status.error().text();
  return out;
}

TEST(SharedData, ProwlersFindingsOfFourProvidersLoad) {
  if (find_shared("prowler/example_output_aws.ocsf.json").empty()) GTEST_SKIP() << "needs ../shared";
  std::size_t count = 0;
  for (const char* provider : {"aws", "azure", "gcp", "kubernetes"}) {
    count += prowler(std::string("prowler/example_output_") + provider + ".ocsf.json").size();
  }
  EXPECT_EQ(count, 21u);
  EXPECT_EQ(prowler("prowler/example_output_azure.ocsf.json").at(0),
            "prowler/appinsights_ensure_is_configured NON_COMPLIANT Microsoft.Insights/components");
}

}  // namespace
}  // namespace setpoint::intake
