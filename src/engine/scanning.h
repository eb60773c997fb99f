// Scanning: what exists is read (from the cloud or from files), judged by every control, and the verdicts become
// findings.
//
//   Scanning scanning(parts, {.progress = show});
//   TRY_VOID(scanning.scan_account(access, {}, summary));
//
// A part of the cloud that could not be read is unknown: its resources are marked so, nothing of it is resolved, and
// the summary lists it. Threads: one scan at a time on one store; of it one thread may record while another judges. Errors: nothing at all could be read, or the store
// failed.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/parts.h"
#include "intake/batch.h"

namespace setpoint::engine {

struct ControlCount {
  std::size_t compliant = 0, non_compliant = 0, unknown = 0;
};

struct ScanSummary {
  std::size_t resources = 0;    // read
  std::size_t evaluations = 0;  // control x resource, not applicable ones left out
  std::size_t created = 0, changed = 0, deleted = 0;
  std::map<std::string, ControlCount> controls;
  std::map<std::string, ControlCount> accounts;
  std::map<model::Level, ControlCount, std::greater<>> severities;  // the gravest first
  findings::Taken findings;                                         // counts and events; ids left out
  std::size_t imported_events = 0, imported_findings = 0;
  std::vector<cloud::Unread> unread;
  std::vector<intake::Refused> refused;
  bool complete() const { return unread.empty(); }
  void add(const inventory::ReadingSummary& reading);
  void add(ScanSummary&& more);
  void count(const model::Control& control, const model::Resource& resource, model::Verdict verdict);
};

// How far a scan is. `parts` are the questions to the clouds (a type in a region); 0 where nobody knows how many.
struct ScanProgress {
  std::size_t resources = 0;
  std::size_t parts_done = 0;
  std::size_t parts = 0;
  std::string_view part;  // what is being read: a type, a file
};
using Progress = std::function<void(const ScanProgress&)>;
// Hears of every verdict, NOT_APPLICABLE ones too, as it falls; the references live during the call only.
using VerdictSink =
    std::function<void(const model::Control& control, const model::Resource& resource, const model::Judgement&)>;

// Who looks on; each may be empty.
struct ScanWatch {
  Progress progress;
  VerdictSink judged;
};

class Scanning {
 public:
  explicit Scanning(Parts& parts, ScanWatch watch = {}) : parts_(parts), watch_(std::move(watch)) {}

  // What parts_of() of all accounts to come adds up to; 0 = not known.
  void expect(std::size_t parts) { parts_ahead_ = parts; }
  // `types` empty: every type that the observer knows.
  base::Status scan_account(const AccountAccess& access, const std::vector<std::string>& types, ScanSummary& out);
  // How many questions scan_account() will ask: for the progress of several accounts.
  static std::size_t parts_of(const AccountAccess& access, const std::vector<std::string>& types);
  // One part of a file or of what was received: recorded, then judged.
  base::Status take_batch(intake::Batch&& batch, ScanSummary& out);
  // Its two halves, for two threads (judging_line.h) with a summary each.
  base::Status record_batch(const intake::Batch& batch, ScanSummary& out);
  base::Status judge_batch(intake::Batch&& batch, ScanSummary& out);
  // Judges what the inventory holds of this resource and updates its findings.
  base::Status judge_again(const model::Resource& resource, ScanSummary& out);

 private:
  base::Status scan_type(const AccountAccess& access, const std::string& type, const std::vector<std::string>& regions,
                         ScanSummary& out);
  base::Status judge_all(std::vector<model::Resource>& resources, ScanSummary& out);
  base::Status record_findings(std::vector<model::Finding> reports, ScanSummary& out);
  struct Judged;  // one verdict on the way to a finding
  void judge(const model::Resource& resource, std::vector<Judged>& all, ScanSummary& out) const;
  base::Result<std::vector<model::Finding>> reports_of(const std::vector<Judged>& all) const;
  void tell(std::string_view part, const ScanSummary& out) const;

  Parts& parts_;
  ScanWatch watch_;
  std::size_t parts_done_ = 0;
  std::size_t parts_ahead_ = 0;
};

}  // namespace setpoint::engine
