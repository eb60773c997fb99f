// A finding as text that people like to read: what, how urgent and why, who mends it.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"
#include "findings/priority.h"
#include "model/control.h"

namespace setpoint::engine {
class Engine;
}

namespace setpoint::cli {

// A finding with what a reader asks next: how urgent and why, and who mends it.
struct FindingView {
  model::Finding finding;
  findings::Priority priority = {};
  const model::Control* control = nullptr;  // nullptr where no control of ours has that name
};
FindingView view_of(engine::Engine& engine, model::Finding finding);  // as of the engine's clock

std::string show_finding(const FindingView& view, const Paint& paint);
std::string show_findings(const std::vector<FindingView>& views, const Paint& paint);
base::Json finding_json(const FindingView& view);

}  // namespace setpoint::cli
