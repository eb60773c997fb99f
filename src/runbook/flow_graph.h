// Which step may follow which: what lint and the checks of references know of a document's flow. Private to this folder.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runbook/document.h"

namespace setpoint::runbook {

class FlowGraph {
 public:
  explicit FlowGraph(const std::vector<Step>& steps);

  // Steps on some way from the first one: successes, failures and cancellations.
  const std::set<const Step*>& reached() const { return reached_; }
  // Whether some way leads on from `from` to `to`, or back to itself.
  bool leads(const Step* from, const Step* to) const;
  // Whether successes alone can lead from the step to the document's end.
  bool can_end(const Step* step) const { return ending_.contains(step); }
  // The loops around a step, the innermost last.
  const std::vector<const Step*>& loops_around(const Step* step) const;

 private:
  void index(const std::vector<Step>& steps, std::vector<const Step*> loops);
  void connect(const std::vector<Step>& steps, const Step* after_last, const Step* loop);
  void connect_success(const Step& step, const Step* next, bool at_end);
  void connect_mishaps(const Step& step, const Step* next);
  void jump(const Step& from, const std::string& name, bool success);
  std::set<const Step*> spread(const Step* from) const;
  void find_endings();

  std::map<std::string, const Step*, std::less<>> by_name_;
  std::map<const Step*, std::set<const Step*>> success_;
  std::map<const Step*, std::set<const Step*>> any_;
  std::map<const Step*, std::vector<const Step*>> loops_;
  std::set<const Step*> ends_;  // may end the document by success
  std::set<const Step*> reached_, ending_;
};

}  // namespace setpoint::runbook
