#include "engine/notices.h"

#include "engine/creators.h"
#include "engine/events.h"
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

// Of all that happens, people are told of what was done; findings reach them through automations.
bool concerns_people(const Event& event) { return event.source == "setpoint" && event.detail_type == "Run Ended"; }

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
  if (!concerns_people(event)) return out;
  TRY(Message message, run_message(event));
  address(event, message, out);
  return out;
}

base::Result<Message> Notices::run_message(const Event& event) const {
  TRY(model::Plan plan, response::load_plan(parts_.records, string_member(event.detail, "plan")));
  TRY(model::RunStatus status, model::parse_run_status(string_member(event.detail, "status")));
  std::vector<std::string> ids{plan.finding};
  TRY(auto found, parts_.finding_store.get(ids));
  notify::PlanStory story{found.empty() ? nullptr : &found.front(), &plan, nullptr};
  return notify::run_ended(story, status, string_member(event.detail, "run"), string_member(event.detail, "message"));
}

void Notices::address(const Event& event, const Message& message, std::vector<Delivery>& out) const {
  std::string run = string_member(event.detail, "run");
  std::string occasion = "run-ended/" + run + "/" + string_member(event.detail, "status");
  auto add = [&](const std::string& channel, const std::string& to, const std::string& because) {
    Delivery delivery = notify::new_delivery(occasion, channel, to, message, parts_.clock.now());
    delivery.about = run;
    delivery.because = because;
    out.push_back(std::move(delivery));
  };
  if (auto key = model::parse_resource_key(event.resources.empty() ? "" : event.resources.front());
      key && !rules_.mail_channel.empty()) {
    notify::Owner owner = owner_of(*key);
    if (owner.known()) add(rules_.mail_channel, owner.address, owner.because);
  }
  if (std::string channel = channel_for(event); !channel.empty()) add(channel, "", "channel of the automation");
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
