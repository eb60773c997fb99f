#include "intake/guardduty.h"

#include <array>

#include "intake/reading.h"

namespace setpoint::intake {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::string_member;
using model::Level;
using model::ResourceKey;

namespace {

// Where GuardDuty names the resource: resource.resourceType -> the object of its details, its id, the type of AWS
// Config.
struct Form {
  std::string_view resource_type;
  const char* details;
  const char* id;
  const char* type;
};
constexpr std::array<Form, 7> kForms = {{
    {"Instance", "instanceDetails", "instanceId", "AWS::EC2::Instance"},
    {"AccessKey", "accessKeyDetails", "accessKeyId", "AWS::IAM::AccessKey"},
    {"EKSCluster", "eksClusterDetails", "arn", "AWS::EKS::Cluster"},
    {"ECSCluster", "ecsClusterDetails", "arn", "AWS::ECS::Cluster"},
    {"RDSDBInstance", "rdsDbInstanceDetails", "dbInstanceArn", "AWS::RDS::DBInstance"},
    {"Lambda", "lambdaDetails", "functionArn", "AWS::Lambda::Function"},
    {"Container", "containerDetails", "id", "Container"},
}};

Level level_of(const Json& severity) {
  double score = severity.is_number() ? severity.get<double>() : 0;
  if (score >= 9) return Level::critical;
  if (score >= 7) return Level::high;
  return score >= 4 ? Level::medium : Level::low;
}

void add(std::vector<ResourceKey>& keys, const std::string& id, const char* type, const Json& finding) {
  if (!id.empty())
    keys.push_back(key_of(id, type, string_member(finding, "accountId"), string_member(finding, "region")));
}

// The identity behind a key, under the id that AWS Config knows it by: AIDA... of a user, AROA... of an assumed role.
void add_principal(std::vector<ResourceKey>& keys, const Json& key_details, const Json& finding) {
  std::string kind = string_member(key_details, "userType");
  std::string id = string_member(key_details, "principalId");
  if (kind == "AssumedRole") return add(keys, id.substr(0, id.find(':')), "AWS::IAM::Role", finding);
  bool named_only = !id.starts_with("AIDA");
  if (kind.empty() || kind == "IAMUser")
    add(keys, named_only ? string_member(key_details, "userName") : id, "AWS::IAM::User", finding);
}

std::vector<ResourceKey> resources_of(const Json& finding) {
  std::vector<ResourceKey> out;
  const Json& resource = member(finding, "resource");
  std::string kind = string_member(resource, "resourceType");
  for (const Form& form : kForms) {
    if (form.resource_type == kind)
      add(out, string_member(member(resource, form.details), form.id), form.type, finding);
  }
  for (const Json& bucket : list_member(resource, "s3BucketDetails"))
    add(out, string_member(bucket, "name"), "AWS::S3::Bucket", finding);
  add_principal(out, member(resource, "accessKeyDetails"), finding);
  if (out.empty()) add(out, "AWS::::Account:" + string_member(finding, "accountId"), "AWS::::Account", finding);
  return out;
}

}  // namespace

bool is_guardduty(const Json& value) {
  return string_member(value, "arn").find(":guardduty:") != std::string::npos ||
         string_member(member(value, "service"), "serviceName") == "guardduty";
}

base::Result<model::Finding> finding_from_guardduty(const Json& finding) {
  for (const char* name : {"type", "id", "accountId"}) {
    if (string_member(finding, name).empty())
      return fail(ErrorCode::invalid_input, "a GuardDuty finding without {}", name);
  }
  const Json& service = member(finding, "service");
  model::Finding out;
  out.kind = model::FindingClass::detection;
  out.check = string_member(finding, "type");
  out.title = string_member(finding, "title");
  out.description = string_member(finding, "description");
  out.severity = level_of(member(finding, "severity"));
  out.more_resources = resources_of(finding);
  out.resource = out.more_resources.front();
  out.more_resources.erase(out.more_resources.begin());
  out.first_seen = first_time(service, {"eventFirstSeen"});
  if (!out.first_seen.known()) out.first_seen = first_time(finding, {"createdAt"});
  out.last_seen = first_time(service, {"eventLastSeen"});
  if (!out.last_seen.known()) out.last_seen = first_time(finding, {"updatedAt", "createdAt"});
  std::string uid = first_string(finding, {"arn", "id"});
  out.sources.push_back(
      {"Amazon GuardDuty", uid, out.first_seen, out.last_seen, member(service, "archived") != Json(true)});
  out.raw = finding;
  return out;
}

}  // namespace setpoint::intake
