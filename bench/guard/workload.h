// Configuration items and rules of our own making: eight resource types of AWS Config's shape, about 1.3 KB an item,
// some of them in a bad state; rules as controls have them, each gated by the resource type that it is for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace setpoint::guard {

std::vector<std::string> configuration_items(std::size_t count, std::uint64_t seed);
// `count` rules over those types; the text of one rules file.
std::string control_rules(std::size_t count);
// A CloudFormation template with `resources` resources, and rules with type blocks and joins for it.
std::string template_with(std::size_t resources);
std::string template_rules();

// cfn-guard 3.1.1 over the same: pairs a second, its start included where it does not weigh; 0 where it cannot be had
// (SETPOINT_CFN_GUARD, or what the differential test fetched).
double cfn_guard_pairs_per_second(const std::string& rules, std::size_t rule_count,
                                  const std::vector<std::string>& items);
double cfn_guard_seconds(const std::string& rules, const std::string& document);

}  // namespace setpoint::guard
