#include "response/answer_log.h"

#include "runbook/values.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr std::size_t kChunkBytesMax = 256 << 10;

// Sorts as text in the order of recording.
std::string chunk_key(const std::string& owner, std::size_t first) { return fmt::format("{}/{:08}", owner, first); }

bool is_of(const Json& kept, std::string_view kind, const std::string& site) {
  return string_member(kept, "kind") == kind && string_member(kept, "site") == site;
}

}  // namespace

base::Status AnswerLog::load(const Records& records, std::size_t count) {
  TRY(auto documents, records.list(kAnswerSpace, owner_ + "/"));
  for (auto& [key, stored] : documents) {
    for (Json& answer : stored.body["answers"]) kept_.push_back(std::move(answer));
  }
  durable_ = kept_.size();
  if (kept_.size() >= count) return {};
  return base::fail(
      {ErrorCode::corrupted, fmt::format("{} answers are kept, {} are counted", kept_.size(), count), owner_, {}, {}});
}

base::Result<std::optional<Json>> AnswerLog::replay(std::string_view kind, const std::string& site) {
  if (!replaying()) return std::optional<Json>();
  const Json& kept = kept_[next_];
  if (!is_of(kept, kind, site)) {
    return base::fail({ErrorCode::corrupted,
                       fmt::format("asks {} at {}, but did ask {} at {}", kind, site, string_member(kept, "kind"),
                                   string_member(kept, "site")),
                       owner_,
                       "the runbook is not the one that this run began with",
                       {}});
  }
  ++next_;
  return std::optional<Json>(member(kept, "value"));
}

std::optional<Json> AnswerLog::replay_if(std::string_view kind, const std::string& site) {
  if (!replaying() || !is_of(kept_[next_], kind, site)) return std::nullopt;
  return member(kept_[next_++], "value");
}

std::optional<Json> AnswerLog::replay_to(std::string_view kind, const std::string& site) {
  for (std::size_t ahead = next_; ahead < kept_.size(); ++ahead) {
    if (!is_of(kept_[ahead], kind, site)) continue;
    next_ = ahead + 1;
    return member(kept_[ahead], "value");
  }
  return std::nullopt;
}

void AnswerLog::keep(std::string_view kind, const std::string& site, Json value) {
  pending_.push_back({{"kind", kind}, {"site", site}, {"value", std::move(value)}});
}

std::vector<journal::DocumentWrite> AnswerLog::pending_documents() const {
  std::vector<journal::DocumentWrite> out;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (out.empty() || bytes > kChunkBytesMax) {
      out.push_back(
          {kAnswerSpace, chunk_key(owner_, durable_ + i), Json{{"answers", Json::array()}}, std::nullopt, {}});
      bytes = 0;
    }
    bytes += runbook::weight(pending_[i], kChunkBytesMax);
    (*out.back().body)["answers"].push_back(pending_[i]);
  }
  return out;
}

void AnswerLog::committed() {
  durable_ += pending_.size();
  pending_.clear();
}

}  // namespace setpoint::response
