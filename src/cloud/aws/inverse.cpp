#include "cloud/aws/inverse.h"

#include <algorithm>
#include <set>

#include "cloud/aws/config_item.h"
#include "cloud/aws/config_item_types.h"
#include "cloud/aws/inverse_rows.h"
#include "cloud/aws/security_group_rules.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;
using model::ApiCall;
using model::Resource;

namespace {

using Rules = std::vector<SecurityGroupRule>;

ApiCall ec2_call(const Resource& resource, std::string operation, Json parameters) {
  return {resource.key.account, resource.key.region, "ec2", std::move(operation), std::move(parameters)};
}

bool has_tuple(const Rules& rules, const SecurityGroupRule& wanted) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const SecurityGroupRule& rule) { return rule.same_tuple(wanted); });
}

Rules of_direction(const Rules& rules, bool egress) {
  Rules out;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(out),
               [&](const auto& rule) { return rule.egress == egress; });
  return out;
}

// Tuples of `rules` that `others` lacks.
Rules missing_in(const Rules& others, const Rules& rules) {
  Rules out;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(out),
               [&](const auto& rule) { return !has_tuple(others, rule); });
  return out;
}

// Tuples that both have, with another description in `to`.
Rules redescribed(const Rules& from, const Rules& to) {
  Rules out;
  std::copy_if(to.begin(), to.end(), std::back_inserter(out), [&](const SecurityGroupRule& rule) {
    return has_tuple(from, rule) && std::find(from.begin(), from.end(), rule) == from.end();
  });
  return out;
}

void append_rule_calls(const Resource& group, const Rules& from, const Rules& to, bool egress,
                       std::vector<ApiCall>& out) {
  std::string direction = egress ? "Egress" : "Ingress";
  auto call = [&](const std::string& verb, const Rules& rules, bool with_descriptions) {
    if (rules.empty()) return;
    out.push_back(
        ec2_call(group, verb + direction,
                 {{"GroupId", group.key.id}, {"IpPermissions", to_ip_permissions(rules, with_descriptions)}}));
  };
  call("AuthorizeSecurityGroup", missing_in(from, to), true);
  call("RevokeSecurityGroup", missing_in(to, from), false);
  call("UpdateSecurityGroupRuleDescriptions", redescribed(from, to), true);
}

Json tag_list(const Resource& resource) {
  Json out = Json::array();
  for (const auto& [key, value] : resource.tags) out.push_back({{"Key", key}, {"Value", value}});
  return out;
}

RestoredCalls restore_tags_of_group(const Resource& from, const Resource& to) {
  Json have = {{"Tags", tag_list(from)}}, want = {{"Tags", tag_list(to)}};
  return restore_ec2_tags({from.key, have, want, have});
}

base::Result<std::vector<ApiCall>> restore_security_group(const Resource& from, const Resource& to) {
  for (const char* fixed : {"groupName", "description", "vpcId", "ownerId"}) {
    if (base::member(base::member(from.item, "configuration"), fixed) !=
        base::member(base::member(to.item, "configuration"), fixed)) {
      return base::fail({ErrorCode::unsupported,
                         fmt::format("'{}' of a security group cannot be changed back", fixed),
                         from.key.text(),
                         {},
                         {}});
    }
  }
  Rules before = security_group_rules(from.item);
  Rules wanted = security_group_rules(to.item);
  std::vector<ApiCall> out;
  for (bool egress : {false, true})
    append_rule_calls(from, of_direction(before, egress), of_direction(wanted, egress), egress, out);
  TRY(std::vector<ApiCall> tags, restore_tags_of_group(from, to));
  out.insert(out.end(), tags.begin(), tags.end());
  return out;
}

// ---- By the table

// A type that AWS Config does not know is rendered in lower camel and nothing else.
base::Result<Json> api_object(const Resource& resource) {
  if (resource.knowledge != model::Knowledge::known) return Json::object();
  auto known = configuration_item_types();
  if (std::find(known.begin(), known.end(), resource.key.type) != known.end())
    return from_configuration_item(resource.item);
  return to_api_names(base::member(resource.item, "configuration"), {});
}

const Json& at_path(const Json& object, std::string_view path) {
  const Json* at = &object;
  while (!path.empty()) {
    std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    at = &base::member(*at, name);
  }
  return *at;
}

Json placed(const Restoring& change, const std::string& text) {
  if (text == "@id") return change.key.id;
  if (text == "@account") return change.key.account;
  if (text.starts_with('@')) return at_path(change.identity, std::string_view(text).substr(1));
  if (!text.starts_with('$')) return text;
  std::size_t bar = text.find('|');
  const Json& value = at_path(change.want, std::string_view(text).substr(1, bar == std::string::npos ? bar : bar - 1));
  return value.is_null() && bar != std::string::npos ? Json::parse(text.substr(bar + 1)) : value;
}

