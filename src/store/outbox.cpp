#include "store/outbox.h"

#include <set>

namespace setpoint::store {

using base::ErrorCode;
using base::fail;
using notify::ClaimedDelivery;
using notify::Delivery;
using notify::DeliveryStatus;

namespace {

constexpr int kAddAttempts = 5;

DocumentWrite document_of(const Delivery& delivery, std::optional<std::uint64_t> expected_version) {
  return {kDeliverySpace,
          delivery.id,
          delivery.json(),
          expected_version,
          {{"about", delivery.about}, {"status", std::string(notify::to_string(delivery.status))}}};
}

Task task_of(const ClaimedDelivery& claimed) {
  Task task;
  task.queue = kDeliveryQueue;
  task.id = claimed.delivery.id;
  task.claim = claimed.claim;
  task.attempts = static_cast<int>(claimed.delivery.attempt_count);
  return task;
}

std::string last_response(const Delivery& delivery) {
  return delivery.attempts.empty() ? std::string() : delivery.attempts.back().response;
}

}  // namespace

base::Result<journal::StateBatch> StoredOutbox::writes_for(const std::vector<Delivery>& deliveries) const {
  journal::StateBatch out;
  std::set<std::string> taken;
  for (const Delivery& each : deliveries) {
    TRY(std::optional<Delivery> there, get(each.id));
    if (there || !taken.insert(each.id).second) continue;
    out.documents.push_back(document_of(each, 0));
    out.tasks.push_back({kDeliveryQueue, each.id, base::Json::object(), each.next_at});
  }
  return out;
}

base::Status StoredOutbox::add(const std::vector<Delivery>& deliveries) {
  for (int attempt = 1;; ++attempt) {
    TRY(journal::StateBatch state, writes_for(deliveries));
    base::Status done =
        log_.transact([&](journal::AppendTransaction& transaction) { return transaction.write(state); });
    bool raced = !done && done.error().code == ErrorCode::conflict && attempt < kAddAttempts;
    if (!raced) return done;
  }
}

base::Result<std::vector<ClaimedDelivery>> StoredOutbox::claim(std::size_t limit, base::Milliseconds lease) {
  TRY(std::vector<Task> tasks, queue_.claim(kDeliveryQueue, "courier", limit, lease));
  std::vector<ClaimedDelivery> out;
  for (const Task& task : tasks) {
    TRY(std::optional<Delivery> delivery, get(task.id));
    // Recorded as delivered, and then the courier died before it took the task away.
    if (!delivery || delivery->status == DeliveryStatus::delivered) {
      TRY_VOID(queue_.complete(task));
      continue;
    }
    out.push_back({std::move(*delivery), task.claim});
  }
  return out;
}

base::Status StoredOutbox::keep(const Delivery& delivery) {
  TRY([[maybe_unused]] std::uint64_t version, documents_.put(document_of(delivery, std::nullopt)));
  return {};
}

base::Status StoredOutbox::record(const ClaimedDelivery& claimed) {
  const Delivery& delivery = claimed.delivery;
  TRY_VOID(keep(delivery));
  Task task = task_of(claimed);
  if (delivery.status == DeliveryStatus::delivered) return queue_.complete(task);
  if (delivery.status == DeliveryStatus::failed) return queue_.give_up(task, last_response(delivery));
  TRY(bool alive, queue_.retry(task, delivery.next_at, last_response(delivery)));
  if (alive) return {};
  Delivery dead = delivery;
  dead.status = DeliveryStatus::failed;
  return keep(dead);
}

base::Result<std::optional<Delivery>> StoredOutbox::get(const std::string& id) const {
  TRY(std::optional<Document> document, documents_.get(kDeliverySpace, id));
  if (!document) return std::optional<Delivery>();
  TRY(Delivery delivery, notify::delivery_from_json(document->body));
  return std::optional(std::move(delivery));
}

base::Result<std::vector<Delivery>> StoredOutbox::find(const std::string& index, const std::string& value) const {
  TRY(std::vector<Document> documents, find_all(documents_, kDeliverySpace, index, value));
  std::vector<Delivery> out;
  for (const Document& each : documents) {
    TRY(Delivery delivery, notify::delivery_from_json(each.body));
    out.push_back(std::move(delivery));
  }
  std::sort(out.begin(), out.end(),
            [](const Delivery& a, const Delivery& b) { return std::tie(a.created, a.id) < std::tie(b.created, b.id); });
  return out;
}

base::Result<std::vector<Delivery>> StoredOutbox::about(const std::string& subject) const {
  return find("about", subject);
}

base::Result<std::vector<Delivery>> StoredOutbox::with_status(DeliveryStatus status) const {
  return find("status", std::string(notify::to_string(status)));
}

}  // namespace setpoint::store
