#include "response/target_locks.h"

#include <algorithm>
#include <array>

#include "runbook/values.h"

namespace setpoint::response {

using base::Json;

namespace {

constexpr std::size_t kLocksMax = 1'000;

// "sg-0a1b2c3d", "i-0123456789abcdef0": a short name, a hyphen, 8 or 17 hexadecimal digits.
bool is_resource_id(const std::string& text) {
  std::size_t hyphen = text.find('-');
  if (hyphen == std::string::npos || hyphen == 0 || hyphen > 20) return false;
  std::string digits = text.substr(text.rfind('-') + 1);
  bool sized = digits.size() == 8 || digits.size() == 17;
  return sized && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_target_arn(const std::string& text) {
  constexpr std::array<std::string_view, 4> kTools = {":iam:", ":kms:", ":sns:", ":sts:"};
  return text.starts_with("arn:") && std::none_of(kTools.begin(), kTools.end(), [&](std::string_view tool) {
           return text.find(tool) != std::string::npos;
         });
}

bool is_target_type(const std::string& type) {
  return type.find("AWS::") != std::string::npos && type.find("AWS::IAM::Role") == std::string::npos;
}

void add_locks(const Json& value, bool surely, const std::string& account, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const Json& item : value) add_locks(item, surely, account, out);
    return;
  }
  if (!value.is_string() || value.get_ref<const std::string&>().empty() || out.size() >= kLocksMax) return;
  const std::string& text = value.get_ref<const std::string&>();
  if (surely || is_resource_id(text) || is_target_arn(text)) out.push_back(resource_lock(account, text));
}

}  // namespace

std::string resource_lock(const std::string& account, const std::string& id) {
  std::string name = id.starts_with("arn:") ? id.substr(id.find_last_of(":/") + 1) : id;
  return fmt::format("target/{}/{}", account, name);
}

std::vector<std::string> target_locks(const runbook::Document& document, const Json& parameters,
                                      const runbook::ExecutionContext& context,
                                      const std::string& target_parameter_name) {
  std::vector<std::string> out;
  if (!target_parameter_name.empty()) {
    add_locks(base::member(parameters, target_parameter_name), true, context.account, out);
  } else {
    for (const runbook::Parameter& parameter : document.parameters())
      add_locks(base::member(parameters, parameter.name), is_target_type(parameter.type_text), context.account, out);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace setpoint::response
