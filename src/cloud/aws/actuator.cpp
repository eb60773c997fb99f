#include "cloud/aws/actuator.h"

#include <nlohmann/json.hpp>

#include "cloud/aws/limits.h"

namespace setpoint::cloud::aws {

base::Result<CallResult> AwsActuator::apply(const model::ApiCall& call, const model::Decision& decision,
                                            const std::string& token) {
  if (!decision.covers(call, client_.clock().now())) {
    return base::fail({base::ErrorCode::refused,
                       fmt::format("no decision permits {}:{} now", call.service, call.operation),
                       {},
                       "the decision may have expired, or the call may differ from the plan's",
                       {}});
  }
  TRY(const OperationModel* operation, client_.catalog().operation(call.service, call.operation));
  model::ApiCall sent = call;
  const Member* member = operation->idempotency_member();
  if (member && !token.empty() && base::member(call.parameters, member->name).is_null()) {
    sent.parameters[std::string(member->name)] = token.substr(0, kTokenCharactersMax);
  }
  return client_.call(sent, options_);
}

}  // namespace setpoint::cloud::aws
