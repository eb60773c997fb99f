#include "response/cases/runbook_policy.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "response/rehearsal.h"
#include "runbook/interpolation.h"

namespace setpoint::response {

using base::Json;
using model::Permission;
using runbook::Document;

namespace {

// Services of which an ARN's last part is the name alone, without a kind before it.
constexpr std::string_view kBareNames[] = {"s3", "sns", "sqs"};
constexpr std::size_t kArnParts = 6;

std::vector<std::string> arn_parts(const std::string& arn) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (parts.size() + 1 < kArnParts) {
    std::size_t colon = arn.find(':', begin);
    if (colon == std::string::npos) return {};
    parts.push_back(arn.substr(begin, colon - begin));
    begin = colon + 1;
  }
  parts.push_back(arn.substr(begin));
  return parts;
}

bool says(const Json& value, const std::string& text) {
  if (value.is_string()) return value.get_ref<const std::string&>() == text;
  return value.is_structured() &&
         std::any_of(value.begin(), value.end(), [&](const Json& item) { return says(item, text); });
}

// A constant of the document, or the last part of one ("role/Delivery" for Delivery).
bool named_by(const Document& document, const std::string& name) {
  const Json& content = document.content();
  return says(base::member(content, "mainSteps"), name) || says(base::member(content, "parameters"), name) ||
         says(base::member(content, "variables"), name);
}

// "db:orders" -> "db:*"; what the document says itself stays.
std::string resource_pattern(const std::string& service, const std::string& resource, const Document& document) {
  bool bare = std::find(std::begin(kBareNames), std::end(kBareNames), service) != std::end(kBareNames);
  std::size_t kind_end = bare ? 0 : resource.find_first_of(":/") + 1;
  std::string kind = resource.substr(0, kind_end), name = resource.substr(kind_end);
  bool stream = service == "logs" && name.ends_with(":*");
  if (stream) name.resize(name.size() - 2);
  if (service == "autoscaling") kind = "autoScalingGroup:*:autoScalingGroupName/", name = "*";
  if (bare && service == "s3" && name.find('/') != std::string::npos) return "*/*";
  if (!named_by(document, name) && !named_by(document, "/" + name)) name = "*";
  return kind + name + (stream ? ":*" : "");
}

// References become "*": what is asked of the models is "which kind of resource", not which one.
Json with_wildcards(const Json& value) {
  if (value.is_string()) {
    bool refers = false;
    runbook::for_each_reference(value, [&](const runbook::Reference&) { refers = true; });
    return refers ? Json("*") : value;
  }
  if (!value.is_structured()) return value;
  Json out = value;
  for (Json& item : out) item = with_wildcards(item);
  return out;
}

std::string described(const Permission& permission) { return permission.action + " on " + permission.resource; }

}  // namespace

Permission generalised(const Permission& seen, const Document& document) {
  std::vector<std::string> parts = arn_parts(seen.resource);
  if (parts.empty()) return seen;
  if (!parts[3].empty()) parts[3] = "*";
  if (!parts[4].empty()) parts[4] = "*";
  parts[5] = resource_pattern(parts[2], parts[5], document);
  std::string arn = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) arn += ":" + parts[i];
  return {seen.action, arn};
}

std::set<Permission> static_permissions(const Document& document, const PermissionSource& source) {
  std::set<Permission> out;
  for (const runbook::StaticCall& call : runbook::api_calls(document)) {
    if (call.dynamic) continue;
    model::ApiCall wild{"*", "*", call.service, call.operation, with_wildcards(call.parameters)};
    for (const Permission& permission : source.required(wild)) out.insert(generalised(permission, document));
  }
  return out;
}

std::vector<std::string> policy_difference(const Json& kept, const Json& needed) {
  std::set<Permission> had = permissions_of(kept), wants = permissions_of(needed);
  std::vector<std::string> out;
  for (const Permission& permission : wants) {
    if (!had.contains(permission))
      out.push_back(fmt::format("policy.json: the document needs {}, which it does not allow", described(permission)));
  }
  for (const Permission& permission : had) {
    if (!wants.contains(permission))
      out.push_back(fmt::format("policy.json: it allows {}, which nothing needs", described(permission)));
  }
  return out;
}

}  // namespace setpoint::response
