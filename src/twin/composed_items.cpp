#include "twin/composed_items.h"

#include <nlohmann/json.hpp>

#include "twin/api_shapes.h"
#include "twin/resource_types.h"

namespace setpoint::twin {

using base::Json;

namespace {

constexpr const char* kFlowLog = "AWS::EC2::FlowLog";
constexpr const char* kVpc = "AWS::EC2::VPC";
constexpr const char* kRegionSettings = "AWS::EC2::RegionSettings";
constexpr const char* kPasswordPolicy = "AWS::IAM::AccountPasswordPolicy";
constexpr const char* kAccount = "AWS::Account";

StateKey account_item(const std::string& account, const std::string& region) {
  return {account, region, kAccountType, account};
}

Json flow_logs_of(const State& state, const StateKey& vpc) {
  Json logs = Json::array();
  state.each(vpc.account, vpc.region, kFlowLog, [&](const std::string&, const Json& log) {
    if (base::string_member(log, "ResourceId") == vpc.id) logs.push_back(log);
  });
  return logs;
}

Json account_object(const State& state, const StateKey& key) {
  const Json* settings = state.find({key.account, key.region, kRegionSettings, "settings"});
  const Json* policy = state.find({key.account, "global", kPasswordPolicy, key.account});
  const Json* account = state.find({key.account, "global", kAccount, key.account});
  Json object = {{"AccountId", key.account},
                 {"AccountSummary",
                  {{"AccountMFAEnabled", account && account->value("RootMfa", false) ? 1 : 0},
                   {"AccountAccessKeysPresent", account && account->value("RootAccessKeys", false) ? 1 : 0}}},
                 {"EbsEncryptionByDefault", settings && settings->value("EbsEncryptionByDefault", false)},
                 {"SnapshotBlockPublicAccessState",
                  settings ? settings->value("SnapshotBlockPublicAccess", "unblocked") : "unblocked"}};
  if (policy) object["PasswordPolicy"] = *policy;
  return object;
}

bool holds(const State& state, const std::string& account) {
  for (const std::string& known : state.accounts()) {
    if (known == account) return true;
  }
  return false;
}

void append_account_items(const State& state, const std::string& account, std::vector<StateKey>& out) {
  for (const std::string& region : state.regions(account)) {
    if (region != "global") out.push_back(account_item(account, region));
  }
}

bool is_one(const Json& value) { return value.is_number() && value.get<double>() >= 1; }

}  // namespace

std::optional<Json> item_object(const State& state, const StateKey& key) {
  if (key.type == kAccountType && key.region != "global" && holds(state, key.account))
    return account_object(state, key);
  const Json* document = state.find(key);
  if (!document) return {};
  Json object = to_api_shape(key, *document);
  if (key.type == kVpc) object["FlowLogs"] = flow_logs_of(state, key);
  return object;
}

std::vector<StateKey> items_showing(const State& state, const StateKey& key, const Json& document) {
  std::vector<StateKey> out;
  if (find_resource_type(key.type)) out.push_back(key);
  if (key.type == kFlowLog) {
    StateKey vpc{key.account, key.region, kVpc, base::string_member(document, "ResourceId")};
    if (state.find(vpc)) out.push_back(vpc);
  }
  if (key.type == kRegionSettings) out.push_back(account_item(key.account, key.region));
  if (key.type == kPasswordPolicy) append_account_items(state, key.account, out);
  return out;
}

std::optional<Json> unshown_part(const State& state, const StateKey& key) {
  if (key.type != kRegionSettings) return {};
  const Json* settings = state.find(key);
  Json part = {{"KmsKeyId", "alias/aws/ebs"}, {"ImageBlockPublicAccess", "unblocked"}};
  for (auto& [name, value] : part.items()) {
    if (settings && settings->contains(name)) value = (*settings)[name];
  }
  return part;
}

std::vector<std::pair<StateKey, Json>> documents_of_account(const StateKey& key, const Json& object) {
  const Json& summary = base::member(object, "AccountSummary");
  std::string block = base::string_member(object, "SnapshotBlockPublicAccessState");
  Json settings = {{"EbsEncryptionByDefault", base::member(object, "EbsEncryptionByDefault") == Json(true)},
                   {"KmsKeyId", "alias/aws/ebs"},
                   {"SnapshotBlockPublicAccess", block.empty() ? "unblocked" : block},
                   {"ImageBlockPublicAccess", "unblocked"}};
  Json account = {{"Id", key.account},
                  {"Name", key.account},
                  {"Status", "ACTIVE"},
                  {"RootMfa", is_one(base::member(summary, "AccountMFAEnabled"))},
                  {"RootAccessKeys", is_one(base::member(summary, "AccountAccessKeysPresent"))}};
  std::vector<std::pair<StateKey, Json>> out = {{{key.account, key.region, kRegionSettings, "settings"}, settings},
                                                {{key.account, "global", kAccount, key.account}, account}};
  const Json& policy = base::member(object, "PasswordPolicy");
  if (policy.is_object()) out.push_back({{key.account, "global", kPasswordPolicy, key.account}, policy});
  return out;
}

std::vector<StateKey> account_items(const State& state) {
  std::vector<StateKey> out;
  for (const std::string& account : state.accounts()) append_account_items(state, account, out);
  return out;
}

}  // namespace setpoint::twin
