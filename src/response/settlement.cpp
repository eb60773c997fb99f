#include "response/settlement.h"

#include <algorithm>
#include <set>

namespace setpoint::response {

using base::Json;
using model::Knowledge;
using model::Resource;
using model::ResourceKey;

namespace {

constexpr std::size_t kNamesMax = 16;         // texts of the call that may name a resource
constexpr std::size_t kNameBytesMax = 1'024;  // of one

// Texts that may be names: those of the parameters, and of an ARN also its last part.
void collect_names(const Json& value, std::set<std::string>& out) {
  if (value.is_structured()) {
    for (const Json& item : value) collect_names(item, out);
    return;
  }
  if (!value.is_string()) return;
  std::string text = value.get<std::string>();
  bool plausible = !text.empty() && text.size() <= kNameBytesMax && text.find_first_of(" \n{") == std::string::npos;
  if (!plausible || out.size() >= kNamesMax) return;
  if (text.starts_with("arn:")) out.insert(text.substr(text.find_last_of(":/") + 1));
  out.insert(std::move(text));
}

// "AWS::EC2::SecurityGroup" is of ec2.
bool is_of_service(const std::string& type, const std::string& service) {
  std::size_t begin = type.find("::");
  std::size_t end = begin == std::string::npos ? begin : type.find("::", begin + 2);
  if (end == std::string::npos) return false;
  std::string own = type.substr(begin + 2, end - begin - 2);
  std::transform(own.begin(), own.end(), own.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return own == service;
}

// nullopt where a read failed: then nothing can be said.
std::optional<std::vector<Resource>> named_resources(const model::ApiCall& call, cloud::Observer& observer) {
  std::set<std::string> names;
  collect_names(call.parameters, names);
  std::vector<Resource> out;
  for (const std::string& type : observer.types()) {
    if (!is_of_service(type, call.service)) continue;
    for (const std::string& name : names) {
      ResourceKey key{"aws", call.account, observer.account_wide(type) ? "global" : call.region, type, name};
      auto resource = observer.observe(key);
      bool other_type = !resource && (resource.error().code == base::ErrorCode::invalid_input ||
                                      resource.error().code == base::ErrorCode::not_found);
      if (other_type) continue;  // it is no id of this type
      if (!resource || resource->knowledge == Knowledge::unknown) return std::nullopt;
      if (resource->knowledge == Knowledge::known) out.push_back(std::move(*resource));
    }
  }
  return out;
}

// "DeleteVpc" of a type that the observer knows.
bool deletes_known_type(const model::ApiCall& call, const cloud::Observer& observer) {
  constexpr std::string_view kVerb = "Delete";
  if (!call.operation.starts_with(kVerb)) return false;
  std::vector<std::string> types = observer.types();
  return std::any_of(types.begin(), types.end(), [&](const std::string& type) {
    return is_of_service(type, call.service) && type.ends_with("::" + call.operation.substr(kVerb.size()));
  });
}

// Rules of security groups that are in place, or gone, already: the service calls that an error.
bool says_done(const base::Error& error) { return error.detail.starts_with("InvalidPermission."); }

}  // namespace

Settled settle_by_effect(const model::ApiCall& call, cloud::Observer& observer, const WorldFactory& worlds) {
  auto resources = named_resources(call, observer);
  if (!resources) return Settled::unknown;
  if (resources->empty()) return deletes_known_type(call, observer) ? Settled::happened : Settled::unknown;
  auto world = worlds.create(*resources);
  if (!world || !(*world)->models(call.service, call.operation)) return Settled::unknown;
  std::size_t before = (*world)->version();
  base::Result<Json> output = (*world)->call(call);
  std::vector<ResourceKey> changed = (*world)->changed(before, (*world)->version());
  if (!output) return says_done(output.error()) ? Settled::happened : Settled::unknown;
  if (changed.empty()) return Settled::happened;
  bool makes_new = std::any_of(changed.begin(), changed.end(), [&](const ResourceKey& key) {
    return (*world)->render(before, key).knowledge != Knowledge::known;
  });
  return makes_new ? Settled::unknown : Settled::did_not_happen;
}

}  // namespace setpoint::response
