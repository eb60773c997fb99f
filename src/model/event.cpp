#include "model/event.h"

namespace setpoint::model {

base::Json Event::envelope() const {
  return {{"version", "0"},
          {"id", id},
          {"detail-type", detail_type},
          {"source", source},
          {"account", account},
          {"time", base::to_iso8601(time)},
          {"region", region},
          {"resources", resources},
          {"detail", detail}};
}

base::Result<Event> event_from_envelope(const base::Json& envelope) {
  using base::ErrorCode;
  if (!envelope.is_object()) return base::fail(ErrorCode::invalid_input, "an event must be a JSON object");
  Event event;
  event.id = base::string_member(envelope, "id");
  event.source = base::string_member(envelope, "source");
  event.detail_type = base::string_member(envelope, "detail-type");
  event.account = base::string_member(envelope, "account");
  event.region = base::string_member(envelope, "region");
  if (event.source.empty()) return base::fail(ErrorCode::invalid_input, "the event has no 'source'");
  if (event.detail_type.empty()) return base::fail(ErrorCode::invalid_input, "the event has no 'detail-type'");
  if (std::string time = base::string_member(envelope, "time"); !time.empty()) {
    TRY(event.time, base::parse_iso8601(time));
  }
  if (const base::Json& resources = base::member(envelope, "resources"); resources.is_array()) {
    for (const base::Json& arn : resources) {
      if (arn.is_string()) event.resources.push_back(arn.get<std::string>());
    }
  }
  if (const base::Json& detail = base::member(envelope, "detail"); !detail.is_null()) event.detail = detail;
  return event;
}

}  // namespace setpoint::model
