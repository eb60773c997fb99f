#include "store/sqlite/documents.h"

#include <charconv>

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;
using base::Json;

namespace {

base::Status check_bytes(std::string_view name, std::size_t bytes, std::size_t bytes_max) {
  if (bytes <= bytes_max) return {};
  return fail(ErrorCode::limit_exceeded, "the document's {} has {} bytes, {} are allowed", name, bytes, bytes_max);
}

base::Status check(const DocumentWrite& write) {
  if (write.space.empty() || write.key.empty())
    return fail(ErrorCode::invalid_input, "a document needs a space and a key");
  TRY_VOID(check_bytes("space", write.space.size(), kSpaceBytesMax));
  TRY_VOID(check_bytes("key", write.key.size(), kKeyBytesMax));
  if (write.indices.size() > kIndicesMax) {
    return fail(ErrorCode::limit_exceeded, "the document has {} indices, {} are allowed", write.indices.size(),
                kIndicesMax);
  }
  // What could be stored and not be read back would be lost.
  if (write.body && base::deeper_than(*write.body, kDocumentDepthMax)) {
    return fail(ErrorCode::limit_exceeded, "the document is nested deeper than {} levels", kDocumentDepthMax);
  }
  return {};
}

std::string indices_text(const DocumentWrite& write) {
  Json out = Json::array();
  for (const auto& [name, value] : write.indices) out.push_back({name, value});
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return base::canonical(out);
}

base::Result<Json> parse_stored(std::string_view text, const std::string& key) {
  auto json = base::parse_json(text, {.bytes_max = kDocumentBytesMax, .depth_max = kDocumentDepthMax + 1});
  if (json) return json;
  return fail(
      {ErrorCode::corrupted, "a stored document cannot be read: " + json.error().message, key, "restore a backup", {}});
}

// Columns 0 to 3 of every query below: key, version, updated, body.
base::Result<Document> read_document(const Statement& row) {
  Document out;
  out.key = std::string(row.text(0));
  out.version = static_cast<std::uint64_t>(row.integer(1));
  out.updated = {row.integer(2)};
  TRY(out.body, parse_stored(row.text(3), out.key));
  return out;
}

// The first text after everything that begins with `prefix`; "" where there is none.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

std::size_t page_limit(const PageRequest& page) { return std::clamp<std::size_t>(page.limit, 1, kPageDocumentsMax); }

// Takes rows until the page is full; `cursor` names the place of the row at hand, `wanted` says whether it belongs
// here.
base::Result<Page> read_page(Statement& rows, std::size_t limit,
                             const std::function<std::string(const Statement&)>& cursor,
                             const std::function<bool(const Statement&)>& wanted) {
  Page out;
  std::string last;
  std::size_t bytes = 0;
  while (true) {
    TRY(bool row, rows.step());
    if (!row) return out;
    if (out.documents.size() == limit || bytes > kPageBytesMax) break;
    last = cursor(rows);
    if (!wanted(rows)) continue;
    bytes += rows.text(3).size();
    TRY(Document document, read_document(rows));
    out.documents.push_back(std::move(document));
  }
  out.next = std::move(last);
  return out;
}

base::Result<std::int64_t> parse_cursor(const std::string& text) {
  std::int64_t out = -1;
  if (text.empty()) return out;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_input, "'{}' is not the end of an earlier page", text.substr(0, 64));
  }
  return out;
}

}  // namespace

struct DocumentWriter::Place {
  std::int64_t id = -1;  // where it is, or where it has room
  std::uint64_t version = 0;
  std::string indices = "[]";
};

// One seek: the places of a key are neighbours.
base::Result<DocumentWriter::Place> DocumentWriter::locate(const DocumentWrite& write) {
  std::int64_t first = engine_.hash({write.space, write.key});
  TRY(Statement rows, connection_.prepare("SELECT id, version, indices, space = ?3 AND key = ?4 FROM document "
                                          "WHERE id BETWEEN ?1 AND ?2 ORDER BY id"));
  rows.bind(1, first).bind(2, first + kProbes - 1).bind(3, write.space).bind(4, write.key);
  Place out;
  std::int64_t next_free = first;
  while (true) {
    TRY(bool row, rows.step());
    if (!row) break;
    if (rows.integer(3) != 0)
      return Place{rows.integer(0), static_cast<std::uint64_t>(rows.integer(1)), std::string(rows.text(2))};
    if (rows.integer(0) == next_free) ++next_free;
  }
  if (next_free == first + kProbes) {
    return fail(ErrorCode::limit_exceeded, "no room for document '{}': {} others have its hash", write.key, kProbes);
  }
  out.id = next_free;
  return out;
}

base::Result<std::uint64_t> DocumentWriter::write(const DocumentWrite& write) {
  TRY_VOID(check(write));
  TRY(Place place, locate(write));
  if (write.expected_version && *write.expected_version != place.version) {
    return fail({ErrorCode::conflict,
                 fmt::format("document '{}' has version {}, not {}", write.key, place.version, *write.expected_version),
                 write.space + "/" + write.key,
                 "read it again and decide again",
                 {}});
  }
  if (!write.body && place.version == 0) return 0;
  std::string indices = write.body ? indices_text(write) : "[]";
  TRY_VOID(set_indices(write, place.id, place.indices, indices));
  TRY_VOID(write.body ? store(write, place, indices) : erase(place));
  return write.body ? place.version + 1 : 0;
}

