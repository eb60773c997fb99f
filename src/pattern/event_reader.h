// From an event's bytes to its EventFields, checking all of the JSON on the way: structure by simdjson's first stage
// (bytes to token positions, UTF-8, control characters), grammar by one walk over those positions, values only where a
// path is used.
//
// Refused with an Error that says where: not one JSON object, trailing bytes, lone surrogates, numbers beyond a double,
// larger or deeper than the limits. Equal keys: all of them count.
//
// One reader a thread; not copied. It keeps simdjson's buffers from event to event.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "pattern/event_fields.h"
#include "pattern/json_reader.h"
#include "pattern/path_tree.h"

namespace setpoint::pattern {

class EventReader {
 public:
  explicit EventReader(ReadLimits limits = {});
  ~EventReader();
  EventReader(EventReader&&) noexcept;

  base::Status read(std::string_view bytes, const PathNode& paths, std::size_t path_count, EventFields& out);
  // From a document that is read already; must be an object.
  base::Status read(const base::Json& event, const PathNode& paths, std::size_t path_count, EventFields& out);

 private:
  struct Tokenizer;
  base::Status refuse(std::string_view bytes) const;

  ReadLimits limits_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

}  // namespace setpoint::pattern
