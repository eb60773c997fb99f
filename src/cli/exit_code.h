// Exit codes of the program: stable, one for each kind of end, documented in docs/cli.md and shown by `setpoint
// --help`.
#pragma once

#include <string>

#include "base/result.h"
#include "model/outcome.h"

namespace setpoint::cli {

enum ExitCode : int {
  kOk = 0,
  kNegative = 1,     // the answer is no: open findings (with --fail-on), INEFFECTIVE, a journal that does not verify
  kBadInput = 2,     // usage, configuration, content or a file that is not what it must be
  kNotFound = 3,     // no such finding, plan, run, resource
  kUnreachable = 4,  // no connection, no answer in time
  kDenied = 5,       // credentials are missing, wrong or not enough
  kUnavailable = 6,  // the other side throttles or fails
  kHeld = 7,         // oversight holds or refuses: an approval is missing, a limit is reached
  kChanged = 8,      // STALE, DEVIATION, a conflict: the world is not as planned; nothing was sent
  kUnknown = 9,      // a call may or may not have happened; a person must look
  kDamaged = 10,     // our own stored bytes do not check
  kLimit = 11,       // a limit was reached
  kPartial = 12,     // done in part: something could not be read and is unknown
  kCancelled = 130,
};

int exit_code_of(const base::Error& error);
int exit_code_of(model::RunStatus status);
std::string exit_code_table();  // for --help and docs/cli.md

}  // namespace setpoint::cli
