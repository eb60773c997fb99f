// Ways back of what is added and taken away one by one: policies, permissions, attributes, groups, tags.
#include <algorithm>

#include "cloud/aws/inverse_rows.h"
#include "cloud/aws/uri.h"

namespace setpoint::cloud::aws {

using base::Json;
using base::member;
using base::string_member;
using model::ApiCall;

namespace {

bool contains(const Json& list, const Json& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// Elements of `list` that `others` lacks; no list has none.
Json missing_in(const Json& others, const Json& list) {
  Json out = Json::array();
  for (const Json& item : list) {
    if (!contains(others, item)) out.push_back(item);
  }
  return out;
}

struct Principal {
  std::string_view type, name, list;  // the member that names it, and the one with its inline policies
  std::string_view verb;              // "User" of AttachUserPolicy
};
constexpr Principal kPrincipals[] = {{"AWS::IAM::User", "UserName", "UserPolicyList", "User"},
                                     {"AWS::IAM::Role", "RoleName", "RolePolicyList", "Role"},
                                     {"AWS::IAM::Group", "GroupName", "GroupPolicyList", "Group"}};

const Principal& principal_of(const Restoring& change) {
  auto found = std::find_if(std::begin(kPrincipals), std::end(kPrincipals),
                            [&](const Principal& one) { return one.type == change.key.type; });
  SETPOINT_ASSERT(found != std::end(kPrincipals));
  return *found;
}

ApiCall principal_call(const Restoring& change, std::string_view verb, Json parameters, const char* what = "Policy") {
  const Principal& principal = principal_of(change);
  parameters[std::string(principal.name)] = string_member(change.identity, principal.name);
  return change.call("iam", fmt::format("{}{}{}", verb, principal.verb, what), std::move(parameters));
}

tl::unexpected<base::Error> no_way(const Restoring& change, std::string why) {
  return base::fail({base::ErrorCode::unsupported, std::move(why), change.key.text(), {}, {}});
}

// {"Tags": [{Key, Value}]}
Json tag_keys(const Json& tags) {
  Json out = Json::array();
  for (const Json& tag : tags) out.push_back(string_member(tag, "Key"));
  return out;
}

}  // namespace

RestoredCalls restore_ec2_tags(const Restoring& change) {
  const Json &have = member(change.have, "Tags"), &want = member(change.want, "Tags");
  std::vector<ApiCall> out;
  Json add = missing_in(have, want), gone = missing_in(tag_keys(want), tag_keys(have)), remove = Json::array();
  for (const Json& key : gone) remove.push_back({{"Key", key}});
  Json resources = Json::array({change.key.id});
  if (!add.empty()) out.push_back(change.call("ec2", "CreateTags", {{"Resources", resources}, {"Tags", add}}));
  if (!remove.empty()) out.push_back(change.call("ec2", "DeleteTags", {{"Resources", resources}, {"Tags", remove}}));
  return out;
}

RestoredCalls restore_principal_tags(const Restoring& change) {
  const Json &have = member(change.have, "Tags"), &want = member(change.want, "Tags");
  std::vector<ApiCall> out;
  if (Json add = missing_in(have, want); !add.empty())
    out.push_back(principal_call(change, "Tag", {{"Tags", add}}, ""));
  Json gone = missing_in(tag_keys(want), tag_keys(have));
  if (!gone.empty()) out.push_back(principal_call(change, "Untag", {{"TagKeys", gone}}, ""));
  return out;
}

RestoredCalls restore_attached_policies(const Restoring& change) {
  const char* member_name = "AttachedManagedPolicies";
  const Json &have = member(change.have, member_name), &want = member(change.want, member_name);
  std::vector<ApiCall> out;
  for (const Json& one : missing_in(want, have))
    out.push_back(principal_call(change, "Detach", {{"PolicyArn", string_member(one, "PolicyArn")}}));
  for (const Json& one : missing_in(have, want))
    out.push_back(principal_call(change, "Attach", {{"PolicyArn", string_member(one, "PolicyArn")}}));
  return out;
}

RestoredCalls restore_inline_policies(const Restoring& change) {
  std::string_view list = principal_of(change).list;
  const Json &have = member(change.have, list), &want = member(change.want, list);
  std::vector<ApiCall> out;
  for (const Json& one : missing_in(have, want)) {
    out.push_back(principal_call(change, "Put",
                                 {{"PolicyName", string_member(one, "PolicyName")},
                                  {"PolicyDocument", percent_decode(string_member(one, "PolicyDocument"))}}));
  }
  for (const Json& one : missing_in(want, have)) {
    auto same = [&](const Json& other) {
      return string_member(other, "PolicyName") == string_member(one, "PolicyName");
    };
    if (std::none_of(want.begin(), want.end(), same))
      out.push_back(principal_call(change, "Delete", {{"PolicyName", string_member(one, "PolicyName")}}));
  }
  return out;
}

RestoredCalls restore_snapshot_permissions(const Restoring& change) {
  const char* name = "CreateVolumePermissions";
  Json add = missing_in(member(change.have, name), member(change.want, name));
  Json remove = missing_in(member(change.want, name), member(change.have, name));
  Json permission = Json::object();
  if (!add.empty()) permission["Add"] = add;
  if (!remove.empty()) permission["Remove"] = remove;
  return std::vector{change.call("ec2", "ModifySnapshotAttribute",
                                 {{"SnapshotId", string_member(change.identity, "SnapshotId")},
                                  {"Attribute", "createVolumePermission"},
                                  {"CreateVolumePermission", permission}})};
}

RestoredCalls restore_database_snapshot_attributes(const Restoring& change) {
  const Json &have = member(member(change.have, "Attributes"), "restore"),
             &want = member(member(change.want, "Attributes"), "restore");
  Json parameters = {{"DBSnapshotIdentifier", string_member(change.identity, "DBSnapshotIdentifier")},
                     {"AttributeName", "restore"}};
  if (Json add = missing_in(have, want); !add.empty()) parameters["ValuesToAdd"] = add;
  if (Json remove = missing_in(want, have); !remove.empty()) parameters["ValuesToRemove"] = remove;
  return std::vector{change.call("rds", "ModifyDBSnapshotAttribute", std::move(parameters))};
}

namespace {

Json statements_of(const Json& policy) {
  Json parsed = policy;
  if (policy.is_string()) {
    auto text = base::parse_json(policy.get_ref<const std::string&>());
    parsed = text ? std::move(*text) : Json();
  }
  const Json& statements = member(parsed, "Statement");
  return statements.is_array() ? statements : Json::array();
}

// Conditions that AddPermission writes: operator, key, parameter.
struct PermissionCondition {
  std::string_view test, key, parameter;
};
constexpr PermissionCondition kConditions[] = {{"ArnLike", "AWS:SourceArn", "SourceArn"},
                                               {"StringEquals", "AWS:SourceAccount", "SourceAccount"},
                                               {"StringEquals", "aws:PrincipalOrgID", "PrincipalOrgID"},
                                               {"StringEquals", "lambda:FunctionUrlAuthType", "FunctionUrlAuthType"}};

bool add_conditions(const Json& statement, Json& parameters) {
  std::size_t known = 0, all = 0;
  for (const auto& [test, keys] : member(statement, "Condition").items()) {
    all += keys.size();
    for (const PermissionCondition& row : kConditions) {
      const Json& value = test == row.test ? member(keys, row.key) : member(Json(), "");
      if (!value.is_string()) continue;
      parameters[std::string(row.parameter)] = value;
      ++known;
    }
  }
  return known == all;
}

std::string principal_text(const Json& principal) {
  if (principal.is_string()) return principal.get<std::string>();
  std::string service = string_member(principal, "Service");
  return service.empty() ? string_member(principal, "AWS") : service;
}

}  // namespace

RestoredCalls restore_function_policy(const Restoring& change) {
  Json have = statements_of(member(change.have, "Policy")), want = statements_of(member(change.want, "Policy"));
  std::string function = string_member(change.identity, "FunctionName");
  std::vector<ApiCall> out;
  for (const Json& one : missing_in(want, have))
    out.push_back(change.call("lambda", "RemovePermission",
                              {{"FunctionName", function}, {"StatementId", string_member(one, "Sid")}}));
  for (const Json& one : missing_in(have, want)) {
    Json parameters = {{"FunctionName", function},
                       {"StatementId", string_member(one, "Sid")},
                       {"Action", string_member(one, "Action")},
                       {"Principal", principal_text(member(one, "Principal"))}};
    // AddPermission writes everyone as "*", never as {"AWS": "*"}.
    bool everyone = string_member(member(one, "Principal"), "AWS") == "*";
    bool plain =
        string_member(one, "Effect") == "Allow" && !everyone && !string_member(parameters, "Principal").empty();
    if (!plain || !add_conditions(one, parameters))
      return no_way(change,
                    fmt::format("statement '{}' cannot be written by AddPermission", string_member(one, "Sid")));
    out.push_back(change.call("lambda", "AddPermission", std::move(parameters)));
  }
  return out;
}

// An attribute that was not set goes back to that by an empty value.
RestoredCalls restore_attributes_of(const Restoring& change) {
  const Json &have = member(change.have, "Attributes"), &want = member(change.want, "Attributes");
  Json values = Json::object();
  for (const auto& [name, value] : want.items()) {
    if (member(have, name) != value) values[name] = value;
  }
  for (const auto& [name, value] : have.items()) {
    if (!want.contains(name)) values[name] = "";
  }
  if (change.key.type == "AWS::SQS::Queue") {
    Json parameters = {{"QueueUrl", string_member(change.identity, "QueueUrl")}, {"Attributes", values}};
    return std::vector{change.call("sqs", "SetQueueAttributes", std::move(parameters))};
  }
  std::vector<ApiCall> out;
  for (const auto& [name, value] : values.items())
    out.push_back(change.call("sns", "SetTopicAttributes",
                              {{"TopicArn", string_member(change.identity, "TopicArn")},
                               {"AttributeName", name},
                               {"AttributeValue", value}}));
  return out;
}

RestoredCalls restore_document_shares(const Restoring& change) {
  const Json &have = member(change.have, "AccountIds"), &want = member(change.want, "AccountIds");
  Json parameters = {{"Name", string_member(change.identity, "Name")}, {"PermissionType", "Share"}};
  if (Json add = missing_in(have, want); !add.empty()) parameters["AccountIdsToAdd"] = add;
  if (Json remove = missing_in(want, have); !remove.empty()) parameters["AccountIdsToRemove"] = remove;
  return std::vector{change.call("ssm", "ModifyDocumentPermission", std::move(parameters))};
}

namespace {

Json group_ids(const Json& groups) {
  Json out = Json::array();
  for (const Json& group : groups) out.push_back(string_member(group, "GroupId"));
  return out;
}

// An instance with one interface has the groups of that; with more, each interface has its own.
Json without_groups(Json interfaces) {
  for (Json& one : interfaces) one.erase("Groups");
  return interfaces;
}

}  // namespace

RestoredCalls restore_instance_groups(const Restoring& change) {
  const Json &have = member(change.have, "NetworkInterfaces"), &want = member(change.want, "NetworkInterfaces");
  if (without_groups(have) != without_groups(want))
    return no_way(change, "an instance's network interfaces cannot be given back");
  std::vector<ApiCall> out;
  for (std::size_t i = 0; want.is_array() && want.size() > 1 && i < want.size(); ++i) {
    if (have[i] == want[i]) continue;
    out.push_back(change.call("ec2", "ModifyNetworkInterfaceAttribute",
                              {{"NetworkInterfaceId", string_member(want[i], "NetworkInterfaceId")},
                               {"Groups", group_ids(member(want[i], "Groups"))}}));
  }
  if (!out.empty()) return out;
  return std::vector{change.call("ec2", "ModifyInstanceAttribute",
                                 {{"InstanceId", string_member(change.identity, "InstanceId")},
                                  {"Groups", group_ids(member(change.want, "SecurityGroups"))}})};
}

RestoredCalls restore_interface_groups(const Restoring& change) {
  return std::vector{change.call("ec2", "ModifyNetworkInterfaceAttribute",
                                 {{"NetworkInterfaceId", string_member(change.identity, "NetworkInterfaceId")},
                                  {"Groups", group_ids(member(change.want, "Groups"))}})};
}

RestoredCalls restore_log_exports(const Restoring& change) {
  const char* name = "EnabledCloudwatchLogsExports";
  bool cluster = change.key.type == "AWS::RDS::DBCluster";
  const char* id = cluster ? "DBClusterIdentifier" : "DBInstanceIdentifier";
  Json configuration = Json::object();
  if (Json add = missing_in(member(change.have, name), member(change.want, name)); !add.empty())
    configuration["EnableLogTypes"] = add;
  if (Json remove = missing_in(member(change.want, name), member(change.have, name)); !remove.empty())
    configuration["DisableLogTypes"] = remove;
  return std::vector{change.call("rds", cluster ? "ModifyDBCluster" : "ModifyDBInstance",
                                 {{id, string_member(change.identity, id)},
                                  {"CloudwatchLogsExportConfiguration", configuration},
                                  {"ApplyImmediately", true}})};
}

}  // namespace setpoint::cloud::aws
