// Walks a document: which step comes next, what its inputs become, what a failure or a cancellation leads to. One
// object for one execution. Private; see execution.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runbook/execution.h"
#include "runbook/interpolation.h"
#include "runbook/outcome.h"

namespace setpoint::runbook {

class Interpreter {
 public:
  Interpreter(const Document& document, const base::Json& parameters, const ExecutionContext& context, Host& host);

  ExecutionReport run();

  // For the actions that act on the interpreter itself.
  Outcome run_loop(const Step& step, const base::Json& inputs, const std::string& path);
  Outcome run_branch(const Step& step);
  Outcome update_variable(const Step& step, const base::Json& inputs);

 private:
  // How a list of steps was left.
  struct Leaving {
    enum class Kind { end, stop, jump };  // past its last step; the execution ends; to a step elsewhere
    Kind kind = Kind::end;
    std::string target;
    bool failed = false;  // stopped by a step's failure
  };
  struct LoopFrame {
    std::string name;
    std::string path;
    std::int64_t iteration = 0;
    base::Json value;
  };

  Leaving sequence(const std::vector<Step>& steps, const std::string& prefix);
  Leaving after(const Step& step, const Outcome& outcome);
  Leaving after_failure(const Step& step, const Outcome& outcome);
  Leaving after_cancel(const Step& step);

  Outcome visit(const Step& step, const std::string& prefix);
  std::size_t open_record(const Step& step, const std::string& path);
  Outcome attempt_all(const Step& step, CallSite& site, std::size_t record);
  Outcome attempt(const Step& step, const base::Json& inputs, CallSite& site);
  Outcome left_early(const Leaving& left) const;
  void note_failure(const Step& step, const Outcome& outcome);
  Outcome start(const Step& step, CallSite& site, std::size_t record);
  Outcome perform(const Step& step, const base::Json& inputs, CallSite& site);
  void close_record(const Step& step, const CallSite& site, std::size_t record, Outcome& outcome);
  void take_outputs(const Step& step, Outcome& outcome);

  base::Result<base::Json> lookup(const Reference& reference);
  base::Result<base::Json> lookup_output(const Reference& reference);
  // As lookup, with null for a declared output that was not written.
  base::Result<base::Json> lookup_leniently(const Reference& reference);
  // An output that is not there stays as it is written.
  base::Result<base::Json> lookup_literally(const Reference& reference);
  base::Result<base::Json> resolved_inputs(const Step& step);
  base::Result<std::int64_t> timeout_of(const Step& step);
  Outcome iterate(const Step& step, std::size_t frame, const base::Json& iterators, std::int64_t iterations_max);
  base::Status grow(std::size_t bytes);

  void conclude(ExecutionReport& report);
  base::Json document_outputs();

  const Document& document_;
  const base::Json& parameters_;
  const ExecutionContext& context_;
  Host& host_;
  Lookup lookup_;
  Lookup lenient_lookup_;
  Lookup literal_lookup_;

  std::vector<StepRecord> records_;
  std::map<std::string, base::Json> outputs_;  // step -> {output: value}
  base::Json variables_ = base::Json::object();
  std::map<std::string, std::size_t> visits_;  // path without its count
  std::vector<LoopFrame> loops_;
  std::size_t visited_ = 0;
  std::size_t bytes_ = 0;
  bool suspended_ = false;
  bool cancelled_ = false;
  bool completed_ = false;
  std::optional<ExecutionStatus> failed_;
  std::string failure_message_;
};

}  // namespace setpoint::runbook
