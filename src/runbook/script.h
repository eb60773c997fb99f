// A script step as a value: what it runs and what became of it. Made by the interpreter, carried out by sandbox/ behind
// the Host.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::runbook {

struct ScriptRequest {
  std::string runtime;                        // "python3.11", "PowerShell 7.4"
  std::string handler;                        // "remediate"; "" for PowerShell
  std::string script;                         // the text; of an attachment, the text of the file that holds the handler
  std::string attachment;                     // an attached zip archive's bytes, or ""
  std::string attachment_module;              // "module" of the handler "module.function" in the archive
  base::Json payload = base::Json::object();  // InputPayload
  base::Json context =
      base::Json::object();  // the handler's second argument: "automation:EXECUTION_ID", "global:REGION"
  base::Milliseconds timeout{600'000};
  std::string account;
  std::string region;
};

// What the script did. A script that raised, exited, ran too long or said too much is a result too, not an Error: an
// Error means that it could not be run at all.
struct ScriptResult {
  enum class Ending { returned, raised, exited, timed_out, over_memory, over_output, killed };
  Ending ending = Ending::returned;
  base::Json payload;         // what the handler returned; null otherwise
  std::string error_type;     // "ValueError"
  std::string error;          // message and traceback of the author's part
  std::string log;            // stdout and stderr, cut at a bound
  base::Milliseconds cpu{0};  // of the script and its keeper
};

}  // namespace setpoint::runbook
