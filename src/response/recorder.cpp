#include "response/recorder.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr ErrorCode kCodes[] = {ErrorCode::invalid_input,   ErrorCode::not_found, ErrorCode::access_denied,
                                ErrorCode::unauthenticated, ErrorCode::throttled, ErrorCode::unreachable,
                                ErrorCode::timed_out,       ErrorCode::conflict,  ErrorCode::limit_exceeded,
                                ErrorCode::unsupported,     ErrorCode::corrupted, ErrorCode::unavailable,
                                ErrorCode::refused,         ErrorCode::cancelled};

ErrorCode parse_code(const std::string& text) {
  for (ErrorCode code : kCodes) {
    if (base::to_string(code) == text) return code;
  }
  return ErrorCode::unavailable;
}

}  // namespace

base::Status Recorder::commit(std::vector<journal::EntryDraft> entries) {
  journal::Batch batch;
  batch.entries = std::move(entries);
  run_.answers = log_.count();
  batch.state.documents = log_.pending_documents();
  batch.state.documents.push_back(run_.document());
  batch.state.documents.insert(batch.state.documents.end(), more_.begin(), more_.end());
  TRY(auto written, journal_.append(std::move(batch)));
  log_.committed();
  more_.clear();
  return {};
}

Json error_json(const base::Error& error) {
  return {{"code", base::to_string(error.code)},
          {"message", error.message},
          {"where", error.where},
          {"detail", error.detail}};
}

Json kept_form(const base::Result<Json>& answer) {
  if (answer) return {{"output", *answer}};
  return {{"error", error_json(answer.error())}};
}

namespace {

tl::unexpected<base::Error> error_from_kept(const Json& error) {
  return base::fail({parse_code(string_member(error, "code")),
                     string_member(error, "message"),
                     string_member(error, "where"),
                     {},
                     string_member(error, "detail")});
}

}  // namespace

base::Result<Json> from_kept(const Json& kept) {
  const Json& error = member(kept, "error");
  if (error.is_null()) return member(kept, "output");
  return error_from_kept(error);
}

Json kept_script(const base::Result<runbook::ScriptResult>& answer) {
  if (!answer) return {{"error", error_json(answer.error())}};
  return {{"ending", static_cast<int>(answer->ending)},
          {"payload", answer->payload},
          {"error_type", answer->error_type},
          {"error_text", answer->error},
          {"log", answer->log}};
}

base::Result<runbook::ScriptResult> script_from_kept(const Json& kept) {
  using Ending = runbook::ScriptResult::Ending;
  const Json& error = member(kept, "error");
  if (!error.is_null()) return error_from_kept(error);
  runbook::ScriptResult out;
  const Json& ending = member(kept, "ending");
  out.ending = ending.is_number_integer() ? static_cast<Ending>(ending.get<int>()) : Ending::killed;
  out.payload = member(kept, "payload");
  out.error_type = string_member(kept, "error_type");
  out.error = string_member(kept, "error_text");
  out.log = string_member(kept, "log");
  return out;
}

}  // namespace setpoint::response
