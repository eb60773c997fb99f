#include "twin/services/arns.h"

#include <algorithm>

#include "twin/services/ec2.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kArnMembers[] = {"Arn",
                                       "ARN",
                                       "arn",
                                       "TopicArn",
                                       "TableArn",
                                       "TrailARN",
                                       "FunctionArn",
                                       "DBInstanceArn",
                                       "DBClusterArn",
                                       "DBSnapshotArn",
                                       "DBClusterSnapshotArn",
                                       "ListenerArn",
                                       "LoadBalancerArn",
                                       "stateMachineArn",
                                       "serviceArn",
                                       "clusterArn",
                                       "AlarmArn",
                                       "StackId",
                                       "repositoryArn",
                                       "taskDefinitionArn",
                                       "AutoScalingGroupARN",
                                       "LaunchConfigurationARN",
                                       "HubArn"};

// Types of which the document does not carry its ARN.
std::string built_arn(const StateKey& key) {
  if (const Ec2Type* ec2 = key.type.starts_with("AWS::EC2::") ? ec2_type_of(key.id) : nullptr) {
    return fmt::format("arn:aws:ec2:{}:{}:{}/{}", key.region, key.account, ec2->tag_name, key.id);
  }
  if (key.type == "AWS::S3::Bucket") return "arn:aws:s3:::" + key.id;
  if (key.type == "AWS::SQS::Queue") return fmt::format("arn:aws:sqs:{}:{}:{}", key.region, key.account, key.id);
  if (key.type == "AWS::SSM::Parameter")
    return fmt::format("arn:aws:ssm:{}:{}:parameter{}{}", key.region, key.account, key.id.starts_with("/") ? "" : "/",
                       key.id);
  if (key.type == "AWS::SSM::Document")
    return fmt::format("arn:aws:ssm:{}:{}:document/{}", key.region, key.account, key.id);
  if (key.type == "AWS::Redshift::Cluster")
    return fmt::format("arn:aws:redshift:{}:{}:cluster:{}", key.region, key.account, key.id);
  if (key.type == "AWS::GuardDuty::Detector")
    return fmt::format("arn:aws:guardduty:{}:{}:detector/{}", key.region, key.account, key.id);
  return {};
}

// A log group's ARN is written with and without ":*".
std::string_view without_star(std::string_view arn) {
  return arn.ends_with(":*") ? arn.substr(0, arn.size() - 2) : arn;
}

std::string region_in(const std::string& arn) {
  std::size_t at = 0;
  for (int colons = 0; colons < 3 && at != std::string::npos; ++colons) at = arn.find(':', at) + 1;
  return at == 0 ? "" : arn.substr(at, arn.find(':', at) - at);
}

Answer named_by_arn(Request& request, const TagForm& form, std::optional<Found>& found) {
  std::string arn = request.text(form.resource);
  found = find_by_arn(request, arn);
  if (!found) return error(form.missing, fmt::format("The resource {} does not exist", arn), form.missing_status);
  return Json::object();
}

}  // namespace

std::string arn_of(const StateKey& key, const Json& document) {
  for (const char* member : kArnMembers) {
    std::string arn = base::string_member(document, member);
    if (arn.starts_with("arn:")) return arn;
  }
  return built_arn(key);
}

std::optional<Found> find_by_arn(Request& request, const std::string& arn) {
  std::string region = region_in(arn);
  std::optional<Found> found;
  auto look = [&](const StateKey& key, const Json& document) {
    if (!found && without_star(arn_of(key, document)) == without_star(arn)) found = Found{key, document};
  };
  for (const std::string& place : {region.empty() ? request.region() : region, std::string("global")}) {
    if (!found) request.state().each_in(request.account(), place, look);
  }
  return found;
}

Json tags_in_shape(const Json& tags, TagShape shape) {
  if (shape == TagShape::map) return tags_as_map(tags);
  if (shape == TagShape::lower_list) return tags_as_lower_list(tags);
  if (shape == TagShape::list) return tags.is_null() ? Json::array() : tags;
  Json out = Json::array();
  for (const Json& entry : tags) out.push_back({{"TagKey", entry["Key"]}, {"TagValue", entry["Value"]}});
  return out;
}

Answer tag_resource(Request& request, const TagForm& form) {
  std::optional<Found> found;
  Answer named = named_by_arn(request, form, found);
  if (!named) return named;
  merge_tags(found->document, request.parameter(form.tags));
  request.state().put(found->key, std::move(found->document));
  return Json::object();
}

Answer untag_resource(Request& request, const TagForm& form) {
  std::optional<Found> found;
  Answer named = named_by_arn(request, form, found);
  if (!named) return named;
  remove_tags(found->document, request.parameter(form.keys));
  request.state().put(found->key, std::move(found->document));
  return Json::object();
}

Answer list_resource_tags(Request& request, const TagForm& form) {
  std::optional<Found> found;
  Answer named = named_by_arn(request, form, found);
  if (!named) return named;
  return Json{{form.tags, tags_in_shape(base::member(found->document, "Tags"), form.shape)}};
}

}  // namespace setpoint::twin::services
