// Where AWS Config's form of a type is more than other names.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cloud/aws/config_item_types.h"

namespace setpoint::cloud::aws {

using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr Rename kS3Names[] = {{"SSEAlgorithm", "sseAlgorithm"}, {"KMSMasterKeyID", "kmsMasterKeyID"}, {"ID", "id"}};
constexpr std::pair<std::string_view, std::string_view> kPermissions[] = {{"FULL_CONTROL", "FullControl"},
                                                                          {"READ", "Read"},
                                                                          {"WRITE", "Write"},
                                                                          {"READ_ACP", "ReadAcp"},
                                                                          {"WRITE_ACP", "WriteAcp"}};
constexpr std::pair<std::string_view, std::string_view> kGroups[] = {
    {"http://acs.amazonaws.com/groups/global/AllUsers", "AllUsers"},
    {"http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "AuthenticatedUsers"},
    {"http://acs.amazonaws.com/groups/s3/LogDelivery", "LogDelivery"}};

std::string first_letter(std::string_view name, bool upper) {
  std::string out(name);
  if (!out.empty())
    out[0] = static_cast<char>(upper ? std::toupper(static_cast<unsigned char>(out[0]))
                                     : std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

// Maps of which the keys are somebody's own words: environment variables, options of a log driver, labels.
bool is_map_of_words(std::string_view name) {
  static constexpr std::string_view kMaps[] = {"variables", "options", "dockerLabels", "labels"};
  return std::find(std::begin(kMaps), std::end(kMaps), first_letter(name, false)) != std::end(kMaps);
}

template <class Name>
Json rename(const Json& value, Name name) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) out.push_back(rename(item, name));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (auto& [key, item] : value.items())
    out[name(key)] = item.is_object() && is_map_of_words(key) ? item : rename(item, name);
  return out;
}

template <class Table>
std::string item_word(const Table& table, const std::string& api) {
  for (auto& [ours, item] : table) {
    if (ours == api) return std::string(item);
  }
  return api;
}
template <class Table>
std::string api_word(const Table& table, const std::string& item) {
  for (auto& [ours, theirs] : table) {
    if (theirs == item) return std::string(ours);
  }
  return item;
}

bool in_table(std::string_view item_name) {
  return std::any_of(std::begin(kGroups), std::end(kGroups), [&](auto& group) { return group.second == item_name; });
}

// ---- S3: one pair of functions for each setting

Json acl_owner(const Json& owner) {
  return {{"displayName", owner.contains("DisplayName") ? owner["DisplayName"] : Json()},
          {"id", string_member(owner, "ID")}};
}

Json acl_to_item(const Json& acl) {
  Json grants = Json::array();
  for (const Json& grant : member(acl, "Grants")) {
    const Json& grantee = member(grant, "Grantee");
    const std::string uri = string_member(grantee, "URI");
    grants.push_back({{"grantee", uri.empty() ? acl_owner(grantee) : Json(item_word(kGroups, uri))},
                      {"permission", item_word(kPermissions, string_member(grant, "Permission"))}});
  }
  const Json whole = {{"grantSet", nullptr},
                      {"grantList", grants},
                      {"owner", acl_owner(member(acl, "Owner"))},
                      {"isRequesterCharged", false}};
  return whole.dump();
}

Json owner_to_api(const Json& owner) {
  Json out = {{"ID", string_member(owner, "id")}};
  if (member(owner, "displayName").is_string()) out["DisplayName"] = owner["displayName"];
  return out;
}

Json grantee_to_api(const Json& grantee) {
  if (grantee.is_string()) {
    const std::string name = grantee.get<std::string>();
    return {{"Type", "Group"}, {"URI", in_table(name) ? api_word(kGroups, name) : name}};
  }
  Json out = owner_to_api(grantee);
  out["Type"] = "CanonicalUser";
  return out;
}

Json acl_to_api(const Json& text) {
  auto parsed = text.is_string() ? base::parse_json(text.get_ref<const std::string&>()) : base::Result<Json>(text);
  if (!parsed || !parsed->is_object()) return nullptr;
  Json grants = Json::array();
  for (const Json& grant : member(*parsed, "grantList")) {
    grants.push_back({{"Grantee", grantee_to_api(member(grant, "grantee"))},
                      {"Permission", api_word(kPermissions, string_member(grant, "permission"))}});
  }
  return {{"Owner", owner_to_api(member(*parsed, "owner"))}, {"Grants", grants}};
}

Json logging_to_item(const Json& logging) {
  const Json& on = member(logging, "LoggingEnabled");
  return {{"destinationBucketName", member(on, "TargetBucket")}, {"logFilePrefix", member(on, "TargetPrefix")}};
}

Json logging_to_api(const Json& item) {
  if (!member(item, "destinationBucketName").is_string()) return nullptr;
  return {{"LoggingEnabled",
           {{"TargetBucket", item["destinationBucketName"]},
            {"TargetPrefix", member(item, "logFilePrefix").is_string() ? item["logFilePrefix"] : Json("")}}}};
}

Json versioning_to_item(const Json& versioning) {
  const std::string status = string_member(versioning, "Status");
  const Json& mfa = member(versioning, "MFADelete");
  return {{"status", status.empty() ? "Off" : status},
          {"isMfaDeleteEnabled", mfa.is_string() ? Json(mfa == "Enabled") : Json()}};
}

Json versioning_to_api(const Json& item) {
  Json out = Json::object();
  const std::string status = string_member(item, "status");
  if (!status.empty() && status != "Off") out["Status"] = status;
  if (member(item, "isMfaDeleteEnabled").is_boolean())
    out["MFADelete"] = item["isMfaDeleteEnabled"].get<bool>() ? "Enabled" : "Disabled";
  return out.empty() ? Json() : out;
}

Json policy_to_item(const Json& policy) {
  return {{"policyText", policy.is_object() ? member(policy, "Policy") : policy}};
}
Json policy_to_api(const Json& item) { return member(item, "policyText"); }
Json payment_to_item(const Json& payment) { return string_member(payment, "Payer") == "Requester"; }
Json payment_to_api(const Json& item) { return item == true ? Json{{"Payer", "Requester"}} : Json(); }
Json status_to_item(const Json& value) { return {{"status", member(value, "Status")}}; }
Json status_to_api(const Json& item) {
  return member(item, "status").is_string() ? Json{{"Status", item["status"]}} : Json();
}
Json renamed_to_item(const Json& value) { return to_item_names(value, kS3Names); }
Json renamed_to_api(const Json& item) { return to_api_names(item, kS3Names); }

struct BucketPart {
  std::string_view api;      // member of the API object
  std::string_view wrapper;  // the one member of that call's answer, "" where the answer is the setting itself
  const char* item;          // name in supplementaryConfiguration
  Json (*to_item)(const Json&);
  Json (*to_api)(const Json&);
  bool always;  // AWS Config shows it also where it is not set
};
constexpr BucketPart kBucketParts[] = {
    {"Acl", "", "AccessControlList", acl_to_item, acl_to_api, false},
    {"Policy", "", "BucketPolicy", policy_to_item, policy_to_api, true},
    {"PublicAccessBlock", "PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration", renamed_to_item,
     renamed_to_api, false},
    {"Encryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfiguration", renamed_to_item,
     renamed_to_api, false},
    {"Versioning", "", "BucketVersioningConfiguration", versioning_to_item, versioning_to_api, true},
    {"Logging", "", "BucketLoggingConfiguration", logging_to_item, logging_to_api, true},
    {"Lifecycle", "", "BucketLifecycleConfiguration", renamed_to_item, renamed_to_api, false},
    {"ObjectLock", "ObjectLockConfiguration", "ObjectLockConfiguration", renamed_to_item, renamed_to_api, false},
    {"OwnershipControls", "OwnershipControls", "OwnershipControls", renamed_to_item, renamed_to_api, false},
    {"Replication", "ReplicationConfiguration", "BucketReplicationConfiguration", renamed_to_item, renamed_to_api,
     false},
    {"Website", "", "BucketWebsiteConfiguration", renamed_to_item, renamed_to_api, false},
    {"Cors", "", "CrossOriginConfiguration", renamed_to_item, renamed_to_api, false},
    {"Accelerate", "", "BucketAccelerateConfiguration", status_to_item, status_to_api, true},
    {"RequestPayment", "", "IsRequesterPaysEnabled", payment_to_item, payment_to_api, true},
};

// ---- Security groups

Json plain_cidrs(const Json& ranges) {
  Json out = Json::array();
  for (const Json& range : ranges) out.push_back(string_member(range, "cidrIp"));
  return out;
}

Json permissions_to_item(const Json& permissions) {
  Json out = Json::array();
  for (const Json& permission : permissions) {
    Json one = permission;
    one["ipv4Ranges"] = permission.contains("ipRanges") ? permission["ipRanges"] : Json::array();
    one["ipRanges"] = plain_cidrs(one["ipv4Ranges"]);
    for (const char* list : {"ipv6Ranges", "prefixListIds", "userIdGroupPairs"}) {
      if (!one.contains(list)) one[list] = Json::array();
    }
    out.push_back(std::move(one));
  }
  return out;
}

Json text_list_to_objects(const Json& list, const char* name) {
  Json out = Json::array();
  for (const Json& text : list) out.push_back(text.is_string() ? Json{{name, text}} : text);
  return out;
}

Json permissions_to_api(const Json& permissions) {
  Json out = Json::array();
  for (const Json& permission : permissions) {
    Json one = permission;
    one["IpRanges"] = permission.contains("Ipv4Ranges")
                          ? permission["Ipv4Ranges"]
                          : text_list_to_objects(member(permission, "IpRanges"), "CidrIp");
    one["PrefixListIds"] = text_list_to_objects(member(permission, "PrefixListIds"), "PrefixListId");
    one.erase("Ipv4Ranges");
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Json to_item_names(const Json& value, std::span<const Rename> renames) {
  return rename(value, [&](const std::string& name) {
    auto found = std::find_if(renames.begin(), renames.end(), [&](const Rename& r) { return r.api == name; });
    return found == renames.end() ? first_letter(name, false) : std::string(found->item);
  });
}

Json to_api_names(const Json& value, std::span<const Rename> renames) {
  return rename(value, [&](const std::string& name) {
    auto found = std::find_if(renames.begin(), renames.end(), [&](const Rename& r) { return r.item == name; });
    return found == renames.end() ? first_letter(name, true) : std::string(found->api);
  });
}

void finish_security_group(Json& item, const Json&) {
  Json& configuration = item["configuration"];
  for (const char* name : {"ipPermissions", "ipPermissionsEgress"}) {
    configuration[name] = permissions_to_item(configuration.contains(name) ? configuration[name] : Json::array());
  }
}

void restore_security_group(Json& api, const Json&) {
  for (const char* name : {"IpPermissions", "IpPermissionsEgress"}) {
    if (api.contains(name)) api[name] = permissions_to_api(api[name]);
  }
}

void finish_bucket(Json& item, const Json& api) {
  Json out = Json::object();
  for (const BucketPart& part : kBucketParts) {
    const Json* value = &member(api, part.api);
    if (!part.wrapper.empty() && value->is_object() && value->contains(std::string(part.wrapper)))
      value = &member(*value, part.wrapper);
    if (!value->is_null() || part.always) out[part.item] = part.to_item(*value);
  }
  item["supplementaryConfiguration"] = std::move(out);
  item["availabilityZone"] = "Regional";
}

void restore_bucket(Json& api, const Json& item) {
  const Json& supplementary = member(item, "supplementaryConfiguration");
  for (const BucketPart& part : kBucketParts) {
    const std::string name(part.api);
    api.erase(name);
    const Json& value = member(supplementary, part.item);
    if (value.is_null()) continue;
    Json back = part.to_api(value);
    if (back.is_null()) continue;
    api[name] = part.wrapper.empty() ? std::move(back) : Json{{std::string(part.wrapper), std::move(back)}};
  }
}

// Topics and queues: AWS Config shows their attributes as the configuration.
void finish_attributes(Json& item, const Json& api) {
  Json& configuration = item["configuration"];
  configuration.erase("Attributes");
  configuration.erase("Tags");
  for (auto& [name, value] : member(api, "Attributes").items()) configuration[name] = value;
  const std::string arn = string_member(configuration, "QueueArn");
  if (!arn.empty()) item["arn"] = arn;
}

void restore_attributes(Json& api, const Json& item) {
  Json attributes = Json::object();
  for (auto& [name, value] : member(item, "configuration").items()) {
    if (name == "QueueUrl" || name == "QueueName") continue;
    attributes[name] = value.is_string() ? value : Json(value.dump());
    if (name != "TopicArn") api.erase(name);
  }
  api["Attributes"] = std::move(attributes);
}

// The recorder follows the CloudFormation schema: Pascal case; whether it runs comes from its status.
void finish_recorder(Json& item, const Json& api) {
  Json configuration = to_api_names(item["configuration"], {});
  configuration["Id"] = string_member(api, "name");
  item["configuration"] = std::move(configuration);
}

void restore_recorder(Json& api, const Json& item) {
  api = to_item_names(member(item, "configuration"), {});
  api.erase("id");
  if (api.contains("recording")) api["Recording"] = api["recording"];
  api.erase("recording");
}

void finish_detector(Json& item, const Json& api) {
  Json& configuration = item["configuration"];
  configuration["Id"] = string_member(api, "DetectorId");
  configuration["Enable"] = string_member(api, "Status") == "ENABLED";
  configuration.erase("DetectorId");
  configuration.erase("Status");
}

void restore_detector(Json& api, const Json& item) {
  const Json& configuration = member(item, "configuration");
  api["DetectorId"] = string_member(configuration, "Id");
  api["Status"] = member(configuration, "Enable") == true ? "ENABLED" : "DISABLED";
  api.erase("Id");
  api.erase("Enable");
}

// The account is the item's id, and no setting.
void finish_account_block(Json& item, const Json&) { item["configuration"].erase("accountId"); }
void restore_account_block(Json& api, const Json& item) { api["AccountId"] = string_member(item, "accountId"); }

void finish_key(Json& item, const Json& api) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("KeyRotationEnabled");
  if (member(api, "KeyRotationEnabled").is_boolean()) supplementary["KeyRotationStatus"] = api["KeyRotationEnabled"];
}

void restore_key(Json& api, const Json& item) {
  const Json& status = member(member(item, "supplementaryConfiguration"), "KeyRotationStatus");
  if (status.is_boolean()) api["KeyRotationEnabled"] = status;
}

}  // namespace setpoint::cloud::aws
