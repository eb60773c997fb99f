#include "twin/tag_context.h"

#include <algorithm>

#include "twin/services/arns.h"

namespace setpoint::twin {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void add(const Json& tags, const std::string& prefix, ConditionContext& context) {
  const Json by_key = services::tags_as_map(tags);
  for (const auto& [key, value] : by_key.items()) {
    if (value.is_string()) context[lower(prefix + key)] = {value.get<std::string>()};
  }
}

// A list of {Key, Value} or a map, under each service's own word, or inside EC2's TagSpecifications.
Json tags_in(const Json& parameters) {
  Json all = Json::object();
  auto take = [&](const Json& tags) {
    bool some = !tags.empty() && (tags.is_object() || (tags.is_array() && tags[0].is_object()));
    if (some) all.update(services::tags_as_map(services::sorted_tags(tags)));
  };
  for (const char* name : {"Tags", "tags", "TagList", "TagSet"}) take(base::member(parameters, name));
  take(base::member(base::member(parameters, "Tagging"), "TagSet"));
  for (const Json& specification : base::member(parameters, "TagSpecifications"))
    take(base::member(specification, "Tags"));
  return services::sorted_tags(all);
}

}  // namespace

void add_principal_tags(const State& state, const Caller& caller, ConditionContext& context) {
  bool role = !caller.role_name.empty();
  const Json* principal = state.find({caller.account, "global", role ? "AWS::IAM::Role" : "AWS::IAM::User",
                                      role ? caller.role_name : caller.user_name});
  if (principal) add(base::member(*principal, "Tags"), "aws:PrincipalTag/", context);
}

void add_request_tags(const Json& parameters, ConditionContext& context) {
  Json tags = tags_in(parameters);
  add(tags, "aws:RequestTag/", context);
  std::vector<std::string> keys = services::values_at(tags, "Key");
  for (const std::string& key : services::values_at(base::member(parameters, "TagKeys"), "")) keys.push_back(key);
  if (!keys.empty()) context["aws:tagkeys"] = keys;
}

void add_resource_tags(const State& state, const std::string& account, const std::string& arn,
                       ConditionContext& context) {
  std::size_t from = arn.find(':', 4) + 1;
  std::string service = arn.starts_with("arn:") && from != 0 ? arn.substr(from, arn.find(':', from) - from) : "";
  if (service.empty() || arn.find('*') != std::string::npos) return;
  bool found = false;
  for (const std::string& region : state.regions(account)) {
    state.each_in(account, region, [&](const StateKey& key, const Json& document) {
      const Json& tags = base::member(document, "Tags");
      if (found || tags.empty() || services::arn_of(key, document) != arn) return;
      found = true;
      add(tags, "aws:ResourceTag/", context);
      add(tags, service + ":ResourceTag/", context);
    });
  }
}

}  // namespace setpoint::twin
