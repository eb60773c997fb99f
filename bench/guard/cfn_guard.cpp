#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

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

// Processor time of ended children, as ours is measured.
double children_seconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

double seconds(const std::vector<std::string>& rules, const std::vector<std::string>& documents) {
  fs::path input = fs::temp_directory_path() / fmt::format("guard-bench-{}.json", getpid());
  std::ofstream(input) << nlohmann::json{{"rules", rules}, {"data", documents}}.dump();
  std::string command = fmt::format("'{}' validate --payload --structured -o json -S none < '{}' > /dev/null 2>&1",
                                    binary(), input.string());
  double begin = children_seconds();
  int code = std::system(command.c_str());
  double end = children_seconds();
  fs::remove(input);
  int exit_code = WIFEXITED(code) ? WEXITSTATUS(code) : -1;
  return exit_code == 0 || exit_code == 19 ? end - begin : 0;
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
