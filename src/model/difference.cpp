#include "model/difference.h"

#include <algorithm>
#include <map>
#include <optional>

namespace setpoint::model {

using base::Json;

namespace {

constexpr std::string_view kIdentityMembers[] = {
    "cidrIp",       "CidrIp",     "cidrIpv6",   "CidrIpv6",   "prefixListId",
    "PrefixListId", "groupId",    "GroupId",    "key",        "Key",
    "id",           "Id",         "ID",         "Sid",        "arn",
    "Arn",          "resourceId", "volumeId",   "deviceName", "networkInterfaceId",
    "name",         "Name",       "policyName", "userName",
};

std::string pointer_step(std::string_view key) {
  std::string out = "/";
  for (char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

// Protocol and ports name a permission: its ranges are what changes in it.
std::optional<std::string> permission_identity(const Json& element) {
  const Json& protocol = element.contains("ipProtocol") ? element["ipProtocol"] : base::member(element, "IpProtocol");
  if (protocol.is_null()) return std::nullopt;
  std::string out = "permission " + protocol.dump();
  for (const char* port : {"fromPort", "FromPort", "toPort", "ToPort"}) out += " " + base::member(element, port).dump();
  return out;
}

std::optional<std::string> identity(const Json& element) {
  if (element.is_array()) return std::nullopt;
  if (!element.is_object()) return element.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (auto permission = permission_identity(element)) return permission;
  for (std::string_view name : kIdentityMembers) {
    const Json& value = base::member(element, name);
    if (value.is_string()) return std::string(name) + " " + value.get<std::string>();
  }
  return std::nullopt;
}

// Identity -> position, or nothing where an element has none or two have the same.
std::optional<std::map<std::string, std::size_t>> identities(const Json& list) {
  std::map<std::string, std::size_t> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto name = identity(list[i]);
    if (!name || !out.emplace(*name, i).second) return std::nullopt;
  }
  return out;
}

class Comparison {
 public:
  std::vector<FieldChange> run(const Json& before, const Json& after) {
    compare("", before, after);
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const FieldChange& a, const FieldChange& b) { return a.path < b.path; });
    return std::move(changes_);
  }

 private:
  void compare(const std::string& path, const Json& before, const Json& after) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) return compare_objects(path, before, after);
    if (before.is_array() && after.is_array()) return compare_lists(path, before, after);
    changes_.push_back({path, before, after, FieldChange::Kind::replaced});
  }

  void removed(const std::string& path, const Json& value) {
    changes_.push_back({path, value, nullptr, FieldChange::Kind::removed});
  }
  void added(const std::string& path, const Json& value) {
    changes_.push_back({path, nullptr, value, FieldChange::Kind::added});
  }

  void compare_objects(const std::string& path, const Json& before, const Json& after) {
    for (const auto& [key, value] : before.items()) {
      auto other = after.find(key);
      if (other == after.end())
        removed(path + pointer_step(key), value);
      else
        compare(path + pointer_step(key), value, *other);
    }
    for (const auto& [key, value] : after.items()) {
      if (!before.contains(key)) added(path + pointer_step(key), value);
    }
  }

  void compare_lists(const std::string& path, const Json& before, const Json& after) {
    auto old_names = identities(before);
    auto new_names = identities(after);
    if (old_names && new_names) return compare_sets(path, before, *old_names, after, *new_names);
    std::size_t both = std::min(before.size(), after.size());
    for (std::size_t i = 0; i < both; ++i) compare(path + "/" + std::to_string(i), before[i], after[i]);
    for (std::size_t i = both; i < before.size(); ++i) removed(path + "/" + std::to_string(i), before[i]);
    for (std::size_t i = both; i < after.size(); ++i) added(path + "/" + std::to_string(i), after[i]);
  }

  using Names = std::map<std::string, std::size_t>;
  void compare_sets(const std::string& path, const Json& before, const Names& old_names, const Json& after,
                    const Names& new_names) {
    for (const auto& [name, i] : old_names) {
      auto other = new_names.find(name);
      if (other == new_names.end())
        removed(path + "/" + std::to_string(i), before[i]);
      else
        compare(path + "/" + std::to_string(i), before[i], after[other->second]);
    }
    for (const auto& [name, i] : new_names) {
      if (!old_names.contains(name)) added(path + "/" + std::to_string(i), after[i]);
    }
  }

  std::vector<FieldChange> changes_;
};

Json state_of(const model::Resource& resource) {
  Json out = Json::object();
  for (const char* part : {"configuration", "supplementaryConfiguration"}) {
    if (const Json& value = base::member(resource.item, part); !value.is_null()) out[part] = value;
  }
  if (!resource.tags.empty()) out["tags"] = resource.tags;
  return out;
}

}  // namespace

std::vector<FieldChange> difference(const Json& before, const Json& after) { return Comparison().run(before, after); }

std::vector<FieldChange> difference(const model::Resource& before, const model::Resource& after) {
  return difference(state_of(before), state_of(after));
}

}  // namespace setpoint::model
