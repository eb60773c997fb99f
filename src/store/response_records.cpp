#include "store/response_records.h"

namespace setpoint::store {

using response::StoredDocument;
using Named = std::vector<std::pair<std::string, StoredDocument>>;

namespace {

Named named(std::vector<Document> documents) {
  Named out;
  for (Document& document : documents) {
    std::string key = document.key;
    out.emplace_back(std::move(key), StoredDocument{std::move(document.body), document.version});
  }
  return out;
}

}  // namespace

base::Result<std::optional<StoredDocument>> ResponseRecords::get(const std::string& space,
                                                                 const std::string& key) const {
  TRY(std::optional<Document> document, documents_.get(space, key));
  if (!document) return std::optional<StoredDocument>();
  return std::optional(StoredDocument{std::move(document->body), document->version});
}

base::Result<Named> ResponseRecords::list(const std::string& space, const std::string& prefix) const {
  TRY(std::vector<Document> documents, list_all(documents_, space, prefix));
  return named(std::move(documents));
}

base::Result<Named> ResponseRecords::find(const std::string& space, const std::string& index,
                                          const std::string& value) const {
  TRY(std::vector<Document> documents, find_all(documents_, space, index, value));
  return named(std::move(documents));
}

}  // namespace setpoint::store
