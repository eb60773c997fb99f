#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "workload.h"

namespace setpoint::guard {

namespace fs = std::filesystem;

namespace {

std::string binary() {
  const char* given = std::getenv("SETPOINT_CFN_GUARD");
  if (given != nullptr) return given;
  fs::path fetched =
      fs::temp_directory_path() / fmt::format("setpoint-guard-{}/package/bin/ubuntu/x86_64/cfn-guard", getuid());
  return fs::exists(fetched) ? fetched.string() : "";
}

double seconds(const std::vector<std::string>& rules, const std::vector<std::string>& documents) {
  fs::path input = fs::temp_directory_path() / fmt::format("guard-bench-{}.json", getpid());
  std::ofstream(input) << nlohmann::json{{"rules", rules}, {"data", documents}}.dump();
  std::string command = fmt::format("'{}' validate --payload --structured -o json -S none < '{}' > /dev/null 2>&1",
                                    binary(), input.string());
  auto begin = std::chrono::steady_clock::now();
  int code = std::system(command.c_str());
  auto end = std::chrono::steady_clock::now();
  fs::remove(input);
  int exit_code = WIFEXITED(code) ? WEXITSTATUS(code) : -1;
  return exit_code == 0 || exit_code == 19 ? std::chrono::duration<double>(end - begin).count() : 0;
}

}  // namespace

double cfn_guard_pairs_per_second(const std::string& rules, std::size_t rule_count,
                                  const std::vector<std::string>& items) {
  if (binary().empty()) return 0;
  double took = seconds({rules}, items);
  return took > 0 ? static_cast<double>(rule_count * items.size()) / took : 0;
}

double cfn_guard_seconds(const std::string& rules, const std::string& document) {
  return binary().empty() ? 0 : seconds({rules}, {document});
}

}  // namespace setpoint::guard
