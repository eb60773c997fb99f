#include "cli/options.h"

#include <pwd.h>
#include <unistd.h>

#include <iostream>

#include "base/json.h"
#include "cli/exit_code.h"
#include "engine/engine.h"

namespace setpoint::cli {

std::string GlobalOptions::identity() const {
  if (!as.empty()) return "user:" + as;
  const passwd* entry = ::getpwuid(::getuid());
  return "user:" + (entry != nullptr ? std::string(entry->pw_name) : std::to_string(::getuid()));
}

namespace {

// Lines stay lines, set off so that none can pass for one of ours.
std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t start = 0; start <= text.size();) {
    std::size_t end = std::min(text.find('\n', start), text.size());
    std::string line = printable(text.substr(start, end - start));
    if (!line.empty()) out += (out.empty() ? "" : "\n  ") + line;
    start = end + 1;
  }
  return out;
}

}  // namespace

void Context::fail(const base::Error& error) {
  exit_code = exit_code_of(error);
  if (options.json) {
    base::Json out = {{"error",
                       {{"code", base::to_string(error.code)},
                        {"message", error.message},
                        {"where", error.where},
                        {"hint", error.hint}}}};
    std::cout << base::canonical(out) << "\n";
  }
  std::cerr << "setpoint: " << printable_lines(error.text()) << "\n";
}

void Context::with_engine(const std::function<base::Status(engine::Engine&)>& body) {
  auto engine = open(options);
  if (!engine) return fail(engine.error());
  if (base::Status done = body(**engine); !done) fail(done.error());
}

}  // namespace setpoint::cli
