#include "inventory/resource_store.h"

namespace setpoint::inventory {

using model::Knowledge;
using model::Resource;

namespace {

// A failed read says nothing of the state: what was known of it stays, marked as unknown.
Resource keep_what_was_known(const Resource& stored, const Resource& incoming) {
  Resource out = stored;
  out.knowledge = Knowledge::unknown;
  out.unknown_because = incoming.unknown_because;
  out.captured_at = incoming.captured_at;
  out.source = incoming.source;
  return out;
}

Resource mark_deleted(const Resource& stored, const Resource& incoming) {
  Resource out = stored;
  out.knowledge = Knowledge::deleted;
  out.unknown_because.clear();
  out.captured_at = incoming.captured_at;
  out.source = incoming.source;
  return out;
}

Resource merged(const std::optional<Resource>& stored, const Resource& incoming) {
  if (!stored || incoming.knowledge == Knowledge::known) return incoming;
  return incoming.knowledge == Knowledge::deleted ? mark_deleted(*stored, incoming)
                                                  : keep_what_was_known(*stored, incoming);
}

bool has_state(const Resource& resource) {
  return resource.knowledge != Knowledge::deleted && !resource.item.is_null();
}

base::Digest state_of(const Resource& resource) {
  return has_state(resource) ? resource.state_digest() : base::Digest{};
}

// Equal values have one digest; only where they differ do the digests decide (1 and 1.0 are one).
bool same_state(const Resource& a, const Resource& b) {
  if (!has_state(a) || !has_state(b)) return state_of(a) == state_of(b);
  auto same_part = [&](const char* name) { return base::member(a.item, name) == base::member(b.item, name); };
  bool equal = same_part("configuration") && same_part("supplementaryConfiguration") && a.tags == b.tags;
  return equal || state_of(a) == state_of(b);
}

Change change_between(const std::optional<Resource>& stored, const Resource& now) {
  bool was_there = stored && stored->knowledge != Knowledge::deleted;
  if (now.knowledge == Knowledge::deleted) return was_there ? Change::deleted : Change::unchanged;
  if (!was_there) return Change::created;
  bool same = stored->knowledge == now.knowledge && same_state(*stored, now);
  return same ? Change::unchanged : Change::changed;
}

HistoryEntry entry_for(Change change, const std::optional<Resource>& stored, const Resource& now) {
  HistoryEntry entry;
  entry.key = now.key;
  entry.at = now.captured_at;
  entry.change = change;
  entry.knowledge = now.knowledge;
  entry.before = stored ? state_of(*stored) : base::Digest{};
  entry.after = state_of(now);
  entry.because = now.unknown_because;
  entry.source = now.source;
  if (now.knowledge == Knowledge::known) entry.item = now.item;
  return entry;
}

// Two readings without a time, or of the same moment, are taken in the order in which they came.
bool is_older(const std::optional<Resource>& stored, const Resource& incoming) {
  return stored && incoming.captured_at.known() && incoming.captured_at < stored->captured_at;
}

bool wanted(std::string_view filter, std::string_view value) { return filter.empty() || filter == value; }

}  // namespace

std::string_view to_string(Change change) {
  switch (change) {
    case Change::created:
      return "created";
    case Change::changed:
      return "changed";
    case Change::deleted:
      return "deleted";
    case Change::unchanged:
      return "unchanged";
    case Change::older:
      return "older";
  }
  return "?";
}

Transition transition(const std::optional<Resource>& stored, const Resource& incoming) {
  if (is_older(stored, incoming)) return {Change::older, *stored, std::nullopt};
  Transition out;
  out.stored = merged(stored, incoming);
  out.change = change_between(stored, out.stored);
  if (out.change != Change::unchanged) out.entry = entry_for(out.change, stored, out.stored);
  return out;
}

bool ResourceFilter::matches(const Resource& resource) const {
  if (!with_deleted && resource.knowledge == Knowledge::deleted) return false;
  if (!wanted(provider, resource.key.provider) || !wanted(account, resource.key.account)) return false;
  if (!wanted(region, resource.key.region) || !wanted(type, resource.key.type)) return false;
  if (tag_key.empty()) return true;
  auto tag = resource.tags.find(tag_key);
  return tag != resource.tags.end() && wanted(tag_value, tag->second);
}

}  // namespace setpoint::inventory
