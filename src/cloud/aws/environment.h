// Environment variables as a value: read once at the edge of the program, passed in, never asked for deep inside.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace setpoint::cloud::aws {

class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> values) : values_(std::move(values)) {}
  static Environment of_process();
  // "" where not set.
  std::string get(std::string_view name) const {
    auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace setpoint::cloud::aws
