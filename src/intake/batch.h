// What intake makes of outside bytes, and what it would not take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/event.h"
#include "model/finding.h"
#include "model/resource.h"

namespace setpoint::intake {

// A value that was not taken. Its neighbours were.
struct Refused {
  std::string where;  // file:line, with ":column" where known
  std::string why;    // one sentence
  base::ErrorCode code = base::ErrorCode::invalid_input;
  bool operator==(const Refused&) const = default;
};

struct Batch {
  std::vector<model::Event> events;
  std::vector<model::Resource> resources;
  std::vector<model::Finding> findings;
  std::vector<Refused> refused;
  std::optional<base::Error> stopped;  // why the rest of the text was not read; what stands above is good
  bool took_nothing() const { return events.empty() && resources.empty() && findings.empty(); }
  void append(Batch&& other);
};

}  // namespace setpoint::intake