base::Status DocumentWriter::set_indices(const DocumentWrite& write, std::int64_t id, const std::string& before,
                                         const std::string& after) {
  if (before == after) return {};
  TRY(Json old_pairs, parse_stored(before, write.key));
  TRY(Json new_pairs, parse_stored(after, write.key));
  auto holds = [](const Json& list, const Json& pair) {
    return std::find(list.begin(), list.end(), pair) != list.end();
  };
  for (const Json& pair : old_pairs) {
    if (holds(new_pairs, pair)) continue;
    TRY_VOID(change_index("DELETE FROM document_index WHERE entry = ?1 AND document = ?2", write.space, id, pair));
  }
  for (const Json& pair : new_pairs) {
    if (holds(old_pairs, pair)) continue;
    TRY_VOID(
        change_index("INSERT OR IGNORE INTO document_index(entry, document) VALUES (?1, ?2)", write.space, id, pair));
  }
  return {};
}

base::Status DocumentWriter::change_index(const char* sql, const std::string& space, std::int64_t id,
                                          const Json& pair) {
  TRY(Statement change, connection_.prepare(sql));
  std::string name = pair.at(0).get<std::string>();
  std::string value = pair.at(1).get<std::string>();
  return change.bind(1, engine_.hash({space, name, value})).bind(2, id).run();
}

base::Status DocumentWriter::store(const DocumentWrite& write, const Place& place, const std::string& indices) {
  std::string body = base::canonical(*write.body);
  TRY_VOID(check_bytes("body", body.size(), kDocumentBytesMax));
  const char* sql =
      place.version == 0
          ? "INSERT INTO document(version, updated, indices, body, id, space, key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
          : "UPDATE document SET version = ?1, updated = ?2, indices = ?3, body = ?4 WHERE id = ?5";
  TRY(Statement change, connection_.prepare(sql));
  change.bind(1, static_cast<std::int64_t>(place.version + 1))
      .bind(2, engine_.now().ms)
      .bind(3, indices)
      .bind(4, body)
      .bind(5, place.id);
  if (place.version == 0) change.bind(6, write.space).bind(7, write.key);
  return change.run();
}

base::Status DocumentWriter::erase(const Place& place) {
  TRY(Statement change, connection_.prepare("DELETE FROM document WHERE id = ?1"));
  return change.bind(1, place.id).run();
}

base::Result<std::optional<Document>> Documents::get(const std::string& space, const std::string& key) const {
  std::optional<Document> out;
  std::int64_t first = engine_.hash({space, key});
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT key, version, updated, body FROM document "
                                           "WHERE id BETWEEN ?1 AND ?2 AND space = ?3 AND key = ?4"));
    rows.bind(1, first).bind(2, first + kProbes - 1).bind(3, space).bind(4, key);
    TRY(bool row, rows.step());
    if (!row) return {};
    TRY(out, read_document(rows));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<Page> Documents::list(const std::string& space, const std::string& prefix, const PageRequest& page) const {
  Page out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare(
            "SELECT key, version, updated, body FROM document WHERE space = ?1 AND key >= ?2 AND key > ?3 "
            "AND (?4 = '' OR key < ?4) ORDER BY key LIMIT ?5"));
    rows.bind(1, space).bind(2, prefix).bind(3, page.after).bind(4, end_of_prefix(prefix));
    rows.bind(5, static_cast<std::int64_t>(page_limit(page) + 1));
    TRY(out, read_page(
                 rows, page_limit(page), [](const Statement& row) { return std::string(row.text(0)); },
                 [](const Statement&) { return true; }));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<Page> Documents::find(const std::string& space, const std::string& index, const std::string& value,
                                   const PageRequest& page) const {
  TRY(std::int64_t after, parse_cursor(page.after));
  // The index holds hashes; the pairs themselves decide. The stored form is canonical, so the pair is found as text.
  const std::string pair = base::canonical(Json::array({index, value}));
  auto wanted = [&](const Statement& row) {
    return row.text(6) == space && row.text(5).find(pair) != std::string_view::npos;
  };
  Page out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare("SELECT d.key, d.version, d.updated, d.body, d.id, d.indices, d.space FROM document_index i "
                           "JOIN document d ON d.id = i.document WHERE i.entry = ?1 AND i.document > ?2 "
                           "ORDER BY i.document"));
    rows.bind(1, engine_.hash({space, index, value})).bind(2, after);
    TRY(out, read_page(
                 rows, page_limit(page), [](const Statement& row) { return std::to_string(row.integer(4)); }, wanted));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<std::uint64_t> Documents::count(const std::string& space) const {
  std::uint64_t out = 0;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT count(*) FROM document WHERE space = ?1"));
    rows.bind(1, space);
    TRY([[maybe_unused]] bool row, rows.step());
    out = static_cast<std::uint64_t>(rows.integer(0));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Status Documents::write(std::span<const DocumentWrite> writes) {
  return engine_.write([&](Connection& connection) -> base::Status {
    DocumentWriter writer(engine_, connection);
    for (const DocumentWrite& each : writes) {
      TRY([[maybe_unused]] std::uint64_t version, writer.write(each));
    }
    return {};
  });
}

base::Result<std::uint64_t> Documents::write_one(const DocumentWrite& write) {
  std::uint64_t version = 0;
  base::Status done = engine_.write([&](Connection& connection) -> base::Status {
    TRY(version, DocumentWriter(engine_, connection).write(write));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return version;
}

}  // namespace setpoint::store::sqlite
