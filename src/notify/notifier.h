// The ports of notifying. A Notifier hands one message to the outside; an Outbox keeps deliveries until they are taken.
//
// Place in the flow: engine -> (message, recipients) -> Outbox, in one transaction with the journal entry; Courier ->
// Outbox -> Notifier -> outside; the outcome -> Outbox. store/outbox.h is the Outbox on the documents and the work
// queue.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "notify/delivery.h"

namespace setpoint::notify {

// Thread-safe. An error that another attempt may mend: unreachable, timed_out, unavailable, throttled, access_denied,
// unauthenticated; one that it will not: refused, invalid_input, unsupported. timed_out may have arrived: the same id
// is sent again, and the receiver can tell by it.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual base::Result<Receipt> deliver(const Delivery& delivery, base::Timestamp now) = 0;
};

// A delivery that one courier holds until the lease ends; `claim` is the outbox's own.
struct ClaimedDelivery {
  Delivery delivery;
  std::uint64_t claim = 0;
};

// Thread-safe, several processes too.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // Durable when it returns. A delivery whose id is there already is left as it is.
  virtual base::Status add(const std::vector<Delivery>& deliveries) = 0;
  // Pending ones whose time has come, for `lease`.
  virtual base::Result<std::vector<ClaimedDelivery>> claim(std::size_t limit, base::Milliseconds lease) = 0;
  // What became of it. Conflict where the lease ended and someone else holds it.
  virtual base::Status record(const ClaimedDelivery& claimed) = 0;
  virtual base::Result<std::optional<Delivery>> get(const std::string& id) const = 0;
  virtual base::Result<std::vector<Delivery>> about(const std::string& subject) const = 0;
};

}  // namespace setpoint::notify
