// `setpoint run`, carried out: documents read and checked, rehearsed on a copy of what the last scan saw, asked for,
// and run by response/executor.h. An error means that nothing began.
#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "cli/run_inputs.h"
#include "cli/run_rehearsal.h"
#include "engine/parts.h"

namespace setpoint::cli {

struct RunArguments {
  std::string document;
  std::string resume;  // an execution's id
  std::string parameters;
  FleetArguments fleet;
  std::string session_policy;
  std::string mode = "Auto";
  bool assume_role = true;
  bool no_rehearsal = false;
  bool rehearse = false;
};

class DirectRun {
 public:
  DirectRun(Context& context, engine::Engine& engine, const RunArguments& arguments)
      : context_(context), engine_(engine), arguments_(arguments) {}

  base::Status run();
  bool began() const { return began_; }

 private:
  base::Status go_on();
  base::Status begin();
  base::Result<const engine::AccountAccess*> account() const;
  runbook::ExecutionContext context_of(const engine::AccountAccess& access) const;
  base::Result<base::Json> bind(const NamedDocument& named, const base::Json& given, cloud::Observer& observer) const;
  base::Status check_members(const NamedDocument& named, const base::Json& given, cloud::Observer& observer) const;
  base::Status check_session_policy(const NamedDocument& named, const base::Json& parameters) const;

  base::Result<std::vector<model::Resource>> known_resources() const;
  base::Status rehearse(const NamedDocument& named, const base::Json& parameters, cloud::Observer& observer);
  base::Status conclude_rehearsal(const NamedDocument& named, const RehearsalResult& result);
  base::Status cannot_rehearse(const NamedDocument& named, std::string why, std::string remedy);
  base::Result<std::vector<response::FleetMember>> members(const NamedDocument& named, const base::Json& given) const;
  base::Status ask(const NamedDocument& named) const;
  base::Status carry_out(const NamedDocument& named, const base::Json& parameters);
  base::Status report(const std::string& id, bool halted, const std::string& message);

  Context& context_;
  engine::Engine& engine_;
  const RunArguments& arguments_;
  runbook::ExecutionContext execution_;
  std::string home_account_;
  response::FleetRequest fleet_;
  base::Json session_policy_;
  std::optional<std::string> unrehearsed_;  // why
  bool began_ = false;
};

}  // namespace setpoint::cli
