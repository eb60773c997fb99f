// Scanning: what exists is read (from the cloud or from files), judged by every control, and the verdicts become
// findings.
//
//   Scanning scanning(parts);
//   TRY(ScanSummary summary, scanning.scan_account(access, {}, progress));
//
// A part of the cloud that could not be read is unknown: its resources are marked so, nothing of it is resolved, and
// the summary lists it. Threads: one scan at a time on one store. Errors: nothing at all could be read, or the store
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
  findings::Taken findings;  // counts and events; ids left out
  std::size_t imported_events = 0, imported_findings = 0;
  std::vector<cloud::Unread> unread;
  std::vector<intake::Refused> refused;
  bool complete() const { return unread.empty(); }
  void add(const inventory::ReadingSummary& reading);
};

using Progress = std::function<void(std::size_t resources)>;

class Scanning {
 public:
  explicit Scanning(Parts& parts) : parts_(parts) {}

  // `types` empty: every type that the observer knows.
  base::Status scan_account(const AccountAccess& access, const std::vector<std::string>& types,
                            const Progress& progress, ScanSummary& out);
  // One part of a file or of what was received.
  base::Status take_batch(intake::Batch&& batch, ScanSummary& out);
  // Judges what the inventory holds of this resource and updates its findings.
  base::Status judge_again(const model::Resource& resource, ScanSummary& out);

 private:
  base::Status scan_type(const AccountAccess& access, const std::string& type, const std::vector<std::string>& regions,
                         const Progress& progress, ScanSummary& out);
  base::Status judge_all(std::vector<model::Resource>& resources, ScanSummary& out);
  base::Status record_findings(std::vector<model::Finding> reports, ScanSummary& out);
  void judge(const model::Resource& resource, std::vector<model::Finding>& reports, ScanSummary& out) const;

  Parts& parts_;
};

}  // namespace setpoint::engine
