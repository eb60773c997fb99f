#include "response/targets.h"

#include <algorithm>
#include <set>

#include "cloud/aws/endpoint.h"
#include "runbook/limits.h"
#include "runbook/values.h"

namespace setpoint::response {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::Result;
using base::string_member;

namespace {

constexpr std::size_t kMembersMax = 10'000;                                    // ours: of one fleet
constexpr std::size_t kUnitsMax = 1'000;                                       // ours: organizational units looked into
constexpr char kDefaultRole[] = "AWS-SystemsManager-AutomationExecutionRole";  // AWS
constexpr std::string_view kTag = "tag:";

std::vector<std::string> texts(const Json& value) {
  std::vector<std::string> out;
  if (value.is_array())
    for (const Json& item : value) out.push_back(runbook::text_form(item));
  else if (!value.is_null())
    out.push_back(runbook::text_form(value));
  return out;
}

tl::unexpected<base::Error> wrong(std::string what, std::string hint = {}) {
  return fail({ErrorCode::invalid_input, std::move(what), {}, std::move(hint), {}});
}

// The one who is asked for what the fleet works on.
class Finder {
 public:
  Finder(const runbook::Document& document, const ExecutionRecord& record, Access& access)
      : record_(record), access_(access), parameter_(document.parameter(record.fleet.target_parameter_name)) {}

  Result<std::vector<std::string>> values() const {
    std::optional<std::vector<std::string>> out;
    for (const Json& target : record_.fleet.targets) {
      TRY(std::vector<std::string> found, values_of(target));
      if (out)
        std::erase_if(
            *out, [&](const std::string& one) { return std::find(found.begin(), found.end(), one) == found.end(); });
      else
        out = std::move(found);
    }
    return std::move(*out);
  }

 private:
  Result<std::vector<std::string>> values_of(const Json& target) const {
    std::string key = string_member(target, "Key");
    std::vector<std::string> values = texts(member(target, "Values"));
    if (key == "ParameterValues") return values;
    if (key.starts_with(kTag)) return tagged(key.substr(kTag.size()), values);
    if (key == "ResourceGroup") return of_groups(values);
    return every_instance();
  }

  Result<Json> all_pages(const char* service, const char* operation, Json parameters) const {
    return access_.client().call_all(
        {record_.context.account, record_.context.region, service, operation, std::move(parameters)});
  }

  // "instance" of AWS::EC2::Instance::Id, "" where the type is not EC2's.
  std::string ec2_type() const {
    std::string type = parameter_ == nullptr ? "" : parameter_->type_text;
    if (type.starts_with("List<")) type = type.substr(5, type.size() - 6);
    bool untyped_instance =
        !type.starts_with("AWS::") && parameter_ != nullptr && parameter_->name.find("Instance") != std::string::npos;
    if (untyped_instance) return "instance";
    constexpr std::string_view kPrefix = "AWS::EC2::";
    if (!type.starts_with(kPrefix)) return "";
    type = type.substr(kPrefix.size(), type.find("::", kPrefix.size()) - kPrefix.size());
    std::string out;
    for (char c : type) {
      if (c >= 'A' && c <= 'Z' && !out.empty()) out += '-';
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
  }

  Result<std::vector<std::string>> tagged(const std::string& key, const std::vector<std::string>& values) const {
    if (std::string type = ec2_type(); !type.empty()) return tagged_in_ec2(type, key, values);
    Json filter = {{"Key", key}};
    if (!values.empty()) filter["Values"] = values;
    TRY(Json found, all_pages("resourcegroupstaggingapi", "GetResources", {{"TagFilters", Json::array({filter})}}));
    std::vector<std::string> out;
    for (const Json& one : member(found, "ResourceTagMappingList")) add_arn(string_member(one, "ResourceARN"), out);
    return out;
  }

  Result<std::vector<std::string>> tagged_in_ec2(const std::string& type, const std::string& key,
                                                 const std::vector<std::string>& values) const {
    Json filters = {{{"Name", "resource-type"}, {"Values", {type}}}, {{"Name", "key"}, {"Values", {key}}}};
    if (!values.empty()) filters.push_back({{"Name", "value"}, {"Values", values}});
    TRY(Json found, all_pages("ec2", "DescribeTags", {{"Filters", std::move(filters)}}));
    std::vector<std::string> out;
    for (const Json& tag : member(found, "Tags")) out.push_back(string_member(tag, "ResourceId"));
    return out;
  }

  Result<std::vector<std::string>> of_groups(const std::vector<std::string>& groups) const {
    std::vector<std::string> out;
    for (const std::string& group : groups) {
      TRY(Json found, all_pages("resource-groups", "ListGroupResources", {{"Group", group}}));
      for (const Json& one : member(found, "Resources"))
        add_arn(string_member(member(one, "Identifier"), "ResourceArn"), out);
    }
    return out;
  }

  Result<std::vector<std::string>> every_instance() const {
    TRY(Json found, all_pages("ec2", "DescribeInstances", Json::object()));
    std::vector<std::string> out;
    for (const Json& reservation : member(found, "Reservations"))
      for (const Json& instance : member(reservation, "Instances"))
        out.push_back(string_member(instance, "InstanceId"));
    return out;
  }

  // A parameter that wants ARNs gets them; others get the last part, which is what the services' calls take.
  void add_arn(const std::string& arn, std::vector<std::string>& out) const {
    bool wants_arn = parameter_ != nullptr && (parameter_->name.ends_with("Arn") || parameter_->name.ends_with("ARN"));
    if (!arn.empty()) out.push_back(wants_arn ? arn : arn.substr(arn.find_last_of(":/") + 1));
  }

  const ExecutionRecord& record_;
  Access& access_;
  const runbook::Parameter* parameter_;
};

Json target_value(const runbook::Document& document, const std::string& name, const std::string& value) {
  const runbook::Parameter* parameter = document.parameter(name);
  bool list = parameter != nullptr && parameter->type == runbook::ValueType::string_list;
  return {{name, list ? Json::array({value}) : Json(value)}};
}

std::vector<FleetMember> members_of_values(const runbook::Document& document, const FleetRequest& request,
                                           const runbook::ExecutionContext& context,
                                           const std::vector<std::string>& values) {
  std::vector<FleetMember> out;
  std::set<std::string> seen;
  for (const std::string& value : values) {
    if (!seen.insert(value).second) continue;
    out.push_back(
        {value, target_value(document, request.target_parameter_name, value), context.account, context.region, "", {}});
  }
  return out;
}

std::vector<FleetMember> members_of_maps(const FleetRequest& request, const runbook::ExecutionContext& context) {
  std::vector<FleetMember> out;
  for (const Json& map : request.target_maps) out.push_back({map.dump(), map, context.account, context.region, "", {}});
  return out;
}

class Locations {
 public:
  Locations(const ExecutionRecord& record, Access& access) : record_(record), access_(access) {}

