// A scan, an import and a timeline as text and as JSON.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "engine/scanning.h"

namespace setpoint::cli {

std::string show_scan(const engine::ScanSummary& summary, const Paint& paint);
std::string show_import(const engine::ScanSummary& summary, const Paint& paint);
base::Json scan_json(const engine::ScanSummary& summary);
std::string show_timeline(const model::Resource& latest, const std::vector<inventory::HistoryEntry>& newest_first,
                          const Paint& paint);
base::Json timeline_json(const model::Resource& latest, const std::vector<inventory::HistoryEntry>& newest_first);

}  // namespace setpoint::cli
