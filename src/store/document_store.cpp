#include "store/document_store.h"

namespace setpoint::store {

namespace {

base::Result<std::vector<Document>> every_page(const std::function<base::Result<Page>(const PageRequest&)>& read) {
  std::vector<Document> out;
  PageRequest request;
  do {
    TRY(Page page, read(request));
    std::move(page.documents.begin(), page.documents.end(), std::back_inserter(out));
    request.after = std::move(page.next);
  } while (!request.after.empty());
  return out;
}

}  // namespace

base::Result<std::uint64_t> DocumentStore::put(DocumentWrite write) { return write_one(write); }

base::Status DocumentStore::remove(std::string space, std::string key, std::optional<std::uint64_t> expected_version) {
  DocumentWrite write{std::move(space), std::move(key), std::nullopt, expected_version, {}};
  TRY([[maybe_unused]] std::uint64_t version, write_one(write));
  return {};
}

base::Result<std::vector<Document>> list_all(const DocumentStore& store, const std::string& space,
                                             const std::string& prefix) {
  return every_page([&](const PageRequest& page) { return store.list(space, prefix, page); });
}

base::Result<std::vector<Document>> find_all(const DocumentStore& store, const std::string& space,
                                             const std::string& index, const std::string& value) {
  return every_page([&](const PageRequest& page) { return store.find(space, index, value, page); });
}

}  // namespace setpoint::store
