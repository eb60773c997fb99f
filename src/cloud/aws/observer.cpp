#include "cloud/aws/observer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cloud/aws/config_item.h"
#include "cloud/aws/jmespath.h"
#include "cloud/aws/limits.h"
#include "cloud/aws/observed_types.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;

namespace {

model::ApiCall call_of(const std::string& account, const std::string& region, std::string_view service,
                       std::string_view operation, Json parameters) {
  model::ApiCall call;
  call.account = account;
  call.region = region;
  call.service = service;
  call.operation = operation;
  call.parameters = std::move(parameters);
  return call;
}

// "[X]" wraps the one object or text of an answer into a list: JMESPath's multi-select, which jmespath.h does not have.
std::vector<Json> objects_in(const ObservedType& type, const Json& page) {
  const bool single = type.items.starts_with('[');
  const std::string_view path = single ? type.items.substr(1, type.items.size() - 2) : type.items;
  const Json found = JmesPath::compile(path)->search(page);
  std::vector<Json> objects;
  if (single && found.is_object()) objects.push_back(found);
  if (single && found.is_string()) objects.push_back({{std::string(type.wrap), found}});
  if (!found.is_array()) return objects;
  for (const Json& item : found) objects.push_back(item.is_string() ? Json{{std::string(type.wrap), item}} : item);
  return objects;
}

bool names(const model::Resource& resource, const std::string& id) {
  if (resource.key.id == id || resource.name == id || resource.arn == id) return true;
  // A list of names alone, of a type of which the id is its ARN: CodeBuild's projects.
  return resource.arn.empty() && !resource.name.empty() && id.starts_with("arn:") && id.ends_with("/" + resource.name);
}

void put_part(const ObservedPart& part, const Json& output, Json& object) {
  Json value = part.select.empty() ? output : JmesPath::compile(part.select)->search(output);
  if (value.is_null()) return;
  if (!part.into.empty())
    object[std::string(part.into)] = std::move(value);
  else
    object.update(value);
}

model::Resource deleted(const model::ResourceKey& key, base::Timestamp now) {
  model::Resource resource;
  resource.key = key;
  resource.knowledge = model::Knowledge::deleted;
  resource.captured_at = now;
  resource.source = "observer";
  return resource;
}

// A queue's name is the end of its address; the account's block carries no id of its own.
void complete_names(const ObservedType& type, const std::string& account, Json& object) {
  if (type.type == "AWS::SQS::Queue") {
    const std::string url = base::string_member(object, "QueueUrl");
    object["QueueName"] = url.substr(url.rfind('/') + 1);
  }
  if (type.type == "AWS::S3::AccountPublicAccessBlock") object["AccountId"] = account;
}

// Where nothing was ever blocked AWS has nothing to answer; the four settings are off all the same.
bool is_unset_account_block(const ObservedType& type, const base::Error& error) {
  return type.type == "AWS::S3::AccountPublicAccessBlock" && error.detail == "NoSuchPublicAccessBlockConfiguration";
}

Json open_account_block() {
  return {{"BlockPublicAcls", false},
          {"IgnorePublicAcls", false},
          {"BlockPublicPolicy", false},
          {"RestrictPublicBuckets", false}};
}

std::string call_region(const std::string& region) {
  return region.empty() || region == "global" ? "us-east-1" : region;
}

}  // namespace

struct AwsObserver::Found {
  Json object;
  std::string region;
  base::Status state;  // the first of its parts that could not be read
};

struct AwsObserver::Pass {
  const ObservedType& type;
  std::string account;
  std::string region;
  const std::function<void(model::Resource)>& take;
  DiscoveryReport& report;

  void unread(const base::Error& why) {
    const bool whole = type.reach != ObservedType::Reach::regional;
    report.unread.push_back({account, whole ? "global" : region, std::string(type.type), why});
  }
};

std::vector<std::string> AwsObserver::types() const {
  std::vector<std::string> found;
  for (const ObservedType& type : observed_types()) found.emplace_back(type.type);
  return found;
}

