#include "app/security_hub_notes.h"

#include "findings/security_hub.h"

namespace setpoint::app {

using base::ErrorCode;
using base::Json;
using base::string_member;

namespace {

base::Result<Json> parameters_of(const Json& message) {
  TRY(model::Finding finding, model::finding_from_json(base::member(message, "finding")));
  TRY(model::RunStatus status, model::parse_run_status(string_member(message, "status")));
  auto update =
      findings::outcome_update(finding, {status, string_member(message, "run"), string_member(message, "note")});
  if (!update) return base::fail(ErrorCode::refused, "Security Hub holds no source of finding {}", finding.id);
  return std::move(*update);
}

// BatchUpdateFindings answers 200 and lists what it did not take.
base::Result<notify::Receipt> receipt_of(const Json& output) {
  const Json& refused = base::member(output, "UnprocessedFindings");
  if (refused.is_array() && !refused.empty()) {
    const Json& first = refused.front();
    return base::fail(ErrorCode::refused, "Security Hub did not take the note: {}: {}",
                      string_member(first, "ErrorCode"), string_member(first, "ErrorMessage"));
  }
  const Json& taken = base::member(output, "ProcessedFindings");
  return notify::Receipt{fmt::format("{} findings updated", taken.is_array() ? taken.size() : 0)};
}

}  // namespace

base::Result<notify::Receipt> SecurityHubNotes::deliver(const notify::Delivery& delivery, base::Timestamp) {
  TRY(Json parameters, parameters_of(delivery.message.json));
  std::size_t slash = delivery.to.find('/');
  if (slash == std::string::npos) return base::fail(ErrorCode::invalid_input, "'{}' is no account/region", delivery.to);
  model::ApiCall call{delivery.to.substr(0, slash), delivery.to.substr(slash + 1), "securityhub", "BatchUpdateFindings",
                      std::move(parameters)};
  cloud::aws::Client* client = clients_(call.account);
  if (client == nullptr) return base::fail(ErrorCode::not_found, "account {} is not connected", call.account);
  TRY(cloud::CallResult answer, client->call(call));
  return receipt_of(answer.output);
}

}  // namespace setpoint::app
