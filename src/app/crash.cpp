#include "app/crash.h"

#include <charconv>
#include <csignal>

namespace setpoint::app {

std::optional<CrashAtFlush> CrashAtFlush::parse(const std::string& setting) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(setting.data(), setting.data() + setting.size(), number);
  std::string_view rest(end, static_cast<std::size_t>(setting.data() + setting.size() - end));
  bool ok = error == std::errc() && number > 0 && (rest.empty() || rest == ":before" || rest == ":after");
  return ok ? std::optional(CrashAtFlush(number, rest == ":before")) : std::nullopt;
}

void CrashAtFlush::before_flush(std::uint64_t number) {
  if (before_ && number == number_) ::raise(SIGKILL);
}

void CrashAtFlush::after_flush(std::uint64_t number) {
  if (!before_ && number == number_) ::raise(SIGKILL);
}

}  // namespace setpoint::app
