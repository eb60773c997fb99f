// Port: where the inventory keeps what exists and its history. Behind it: MemoryResourceStore (tests, simulation,
// one-shot scans) and src/store (SQLite, PostgreSQL).
//
//   TRY(auto outcomes, store.put(batch));           // one transaction: all of the batch or none of it
//   TRY(auto timeline, store.history(key, 50));     // newest first, only real changes
//
// What put() does to one resource is not the adapter's to decide: it calls transition() on the stored and the incoming
// state and writes what that returns, so every adapter behaves the same. An adapter therefore needs only upsert,
// append, find.
//
// Ownership: values in, values out. Threads: every method may be called from any thread. Units: times in UTC
// milliseconds. Refusals: ErrorCode::corrupted where a stored row does not read, ErrorCode::unavailable where the
// engine below fails.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/resource.h"

namespace setpoint::inventory {

enum class Change {
  created,    // never seen before, or back after a deletion
  changed,    // another state digest, or knowledge changed (known <-> unknown)
  deleted,    // was there, is not any more
  unchanged,  // the same state: only captured_at moves on
  older,      // captured before what is stored: what is stored stands, the reading is not kept
};
std::string_view to_string(Change change);

// One line of a resource's timeline; written only where something changed.
struct HistoryEntry {
  model::ResourceKey key;
  base::Timestamp at;  // when the reading was captured
  Change change = Change::created;
  model::Knowledge knowledge = model::Knowledge::known;
  base::Digest before;  // zero for created
  base::Digest after;   // zero for deleted; equal to `before` where only the knowledge changed
  std::string because;  // the read's error, where knowledge is unknown
  std::string source;   // "observer", "aws-config", "event"
  base::Json item;      // the configuration item from then on; null for deleted and unknown
};

struct Transition {
  Change change = Change::unchanged;
  model::Resource stored;             // what to upsert; for `older` what was stored already
  std::optional<HistoryEntry> entry;  // what to append, if anything
};
// Pure. An incoming resource of Knowledge::unknown keeps the last known item, tags and relations: a failed read erases
// nothing.
Transition transition(const std::optional<model::Resource>& stored, const model::Resource& incoming);

// Empty fields mean "any".
struct ResourceFilter {
  std::string provider = {};
  std::string account = {};
  std::string region = {};
  std::string type = {};
  std::string tag_key = {};
  std::string tag_value = {};  // only with tag_key; "" = any value
  bool with_deleted = false;
  bool matches(const model::Resource& resource) const;
};

struct ResourcePage {
  std::vector<model::Resource> resources;  // in order of ResourceKey::text()
  std::string next;                        // hand it back as `after`; "" at the end
};

// A part of the world that was read, or could not be.
struct Scope {
  std::string provider = "aws";
  std::string account;
  std::string region;  // "": every region, for what one question answers for the whole account
  std::string type;
};

class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  virtual base::Result<std::optional<model::Resource>> latest(const model::ResourceKey& key) const = 0;
  // The newest resource with this ARN: AWS Config's id of an IAM user or a database stands in no ARN.
  virtual base::Result<std::optional<model::Resource>> find_arn(const std::string& arn) const = 0;
  // All or nothing; outcomes in the order given. One key may stand in a batch several times.
  virtual base::Result<std::vector<Change>> put(std::span<const model::Resource> batch) = 0;
  virtual base::Result<std::vector<HistoryEntry>> history(const model::ResourceKey& key, std::size_t limit) const = 0;
  virtual base::Result<ResourcePage> list(const ResourceFilter& filter, const std::string& after,
                                          std::size_t limit) const = 0;
  virtual base::Result<std::size_t> count(const ResourceFilter& filter) const = 0;
  // Every resource of the scope that is not deleted becomes unknown, `why`, as of `at`. Returns how many changed.
  virtual base::Result<std::size_t> mark_unknown(const Scope& scope, const std::string& why, base::Timestamp at) = 0;
  // Which resources of the account name this one in their relations (AWS Config writes most relations on both sides,
  // not all).
  virtual base::Result<std::vector<model::ResourceKey>> referrers(const model::ResourceKey& key) const = 0;
};

}  // namespace setpoint::inventory
