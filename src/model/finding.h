// Finding: something that is, or may be, wrong, in OCSF 1.x terms (Compliance Finding 2003, Detection Finding 2004).
// One fact is one Finding, however many products report it: see findings/identity.h.
#pragma once

#include <string>
#include <vector>

#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::model {

enum class Level { informational = 1, low = 2, medium = 3, high = 4, critical = 5 };  // OCSF severity_id
std::string_view to_string(Level level);                                              // informational, low, ...
base::Result<Level> parse_level(std::string_view text);  // any case; Security Hub's and OCSF's words

enum class FindingStatus { open, in_progress, suppressed, resolved };  // OCSF New, In Progress, Suppressed, Resolved
std::string_view to_string(FindingStatus status);
base::Result<FindingStatus> parse_finding_status(std::string_view text);

enum class FindingClass { compliance, detection };  // OCSF 2003, 2004

// Who reported the fact, and under which id of their own.
struct FindingSource {
  std::string product;      // "setpoint", "AWS Security Hub", "Amazon GuardDuty", "AWS Config", "Prowler"
  std::string product_uid;  // that product's id of the finding
  base::Timestamp first_seen;
  base::Timestamp last_seen;
  bool active = true;  // false once that product says it passed or was archived
  bool operator==(const FindingSource&) const = default;
};

struct FindingNote {
  base::Timestamp at;
  std::string by;
  std::string text;
  bool operator==(const FindingNote&) const = default;
};

struct Finding {
  std::string id;  // "f-" + 12 hex digits of the identity: stable across re-imports
  FindingClass kind = FindingClass::compliance;
  std::string check;  // what was judged, normalised: "EC2.13"; for detections the type, "Recon:EC2/PortProbe"
  std::string title;
  std::string description;
  Level severity = Level::medium;
  FindingStatus status = FindingStatus::open;
  Verdict verdict = Verdict::non_compliant;
  ResourceKey resource;  // the first one where a finding names several
  std::vector<ResourceKey> more_resources;
  std::vector<Evidence> evidence;
  std::vector<FindingSource> sources;
  std::vector<FindingNote> notes;
  base::Timestamp first_seen;
  base::Timestamp last_seen;
  base::Timestamp resolved_at;
  std::string suppressed_by;  // "exception:<name>" or a person, while suppressed
  std::string owner;          // an address, once known
  base::Json raw;             // the last imported form, for fields we do not model; null for our own

  base::Json json() const;  // our stored form, lossless
  base::Json ocsf() const;  // OCSF 1.1
};
base::Result<Finding> finding_from_json(const base::Json& json);

}  // namespace setpoint::model
