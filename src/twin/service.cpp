#include "twin/service.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "twin/services/tables.h"

namespace setpoint::twin {

tl::unexpected<AwsError> error(std::string code, std::string message, int status) {
  return tl::unexpected<AwsError>(AwsError{std::move(code), std::move(message), status, Json::object()});
}

std::string Request::partition() const {
  if (region().starts_with("cn-")) return "aws-cn";
  return region().starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

std::string Request::arn(std::string_view service, std::string_view rest) const {
  return fmt::format("arn:{}:{}:{}:{}:{}", partition(), service, region(), account(), rest);
}

std::string Request::global_arn(std::string_view service, std::string_view rest) const {
  return fmt::format("arn:{}:{}::{}:{}", partition(), service, account(), rest);
}

const Json& Request::parameter(std::string_view name) const {
  const Json& value = base::member(call_.parameters, name);
  if (!value.is_null()) read_.push_back(&value);
  return value;
}

std::string Request::text(std::string_view name) const {
  const Json& value = parameter(name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::string> Request::unread() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : call_.parameters.items()) {
    if (std::find(read_.begin(), read_.end(), &value) == read_.end()) out.push_back(name);
  }
  return out;
}

std::int64_t Request::integer(std::string_view name, std::int64_t fallback) const {
  const Json& value = parameter(name);
  return value.is_number() ? value.get<std::int64_t>() : fallback;
}

bool Request::flag(std::string_view name, bool fallback) const {
  const Json& value = parameter(name);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

StateKey Request::key(std::string_view type, std::string_view id) const {
  return {account(), region(), std::string(type), std::string(id)};
}

StateKey Request::global_key(std::string_view type, std::string_view id) const {
  return {account(), "global", std::string(type), std::string(id)};
}

std::vector<Json> Request::all(std::string_view type) {
  std::vector<Json> out;
  each(type, [&](const std::string&, const Json& document) { out.push_back(document); });
  return out;
}

std::vector<Json> Request::all_global(std::string_view type) {
  std::vector<Json> out;
  each_global(type, [&](const std::string&, const Json& document) { out.push_back(document); });
  return out;
}

namespace {

using Name = std::pair<std::string_view, std::string_view>;
Name name_of(const Operation& operation) { return {operation.service, operation.name}; }

}  // namespace

const std::vector<Operation>& operations() {
  static const std::vector<Operation> kAll = [] {
    std::vector<Operation> all;
    for (const auto& table : services::tables()) {
      std::vector<Operation> part = table();
      all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end(), [](const Operation& a, const Operation& b) { return name_of(a) < name_of(b); });
    return all;
  }();
  return kAll;
}

const Operation* find_operation(std::string_view service, std::string_view name) {
  const std::vector<Operation>& all = operations();
  auto found = std::lower_bound(all.begin(), all.end(), Name(service, name),
                                [](const Operation& a, const Name& wanted) { return name_of(a) < wanted; });
  return found != all.end() && name_of(*found) == Name(service, name) ? &*found : nullptr;
}

bool is_modelled(std::string_view service, std::string_view operation) {
  return find_operation(service, operation) != nullptr;
}

std::string operations_table() {
  std::string out = "| service | operations | reads | writes |\n| --- | --- | --- | --- |\n";
  const std::vector<Operation>& all = operations();
  for (std::size_t at = 0; at < all.size();) {
    std::string_view service = all[at].service;
    std::string reads, writes;
    std::size_t count = 0;
    for (; at < all.size() && all[at].service == service; ++at, ++count) {
      std::string& list = all[at].effect == Effect::read ? reads : writes;
      list += (list.empty() ? "" : ", ") + std::string(all[at].name);
    }
    out += fmt::format("| {} | {} | {} | {} |\n", service, count, reads, writes);
  }
  return out;
}

}  // namespace setpoint::twin