Json filled(const Restoring& change, const Json& pattern) {
  if (pattern.is_string()) return placed(change, pattern.get<std::string>());
  if (!pattern.is_structured()) return pattern;
  Json out = pattern.is_array() ? Json::array() : Json::object();
  for (auto it = pattern.begin(); it != pattern.end(); ++it) {
    Json value = filled(change, *it);
    if (pattern.is_array())
      out.push_back(std::move(value));
    else if (!value.is_null())
      out[it.key()] = std::move(value);
  }
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    out.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(out.back().size() + 1, text.size()));
  }
  return out;
}

bool is_for(const InverseRow& row, std::string_view type) {
  if (!row.type.ends_with('*')) return row.type == type;
  return type.starts_with(row.type.substr(0, row.type.size() - 1));
}

tl::unexpected<base::Error> no_way_back(const Restoring& change, std::string why) {
  return base::fail({ErrorCode::unsupported, std::move(why), change.key.text(), {}, {}});
}

// Whether the state before had what the row is about.
bool was_set(const InverseRow& row, const Restoring& change) {
  if (row.members == "*") return !change.want.empty();
  for (std::string_view name : words(row.members)) {
    const Json& value = at_path(change.want, name);
    bool off = value.is_null() || (!row.off.empty() && value == Json(row.off));
    if (row.toggle ? value == Json(true) : !off) return true;
  }
  return false;
}

RestoredCalls calls_of(const InverseRow& row, const Restoring& change) {
  if (row.build) return row.build(change);
  bool set = was_set(row, change);
  std::string_view operation = set ? row.set : row.clear;
  if (operation.empty()) {
    return no_way_back(change, row.because.empty() ? fmt::format("nothing takes '{}' away again", row.members)
                                                   : std::string(row.because));
  }
  const char* pattern = set || row.clear_parameters == nullptr ? row.set_parameters : row.clear_parameters;
  return std::vector{change.call(row.service, operation, filled(change, Json::parse(pattern)))};
}

// Rows of one operation are one call where the table gives its parameters.
void append(std::vector<ApiCall>& out, std::vector<ApiCall> more, bool from_table) {
  for (ApiCall& call : more) {
    bool same =
        from_table && !out.empty() && out.back().service == call.service && out.back().operation == call.operation;
    if (same)
      out.back().parameters.update(call.parameters);
    else
      out.push_back(std::move(call));
  }
}

std::set<std::string> differing_members(const Restoring& change) {
  std::set<std::string> out;
  for (const auto& [name, value] : change.have.items()) {
    if (base::member(change.want, name) != value) out.insert(name);
  }
  for (const auto& [name, value] : change.want.items()) {
    if (base::member(change.have, name) != value) out.insert(name);
  }
  return out;
}

// What a row covers is taken out of `left`.
bool covers(const InverseRow& row, std::set<std::string>& left) {
  bool any = false;
  for (std::string_view name : words(row.members))
    any = left.erase(std::string(name.substr(0, name.find('.')))) > 0 || any;
  return any;
}

RestoredCalls restore_whole(const Restoring& change) {
  for (const InverseRow& row : inverse_rows()) {
    if (row.members == "*" && is_for(row, change.key.type)) return calls_of(row, change);
  }
  bool came = change.want.empty();
  return no_way_back(change, fmt::format("no way is known to {} {} {}", came ? "take" : "bring", change.key.type,
                                         came ? "away again" : "back"));
}

RestoredCalls restore_members(const Restoring& change) {
  std::set<std::string> left = differing_members(change);
  std::vector<ApiCall> out;
  for (const InverseRow& row : inverse_rows()) {
    if (!is_for(row, change.key.type) || row.members == "*" || !covers(row, left)) continue;
    TRY(std::vector<ApiCall> calls, calls_of(row, change));
    append(out, std::move(calls), row.build == nullptr);
  }
  if (left.empty()) return out;
  for (const InverseRow& row : inverse_rows()) {
    bool whole = row.members == "*" && is_for(row, change.key.type) && !row.set.empty();
    if (whole) return calls_of(row, change);
  }
  return no_way_back(change, fmt::format("no way back is known for '{}' of a {}", *left.begin(), change.key.type));
}

}  // namespace

base::Result<std::vector<ApiCall>> restoring_calls(const Resource& from, const Resource& to) {
  SETPOINT_ASSERT(from.key == to.key);
  bool known = from.knowledge == model::Knowledge::known, was = to.knowledge == model::Knowledge::known;
  bool sure = from.knowledge != model::Knowledge::unknown && to.knowledge != model::Knowledge::unknown;
  if (sure && known == was && (!known || from.state_digest() == to.state_digest())) return std::vector<ApiCall>{};
  if (known && was && from.key.type == "AWS::EC2::SecurityGroup") return restore_security_group(from, to);
  if (!sure) {
    return base::fail({ErrorCode::unsupported, "what it was, or is, is not known for sure", from.key.text(), {}, {}});
  }
  TRY(Json have, api_object(from));
  TRY(Json want, api_object(to));
  Restoring change{from.key, have, want, known ? have : want};
  return have.empty() || want.empty() ? restore_whole(change) : restore_members(change);
}

}  // namespace setpoint::cloud::aws
