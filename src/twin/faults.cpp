#include "twin/faults.h"

#include <charconv>

namespace setpoint::twin {

namespace {

constexpr std::pair<std::string_view, FaultKind> kKinds[] = {{"error", FaultKind::error},
                                                             {"throttle", FaultKind::throttle},
                                                             {"delay", FaultKind::delay},
                                                             {"partial-page", FaultKind::partial_page},
                                                             {"stale-read", FaultKind::stale_read},
                                                             {"no-op", FaultKind::no_op},
                                                             {"drop", FaultKind::drop}};

tl::unexpected<base::Error> bad(std::string_view text, std::string_view what) {
  base::Error wrong{
      base::ErrorCode::invalid_input, fmt::format("fault '{}': {}", text.substr(0, 200), what), "--fault", {}, {}};
  wrong.hint =
      "write SERVICE:OPERATION=KIND[(ARGUMENT)][*COUNT][@SKIP], for example ec2:RevokeSecurityGroupIngress=throttle*2";
  return base::fail(std::move(wrong));
}

// Cuts what follows the last `mark` off `text` as a number; false where it is none.
bool cut_number(std::string_view& text, char mark, std::int64_t& number) {
  std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos || text.find(')', at) != std::string_view::npos) return true;
  std::string_view digits = text.substr(at + 1);
  text = text.substr(0, at);
  if (mark == '*' && digits == "inf") return number = -1, true;
  auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return !digits.empty() && parsed.ptr == digits.data() + digits.size() && parsed.ec == std::errc() && number >= 0;
}

bool applies(const std::string& pattern, std::string_view name) { return pattern == "*" || pattern == name; }

}  // namespace

std::string_view to_string(FaultKind kind) {
  for (const auto& [name, value] : kKinds) {
    if (value == kind) return name;
  }
  return "?";
}

base::Result<Fault> parse_fault(std::string_view text) {
  std::size_t equals = text.find('=');
  std::size_t colon = text.find(':');
  if (equals == std::string_view::npos || colon > equals) return bad(text, "no SERVICE:OPERATION= at its start");
  Fault fault;
  fault.service = std::string(text.substr(0, colon));
  fault.operation = std::string(text.substr(colon + 1, equals - colon - 1));
  std::string_view rest = text.substr(equals + 1);
  if (!cut_number(rest, '@', fault.skip)) return bad(text, "what follows '@' is not a number");
  if (!cut_number(rest, '*', fault.count)) return bad(text, "what follows '*' is not a number");
  if (std::size_t open = rest.find('('); open != std::string_view::npos) {
    if (!rest.ends_with(')')) return bad(text, "a '(' is not closed");
    fault.argument = std::string(rest.substr(open + 1, rest.size() - open - 2));
    rest = rest.substr(0, open);
  }
  for (const auto& [name, kind] : kKinds) {
    if (name != rest) continue;
    fault.kind = kind;
    std::int64_t ms = 0;
    const char* end = fault.argument.data() + fault.argument.size();
    bool number = std::from_chars(fault.argument.data(), end, ms).ptr == end && ms >= 0 && ms <= 600'000;
    if (kind == FaultKind::delay && !fault.argument.empty() && !number)
      return bad(text, "delay takes milliseconds, at most 600000");
    return fault;
  }
  return bad(text, "the kinds are error, throttle, delay, partial-page, stale-read, no-op and drop");
}

void FaultPlan::add(Fault fault) {
  std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FaultPlan::clear() {
  std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> FaultPlan::next(std::string_view service, std::string_view operation) {
  std::lock_guard lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.count == 0 || !applies(fault.service, service) || !applies(fault.operation, operation)) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.count > 0) --fault.count;
    return fault;
  }
  return {};
}

}  // namespace setpoint::twin
