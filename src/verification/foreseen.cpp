#include "verification/foreseen.h"

#include <algorithm>

namespace setpoint::verification {

using base::Json;
using model::FieldChange;

namespace {

using Pointer = Json::json_pointer;

// The same places as in a plan's changes.
Json places_of(const model::Resource& resource) {
  Json out = Json::object();
  for (const char* part : {"configuration", "supplementaryConfiguration"})
    out[part] = base::member(resource.item, part);
  out["tags"] = resource.tags;
  return out;
}

const Json* at(const Json& document, const Pointer& place) {
  return document.contains(place) ? &document.at(place) : nullptr;
}

bool holds(const Json& document, const Pointer& place, const Json& value) {
  const Json* list = place.empty() ? nullptr : at(document, place.parent_pointer());
  if (list != nullptr && list->is_array()) return std::find(list->begin(), list->end(), value) != list->end();
  const Json* found = at(document, place);
  return found != nullptr && *found == value;
}

}  // namespace

Standing standing_of(const FieldChange& change, const model::Resource& fresh) {
  Json document = places_of(fresh);
  Pointer place(change.path);
  switch (change.kind) {
    case FieldChange::Kind::added:
      if (holds(document, place, change.after)) return Standing::as_foreseen;
      return at(document, place) == nullptr ? Standing::as_before : Standing::neither;
    case FieldChange::Kind::removed:
      return holds(document, place, change.before) ? Standing::as_before : Standing::as_foreseen;
    case FieldChange::Kind::replaced:
      break;
  }
  const Json* found = at(document, place);
  if (found == nullptr) return Standing::neither;
  if (*found == change.after) return Standing::as_foreseen;
  return *found == change.before ? Standing::as_before : Standing::neither;
}

}  // namespace setpoint::verification
