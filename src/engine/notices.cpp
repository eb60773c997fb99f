#include "engine/notices.h"

#include "engine/creators.h"
#include "engine/events.h"
#include "findings/security_hub.h"
#include "response/run.h"

namespace setpoint::engine {

using base::string_member;
using model::Event;
using notify::Delivery;
using notify::Message;

namespace {

constexpr base::Milliseconds kLease{60'000};
constexpr std::size_t kTasksAtOnce = 64;
constexpr char kWorker[] = "notices";

// Of all that happens, people are told of what was done and of what waits for them; findings reach them through
// automations.
bool is_ours(const Event& event, std::string_view detail_type) {
  return event.source == "setpoint" && event.detail_type == detail_type;
}

constexpr char kAskingAutomation[] = "owner of the automation";

}  // namespace

base::Result<std::size_t> Notices::compose() {
  std::size_t composed = 0;
  while (true) {
    TRY(std::vector<store::Task> tasks, queue_.claim(kNoticeQueue, kWorker, kTasksAtOnce, kLease));
    if (tasks.empty()) return composed;
    for (const store::Task& task : tasks) {
      auto event = model::event_from_envelope(task.payload);
      auto deliveries = event ? deliveries_for(*event) : base::Result<std::vector<Delivery>>(base::fail(event.error()));
      base::Status added = deliveries ? outbox_.add(*deliveries) : base::Status(base::fail(deliveries.error()));
      if (!added) {
        TRY(bool alive, queue_.retry(task, parts_.clock.now() + base::Milliseconds(30'000), added.error().text()));
        (void)alive;
        continue;
      }
      composed += deliveries->size();
      TRY_VOID(queue_.complete(task));
    }
  }
}

base::Result<std::vector<Delivery>> Notices::deliveries_for(const Event& event) const {
  std::vector<Delivery> out;
  if (is_ours(event, "Run Ended")) {
    TRY(Message message, run_message(event));
    address_outcome(event, message, out);
  } else if (is_ours(event, "Containment Expired")) {
    TRY(Message message, containment_message(event));
    address_outcome(event, message, out);
  } else if (is_ours(event, "Approval Wanted")) {
    TRY(Message message, approval_message(event));
    address_question(event, message, out);
  } else if (is_ours(event, "Approval Escalated")) {
    TRY(Message question, approval_message(event));
    base::Milliseconds waited(base::member(event.detail, "waited_ms").get<std::int64_t>());
    Message message = notify::escalated(question, waited);
    out.push_back(delivery(event, message, string_member(event.detail, "to"), "", "escalation of the automation"));
  }
  if (is_ours(event, "Automation Declined")) {
    TRY(Message message, declined_message(event));
    address_question(event, message, out);
  }
  return out;
}

base::Result<Message> Notices::declined_message(const Event& event) const {
  std::vector<std::string> ids{string_member(event.detail, "finding")};
  TRY(auto found, parts_.finding_store.get(ids));
  return notify::automation_declined(found.empty() ? nullptr : &found.front(),
                                     string_member(event.detail, "automation"), string_member(event.detail, "why"));
}

Delivery Notices::delivery(const Event& event, const Message& message, const std::string& channel,
                           const std::string& to, const std::string& because) const {
  Delivery out = notify::new_delivery(journal_kind(event) + "/" + event.id, channel, to, message, parts_.clock.now());
  std::string run = string_member(event.detail, "run");
  out.about = run.empty() ? string_member(event.detail, "plan") : run;
  out.because = because;
  return out;
}

base::Result<Message> Notices::approval_message(const Event& event) const {
  TRY(model::Plan plan, response::load_plan(parts_.records, string_member(event.detail, "plan")));
  std::vector<std::string> ids{plan.finding};
  TRY(auto found, parts_.finding_store.get(ids));
  auto decision = model::decision_from_json(base::member(event.detail, "decision"));
  return notify::approval_wanted({found.empty() ? nullptr : &found.front(), &plan, decision ? &*decision : nullptr});
}

base::Result<Message> Notices::containment_message(const Event& event) const {
  std::string plan_id = string_member(event.detail, "plan");
  if (plan_id.empty()) return notify::containment_expired({}, event);
  TRY(model::Plan plan, response::load_plan(parts_.records, plan_id));
  auto decision = model::decision_from_json(base::member(event.detail, "decision"));
  return notify::containment_expired({nullptr, &plan, decision ? &*decision : nullptr}, event);
}

base::Result<Message> Notices::run_message(const Event& event) const {
  TRY(model::Plan plan, response::load_plan(parts_.records, string_member(event.detail, "plan")));
  TRY(model::RunStatus status, model::parse_run_status(string_member(event.detail, "status")));
  std::vector<std::string> ids{string_member(event.detail, "finding")};
  TRY(auto found, parts_.finding_store.get(ids));
  notify::PlanStory story{found.empty() ? nullptr : &found.front(), &plan, nullptr};
  return notify::run_ended(story, status, string_member(event.detail, "run"), string_member(event.detail, "message"));
}

void Notices::address_outcome(const Event& event, const Message& message, std::vector<Delivery>& out) const {
  if (auto key = model::parse_resource_key(event.resources.empty() ? "" : event.resources.front());
      key && !rules_.mail_channel.empty()) {
    notify::Owner owner = owner_of(*key);
    if (owner.known()) out.push_back(delivery(event, message, rules_.mail_channel, owner.address, owner.because));
  }
  if (std::string channel = channel_for(event); !channel.empty())
    out.push_back(delivery(event, message, channel, "", "channel of the automation"));
  add_hub_note(event, message, out);
}

// The product that reported the finding learns what became of it.
void Notices::add_hub_note(const Event& event, const Message& message, std::vector<Delivery>& out) const {
  if (rules_.security_hub_channel.empty()) return;
  auto finding = model::finding_from_json(base::member(message.json, "finding"));
  auto status = model::parse_run_status(string_member(event.detail, "status"));
  if (!finding || !status || !findings::outcome_update(*finding, {*status, "", ""})) return;
  out.push_back(delivery(event, message, rules_.security_hub_channel, event.account + "/" + event.region,
                         "Security Hub reported it"));
}

// Who answers for the automation is asked; the resource's owner hears of what was done.
void Notices::address_question(const Event& event, const Message& message, std::vector<Delivery>& out) const {
  const routing::Automation* automation = routes_.find(string_member(event.detail, "automation"));
  if (automation != nullptr && automation->notify_owner && !automation->owner.empty() && !rules_.mail_channel.empty())
    out.push_back(delivery(event, message, rules_.mail_channel, automation->owner, kAskingAutomation));
  if (std::string channel = channel_for(event); !channel.empty())
    out.push_back(delivery(event, message, channel, "", "channel of the automation"));
}

std::string Notices::channel_for(const Event& event) const {
  const routing::Automation* automation = routes_.find(string_member(event.detail, "automation"));
  return automation != nullptr && !automation->notify_channel.empty() ? automation->notify_channel
                                                                      : rules_.default_channel;
}

// What CloudTrail told of the resource's making; kept by the importer under the resource's key.
std::string Notices::creator_of(const model::ResourceKey& resource) const {
  auto stored = parts_.records.get(kCreatorSpace, resource.text());
  return stored && *stored ? string_member((*stored)->body, "creator") : std::string();
}

notify::Owner Notices::owner_of(const model::ResourceKey& resource) const {
  notify::OwnerFacts facts;
  facts.tag_keys = rules_.owner_tags;
  if (auto known = parts_.resources.latest(resource); known && *known) facts.tags = (*known)->tags;
  facts.creator = creator_of(resource);
  if (auto access = parts_.account(resource.account)) facts.account_contact = (*access)->contact;
  return notify::resolve_owner(facts);
}

void journal_delivery(journal::Journal& journal, const Delivery& delivery) {
  base::Json body = {{"delivery", delivery.id},
                     {"channel", delivery.channel},
                     {"to", delivery.to},
                     {"because", delivery.because},
                     {"status", notify::to_string(delivery.status)},
                     {"attempt", delivery.attempt_count}};
  if (!delivery.attempts.empty()) body["response"] = delivery.attempts.back().response;
  std::string kind =
      delivery.status == notify::DeliveryStatus::delivered ? "notification.delivered" : "notification.attempted";
  // The outbox holds the outcome; a journal that cannot be written will say so at the next append.
  (void)journal.append(kind, "setpoint", delivery.about, std::move(body));
}

}  // namespace setpoint::engine
