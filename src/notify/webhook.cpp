#include "notify/webhook.h"

#include "notify/limits.h"

namespace setpoint::notify {

using base::ErrorCode;
using base::Json;

namespace {

ErrorCode code_of(long status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::access_denied;
    case 429:
      return ErrorCode::throttled;
    case 400:
    case 404:
    case 405:
    case 410:
    case 413:
    case 415:
    case 422:
      return ErrorCode::refused;
    default:
      return ErrorCode::unavailable;
  }
}

Json body_json(const Delivery& delivery, bool with_detail) {
  Json out = {{"id", delivery.id},
              {"about", delivery.about},
              {"because", delivery.because},
              {"subject", delivery.message.subject},
              {"text", delivery.message.text},
              {"time", base::to_iso8601(delivery.created)}};
  if (with_detail) out["detail"] = delivery.message.json;
  return out;
}

}  // namespace

std::string webhook_body(const Delivery& delivery) {
  std::string body = base::canonical(body_json(delivery, true));
  return body.size() <= kJsonBytesMax ? body : base::canonical(body_json(delivery, false));
}

std::string webhook_signature(const std::string& secret, const std::string& body, base::Timestamp now) {
  std::int64_t seconds = now.ms / 1000;
  return fmt::format("t={},v1={}", seconds, base::hmac_sha256(secret, fmt::format("{}.{}", seconds, body)).hex());
}

base::Result<Receipt> Webhook::deliver(const Delivery& delivery, base::Timestamp now) {
  std::string body = webhook_body(delivery);
  CurlSession session(settings_.url, "http,https", settings_.timeouts);
  session.add_header("Content-Type: application/json");
  session.add_header("User-Agent: setpoint");
  session.add_header("Idempotency-Key: " + delivery.id);
  session.add_header("Expect:");
  if (!settings_.secret.empty())
    session.add_header("Setpoint-Signature: " + webhook_signature(settings_.secret, body, now));
  curl_easy_setopt(session.handle(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(session.handle(), CURLOPT_POSTFIELDS, body.c_str());
  TRY_VOID(session.run());
  long status = session.response_code();
  std::string response = fmt::format("HTTP {} {}", status, session.answer());
  if (status >= 200 && status < 300) return Receipt{std::move(response)};
  return base::fail({code_of(status), std::move(response), settings_.url, {}, std::to_string(status)});
}

}  // namespace setpoint::notify
