// A message on its way to one recipient: what is to be said, over which channel, and every attempt so far. A value;
// what an attempt makes of it is a pure function. It is done only when the other side took it, never because we tried.
//
//   pending --(taken)--> delivered
//      |  ^--(a failure worth another try)
//      +--(refused for good, or the last attempt)--> failed: stays on record and in sight
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::notify {

struct Message {
  std::string subject;
  std::string text;  // UTF-8, lines by \n
  base::Json json = base::Json::object();
  bool operator==(const Message&) const = default;
};

enum class DeliveryStatus { pending, delivered, failed };
std::string_view to_string(DeliveryStatus status);

struct Attempt {
  base::Timestamp at;
  bool delivered = false;
  std::string response;  // the other side's words, or our error
  bool operator==(const Attempt&) const = default;
};

struct Delivery {
  std::string id;       // idempotency: the same occasion for the same recipient has the same id
  std::string channel;  // name in setpoint.yaml: "mail", "sec-ops"
  std::string to;       // mail: the address; webhook: ""
  std::string about;    // id of the finding, plan or run
  std::string because;  // why this recipient: "tag Owner"
  Message message;
  base::Timestamp created;
  DeliveryStatus status = DeliveryStatus::pending;
  base::Timestamp next_at;        // of a pending one: not before
  std::size_t attempt_count = 0;  // of all; `attempts` keeps the newest
  std::vector<Attempt> attempts;

  bool operator==(const Delivery&) const = default;
  base::Json json() const;
};
base::Result<Delivery> delivery_from_json(const base::Json& json);

// `occasion` names what happened, once: "finding-opened/f-3f9c0a12b4d7".
Delivery new_delivery(const std::string& occasion, std::string channel, std::string to, Message message,
                      base::Timestamp now);

struct RetryPolicy {
  base::Milliseconds first{30'000};  // then twice as long each time
  base::Milliseconds longest{3'600'000};
  std::size_t attempts_max = 24;  // with the defaults: about 18 hours
};
// How long to wait after the n-th attempt (n from 1): doubling, spread by up to a fifth, by the delivery's id, so that
// many deliveries of one outage do not come back at once.
base::Milliseconds backoff(const RetryPolicy& policy, std::size_t attempt, const std::string& id);

struct Receipt {
  std::string response;  // "HTTP 200", "250 2.0.0 queued as 4F2"
};
Delivery after_attempt(Delivery before, const base::Result<Receipt>& outcome, base::Timestamp now,
                       const RetryPolicy& policy = {});

}  // namespace setpoint::notify
