#include "cli/exit_code.h"

#include <fmt/format.h>

namespace setpoint::cli {

namespace {

struct Row {
  ExitCode code;
  const char* meaning;
};
constexpr Row kRows[] = {
    {kOk, "done"},
    {kNegative, "the answer is no: open findings with --fail-on, INEFFECTIVE, a journal that does not verify"},
    {kBadInput, "usage, configuration, content or a file that is not what it must be"},
    {kNotFound, "no such finding, plan, run or resource"},
    {kUnreachable, "no connection, or no answer in time"},
    {kDenied, "credentials are missing, wrong or not enough"},
    {kUnavailable, "the other side throttles or fails"},
    {kHeld, "oversight holds or refuses: an approval is missing, a limit is reached"},
    {kChanged, "STALE or DEVIATION: the world is not as planned; nothing more was sent"},
    {kUnknown, "a call may or may not have happened; a person must look"},
    {kDamaged, "stored bytes do not check"},
    {kLimit, "a limit was reached"},
    {kPartial, "done in part: something could not be read and is unknown"},
    {kCancelled, "stopped by a signal"},
};

}  // namespace

int exit_code_of(const base::Error& error) {
  using base::ErrorCode;
  switch (error.code) {
    case ErrorCode::invalid_input:
    case ErrorCode::unsupported:
      return kBadInput;
    case ErrorCode::not_found:
      return kNotFound;
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
      return kUnreachable;
    case ErrorCode::access_denied:
    case ErrorCode::unauthenticated:
      return kDenied;
    case ErrorCode::throttled:
    case ErrorCode::unavailable:
      return kUnavailable;
    case ErrorCode::refused:
      return kHeld;
    case ErrorCode::conflict:
      return kChanged;
    case ErrorCode::corrupted:
      return kDamaged;
    case ErrorCode::limit_exceeded:
      return kLimit;
    case ErrorCode::cancelled:
      return kCancelled;
  }
  return kBadInput;
}

int exit_code_of(model::RunStatus status) {
  using model::RunStatus;
  switch (status) {
    case RunStatus::planned:
    case RunStatus::applied:
    case RunStatus::effective:
    case RunStatus::undone:
      return kOk;
    case RunStatus::ineffective:
    case RunStatus::failed:
      return kNegative;
    case RunStatus::stale:
    case RunStatus::deviated:
      return kChanged;
    case RunStatus::refused:
      return kHeld;
    case RunStatus::applying:
    case RunStatus::unknown:
      return kUnknown;
  }
  return kUnknown;
}

std::string exit_code_table() {
  std::string out;
  for (const Row& row : kRows) out += fmt::format("  {:>3}  {}\n", static_cast<int>(row.code), row.meaning);
  return out;
}

}  // namespace setpoint::cli
