#include "runbook/system_values.h"

#include "runbook/host.h"

namespace setpoint::runbook {

using base::Json;

namespace {

std::string date_of(base::Timestamp now) { return base::to_iso8601(now).substr(0, 10); }

std::string date_time_of(base::Timestamp now) {
  std::string iso = base::to_iso8601(now);
  std::string clock = iso.substr(11, 8);
  std::replace(clock.begin(), clock.end(), ':', '.');
  return iso.substr(0, 10) + "_" + clock;
}

}  // namespace

base::Result<Json> system_value(const Reference& reference, const ExecutionContext& context, Host& host) {
  const std::string& name = reference.name;
  if (reference.kind == Reference::Kind::automation && name == "EXECUTION_ID") return Json(context.execution_id);
  if (reference.kind == Reference::Kind::global) {
    if (name == "ACCOUNT_ID") return Json(context.account);
    if (name == "REGION") return Json(context.region);
    if (name == "AWS_PARTITION") return Json(context.partition);
    if (name == "DATE") return Json(date_of(host.as_of()));
    if (name == "DATE_TIME") return Json(date_time_of(host.as_of()));
  }
  return base::fail(base::ErrorCode::invalid_input, "{{{{ {} }}}} cannot be resolved: there is no such system variable",
                    reference.text());
}

}  // namespace setpoint::runbook
