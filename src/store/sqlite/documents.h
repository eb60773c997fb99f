// The documents in SQLite. DocumentWriter is the half that runs inside someone's transaction: the log's and write()'s.
#pragma once

#include "store/document_store.h"
#include "store/sqlite/engine.h"

namespace setpoint::store::sqlite {

class DocumentWriter {
 public:
  DocumentWriter(const Engine& engine, Connection& connection) : engine_(engine), connection_(connection) {}
  base::Result<std::uint64_t> write(const DocumentWrite& write);  // the new version; 0 after deleting

 private:
  struct Place;
  base::Result<Place> locate(const DocumentWrite& write);
  base::Status set_indices(const DocumentWrite& write, std::int64_t id, const std::string& before,
                           const std::string& after);
  base::Status change_index(const char* sql, const std::string& space, std::int64_t id, const base::Json& pair);
  base::Status store(const DocumentWrite& write, const Place& place, const std::string& indices);
  base::Status erase(const Place& place);

  const Engine& engine_;
  Connection& connection_;
};

class Documents final : public DocumentStore {
 public:
  explicit Documents(Engine& engine) : engine_(engine) {}
  base::Result<std::optional<Document>> get(const std::string& space, const std::string& key) const override;
  base::Result<Page> list(const std::string& space, const std::string& prefix, const PageRequest& page) const override;
  base::Result<Page> find(const std::string& space, const std::string& index, const std::string& value,
                          const PageRequest& page) const override;
  base::Result<std::uint64_t> count(const std::string& space) const override;
  base::Status write(std::span<const DocumentWrite> writes) override;

 private:
  base::Result<std::uint64_t> write_one(const DocumentWrite& write) override;
  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
