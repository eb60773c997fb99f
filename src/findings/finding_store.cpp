#include "findings/finding_store.h"

#include <algorithm>

namespace setpoint::findings {

namespace {

bool wanted(std::string_view filter, std::string_view value) { return filter.empty() || filter == value; }

bool reported_by(const model::Finding& finding, std::string_view product) {
  return product.empty() || std::any_of(finding.sources.begin(), finding.sources.end(),
                                        [&](const model::FindingSource& source) { return source.product == product; });
}

}  // namespace

bool FindingFilter::matches(const model::Finding& finding) const {
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), finding.status) == statuses.end()) return false;
  if (severity_min && finding.severity < *severity_min) return false;
  if (resource && *resource != finding.resource) return false;
  return wanted(check, finding.check) && wanted(account, finding.resource.account) &&
         wanted(region, finding.resource.region) && wanted(type, finding.resource.type) &&
         reported_by(finding, product);
}

}  // namespace setpoint::findings
