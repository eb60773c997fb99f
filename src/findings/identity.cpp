#include "findings/identity.h"

#include <algorithm>
#include <cctype>

namespace setpoint::findings {

using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr std::size_t kIdDigits = 12;
constexpr std::size_t kRelatedResourcesMax = 10;  // as many as Security Hub writes

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// The AWS Config rules that a Security Hub finding names as its ground.
std::vector<std::string> related_rules(const Json& asff) {
  std::vector<std::string> out;
  const Json& fields = member(asff, "ProductFields");
  for (std::size_t i = 0; i < kRelatedResourcesMax; ++i) {
    std::string prefix = "RelatedAWSResources:" + std::to_string(i);
    std::string name = string_member(fields, prefix + "/name");
    if (name.empty()) break;
    if (string_member(fields, prefix + "/type") == "AWS::Config::ConfigRule") out.push_back(config_rule_name(name));
  }
  return out;
}

}  // namespace

CheckNames::CheckNames(std::span<const model::Control> controls) {
  for (const model::Control& control : controls) {
    controls_[control.id] = true;
    for (const auto& [standard, requirements] : control.mappings) {
      for (const std::string& requirement : requirements) {
        auto [name, fresh] = by_name_.emplace(standard + "/" + requirement, control.id);
        if (!fresh && name->second != control.id) name->second.clear();
      }
    }
  }
}

std::string CheckNames::unique(const std::string& name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? std::string() : found->second;
}

std::string CheckNames::control_of(const model::Finding& finding) const {
  if (controls_.contains(finding.check)) return finding.check;
  if (std::string control = unique(finding.check); !control.empty()) return control;
  for (const std::string& rule : related_rules(finding.raw)) {
    if (std::string control = unique("aws-config/" + rule); !control.empty()) return control;
  }
  return finding.check;
}

std::string finding_id(const std::string& check, const model::ResourceKey& resource) {
  return "f-" + base::sha256(check + "\n" + resource.text()).hex().substr(0, kIdDigits);
}

std::string config_rule_name(std::string_view name) {
  constexpr std::string_view kPrefix = "securityhub-";
  if (!name.starts_with(kPrefix)) return std::string(name);
  name.remove_prefix(kPrefix.size());
  std::size_t dash = name.rfind('-');
  std::string_view suffix = dash == std::string_view::npos ? std::string_view() : name.substr(dash + 1);
  bool generated = (suffix.size() == 8 && is_hex(suffix)) || suffix.size() == 6;  // newer and older suffixes
  return std::string(generated ? name.substr(0, dash) : name);
}

std::string reported_arn(const model::Finding& finding) {
  for (const char* list : {"Resources", "resources"}) {
    const Json& resources = member(finding.raw, list);
    if (!resources.is_array() || resources.empty()) continue;
    for (const char* name : {"Id", "uid"}) {
      std::string id = string_member(resources.front(), name);
      if (id.starts_with("arn:")) return id;
    }
  }
  return {};
}

}  // namespace setpoint::findings
