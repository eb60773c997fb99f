#include "notify/delivery.h"

#include <array>

#include "notify/limits.h"

namespace setpoint::notify {

using base::ErrorCode;
using base::fail;
using base::Json;

namespace {

constexpr std::array<std::string_view, 3> kStatusNames = {"pending", "delivered", "failed"};

// Trying again changes nothing: the address does not exist, the message is not what they take.
bool is_final(const base::Error& error) {
  return error.code == ErrorCode::refused || error.code == ErrorCode::invalid_input ||
         error.code == ErrorCode::unsupported;
}

Json attempts_json(const std::vector<Attempt>& attempts) {
  Json out = Json::array();
  for (const Attempt& each : attempts) {
    out.push_back({{"at", base::to_iso8601(each.at)}, {"delivered", each.delivered}, {"response", each.response}});
  }
  return out;
}

base::Status take_time(const Json& json, const char* name, base::Timestamp& out) {
  auto time = base::parse_iso8601(base::string_member(json, name));
  if (!time) return fail(ErrorCode::corrupted, "a stored delivery has no '{}'", name);
  out = *time;
  return {};
}

base::Status take_attempts(const Json& json, std::vector<Attempt>& out) {
  for (const Json& each : base::member(json, "attempts")) {
    Attempt attempt;
    TRY_VOID(take_time(each, "at", attempt.at));
    attempt.delivered = base::member(each, "delivered") == true;
    attempt.response = base::string_member(each, "response");
    out.push_back(std::move(attempt));
  }
  return {};
}

base::Status take_status(const Json& json, DeliveryStatus& out) {
  auto found = std::find(kStatusNames.begin(), kStatusNames.end(), base::string_member(json, "status"));
  if (found == kStatusNames.end()) return fail(ErrorCode::corrupted, "a stored delivery has no 'status'");
  out = static_cast<DeliveryStatus>(found - kStatusNames.begin());
  return {};
}

}  // namespace

std::string_view to_string(DeliveryStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

Json Delivery::json() const {
  return {{"id", id},
          {"channel", channel},
          {"to", to},
          {"about", about},
          {"because", because},
          {"message", {{"subject", message.subject}, {"text", message.text}, {"json", message.json}}},
          {"created", base::to_iso8601(created)},
          {"status", to_string(status)},
          {"next_at", base::to_iso8601(next_at)},
          {"attempt_count", attempt_count},
          {"attempts", attempts_json(attempts)}};
}

base::Result<Delivery> delivery_from_json(const Json& json) {
  Delivery out;
  out.id = base::string_member(json, "id");
  out.channel = base::string_member(json, "channel");
  out.to = base::string_member(json, "to");
  out.about = base::string_member(json, "about");
  out.because = base::string_member(json, "because");
  const Json& message = base::member(json, "message");
  out.message = {base::string_member(message, "subject"), base::string_member(message, "text"),
                 base::member(message, "json")};
  const Json& count = base::member(json, "attempt_count");
  if (out.id.empty() || !count.is_number_integer())
    return fail(ErrorCode::corrupted, "a stored delivery cannot be read");
  out.attempt_count = count.get<std::size_t>();
  TRY_VOID(take_time(json, "created", out.created));
  TRY_VOID(take_time(json, "next_at", out.next_at));
  TRY_VOID(take_status(json, out.status));
  TRY_VOID(take_attempts(json, out.attempts));
  return out;
}

Delivery new_delivery(const std::string& occasion, std::string channel, std::string to, Message message,
                      base::Timestamp now) {
  Delivery out;
  out.id = "d-" + base::digest_of(Json::array({occasion, channel, to})).hex().substr(0, 24);
  out.channel = std::move(channel);
  out.to = std::move(to);
  out.message = std::move(message);
  out.created = now;
  out.next_at = now;
  return out;
}

base::Milliseconds backoff(const RetryPolicy& policy, std::size_t attempt, const std::string& id) {
  base::Milliseconds wait = policy.first;
  for (std::size_t i = 1; i < attempt && wait < policy.longest; ++i) wait *= 2;
  wait = std::min(wait, policy.longest);
  base::Digest spread = base::sha256(fmt::format("{}/{}", id, attempt));
  return wait + wait * spread.bytes[0] / (5 * 256);
}

Delivery after_attempt(Delivery before, const base::Result<Receipt>& outcome, base::Timestamp now,
                       const RetryPolicy& policy) {
  std::string response = outcome ? outcome->response : outcome.error().text();
  before.attempts.push_back({now, outcome.has_value(), response.substr(0, kResponseBytesMax)});
  if (before.attempts.size() > kAttemptsKept) before.attempts.erase(before.attempts.begin());
  ++before.attempt_count;
  bool last = !outcome && (is_final(outcome.error()) || before.attempt_count >= policy.attempts_max);
  before.status = outcome ? DeliveryStatus::delivered : last ? DeliveryStatus::failed : DeliveryStatus::pending;
  if (before.status == DeliveryStatus::pending) before.next_at = now + backoff(policy, before.attempt_count, before.id);
  return before;
}

}  // namespace setpoint::notify
