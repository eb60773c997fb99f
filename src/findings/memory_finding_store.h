// FindingStore in memory: tests, simulation, scans that leave nothing behind. Threads: any (one mutex).
#pragma once

#include <map>
#include <mutex>

#include "findings/finding_store.h"

namespace setpoint::findings {

class MemoryFindingStore final : public FindingStore {
 public:
  base::Result<std::vector<model::Finding>> get(std::span<const std::string> ids) const override;
  base::Status put(std::span<const model::Finding> findings) override;
  base::Result<FindingPage> list(const FindingFilter& filter, const std::string& after,
                                 std::size_t limit) const override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, model::Finding> rows_;
};

}  // namespace setpoint::findings
