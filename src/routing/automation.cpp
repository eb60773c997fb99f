#include "routing/automation.h"

#include <array>
#include <cstdlib>

namespace setpoint::routing {

using base::Diagnostics;
using base::MapReader;
using base::Node;

namespace {

constexpr std::array<std::string_view, 3> kAutonomyNames = {"shadow", "ask", "auto"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "09:30" -> 570
std::optional<std::int64_t> minute_of_day(const std::string& text) {
  bool form = text.size() == 5 && text[2] == ':' && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[3]) &&
              is_digit(text[4]);
  if (!form) return std::nullopt;
  std::int64_t minutes = (text[0] - '0') * 600 + (text[1] - '0') * 60 + (text[3] - '0') * 10 + (text[4] - '0');
  bool within = minutes <= 24 * 60 && text[3] < '6';
  return within ? std::optional(minutes) : std::nullopt;
}

class Reader {
 public:
  Reader(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  Automation read(const Node& root) {
    MapReader map(root, file_, diagnostics_);
    Automation out;
    out.file = file_;
    out.name = map.required_string("automation");
    out.owner = map.required_string("owner");
    out.review = duration(map, "review");
    if (const Node* when = map.required("when")) out.when = base::canonical(when->json());
    out.run = map.optional_string("run", kControlsOwnRemedy);
    if (const Node* with = map.optional("with")) {
      out.with = with->json();
      if (!out.with.is_object()) map.error("with", "'with' must be a map of parameters", "with: {Name: value}");
      if (out.run == kControlsOwnRemedy)
        map.error("with", "the control says what its own remediation is given",
                  "name a runbook in 'run', or leave it out");
    }
    out.autonomy = autonomy(map);
    if (const Node* limits = map.optional("limits")) out.limits = read_limits(*limits);
    if (const Node* windows = map.optional("windows")) read_windows(*windows, out);
    out.undo_if_ineffective = map.optional_bool("undo_if_ineffective").value_or(false);
    if (const Node* notify = map.optional("notify")) read_notify(*notify, out);
    if (const Node* escalate = map.optional("escalate")) read_escalations(*escalate, out);
    map.finish();
    return out;
  }

 private:
  std::optional<base::Milliseconds> duration(MapReader& map, const char* key) {
    std::string text = map.optional_string(key);
    if (text.empty()) return std::nullopt;
    auto parsed = base::parse_duration(text);
    if (!parsed) map.error(key, fmt::format("'{}' is not a duration", text), "write 90s, 15m, 8h or 90d");
    return parsed;
  }

  Autonomy autonomy(MapReader& map) {
    std::string text = map.optional_string("autonomy", "shadow");
    for (std::size_t i = 0; i < kAutonomyNames.size(); ++i) {
      if (kAutonomyNames[i] == text) return static_cast<Autonomy>(i);
    }
    map.error("autonomy", fmt::format("'{}' is not an autonomy", text), "shadow, ask or auto");
    return Autonomy::shadow;
  }

  Limits read_limits(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    Limits out;
    out.per_hour = map.optional_integer("per_hour").value_or(out.per_hour);
    out.per_account_per_day = map.optional_integer("per_account_per_day").value_or(out.per_account_per_day);
    if (std::string share = map.optional_string("share_of_fleet"); !share.empty()) {
      char* end = nullptr;
      double percent = std::strtod(share.c_str(), &end);
      bool ok = end != share.c_str() && std::string_view(end) == "%" && percent >= 0 && percent <= 100;
      if (!ok) map.error("share_of_fleet", fmt::format("'{}' is not a share", share), "write 5%");
      if (ok) out.share_of_fleet_percent = percent;
    }
    if (out.per_hour < 0 || out.per_account_per_day < 0)
      diagnostics_.error("wrong-kind", file_, node.at, "a limit must not be negative");
    map.finish();
    return out;
  }

  void read_windows(const Node& list, Automation& out) {
    if (!list.is_list()) return diagnostics_.error("wrong-kind", file_, list.at, "'windows' must be a list");
    for (const Node& item : list.items) out.windows.push_back(read_window(item));
  }

  Window read_window(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    Window out;
    for (const std::string& name : map.optional_strings("days")) {
      auto found = std::find(kDays.begin(), kDays.end(), name);
      if (found == kDays.end()) {
        map.error("days", fmt::format("'{}' is not a day", name), "sun, mon, tue, wed, thu, fri, sat");
      } else {
        out.days.push_back(static_cast<int>(found - kDays.begin()));
      }
    }
    out.from_minute = minute(map, "from", 0);
    out.to_minute = minute(map, "to", 24 * 60);
    map.finish();
    return out;
  }

  std::int64_t minute(MapReader& map, const char* key, std::int64_t fallback) {
    std::string text = map.optional_string(key);
    if (text.empty()) return fallback;
    auto parsed = minute_of_day(text);
    if (!parsed) map.error(key, fmt::format("'{}' is not a time of day", text), "write \"09:00\" in quotes, UTC");
    return parsed.value_or(fallback);
  }

  void read_notify(const Node& node, Automation& out) {
    MapReader map(node, file_, diagnostics_);
    out.notify_owner = map.optional_bool("owner").value_or(true);
    out.notify_channel = map.optional_string("channel");
    map.finish();
  }

  void read_escalations(const Node& list, Automation& out) {
    if (!list.is_list()) return diagnostics_.error("wrong-kind", file_, list.at, "'escalate' must be a list");
    for (const Node& item : list.items) {
      MapReader map(item, file_, diagnostics_);
      Escalation step{duration(map, "after").value_or(base::Milliseconds(0)), map.required_string("to")};
      map.finish();
      out.escalate.push_back(std::move(step));
    }
  }

  std::string file_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::string_view to_string(Autonomy autonomy) { return kAutonomyNames.at(static_cast<std::size_t>(autonomy)); }

std::optional<Automation> parse_automation(const base::SourceText& source, Diagnostics& diagnostics) {
  std::size_t errors_before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  Automation automation = Reader(source.name, diagnostics).read(*root);
  return diagnostics.error_count() == errors_before ? std::optional(std::move(automation)) : std::nullopt;
}

}  // namespace setpoint::routing
