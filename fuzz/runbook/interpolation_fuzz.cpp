// Any text: splitting loses nothing, substitution is one pass and bounded.
#include "runbook/interpolation.h"

#include "runbook/condition.h"
#include "runbook/duration.h"
#include "runbook/limits.h"
#include "runbook/values.h"

namespace setpoint::runbook {
namespace {

using base::Json;

void try_text(std::string_view text) {
  std::size_t literal = 0;
  for (const Piece& piece : split_references(text)) literal += piece.reference ? 0 : piece.literal.size();
  SETPOINT_ASSERT(literal <= text.size());
  Lookup lookup = [](const Reference& reference) -> base::Result<Json> {
    return Json("{{ " + reference.text() + " }}");
  };
  Json input = {{"text", std::string(text)}, {"list", {std::string(text), 1}}};
  auto made = substitute(input, lookup);
  SETPOINT_ASSERT(made || made.error().code == base::ErrorCode::limit_exceeded);
  (void)parse_duration(text);
  for (std::string_view operation : kConditionOperations)
    (void)evaluate_operation(operation, Json(std::string(text)), Json("1"));
}

}  // namespace
}  // namespace setpoint::runbook

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  setpoint::runbook::try_text({reinterpret_cast<const char*>(data), size});
  return 0;
}
