#include "findings/memory_finding_store.h"

namespace setpoint::findings {

base::Result<std::vector<model::Finding>> MemoryFindingStore::get(std::span<const std::string> ids) const {
  std::lock_guard lock(mutex_);
  std::vector<model::Finding> out;
  for (const std::string& id : ids) {
    if (auto found = rows_.find(id); found != rows_.end()) out.push_back(found->second);
  }
  return out;
}

base::Status MemoryFindingStore::put(std::span<const model::Finding> findings) {
  std::lock_guard lock(mutex_);
  for (const model::Finding& finding : findings) rows_[finding.id] = finding;
  return {};
}

base::Result<FindingPage> MemoryFindingStore::list(const FindingFilter& filter, const std::string& after,
                                                   std::size_t limit) const {
  std::lock_guard lock(mutex_);
  FindingPage page;
  for (auto row = rows_.upper_bound(after); row != rows_.end(); ++row) {
    if (!filter.matches(row->second)) continue;
    if (page.findings.size() == limit) {
      page.next = page.findings.empty() ? after : page.findings.back().id;
      break;
    }
    page.findings.push_back(row->second);
  }
  return page;
}

}  // namespace setpoint::findings