  Result<std::vector<FleetMember>> members() {
    std::vector<FleetMember> out;
    for (const Json& location : record_.fleet.target_locations) {
      TRY(std::vector<std::string> accounts, accounts_of(location));
      for (const std::string& account : accounts)
        for (const std::string& region : texts(member(location, "Regions")))
          out.push_back(at(location, account, region));
    }
    return out;
  }

 private:
  FleetMember at(const Json& location, const std::string& account, const std::string& region) const {
    FleetMember out{account + "/" + region, Json::object(), account, region, role(location, account, region), {}};
    out.fleet.target_parameter_name = record_.fleet.target_parameter_name;
    const Json& own = member(location, "Targets");
    out.fleet.targets = own.is_array() && !own.empty() ? own : record_.fleet.targets;
    out.fleet.target_maps = record_.fleet.target_maps;
    std::string concurrency = string_member(location, "TargetsMaxConcurrency");
    std::string errors = string_member(location, "TargetsMaxErrors");
    out.fleet.max_concurrency = concurrency.empty() ? record_.fleet.max_concurrency : concurrency;
    out.fleet.max_errors = errors.empty() ? record_.fleet.max_errors : errors;
    return out;
  }

  std::string role(const Json& location, const std::string& account, const std::string& region) const {
    std::string name = string_member(location, "ExecutionRoleName");
    if (name.empty() && account == record_.context.account) return "";
    if (name.starts_with("arn:")) return name;
    std::string_view partition = to_string(cloud::aws::partition_of(region));
    return fmt::format("arn:{}:iam::{}:role/{}", partition, account, name.empty() ? kDefaultRole : name);
  }

  Result<std::vector<std::string>> accounts_of(const Json& location) {
    std::vector<std::string> left_out = texts(member(location, "ExcludeAccounts"));
    bool with_children = member(location, "IncludeChildOrganizationUnits") == Json(true);
    std::vector<std::string> out;
    for (const std::string& one : texts(member(location, "Accounts"))) {
      bool unit = one.starts_with("ou-") || one.starts_with("r-");
      TRY_VOID(unit ? add_unit(one, with_children, out) : add(one, out));
    }
    std::erase_if(out, [&](const std::string& account) {
      return std::find(left_out.begin(), left_out.end(), account) != left_out.end();
    });
    return out;
  }

  static base::Status add(const std::string& account, std::vector<std::string>& out) {
    if (std::find(out.begin(), out.end(), account) == out.end()) out.push_back(account);
    return {};
  }

  base::Status add_unit(const std::string& unit, bool with_children, std::vector<std::string>& out) {
    if (++units_ > kUnitsMax) return fail(ErrorCode::limit_exceeded, "more than {} organizational units", kUnitsMax);
    TRY(Json accounts, organizations("ListAccountsForParent", unit));
    for (const Json& account : member(accounts, "Accounts"))
      if (string_member(account, "Status") == "ACTIVE") TRY_VOID(add(string_member(account, "Id"), out));
    if (!with_children) return {};
    TRY(Json units, organizations("ListOrganizationalUnitsForParent", unit));
    for (const Json& child : member(units, "OrganizationalUnits"))
      TRY_VOID(add_unit(string_member(child, "Id"), true, out));
    return {};
  }

