// The Resource Groups Tagging API, over whatever the twin holds that has an ARN. Source: its API reference.
#include <algorithm>
#include <set>

#include "twin/services/arns.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::size_t kArnsMax = 20;  // of one TagResources call, the API's own limit

struct Tagged {
  std::string arn;
  Json tags;
};

// Of the caller's region and of its global services, in order of ARNs; only what has tags, as at AWS.
std::vector<Tagged> tagged_resources(Request& request) {
  std::vector<Tagged> found;
  auto look = [&](const StateKey& key, const Json& document) {
    const Json& tags = base::member(document, "Tags");
    std::string arn = tags.empty() ? "" : arn_of(key, document);
    if (!arn.empty()) found.push_back({arn, tags});
  };
  request.state().each_in(request.account(), request.region(), look);
  request.state().each_in(request.account(), "global", look);
  std::sort(found.begin(), found.end(), [](const Tagged& a, const Tagged& b) { return a.arn < b.arn; });
  return found;
}

bool has_tag(const Json& tags, const Json& filter) {
  std::vector<std::string> values = values_at(base::member(filter, "Values"), "");
  return std::any_of(tags.begin(), tags.end(), [&](const Json& tag) {
    return base::string_member(tag, "Key") == base::string_member(filter, "Key") &&
           (values.empty() ||
            std::find(values.begin(), values.end(), base::string_member(tag, "Value")) != values.end());
  });
}

bool has_tags(const Json& tags, const Json& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const Json& filter) { return has_tag(tags, filter); });
}

// "ec2" or "ec2:instance" against arn:aws:ec2:region:account:instance/i-1.
bool is_of_type(const std::string& arn, const std::string& type) {
  std::size_t colon = type.find(':');
  std::string service = type.substr(0, colon);
  if (arn.find(":" + service + ":") == std::string::npos) return false;
  if (colon == std::string::npos) return true;
  std::string kind = type.substr(colon + 1);
  return arn.find(":" + kind + "/") != std::string::npos || arn.find(":" + kind + ":") != std::string::npos ||
         (service == "s3" && kind == "bucket");
}

bool is_wanted(const Request& request, const Tagged& resource) {
  const Json& types = request.parameter("ResourceTypeFilters");
  const Json& arns = request.parameter("ResourceARNList");
  bool of_type = types.empty() || std::any_of(types.begin(), types.end(), [&](const Json& type) {
                   return is_of_type(resource.arn, type.get<std::string>());
                 });
  bool named = arns.empty() || std::find(arns.begin(), arns.end(), Json(resource.arn)) != arns.end();
  return of_type && named && has_tags(resource.tags, request.parameter("TagFilters"));
}

constexpr PageNames kPages{.limit = "ResourcesPerPage",
                           .token_in = "PaginationToken",
                           .token_out = "PaginationToken",
                           .bad_token_code = "PaginationTokenExpiredException",
                           .limit_default = 50,
                           .limit_max = 100};

Answer get_resources(Request& request) {
  std::vector<Json> found;
  for (const Tagged& resource : tagged_resources(request)) {
    if (is_wanted(request, resource)) found.push_back({{"ResourceARN", resource.arn}, {"Tags", resource.tags}});
  }
  return page(request, std::move(found), "ResourceTagMappingList", kPages);
}

Answer page_of(Request& request, const std::set<std::string>& texts, const char* list) {
  return page(request, std::vector<Json>(texts.begin(), texts.end()), list,
              {.limit = "",
               .token_in = kPages.token_in,
               .token_out = kPages.token_out,
               .bad_token_code = kPages.bad_token_code});
}

Answer get_keys(Request& request) {
  std::set<std::string> keys;
  for (const Tagged& resource : tagged_resources(request)) {
    for (const Json& tag : resource.tags) keys.insert(base::string_member(tag, "Key"));
  }
  return page_of(request, keys, "TagKeys");
}

Answer get_values(Request& request) {
  std::set<std::string> values;
  for (const Tagged& resource : tagged_resources(request)) {
    for (const Json& tag : resource.tags) {
      if (base::string_member(tag, "Key") == request.text("Key")) values.insert(base::string_member(tag, "Value"));
    }
  }
  return page_of(request, values, "TagValues");
}

// Those that cannot be changed are told; the others are.
Answer change_each(Request& request, const std::function<void(Json&)>& change) {
  const Json& arns = request.parameter("ResourceARNList");
  if (arns.empty() || arns.size() > kArnsMax)
    return error("InvalidParameterException", "ResourceARNList must name 1 to 20 resources");
  Json failed = Json::object();
  for (const Json& arn : arns) {
    std::optional<Found> found = find_by_arn(request, arn.get<std::string>());
    if (!found) {
      failed[arn.get<std::string>()] = {{"StatusCode", 404},
                                        {"ErrorCode", "InvalidParameterException"},
                                        {"ErrorMessage", "The resource does not exist"}};
      continue;
    }
    change(found->document);
    request.state().put(found->key, std::move(found->document));
  }
  return Json{{"FailedResourcesMap", failed}};
}

Answer tag_resources(Request& request) {
  for (const auto& [key, value] : request.parameter("Tags").items()) {
    if (key.starts_with("aws:"))
      return error("InvalidParameterException", "Tag keys starting with 'aws:' are reserved for internal use");
  }
  return change_each(request, [&](Json& document) { merge_tags(document, request.parameter("Tags")); });
}

Answer untag_resources(Request& request) {
  return change_each(request, [&](Json& document) { remove_tags(document, request.parameter("TagKeys")); });
}

}  // namespace

std::vector<Operation> tagging_operations() {
  return {
      {"resourcegroupstaggingapi", "GetResources", Effect::read, get_resources},
      {"resourcegroupstaggingapi", "GetTagKeys", Effect::read, get_keys},
      {"resourcegroupstaggingapi", "GetTagValues", Effect::read, get_values},
      {"resourcegroupstaggingapi", "TagResources", Effect::write, tag_resources},
      {"resourcegroupstaggingapi", "UntagResources", Effect::write, untag_resources},
  };
}

}  // namespace setpoint::twin::services
