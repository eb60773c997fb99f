#include "response/signals.h"

#include <charconv>

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::string_member;
using runbook::SignalType;

namespace {

constexpr int kSendAttempts = 20;  // two people at once

std::string signal_key(const std::string& execution, std::size_t number) {
  return fmt::format("{}/{:06}", execution, number);
}

std::size_t number_of(const std::string& key) {
  std::size_t number = 0;
  std::size_t slash = key.rfind('/');
  std::from_chars(key.data() + slash + 1, key.data() + key.size(), number);
  return number;
}

base::Result<HeardSignal> heard(const std::string& key, const Json& body) {
  HeardSignal out;
  out.number = number_of(key);
  TRY(out.signal.type, runbook::parse_signal_type(string_member(body, "type")));
  out.signal.by = string_member(body, "by");
  out.signal.comment = string_member(body, "comment");
  TRY(out.signal.at, base::parse_iso8601(string_member(body, "at")));
  out.step = string_member(body, "step");
  return out;
}

base::Status may_hear(const std::string& execution, SignalType type, bool waits) {
  if (waits || type == SignalType::stop_step) return {};
  return base::fail({ErrorCode::conflict,
                     fmt::format("the execution does not wait for {}", runbook::to_string(type)),
                     execution,
                     "see `setpoint run show`",
                     {}});
}

}  // namespace

bool is_wanted(const runbook::SignalRequest& request, const HeardSignal& said, const std::string& step) {
  if (!said.step.empty() && said.step != step) return false;
  SignalType type = said.signal.type;
  if (request.kind == runbook::SignalRequest::Kind::pause) return type == SignalType::resume;
  return type == SignalType::approve || type == SignalType::reject || type == SignalType::revoke;
}

Json kept_signal(const std::optional<runbook::Signal>& signal) {
  if (!signal) return {{"signal", nullptr}};
  return {{"signal",
           {{"type", runbook::to_string(signal->type)},
            {"by", signal->by},
            {"comment", signal->comment},
            {"at", signal->at.ms}}}};
}

std::optional<runbook::Signal> signal_from_kept(const Json& kept) {
  const Json& json = base::member(kept, "signal");
  auto type = runbook::parse_signal_type(string_member(json, "type"));
  if (!type) return std::nullopt;
  return runbook::Signal{
      *type, string_member(json, "by"), string_member(json, "comment"), {json.value("at", std::int64_t{0})}};
}

base::Result<StopType> parse_stop_type(std::string_view text) {
  if (text == "Complete") return StopType::complete;
  if (text == "Cancel") return StopType::cancel;
  return base::fail(
      {ErrorCode::invalid_input, fmt::format("'{}' is no way to stop", text), {}, "Complete or Cancel", {}});
}

std::string_view to_string(StopType type) { return type == StopType::cancel ? "Cancel" : "Complete"; }

base::Status Signals::send(const std::string& execution, const runbook::Signal& signal, const std::string& step,
                           bool waits) {
  TRY_VOID(may_hear(execution, signal.type, waits));
  Json body = {{"type", runbook::to_string(signal.type)},
               {"by", signal.by},
               {"comment", signal.comment},
               {"step", step},
               {"at", base::to_iso8601(clock_.now())}};
  for (int attempt = 0; attempt < kSendAttempts; ++attempt) {
    TRY(auto said, since(execution, 0));
    if (said.size() >= kSignalsMax)
      return base::fail(ErrorCode::limit_exceeded, "an execution takes at most {} signals", kSignalsMax);
    journal::Batch batch;
    batch.entries.push_back({"run.signalled", signal.by, execution, body});
    batch.state.documents.push_back({kSignalSpace, signal_key(execution, said.size() + 1), body, 0, {}});
    auto written = journal_.append(std::move(batch));
    if (written) return {};
    if (written.error().code != ErrorCode::conflict) return base::fail(std::move(written).error());
  }
  return base::fail(ErrorCode::conflict, "too many signals at once; send it again");
}

base::Status Signals::stop(const std::string& execution, StopType type, const std::string& by) {
  Json body = {{"type", to_string(type)}, {"by", by}, {"at", base::to_iso8601(clock_.now())}};
  journal::Batch batch;
  batch.entries.push_back({"run.stop-asked", by, execution, body});
  batch.state.documents.push_back({kStopSpace, execution, std::move(body), std::nullopt, {{"open", "yes"}}});
  TRY(auto written, journal_.append(std::move(batch)));
  return {};
}

base::Result<std::vector<HeardSignal>> Signals::since(const std::string& execution, std::size_t number) const {
  TRY(auto stored, records_.list(kSignalSpace, execution + "/"));
  std::vector<HeardSignal> out;
  for (const auto& [key, document] : stored) {
    if (number_of(key) <= number) continue;
    TRY(HeardSignal said, heard(key, document.body));
    out.push_back(std::move(said));
  }
  return out;
}

// A read that fails leaves what was known: the next one is not far.
void Signals::refresh_stops() {
  base::Timestamp now = clock_.now();
  if (stops_read_.known() && now - stops_read_ < base::Milliseconds(kStopReadMilliseconds)) return;
  auto stored = records_.find(kStopSpace, "open", "yes");
  if (!stored) return;
  stops_read_ = now;
  stops_.clear();
  for (const auto& [key, document] : *stored) {
    if (auto type = parse_stop_type(string_member(document.body, "type"))) stops_[key] = *type;
  }
}

std::optional<StopType> Signals::stop_asked(const std::vector<std::string>& lineage) {
  std::lock_guard lock(mutex_);
  refresh_stops();
  for (const std::string& one : lineage) {
    if (auto found = stops_.find(one); found != stops_.end()) return found->second;
  }
  return std::nullopt;
}

journal::DocumentWrite Signals::forget_stop(const std::string& execution) {
  return {kStopSpace, execution, std::nullopt, std::nullopt, {}};
}

}  // namespace setpoint::response
