// What is said: messages that people like to read, of what happened. Pure functions; the same input gives the same
// words.
//
//   Message message = finding_opened(finding);
//   Message message = approval_wanted({.finding = &finding, .plan = &plan, .decision = &decision});
//   Message message = run_ended({.finding = &finding, .plan = &plan}, RunStatus::effective, run_id, "");
//
// The text comes in the order in which a reader asks: what is wrong, on what, how do you know, what will be (or was)
// done to it, can it be undone, what do you want of me. The JSON carries the whole thing for machines. Long lists are
// cut after kListedItemsMax items and say how many more there are.
#pragma once

#include <string>

#include "model/decision.h"
#include "model/event.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "notify/delivery.h"

namespace setpoint::notify {

// Pointers are not owned; finding and decision may be null where there is none.
struct PlanStory {
  const model::Finding* finding = nullptr;
  const model::Plan* plan = nullptr;
  const model::Decision* decision = nullptr;
};

Message finding_opened(const model::Finding& finding);
Message finding_resolved(const model::Finding& finding);
Message approval_wanted(const PlanStory& story);
// `note` is the run's own sentence: the cloud's error, what was read back.
Message run_ended(const PlanStory& story, model::RunStatus status, const std::string& run_id, const std::string& note);
// "Containment Expired": what holds longer than it was to, and the plan that takes it back, or why there is none.
Message containment_expired(const PlanStory& story, const model::Event& event);
// An automation that did nothing where it was to do something, and why. The finding may be null.
Message automation_declined(const model::Finding* finding, const std::string& automation, const std::string& why);
// Anything else that is an Event of ours.
Message about_event(const model::Event& event);
// An escalation of an earlier message: nobody has taken it for so long.
Message escalated(const Message& earlier, base::Milliseconds waited);

}  // namespace setpoint::notify
