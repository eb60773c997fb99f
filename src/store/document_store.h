// Documents: JSON values by name, for state that is small in kind and not worth a table of its own (plans, runs,
// approvals, deliveries, breakers, budgets).
//
//   TRY(auto version, documents.put({.space = "runs", .key = run.id, .body = run.json(), .expected_version = 0,
//                                    .indices = {{"finding", run.finding}, {"status", "applying"}}}));
//   TRY(std::optional<Document> run, documents.get("runs", id));
//   TRY(Page open, documents.find("runs", "status", "applying", {}));
//
// What must be written together with journal entries goes through journal::Journal::append(Batch); the same
// DocumentWrite.
//
// Versions: a document's first is 1, every write adds 1; expected_version makes the write a compare-and-set
// (ErrorCode::conflict where another came first: read again and decide again). A document deleted and made anew begins
// at 1 again. Pages: `next` of one page is `after` of the following one and is "" at the end. list() goes by key in
// byte order; find() in an order of its own, stable while the documents exist. Documents written between two pages may
// or may not be seen. Threads: thread-safe, several processes too. Reads do not wait for writers. Refusals:
// limit_exceeded past store/limits.h; conflict; unavailable (locked by another process, disk full); corrupted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "journal/append_log.h"

#include <nlohmann/json.hpp>

namespace setpoint::store {

using journal::DocumentWrite;

struct Document {
  std::string key;
  base::Json body;
  std::uint64_t version = 0;
  base::Timestamp updated;
};

struct PageRequest {
  std::string after;  // `next` of the page before; "" for the first
  std::size_t limit = 1000;
};

struct Page {
  std::vector<Document> documents;
  std::string next;
};

class DocumentStore {
 public:
  virtual ~DocumentStore() = default;
  virtual base::Result<std::optional<Document>> get(const std::string& space, const std::string& key) const = 0;
  // Keys that begin with `prefix`; "" is all of the space.
  virtual base::Result<Page> list(const std::string& space, const std::string& prefix,
                                  const PageRequest& page) const = 0;
  // Documents that were last written with this index name and value.
  virtual base::Result<Page> find(const std::string& space, const std::string& index, const std::string& value,
                                  const PageRequest& page) const = 0;
  virtual base::Result<std::uint64_t> count(const std::string& space) const = 0;

  // All or nothing, durable when it returns.
  virtual base::Status write(std::span<const DocumentWrite> writes) = 0;

  // One write; the version that it made (0 after deleting).
  base::Result<std::uint64_t> put(DocumentWrite write);
  // Deleting what is not there is no error, unless a version was expected.
  base::Status remove(std::string space, std::string key, std::optional<std::uint64_t> expected_version = std::nullopt);

 private:
  virtual base::Result<std::uint64_t> write_one(const DocumentWrite& write) = 0;
};

// Every document of the space, page by page.
base::Result<std::vector<Document>> list_all(const DocumentStore& store, const std::string& space,
                                             const std::string& prefix = {});
base::Result<std::vector<Document>> find_all(const DocumentStore& store, const std::string& space,
                                             const std::string& index, const std::string& value);

}  // namespace setpoint::store
