// A message as an HTTP POST. The body is JSON: {"id","about","because","subject","text","time","detail"}; "text" alone
// is what Slack-compatible receivers show.
//
//   Idempotency-Key: d-5b1c...            the delivery's id: the same message again has the same one
//   Setpoint-Signature: t=1795255200,v1=<hex>    HMAC-SHA256 with the channel's secret over "<t>.<body>"; absent
//   without a secret
//
// A receiver checks the signature in constant time, and t against its clock, before it reads the body.
// 2xx is delivered. 400, 404, 405, 410, 413, 415, 422 will not get better: refused. Everything else, redirects included
// (they are not followed), is tried again. Certificates are verified. Threads: thread-safe.
#pragma once

#include "notify/curl_session.h"
#include "notify/notifier.h"

namespace setpoint::notify {

struct WebhookSettings {
  std::string url;     // http or https
  std::string secret;  // "" = not signed
  TransferTimeouts timeouts;
};

class Webhook final : public Notifier {
 public:
  explicit Webhook(WebhookSettings settings) : settings_(std::move(settings)) {}
  base::Result<Receipt> deliver(const Delivery& delivery, base::Timestamp now) override;

 private:
  WebhookSettings settings_;
};

std::string webhook_body(const Delivery& delivery);
std::string webhook_signature(const std::string& secret, const std::string& body, base::Timestamp now);

}  // namespace setpoint::notify
