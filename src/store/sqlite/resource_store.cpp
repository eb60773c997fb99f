#include "store/sqlite/resource_store.h"

#include <set>

#include "store/sqlite/resource_json.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;
using inventory::Change;
using inventory::HistoryEntry;
using inventory::ResourceFilter;
using inventory::ResourcePage;
using model::Resource;
using model::ResourceKey;

namespace {

base::Result<std::string> stored_text(const base::Json& json, const ResourceKey& key) {
  std::string text = base::canonical(json);
  if (text.size() <= kDocumentBytesMax && !base::deeper_than(json, kDocumentDepthMax)) return text;
  return fail(
      {ErrorCode::limit_exceeded, "the resource is too large or nested too deep to be stored", key.text(), {}, {}});
}

// As far as the filter fixes the key from its left, the rows that can match are a range.
std::string key_prefix(const ResourceFilter& filter) {
  std::string out;
  for (const std::string* field : {&filter.provider, &filter.account, &filter.region, &filter.type}) {
    if (field->empty()) break;
    if (field->find_first_of("/%") != std::string::npos) break;  // written differently in a key
    out += *field + "/";
  }
  return out;
}

// The keys that begin with what the filter fixes from the left.
struct KeyRange {
  explicit KeyRange(const ResourceFilter& filter) : begin(key_prefix(filter)) {
    // '0' is the byte after '/': the first key behind all that begin with the prefix.
    if (!begin.empty()) end = begin.substr(0, begin.size() - 1) + "0";
  }
  std::string begin;
  std::string end = "\xFF";  // no key holds that byte
};

base::Status append_history(Connection& connection, std::int64_t resource, const HistoryEntry& entry) {
  TRY(std::string text, stored_text(to_json(entry), entry.key));
  TRY(Statement insert, connection.prepare("INSERT INTO resource_history(resource, body) VALUES (?1, ?2)"));
  return insert.bind(1, resource).bind(2, text).run();
}

}  // namespace

struct Resources::Row {
  std::int64_t id = 0;  // 0: not stored yet
  std::optional<Resource> resource;
};

std::int64_t Resources::target(const std::string& account, const std::string& type, const std::string& id) const {
  return engine_.hash({"relation", account, type, id});
}

base::Result<Resources::Row> Resources::find(Connection& connection, const std::string& key) const {
  TRY(Statement rows, connection.prepare("SELECT id, body FROM resource WHERE key = ?1"));
  TRY(bool row, rows.bind(1, key).step());
  if (!row) return Row{};
  TRY(Resource resource, resource_from_text(rows.text(1)));
  return Row{rows.integer(0), std::move(resource)};
}

base::Result<std::optional<Resource>> Resources::latest(const ResourceKey& key) const {
  Row out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(out, find(connection, key.text()));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return std::move(out.resource);
}

