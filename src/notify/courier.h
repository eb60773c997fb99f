// The courier takes what is due out of the outbox, hands it to the channel's notifier and records what came of it.
//
//   Courier courier(outbox, {{"mail", mail}, {"sec-ops", webhook}}, clock);
//   TRY(CourierReport report, courier.run_once());      // from a loop; or again and again until report.claimed == 0
//
// A notifier that fails, hangs until its timeout or is not configured leaves the delivery pending with its reason;
// nothing counts as done but what the other side took. Crash between sending and recording: it is sent again under the
// same id. Threads: thread-safe; several couriers share one outbox. Blocks as long as the notifiers do.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "notify/limits.h"
#include "notify/notifier.h"

namespace setpoint::notify {

struct CourierReport {
  std::size_t claimed = 0;
  std::size_t delivered = 0;
  std::size_t retried = 0;
  std::size_t failed = 0;  // for good
};

class Courier {
 public:
  // Told of each recorded outcome; for the journal and the metrics.
  using Observer = std::function<void(const Delivery&)>;
  Courier(Outbox& outbox, std::map<std::string, std::shared_ptr<Notifier>> channels, base::Clock& clock,
          RetryPolicy policy = {}, Observer observer = {});
  base::Result<CourierReport> run_once(std::size_t limit = 16);

 private:
  base::Result<Receipt> send(const Delivery& delivery);

  Outbox& outbox_;
  std::map<std::string, std::shared_ptr<Notifier>> channels_;
  base::Clock& clock_;
  RetryPolicy policy_;
  Observer observer_;
};

}  // namespace setpoint::notify