bool AwsObserver::account_wide(const std::string& type) const {
  const ObservedType* found = find_observed_type(type);
  return found && found->reach != ObservedType::Reach::regional;
}

base::Result<CallResult> AwsObserver::read(const model::ApiCall& call) {
  if (reads_only(call)) return client_.call(call, options_);
  return base::fail(
      {ErrorCode::refused,
       fmt::format("{}:{} may change something, and an observer only looks", call.service, call.operation),
       {},
       "put it into a plan",
       {}});
}

base::Result<std::string> AwsObserver::own_account(const std::string& region) {
  TRY(CallResult caller, client_.call(call_of("", region, "sts", "GetCallerIdentity", Json::object()), options_));
  return base::string_member(caller.output, "Account");
}

// Buckets are listed once for all regions and read where they are.
void AwsObserver::locate_buckets(const std::string& account, const std::string& region, std::vector<Found>& found) {
  std::vector<model::ApiCall> calls;
  for (const Found& one : found) {
    calls.push_back(
        call_of(account, region, "s3", "GetBucketLocation", {{"Bucket", base::member(one.object, "Name")}}));
  }
  auto locations = client_.call_many(calls, kReadsInFlightMax, options_);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!locations[i]) {
      found[i].state = base::fail(locations[i].error());
      continue;
    }
    const std::string place = base::string_member(locations[i]->output, "LocationConstraint");
    found[i].region = place.empty() ? "us-east-1" : place == "EU" ? "eu-west-1" : place;
  }
}

void AwsObserver::complete(const ObservedType& type, const std::string& account, std::vector<Found>& found) {
  for (const ObservedPart& part : type.parts) {
    std::vector<model::ApiCall> calls;
    for (const Found& one : found) {
      calls.push_back(call_of(account, one.region, part.service.empty() ? type.service : part.service, part.operation,
                              fill_parameters(part.parameters, one.object, account, {})));
    }
    auto results = client_.call_many(calls, kReadsInFlightMax, options_);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]) {
        put_part(part, results[i]->output, found[i].object);
      } else if (!lists_code(part.absent, results[i].error().detail) && found[i].state) {
        found[i].state = base::fail(results[i].error());
      }
    }
  }
}

void AwsObserver::hand_over(Pass& pass, std::vector<Found> found) {
  if (pass.type.reach == ObservedType::Reach::buckets) locate_buckets(pass.account, call_region(pass.region), found);
  complete(pass.type, pass.account, found);
  for (Found& one : found) {
    if (!one.state && lists_code(pass.type.absent, one.state.error().detail)) continue;  // gone since it was listed
    complete_names(pass.type, pass.account, one.object);
    model::Resource resource = to_configuration_item(
        pass.type.type, one.object,
        {.account = pass.account, .region = one.region, .captured_at = client_.clock().now(), .source = "observer"});
    if (!one.state) {
      resource.knowledge = model::Knowledge::unknown;
      resource.unknown_because = one.state.error().text();
      base::Error why = one.state.error();
      why.where = resource.key.text();
      pass.unread(why);
    }
    ++pass.report.resources;
    pass.take(std::move(resource));
  }
}

void AwsObserver::discover_type(Pass& pass) {
  const std::string region = call_region(pass.region);
  auto found_in = [&](std::vector<Json> objects) {
    std::vector<Found> found;
    for (Json& object : objects) found.push_back({std::move(object), region, {}});
    return found;
  };
  auto listed = client_.pages(
      call_of(pass.account, region, pass.type.service, pass.type.list_operation,
              fill_parameters(pass.type.list_parameters, Json::object(), pass.account, {})),
      [&](const Json& page) {
        hand_over(pass, found_in(objects_in(pass.type, page)));
        return !options_.stop.stop_requested();
      },
      options_);
  if (listed && !options_.stop.stop_requested()) return;
  if (listed) return pass.unread({ErrorCode::cancelled, "stopped", {}, {}, {}});
  if (is_unset_account_block(pass.type, listed.error())) return hand_over(pass, found_in({open_account_block()}));
  if (!lists_code(pass.type.absent, listed.error().detail)) pass.unread(listed.error());
}

