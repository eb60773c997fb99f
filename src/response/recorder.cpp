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

// Sorts as text in the order of recording.
std::string answer_key(const std::string& run, std::size_t number) { return fmt::format("{}/{:08}", run, number); }

}  // namespace

base::Status Recorder::load(const Records& records) {
  TRY(auto documents, records.list(kAnswerSpace, run_.id + "/"));
  if (documents.size() < run_.answers) {
    return base::fail({ErrorCode::corrupted,
                       fmt::format("{} answers are kept, the run counts {}", documents.size(), run_.answers),
                       run_.id,
                       {},
                       {}});
  }
  for (auto& [key, stored] : documents) answers_.push_back(std::move(stored.body));
  return {};
}

base::Result<std::optional<Json>> Recorder::replay(std::string_view kind, const std::string& site) {
  if (!replaying()) return std::optional<Json>();
  const Json& kept = answers_[next_];
  if (string_member(kept, "kind") != kind || string_member(kept, "site") != site) {
    return base::fail({ErrorCode::corrupted,
                       fmt::format("asks {} at {}, but did ask {} at {}", kind, site, string_member(kept, "kind"),
                                   string_member(kept, "site")),
                       run_.id,
                       "the runbook is not the one that this run began with",
                       {}});
  }
  ++next_;
  return std::optional<Json>(member(kept, "value"));
}

std::optional<Json> Recorder::replay_to(std::string_view kind, const std::string& site) {
  for (std::size_t ahead = next_; ahead < answers_.size(); ++ahead) {
    const Json& kept = answers_[ahead];
    if (string_member(kept, "kind") != kind || string_member(kept, "site") != site) continue;
    next_ = ahead + 1;
    return member(kept, "value");
  }
  return std::nullopt;
}

void Recorder::keep(std::string_view kind, const std::string& site, Json value) {
  pending_.push_back({{"kind", kind}, {"site", site}, {"value", std::move(value)}});
}

base::Status Recorder::commit(std::vector<journal::EntryDraft> entries) {
  journal::Batch batch;
  batch.entries = std::move(entries);
  for (const Json& answer : pending_) {
    batch.state.documents.push_back({kAnswerSpace, answer_key(run_.id, run_.answers++), answer, std::nullopt, {}});
  }
  batch.state.documents.push_back(run_.document());
  batch.state.documents.insert(batch.state.documents.end(), more_.begin(), more_.end());
  TRY(auto written, journal_.append(std::move(batch)));
  pending_.clear();
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
