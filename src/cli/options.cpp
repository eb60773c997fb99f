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
  std::cerr << "setpoint: " << printable(error.text()) << "\n";
}

void Context::with_engine(const std::function<base::Status(engine::Engine&)>& body) {
  auto engine = open(options);
  if (!engine) return fail(engine.error());
  if (base::Status done = body(**engine); !done) fail(done.error());
}

}  // namespace setpoint::cli
