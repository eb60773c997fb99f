// The outbox of notify/ on the documents and the work queue: a delivery is a document of the space "deliveries", found
// by what it is about and by its status; that it is due is a task of the queue "deliveries".
//
//   StoredOutbox outbox(database->log(), database->documents(), database->queue());
//   TRY(journal::StateBatch state, outbox.writes_for({delivery}));
//   TRY(auto refs, journal.append({.entries = {told}, .state = std::move(state)}));   // the record and the message, or
//   neither
//
// A delivery that failed for good stays a document and a dead task; WorkQueue::revive("deliveries", id) sends it again.
// Ownership: the three ports outlive it; they must be of one database. Threads: thread-safe.
#pragma once

#include "journal/append_log.h"
#include "notify/notifier.h"
#include "store/document_store.h"
#include "store/work_queue.h"

namespace setpoint::store {

inline constexpr char kDeliverySpace[] = "deliveries";  // indices "about", "status"
inline constexpr char kDeliveryQueue[] = "deliveries";

class StoredOutbox final : public notify::Outbox {
 public:
  StoredOutbox(journal::AppendLog& log, DocumentStore& documents, WorkQueue& queue)
      : log_(log), documents_(documents), queue_(queue) {}

  // What makes these deliveries due, without those that are there already. Conflict on commit: another added one of
  // them meanwhile; ask again.
  base::Result<journal::StateBatch> writes_for(const std::vector<notify::Delivery>& deliveries) const;

  base::Status add(const std::vector<notify::Delivery>& deliveries) override;
  base::Result<std::vector<notify::ClaimedDelivery>> claim(std::size_t limit, base::Milliseconds lease) override;
  base::Status record(const notify::ClaimedDelivery& claimed) override;
  base::Result<std::optional<notify::Delivery>> get(const std::string& id) const override;
  base::Result<std::vector<notify::Delivery>> about(const std::string& subject) const override;
  base::Result<std::vector<notify::Delivery>> with_status(notify::DeliveryStatus status) const;

 private:
  base::Result<std::vector<notify::Delivery>> find(const std::string& index, const std::string& value) const;
  base::Status keep(const notify::Delivery& delivery);

  journal::AppendLog& log_;
  DocumentStore& documents_;
  WorkQueue& queue_;
};

}  // namespace setpoint::store
