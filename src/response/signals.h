// What people say to executions that run: SendAutomationSignal (Approve, Reject, Resume, StartStep, StopStep, Revoke)
// and StopAutomationExecution (Complete, Cancel). Said in one process, heard in another: they are documents, journalled
// in the same transaction, and stay until they are heard; a crash loses none.
//
//   Signals signals(journal, records, clock);
//   TRY_VOID(signals.send("1f0c…", {SignalType::approve, "user:ada", "looks right"}));
//   for (const HeardSignal& said : *signals.since(id, taken)) ...
//   if (signals.stop_asked(lineage) == StopType::cancel) ...
//
// Threads: thread-safe; stops are read at most every kStopReadMilliseconds. Refusals: an execution that is over, or
// that does not wait where only a waiting one can be told so (conflict); more than kSignalsMax signals to one
// execution.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "journal/journal.h"
#include "response/ports.h"
#include "runbook/host.h"

namespace setpoint::response {

inline constexpr char kSignalSpace[] = "signals";  // by execution id + "/" + number
inline constexpr char kStopSpace[] = "stops";      // by execution id; index "open"
inline constexpr std::int64_t kStopReadMilliseconds = 200;
inline constexpr std::int64_t kSignalPollMilliseconds = 200;  // between two looks of one that waits
inline constexpr std::size_t kSignalsMax = 1'000;

enum class StopType { complete, cancel };
base::Result<StopType> parse_stop_type(std::string_view text);  // "Complete"
std::string_view to_string(StopType type);

struct HeardSignal {
  std::size_t number = 0;  // of the execution's signals, from 1
  runbook::Signal signal;
  std::string step;  // "" = whichever runs
};

// Whether a step that waits is told of it.
bool is_wanted(const runbook::SignalRequest& request, const HeardSignal& said, const std::string& step);
// How an answer of wait_for_signal is kept: {"signal": {...}}, or null where nobody said anything in time.
base::Json kept_signal(const std::optional<runbook::Signal>& signal);
std::optional<runbook::Signal> signal_from_kept(const base::Json& kept);

class Signals {
 public:
  Signals(journal::Journal& journal, const Records& records, base::Clock& clock)
      : journal_(journal), records_(records), clock_(clock) {}

  // `waits`: the execution waits for somebody at present.
  base::Status send(const std::string& execution, const runbook::Signal& signal, const std::string& step, bool waits);
  base::Status stop(const std::string& execution, StopType type, const std::string& by);

  // Those with a higher number, in order.
  base::Result<std::vector<HeardSignal>> since(const std::string& execution, std::size_t number) const;
  // Of the execution or of one that it is part of.
  std::optional<StopType> stop_asked(const std::vector<std::string>& lineage);
  // The stop of an execution that is over has nobody left to hear it.
  static journal::DocumentWrite forget_stop(const std::string& execution);

 private:
  void refresh_stops();

  journal::Journal& journal_;
  const Records& records_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, StopType> stops_;  // guarded by mutex_
  base::Timestamp stops_read_;             // guarded by mutex_
};

}  // namespace setpoint::response
