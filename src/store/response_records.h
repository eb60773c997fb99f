// response::Records over the document store.
#pragma once

#include "response/ports.h"
#include "store/document_store.h"

namespace setpoint::store {

// Borrows the store. Thread-safe as it is.
class ResponseRecords final : public response::Records {
 public:
  explicit ResponseRecords(const DocumentStore& documents) : documents_(documents) {}

  base::Result<std::optional<response::StoredDocument>> get(const std::string& space,
                                                            const std::string& key) const override;
  base::Result<std::vector<std::pair<std::string, response::StoredDocument>>> list(
      const std::string& space, const std::string& prefix) const override;
  base::Result<std::vector<std::pair<std::string, response::StoredDocument>>> find(
      const std::string& space, const std::string& index, const std::string& value) const override;

 private:
  const DocumentStore& documents_;
};

}  // namespace setpoint::store
