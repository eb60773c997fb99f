#include "notify/courier.h"

namespace setpoint::notify {

using base::ErrorCode;
using base::fail;

Courier::Courier(Outbox& outbox, std::map<std::string, std::shared_ptr<Notifier>> channels, base::Clock& clock,
                 RetryPolicy policy, Observer observer)
    : outbox_(outbox), channels_(std::move(channels)), clock_(clock), policy_(policy), observer_(std::move(observer)) {}

// A channel that is missing may be configured by the next attempt: that is worth one.
base::Result<Receipt> Courier::send(const Delivery& delivery) {
  auto channel = channels_.find(delivery.channel);
  if (channel == channels_.end()) return fail(ErrorCode::not_found, "there is no channel '{}'", delivery.channel);
  return channel->second->deliver(delivery, clock_.now());
}

base::Result<CourierReport> Courier::run_once(std::size_t limit) {
  TRY(std::vector<ClaimedDelivery> claimed,
      outbox_.claim(limit, kLease * static_cast<int>(std::max<std::size_t>(1, limit))));
  CourierReport out;
  out.claimed = claimed.size();
  for (ClaimedDelivery& each : claimed) {
    base::Result<Receipt> outcome = send(each.delivery);
    each.delivery = after_attempt(std::move(each.delivery), outcome, clock_.now(), policy_);
    TRY_VOID(outbox_.record(each));
    DeliveryStatus status = each.delivery.status;
    ++(status == DeliveryStatus::delivered ? out.delivered
       : status == DeliveryStatus::failed  ? out.failed
                                           : out.retried);
    if (observer_) observer_(each.delivery);
  }
  return out;
}

}  // namespace setpoint::notify
