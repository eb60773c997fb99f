// Verdict: what a rule says of a resource, and the evidence: the exact parts that made it say so.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::model {

// Unknown is never "fine": it neither passes nor is acted on.
enum class Verdict { compliant, non_compliant, not_applicable, unknown };
std::string_view to_string(Verdict verdict);  // COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE, UNKNOWN
base::Result<Verdict> parse_verdict(std::string_view text);

// One failing clause of a rule.
struct Evidence {
  std::string path;      // JSON pointer into the configuration item: /configuration/ipPermissions/0/ipv4Ranges/1/cidrIp
  base::Json value;      // what stands there; null where nothing does
  bool resolved = true;  // false: the property does not exist; `path` is how far the query got
  std::string expected;  // the clause as written: != "0.0.0.0/0"
  std::string message;   // the author's message, or ""
  std::string rule;      // the rule's name
  base::Json json() const;
};

struct Judgement {
  Verdict verdict = Verdict::unknown;
  std::vector<Evidence> evidence;  // of NON_COMPLIANT; in document order, without repetition
  std::string because;             // of UNKNOWN: the error; of NOT_APPLICABLE: why
};

}  // namespace setpoint::model
