#include "runbook/execution.h"

#include "runbook/interpreter.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;

ExecutionReport run(const Document& document, const Json& parameters, const ExecutionContext& context, Host& host) {
  return Interpreter(document, parameters, context, host).run();
}

base::Result<std::string> resolve_assume_role(const Document& document, const Json& parameters,
                                              const ExecutionContext& context) {
  TRY(Json role, substitute(Json(document.assume_role()), [&](const Reference& reference) -> base::Result<Json> {
        auto found = parameters.find(reference.name);
        if (reference.kind == Reference::Kind::parameter && found != parameters.end()) return *found;
        if (reference.kind == Reference::Kind::global && reference.name == "ACCOUNT_ID") return Json(context.account);
        if (reference.kind == Reference::Kind::global && reference.name == "AWS_PARTITION")
          return Json(context.partition);
        if (reference.kind == Reference::Kind::global && reference.name == "REGION") return Json(context.region);
        return base::fail(ErrorCode::invalid_input, "assumeRole refers to {}, which is not a parameter",
                          reference.text());
      }));
  return text_form(role);
}

}  // namespace setpoint::runbook