// The column holds hashes; the ARN itself decides. Of several the one captured last.
base::Result<std::optional<Resource>> Resources::find_arn(const std::string& arn) const {
  std::optional<Resource> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT body FROM resource WHERE arn = ?1 AND arn <> 0"));
    rows.bind(1, engine_.hash({"arn", arn}));
    while (true) {
      TRY(bool row, rows.step());
      if (!row) return {};
      TRY(Resource resource, resource_from_text(rows.text(0)));
      bool newer = !out || resource.captured_at >= out->captured_at;
      if (resource.arn == arn && newer) out = std::move(resource);
    }
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<std::vector<Change>> Resources::put(std::span<const Resource> batch) {
  std::vector<Change> out;
  base::Status done = engine_.write([&](Connection& connection) -> base::Status {
    for (const Resource& resource : batch) {
      TRY(Change change, put_one(connection, resource));
      out.push_back(change);
    }
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<Change> Resources::put_one(Connection& connection, const Resource& incoming) {
  TRY(Row row, find(connection, incoming.key.text()));
  inventory::Transition step = inventory::transition(row.resource, incoming);
  if (step.change == Change::older) return step.change;
  TRY(std::int64_t id, upsert(connection, row, step.stored));
  TRY_VOID(set_relations(connection, id, row.resource, step.stored));
  if (step.entry) TRY_VOID(append_history(connection, id, *step.entry));
  return step.change;
}

base::Result<std::int64_t> Resources::upsert(Connection& connection, const Row& row, const Resource& resource) {
  TRY(std::string text, stored_text(to_json(resource), resource.key));
  std::int64_t arn = resource.arn.empty() ? 0 : engine_.hash({"arn", resource.arn});
  TRY(Statement change,
      connection.prepare(row.id == 0
                             ? "INSERT INTO resource(arn, knowledge, body, key) VALUES (?1, ?2, ?3, ?4) RETURNING id"
                             : "UPDATE resource SET arn = ?1, knowledge = ?2, body = ?3 WHERE id = ?4 RETURNING id"));
  change.bind(1, arn).bind(2, static_cast<std::int64_t>(resource.knowledge)).bind(3, text);
  row.id == 0 ? change.bind(4, resource.key.text()) : change.bind(4, row.id);
  TRY([[maybe_unused]] bool returned, change.step());
  std::int64_t id = change.integer(0);
  TRY([[maybe_unused]] bool more, change.step());
  return id;
}

base::Status Resources::set_relations(Connection& connection, std::int64_t id, const std::optional<Resource>& before,
                                      const Resource& after) {
  auto targets = [&](const Resource& resource) {
    std::set<std::int64_t> out;
    for (const model::Relation& each : resource.relations) out.insert(target(resource.key.account, each.type, each.id));
    return out;
  };
  std::set<std::int64_t> old_targets = before ? targets(*before) : std::set<std::int64_t>();
  std::set<std::int64_t> new_targets = targets(after);
  for (std::int64_t each : old_targets) {
    if (new_targets.contains(each)) continue;
    TRY(Statement remove, connection.prepare("DELETE FROM relation WHERE target = ?1 AND resource = ?2"));
    TRY_VOID(remove.bind(1, each).bind(2, id).run());
  }
  for (std::int64_t each : new_targets) {
    if (old_targets.contains(each)) continue;
    TRY(Statement insert, connection.prepare("INSERT OR IGNORE INTO relation(target, resource) VALUES (?1, ?2)"));
    TRY_VOID(insert.bind(1, each).bind(2, id).run());
  }
  return {};
}

base::Result<std::vector<HistoryEntry>> Resources::history(const ResourceKey& key, std::size_t limit) const {
  std::vector<HistoryEntry> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT h.body FROM resource_history h JOIN resource r ON r.id = h.resource "
                                           "WHERE r.key = ?1 ORDER BY h.id DESC LIMIT ?2"));
    rows.bind(1, key.text()).bind(2, static_cast<std::int64_t>(std::min(limit, kPageDocumentsMax)));
    while (true) {
      TRY(bool row, rows.step());
      if (!row) return {};
      TRY(HistoryEntry entry, history_from_text(rows.text(0), key));
      out.push_back(std::move(entry));
    }
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

// By keys alone where no tag is asked for: counting a fleet must not read it.
base::Result<std::size_t> Resources::count(const ResourceFilter& filter) const {
  std::size_t out = 0;
  KeyRange range(filter);
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare("SELECT key, CASE WHEN ?4 THEN body END FROM resource WHERE key >= ?1 AND key < ?2 "
                           "AND (?3 OR knowledge <> 2)"));
    rows.bind(1, range.begin)
        .bind(2, range.end)
        .bind(3, std::int64_t{filter.with_deleted})
        .bind(4, std::int64_t{!filter.tag_key.empty()});
    while (true) {
      TRY(bool row, rows.step());
      if (!row) return {};
      Resource resource;
      TRY(resource.key, model::parse_resource_key(rows.text(0)));
      if (!filter.tag_key.empty()) {
        TRY(resource, resource_from_text(rows.text(1)));
      }
      out += filter.matches(resource) ? 1 : 0;
    }
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<ResourcePage> Resources::page(Connection& connection, const ResourceFilter& filter,
                                           const std::string& after, std::size_t limit) const {
  KeyRange range(filter);
  bool goes_on = after >= range.begin;  // one bound below, so that the index begins there
  TRY(Statement rows, connection.prepare(goes_on ? "SELECT body FROM resource WHERE key > ?1 AND key < ?2 "
                                                   "AND (?3 OR knowledge <> 2) ORDER BY key"
                                                 : "SELECT body FROM resource WHERE key >= ?1 AND key < ?2 "
                                                   "AND (?3 OR knowledge <> 2) ORDER BY key"));
  rows.bind(1, goes_on ? after : range.begin).bind(2, range.end).bind(3, std::int64_t{filter.with_deleted});
  ResourcePage out;
  while (true) {
    TRY(bool row, rows.step());
    if (!row) return out;
    TRY(Resource resource, resource_from_text(rows.text(0)));
    if (!filter.matches(resource)) continue;
    if (out.resources.size() == limit) break;
    out.resources.push_back(std::move(resource));
  }
  out.next = out.resources.back().key.text();
  return out;
}

base::Result<ResourcePage> Resources::list(const ResourceFilter& filter, const std::string& after,
                                           std::size_t limit) const {
  ResourcePage out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(out, page(connection, filter, after, std::clamp<std::size_t>(limit, 1, kPageDocumentsMax)));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<std::size_t> Resources::mark_unknown(const inventory::Scope& scope, const std::string& why,
                                                  base::Timestamp at) {
  constexpr std::size_t kPage = 1000;
  ResourceFilter filter{scope.provider, scope.account, scope.region, scope.type, {}, {}, false};
  std::size_t count = 0;
  base::Status done = engine_.write([&](Connection& connection) -> base::Status {
    std::string after;
    do {
      TRY(ResourcePage found, page(connection, filter, after, kPage));
      for (Resource& reading : found.resources) {
        reading.knowledge = model::Knowledge::unknown;
        reading.unknown_because = why;
        reading.captured_at = at;
        TRY(Change change, put_one(connection, reading));
        count += change == Change::changed ? 1 : 0;
      }
      after = found.next;
    } while (!after.empty());
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return count;
}

base::Result<std::vector<ResourceKey>> Resources::referrers(const ResourceKey& key) const {
  std::vector<ResourceKey> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT r.body FROM relation l JOIN resource r ON r.id = l.resource "
                                           "WHERE l.target = ?1 AND r.knowledge <> 2 ORDER BY r.key"));
    rows.bind(1, target(key.account, key.type, key.id));
    while (true) {
      TRY(bool row, rows.step());
      if (!row) return {};
      TRY(Resource resource, resource_from_text(rows.text(0)));
      bool names_it = std::any_of(resource.relations.begin(), resource.relations.end(),
                                  [&](const model::Relation& r) { return r.type == key.type && r.id == key.id; });
      if (names_it && resource.key.account == key.account) out.push_back(std::move(resource.key));
    }
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace setpoint::store::sqlite
