// From an event's bytes to its EventFields: the outline of all of the JSON is checked first (json_outline.h), then one
// walk over it picks the values whose paths are used and steps over the rest.
//
// Refused with an Error that says where: not one JSON object, trailing bytes, lone surrogates, numbers beyond a double,
// larger or deeper than the limits. Equal keys: all of them count.
//
// One reader a thread; not copied. It keeps the outline's buffers from event to event.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "pattern/event_fields.h"
#include "pattern/json_reader.h"
#include "pattern/key_memory.h"
#include "pattern/path_tree.h"

namespace setpoint::pattern {

class JsonOutline;

class EventReader {
 public:
  explicit EventReader(ReadLimits limits = {});
  ~EventReader();
  EventReader(EventReader&&) noexcept;

  base::Status read(std::string_view bytes, const PathNode& paths, std::size_t path_count, EventFields& out);
  // From a document that is read already; must be an object.
  base::Status read(const base::Json& event, const PathNode& paths, std::size_t path_count, EventFields& out);

 private:
  base::Status refuse(std::string_view bytes) const;

  ReadLimits limits_;
  KeyMemory keys_;
  std::unique_ptr<JsonOutline> outline_;
};

}  // namespace setpoint::pattern
