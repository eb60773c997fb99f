#include "runbook/flow_graph.h"

#include <nlohmann/json.hpp>

#include "runbook/values.h"

namespace setpoint::runbook {

FlowGraph::FlowGraph(const std::vector<Step>& steps) {
  index(steps, {});
  connect(steps, nullptr, nullptr);
  if (!steps.empty()) {
    reached_ = spread(&steps.front());
    reached_.insert(&steps.front());
  }
  find_endings();
}

void FlowGraph::index(const std::vector<Step>& steps, std::vector<const Step*> loops) {
  for (const Step& step : steps) {
    by_name_.emplace(step.name, &step);
    loops_[&step] = loops;
    if (step.body.empty()) continue;
    loops.push_back(&step);
    index(step.body, loops);
    loops.pop_back();
  }
}

// `after_last` follows the list; a loop's body is followed by its own first step and by what follows the loop.
void FlowGraph::connect(const std::vector<Step>& steps, const Step* after_last, const Step* loop) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    bool last = i + 1 == steps.size();
    const Step* next = last ? after_last : &steps[i + 1];
    connect_success(step, next, last && loop == nullptr);
    connect_mishaps(step, next);
    if (last && loop != nullptr) {
      success_[&step].insert(&steps.front());
      any_[&step].insert(&steps.front());
      if (after_last == nullptr) ends_.insert(&step);
    }
    if (step.body.empty()) continue;
    success_[&step].insert(&step.body.front());
    any_[&step].insert(&step.body.front());
    auto named = by_name_.find(step.next_step);
    connect(step.body, named == by_name_.end() ? next : named->second, &step);
  }
}

void FlowGraph::connect_success(const Step& step, const Step* next, bool at_end) {
  bool chosen = false;
  if (step.action == Action::branch) {
    for (const base::Json& choice : base::member(step.inputs, "Choices"))
      jump(step, text_form(base::member(choice, "NextStep")), true);
    std::string fallback = text_form(base::member(step.inputs, "Default"));
    chosen = !fallback.empty();
    if (chosen) jump(step, fallback, true);
  }
  if (chosen) return;
  if (step.is_end) {
    ends_.insert(&step);
  } else if (!step.next_step.empty()) {
    jump(step, step.next_step, true);
  } else if (next != nullptr) {
    success_[&step].insert(next);
    any_[&step].insert(next);
  } else if (at_end) {
    ends_.insert(&step);
  }
}

void FlowGraph::connect_mishaps(const Step& step, const Step* next) {
  if (step.on_failure.kind == Handler::Kind::step) jump(step, step.on_failure.step, false);
  if (step.on_cancel.kind == Handler::Kind::step) jump(step, step.on_cancel.step, false);
  if (step.on_failure.kind != Handler::Kind::proceed || step.is_end) return;
  if (!step.next_step.empty()) jump(step, step.next_step, false);
  if (step.next_step.empty() && next != nullptr) any_[&step].insert(next);
}

void FlowGraph::jump(const Step& from, const std::string& name, bool success) {
  auto target = by_name_.find(name);
  if (target == by_name_.end()) return;  // compile has refused it, or it is a reference
  any_[&from].insert(target->second);
  if (success) success_[&from].insert(target->second);
}

std::set<const Step*> FlowGraph::spread(const Step* from) const {
  std::set<const Step*> seen;
  std::vector<const Step*> open = {from};
  while (!open.empty()) {
    auto edges = any_.find(open.back());
    open.pop_back();
    if (edges == any_.end()) continue;
    for (const Step* to : edges->second) {
      if (seen.insert(to).second) open.push_back(to);
    }
  }
  return seen;
}

bool FlowGraph::leads(const Step* from, const Step* to) const { return spread(from).contains(to); }

// Backwards from the ends, until nothing is added.
void FlowGraph::find_endings() {
  ending_ = ends_;
  bool grown = true;
  while (grown) {
    grown = false;
    for (const auto& [from, targets] : success_) {
      bool ends = std::any_of(targets.begin(), targets.end(), [&](const Step* to) { return ending_.contains(to); });
      if (ends && ending_.insert(from).second) grown = true;
    }
  }
}

const std::vector<const Step*>& FlowGraph::loops_around(const Step* step) const { return loops_.at(step); }

}  // namespace setpoint::runbook