base::Result<DiscoveryReport> AwsObserver::discover(const DiscoveryScope& scope,
                                                    const std::function<void(model::Resource)>& take) {
  if (scope.regions.empty()) {
    return base::fail({ErrorCode::invalid_input, "a discovery names no region", {}, "name one like eu-west-1", {}});
  }
  std::string account = scope.account;
  if (account.empty()) {
    TRY(account, own_account(scope.regions[0]));
  }
  DiscoveryReport report;
  for (const ObservedType& type : observed_types()) {
    if (!scope.types.empty() && std::find(scope.types.begin(), scope.types.end(), type.type) == scope.types.end())
      continue;
    const std::size_t passes = type.reach == ObservedType::Reach::regional ? scope.regions.size() : 1;
    for (std::size_t i = 0; i < passes; ++i) {
      Pass pass{type, account, scope.regions[i], take, report};
      discover_type(pass);
    }
  }
  for (const std::string& name : scope.types) {
    if (find_observed_type(name)) continue;
    report.unread.push_back(
        {account, {}, name, {ErrorCode::unsupported, "no reading is known for " + name, {}, {}, {}}});
  }
  return report;
}

base::Result<std::vector<AwsObserver::Found>> AwsObserver::find_one(const ObservedType& type,
                                                                    const model::ResourceKey& key,
                                                                    const std::string& region) {
  std::vector<Found> found;
  if (type.reach == ObservedType::Reach::buckets) {
    // ListBuckets alone tells when a bucket was made, and whether it is there at all.
    TRY(Json listed,
        client_.call_all(call_of(key.account, region, type.service, type.list_operation, Json::object()), options_));
    for (Json& object : objects_in(type, listed)) {
      if (base::string_member(object, "Name") == key.id) found.push_back({std::move(object), region, {}});
    }
    locate_buckets(key.account, region, found);
    return found;
  }
  const std::string_view pattern = type.one_parameters.empty() ? type.list_parameters : type.one_parameters;
  auto output = client_.call_all(call_of(key.account, region, type.service, type.list_operation,
                                         fill_parameters(pattern, Json::object(), key.account, key.id)),
                                 options_);
  if (!output && is_unset_account_block(type, output.error())) {
    found.push_back({open_account_block(), region, {}});
    return found;
  }
  if (!output) return base::fail(output.error());
  const ItemContext context{.account = key.account, .region = region, .captured_at = {}, .source = {}};
  for (Json& object : objects_in(type, *output)) {
    complete_names(type, key.account, object);
    if (names(to_configuration_item(type.type, object, context), key.id))
      found.push_back({std::move(object), region, {}});
  }
  return found;
}

base::Result<model::Resource> AwsObserver::observe(const model::ResourceKey& key) {
  const ObservedType* type = find_observed_type(key.type);
  if (!type) return base::fail(ErrorCode::unsupported, "no reading is known for {}", key.type);
  auto found = find_one(*type, key, call_region(key.region));
  auto absent = [&](const base::Error& error) { return lists_code(type->absent, error.detail); };
  if (!found && absent(found.error())) return deleted(key, client_.clock().now());
  if (!found) return base::fail(found.error());
  if (found->empty()) return deleted(key, client_.clock().now());
  found->resize(1);
  Found& one = found->front();
  complete(*type, key.account, *found);
  if (!one.state && absent(one.state.error())) return deleted(key, client_.clock().now());
  if (!one.state) return base::fail(one.state.error());
  complete_names(*type, key.account, one.object);
  return to_configuration_item(
      type->type, one.object,
      {.account = key.account, .region = one.region, .captured_at = client_.clock().now(), .source = "observer"});
}

}  // namespace setpoint::cloud::aws
