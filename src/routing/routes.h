// Routes: which automations an event starts. Every automation's pattern, compiled; immutable once loaded.
//
//   Diagnostics diagnostics;
//   Routes routes = Routes::load(folders, diagnostics);   // content/automations/*.yaml; what does not compile is left out
//   TRY(auto matched, routes.match(event));
//
// Threads: const, any number. Errors of match(): the event cannot be read by a pattern (too large, too entangled).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/event.h"
#include "pattern/pattern.h"
#include "routing/automation.h"

namespace setpoint::routing {

class Routes {
 public:
  // `folders` are content roots; each may have automations/. A missing folder is no error.
  static Routes load(const std::vector<std::string>& folders, base::Diagnostics& diagnostics);
  void add(Automation automation, base::Diagnostics& diagnostics);

  base::Result<std::vector<const Automation*>> match(const model::Event& event) const;
  const Automation* find(std::string_view name) const;  // nullptr where there is none
  std::size_t size() const { return routes_.size(); }
  std::vector<const Automation*> all() const;

 private:
  struct Route {
    Automation automation;
    pattern::Pattern pattern;
  };
  std::vector<std::unique_ptr<const Route>> routes_;
};

}  // namespace setpoint::routing
