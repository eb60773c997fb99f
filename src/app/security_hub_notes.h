// The channel `security_hub: true`: outcomes go back to the findings in Security Hub that they concern, as a note and a
// workflow status. A Notifier like mail and webhook, so an outcome is delivered from the durable outbox, retried, and
// journalled. It sends one operation, BatchUpdateFindings, of records about resources; it cannot change a resource.
//
// Delivery::to is "account/region" of the finding; the message's JSON carries finding, status, run and note.
// Threads: as the client. Errors: the client's; not_found where the account is not connected; refused with Security
// Hub's words where it did not take the update.
#pragma once

#include <functional>

#include "cloud/aws/client.h"
#include "notify/notifier.h"

namespace setpoint::app {

// nullptr where the account is not connected.
using ClientOfAccount = std::function<cloud::aws::Client*(const std::string& account)>;

class SecurityHubNotes final : public notify::Notifier {
 public:
  explicit SecurityHubNotes(ClientOfAccount clients) : clients_(std::move(clients)) {}
  base::Result<notify::Receipt> deliver(const notify::Delivery& delivery, base::Timestamp now) override;

 private:
  ClientOfAccount clients_;
};

}  // namespace setpoint::app
