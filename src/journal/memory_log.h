// An AppendLog in memory: for the simulation and for tests of what stands above it. It keeps nothing over a restart,
// and it takes no state (ErrorCode::unsupported): what needs both takes the store.
#pragma once

#include <mutex>

#include "journal/append_log.h"

namespace setpoint::journal {

// Thread-safe.
class MemoryLog final : public AppendLog {
 public:
  base::Status transact(const std::function<base::Status(AppendTransaction&)>& body) override;
  base::Result<Head> head() const override;
  base::Result<std::vector<Row>> read(std::uint64_t from, std::size_t limit) const override;
  base::Result<std::vector<Row>> find(const std::string& subject, std::uint64_t from, std::size_t limit) const override;

  // For tests: the rows themselves, to be tampered with. Not while another thread uses the log.
  std::vector<Row>& rows() { return rows_; }

 private:
  class Transaction;
  mutable std::mutex mutex_;
  std::vector<Row> rows_;
};

}  // namespace setpoint::journal
