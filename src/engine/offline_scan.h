// A scan that leaves nothing behind: files of configuration items are judged as they are read, without an inventory,
// without findings, without a journal. For CI and for a look at somebody else's snapshot.
//
//   ScanSummary summary;
//   TRY_VOID(scan_offline(controls, "snapshot.json.gz", {.judged = report}, now, summary));
//
// Two states of one resource in the file are two resources here: nothing says which one is newer but the file's order.
// What is not a configuration item (events, findings) is counted and left alone. Threads: one reads while another judges; the watcher hears progress on
// the caller's, verdicts on the other. Memory: three batches.
#pragma once

#include "engine/scanning.h"

namespace setpoint::engine {

// Judges one resource, counts it, tells the watcher.
void judge_offline(const Controls& controls, const model::Resource& resource, const ScanWatch& watch, ScanSummary& out);

// "-" is standard input. Errors: the file cannot be read, or nothing in it could be taken.
base::Status scan_offline(const Controls& controls, const std::string& path, const ScanWatch& watch, ScanSummary& out);

}  // namespace setpoint::engine
