// The findings' port in SQLite: each finding whole, as Finding::json(), beside the columns that a filter reads first.
#pragma once

#include "findings/finding_store.h"
#include "store/sqlite/engine.h"

namespace setpoint::store::sqlite {

class Findings final : public findings::FindingStore {
 public:
  explicit Findings(Engine& engine) : engine_(engine) {}
  base::Result<std::vector<model::Finding>> get(std::span<const std::string> ids) const override;
  // Refused (invalid_input): an id that is not "f-" and 12 hexadecimal digits.
  base::Status put(std::span<const model::Finding> findings) override;
  base::Result<findings::FindingPage> list(const findings::FindingFilter& filter, const std::string& after,
                                           std::size_t limit) const override;

 private:
  base::Status put_one(Connection& connection, const model::Finding& finding);
  base::Status fill(Connection& connection, const findings::FindingFilter& filter, std::int64_t after,
                    std::size_t limit, findings::FindingPage& page) const;
  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
