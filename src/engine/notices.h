// Notices: what happened is told to the people it concerns. Takes our own events from their queue, finds the owner,
// composes the message and puts it into the outbox; a courier delivers and every attempt is journalled.
//
//   Notices notices(parts, queue, outbox, routes, rules);
//   TRY_VOID(notices.compose());                 // queue -> outbox, durable
//   TRY(auto report, courier.run_once());        // outbox -> people
//
// Threads: any; tasks are claimed. A crash between outbox and queue composes the same delivery again under the same id.
#pragma once

#include "engine/parts.h"
#include "notify/compose.h"
#include "notify/notifier.h"
#include "notify/owner.h"
#include "routing/routes.h"
#include "store/work_queue.h"

namespace setpoint::engine {

struct NoticeRules {
  std::string mail_channel;  // the channel that reaches an owner's address; "" = owners cannot be reached by mail
  std::string security_hub_channel;  // takes outcomes back to Security Hub; "" = none
  std::string default_channel;       // told of every run, where an automation names none; "" = none
  std::vector<std::string> owner_tags{"Owner", "owner", "Contact", "contact"};
};

class Notices {
 public:
  Notices(Parts& parts, store::WorkQueue& queue, notify::Outbox& outbox, const routing::Routes& routes,
          NoticeRules rules)
      : parts_(parts), queue_(queue), outbox_(outbox), routes_(routes), rules_(std::move(rules)) {}

  // Returns how many deliveries were put into the outbox.
  base::Result<std::size_t> compose();

  // Tag, else creator as CloudTrail saw it, else the account's contact.
  notify::Owner owner_of(const model::ResourceKey& resource) const;

 private:
  base::Result<std::vector<notify::Delivery>> deliveries_for(const model::Event& event) const;
  base::Result<notify::Message> run_message(const model::Event& event) const;
  base::Result<notify::Message> containment_message(const model::Event& event) const;
  base::Result<notify::Message> declined_message(const model::Event& event) const;
  base::Result<notify::Message> approval_message(const model::Event& event) const;
  void address_outcome(const model::Event& event, const notify::Message& message,
                       std::vector<notify::Delivery>& out) const;
  void add_hub_note(const model::Event& event, const notify::Message& message,
                    std::vector<notify::Delivery>& out) const;
  void address_question(const model::Event& event, const notify::Message& message,
                        std::vector<notify::Delivery>& out) const;
  notify::Delivery delivery(const model::Event& event, const notify::Message& message, const std::string& channel,
                            const std::string& to, const std::string& because) const;
  std::string channel_for(const model::Event& event) const;
  std::string creator_of(const model::ResourceKey& resource) const;

  Parts& parts_;
  store::WorkQueue& queue_;
  notify::Outbox& outbox_;
  const routing::Routes& routes_;
  NoticeRules rules_;
};

// The journal's word on a delivery's outcome; for notify::Courier's observer.
void journal_delivery(journal::Journal& journal, const notify::Delivery& delivery);

}  // namespace setpoint::engine