  Result<Json> organizations(const char* operation, const std::string& parent) {
    return access_.client().call_all(
        {record_.context.account, record_.context.region, "organizations", operation, {{"ParentId", parent}}});
  }

  const ExecutionRecord& record_;
  Access& access_;
  std::size_t units_ = 0;
};

base::Status check_target(const Json& target) {
  std::string key = string_member(target, "Key");
  bool known =
      key == "ParameterValues" || key == "ResourceGroup" || (key.starts_with(kTag) && key.size() > kTag.size());
  bool every = key == "AWS::EC2::Instance" && member(target, "Values") == Json::array({"*"});
  if (!known && !every)
    return wrong(fmt::format("'{}' is no Key of Targets", key),
                 "ParameterValues, tag:NAME, ResourceGroup, or AWS::EC2::Instance with the value *");
  if (key.starts_with(kTag) || !member(target, "Values").empty()) return {};
  return wrong(fmt::format("the target {} has no Values", key));
}

base::Status check_location(const Json& location) {
  auto is_account = [](const std::string& text) {
    return text.starts_with("ou-") || text.starts_with("r-") ||
           (text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos);
  };
  std::vector<std::string> accounts = texts(member(location, "Accounts"));
  std::vector<std::string> regions = texts(member(location, "Regions"));
  if (accounts.empty() || regions.empty()) return wrong("a location of TargetLocations needs Accounts and Regions");
  for (const std::string& account : accounts)
    if (!is_account(account)) return wrong(fmt::format("'{}' is no account or organizational unit", account));
  for (const Json& target : member(location, "Targets")) TRY_VOID(check_target(target));
  return {};
}

base::Status check_maps(const runbook::Document& document, const Json& maps) {
  for (const Json& map : maps) {
    if (!map.is_object() || map.empty()) return wrong("each of TargetMaps is a map of parameter names to values");
    for (auto item = map.begin(); item != map.end(); ++item)
      if (document.parameter(item.key()) == nullptr)
        return wrong(fmt::format("TargetMaps: the document has no parameter '{}'", item.key()));
  }
  return {};
}

bool has_targets(const FleetRequest& request) {
  return !request.targets.empty() ||
         std::any_of(request.target_locations.begin(), request.target_locations.end(),
                     [](const Json& location) { return !member(location, "Targets").empty(); });
}

}  // namespace

base::Status check_fleet(const runbook::Document& document, const FleetRequest& request) {
  if (request.targets.size() > runbook::kTargetsMax || request.target_maps.size() > runbook::kTargetMapsMax ||
      request.target_locations.size() > runbook::kTargetLocationsMax) {
    return fail(ErrorCode::limit_exceeded, "at most {} Targets, {} TargetMaps and {} TargetLocations are allowed",
                runbook::kTargetsMax, runbook::kTargetMapsMax, runbook::kTargetLocationsMax);
  }
  if (!request.targets.empty() && !request.target_maps.empty()) return wrong("give either Targets or TargetMaps");
  if (has_targets(request) && request.target_parameter_name.empty()) return wrong("Targets need TargetParameterName");
  if (!request.target_parameter_name.empty() && document.parameter(request.target_parameter_name) == nullptr)
    return wrong(fmt::format("the document has no parameter '{}'", request.target_parameter_name));
  for (const Json& target : request.targets) TRY_VOID(check_target(target));
  for (const Json& location : request.target_locations) TRY_VOID(check_location(location));
  return check_maps(document, request.target_maps);
}

Result<std::vector<FleetMember>> named_members(const runbook::Document& document, const FleetRequest& request,
                                               const runbook::ExecutionContext& context) {
  bool named = request.target_locations.empty() &&
               std::all_of(request.targets.begin(), request.targets.end(),
                           [](const Json& target) { return string_member(target, "Key") == "ParameterValues"; });
  if (!named) {
    return fail({ErrorCode::unsupported,
                 "a plan takes targets by name only, in its own account and region",
                 {},
                 "give ParameterValues or TargetMaps, or run the document with `setpoint run`",
                 {}});
  }
  if (!request.target_maps.empty()) return members_of_maps(request, context);
  std::vector<std::string> values;
  for (const Json& target : request.targets)
    for (std::string& value : texts(member(target, "Values"))) values.push_back(std::move(value));
  return members_of_values(document, request, context, values);
}

Result<std::vector<FleetMember>> resolve_members(const runbook::Document& document, const ExecutionRecord& record,
                                                 Access& access) {
  std::vector<FleetMember> out;
  if (!record.fleet.target_locations.empty()) {
    TRY(out, Locations(record, access).members());
  } else if (!record.fleet.target_maps.empty()) {
    out = members_of_maps(record.fleet, record.context);
  } else {
    TRY(std::vector<std::string> values, Finder(document, record, access).values());
    out = members_of_values(document, record.fleet, record.context, values);
  }
  if (out.size() <= kMembersMax) return out;
  return fail(ErrorCode::limit_exceeded, "{} targets; at most {} are worked on in one execution", out.size(),
              kMembersMax);
}

}  // namespace setpoint::response
