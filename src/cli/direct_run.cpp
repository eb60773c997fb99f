#include "cli/direct_run.h"

#include <algorithm>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/run_view.h"
#include "cloud/aws/endpoint.h"
#include "cloud/aws/read_only.h"
#include "engine/engine.h"
#include "response/executor.h"
#include "response/program.h"
#include "response/targets.h"

namespace setpoint::cli {

using base::ErrorCode;
using base::Json;

namespace {

constexpr std::size_t kPageSize = 1'000;
constexpr char kUnnamedAccount[] = "000000000000";  // run_command.cpp

// Who we are there; an endpoint that cannot tell leaves what was given.
void ask_identity(const engine::AccountAccess& access, runbook::ExecutionContext& context) {
  auto told = access.client->call({context.account, context.region, "sts", "GetCallerIdentity", Json::object()});
  if (!told) return;
  context.executed_by = base::string_member(told->output, "Arn");
  std::string account = base::string_member(told->output, "Account");
  if (context.account == kUnnamedAccount && !account.empty()) context.account = account;
}

bool may_change(const runbook::Document& document) {
  std::vector<runbook::StaticCall> calls = runbook::api_calls(document);
  return std::any_of(calls.begin(), calls.end(), [](const runbook::StaticCall& call) {
    return call.dynamic || !cloud::aws::is_read_only(call.service, call.operation);
  });
}

int exit_code_of_execution(runbook::ExecutionStatus status) {
  using runbook::ExecutionStatus;
  bool good = status == ExecutionStatus::success || status == ExecutionStatus::completed_with_success;
  return good ? kOk : kNegative;
}

// What is known of the members before anybody is asked.
std::vector<Json> told_members(const response::FleetRequest& fleet) {
  std::vector<Json> out(fleet.target_maps.begin(), fleet.target_maps.end());
  for (const Json& target : fleet.targets) {
    if (base::string_member(target, "Key") != "ParameterValues") continue;
    for (const Json& value : base::member(target, "Values"))
      out.push_back({{fleet.target_parameter_name, Json::array({value})}});
  }
  return out;
}

response::DirectPorts direct_ports(engine::Parts& parts, response::ExecutionWatcher& watcher) {
  return {parts.journal,  parts.records, parts.clock,    *parts.identities, *parts.locks, parts.worlds,
          &parts.library, parts.scripts, parts.webhooks, &watcher,          parts.apis};
}

}  // namespace

base::Status DirectRun::run() { return arguments_.resume.empty() ? begin() : go_on(); }

base::Status DirectRun::go_on() {
  RunProgress progress(context_.options.json);
  response::Executor executor(direct_ports(engine_.parts(), progress));
  TRY(response::ExecutionEnd end, executor.resume(arguments_.resume));
  began_ = true;
  return report(end.id, end.halted, end.message);
}

base::Status DirectRun::begin() {
  TRY(NamedDocument named, read_document(engine_, arguments_.document));
  TRY(Json given, read_parameters(arguments_.parameters));
  TRY(fleet_, read_fleet(arguments_.fleet));
  TRY(session_policy_, read_value(arguments_.session_policy, "--session-policy"));
  TRY_VOID(response::check_fleet(named.document, fleet_));
  TRY(const engine::AccountAccess* access, account());
  home_account_ = access->account;
  execution_ = context_of(*access);
  if (fleet_.empty()) {
    TRY(given, bind(named, given, *access->observer));
    TRY_VOID(check_session_policy(named, given));
  } else {
    TRY_VOID(check_members(named, given, *access->observer));
  }
  if (!arguments_.no_rehearsal) TRY_VOID(rehearse(named, given, *access->observer));
  if (arguments_.rehearse) return {};
  TRY_VOID(ask(named));
  return carry_out(named, given);
}

base::Result<const engine::AccountAccess*> DirectRun::account() const {
  const GlobalOptions& options = context_.options;
  if (!options.account.empty()) return engine_.parts().account(options.account);
  if (engine_.parts().accounts.size() == 1) return &engine_.parts().accounts.front();
  return base::fail({ErrorCode::invalid_input, "several accounts are connected", {}, "choose one with --account", {}});
}

runbook::ExecutionContext DirectRun::context_of(const engine::AccountAccess& access) const {
  runbook::ExecutionContext out;
  out.execution_id = base::new_uuid(engine_.parts().random);
  out.account = access.account;
  out.region = access.regions.front();
  out.partition = std::string(to_string(cloud::aws::partition_of(out.region)));
  out.mode = arguments_.mode;
  ask_identity(access, out);
  return out;
}

base::Result<Json> DirectRun::bind(const NamedDocument& named, const Json& given, cloud::Observer& observer) const {
  TRY(response::Program program, response::bind_program(named.document, given, execution_, observer));
  return std::move(program.parameters);
}

// A target with a bad value fails by itself; where none has a good one, nothing begins.
base::Status DirectRun::check_members(const NamedDocument& named, const Json& given, cloud::Observer& observer) const {
  base::Status first;
  for (const Json& member : told_members(fleet_)) {
    Json parameters = given;
    parameters.update(member);
    auto bound = bind(named, parameters, observer);
    if (bound) return {};
    if (first) first = base::fail(std::move(bound).error());
  }
  return first;
}

base::Status DirectRun::check_session_policy(const NamedDocument& named, const Json& parameters) const {
  if (session_policy_.is_null()) return {};
  TRY(std::string role, runbook::resolve_assume_role(named.document, parameters, execution_));
  if (!role.empty() && arguments_.assume_role) return {};
  return base::fail({ErrorCode::invalid_input,
                     "a session policy needs a role that is assumed",
                     named.name,
                     "the document's assumeRole names none",
                     {}});
}

base::Result<std::vector<model::Resource>> DirectRun::known_resources() const {
  inventory::ResourceFilter filter;
  filter.account = execution_.account;
  std::vector<model::Resource> out;
  std::string after;
  do {
    TRY(auto page, engine_.parts().resources.list(filter, after, kPageSize));
    for (model::Resource& resource : page.resources) out.push_back(std::move(resource));
    after = page.next;
  } while (!after.empty());
  return out;
}

// Nothing seen is nothing to rehearse on: said, recorded, and no reason to stop.
base::Status DirectRun::cannot_rehearse(const NamedDocument& named, std::string why, std::string remedy) {
  unrehearsed_ = std::move(why);
  if (arguments_.rehearse)
    return base::fail({ErrorCode::not_found, "it cannot be rehearsed: " + *unrehearsed_, named.name, remedy, {}});
  std::cerr << fmt::format("setpoint: not rehearsed: {}; {}\n", *unrehearsed_, remedy);
  return {};
}

base::Result<std::vector<response::FleetMember>> DirectRun::members(const NamedDocument& named,
                                                                    const Json& given) const {
  response::ExecutionRecord record;
  record.parameters = given;
  record.context = execution_;
  record.fleet = fleet_;
  TRY(auto access, engine_.parts().identities->access(home_account_, execution_.region, {}, session_policy_));
  TRY(auto out, response::resolve_members(named.document, record, *access));
  if (!out.empty()) return out;
  return base::fail({ErrorCode::not_found, "there are no targets", named.name, "see --targets", {}});
}

base::Status DirectRun::rehearse(const NamedDocument& named, const Json& parameters, cloud::Observer& observer) {
  if (!fleet_.target_locations.empty())
    return cannot_rehearse(named, "it runs in other accounts or regions", "rehearse it in one of them");
  TRY(auto resources, known_resources());
  if (resources.empty())
    return cannot_rehearse(named, fmt::format("nothing is known of account {}", execution_.account),
                           "setpoint scan reads it");
  RunRehearsal rehearsal(engine_, named, execution_, observer);
  TRY_VOID(rehearsal.open(resources));
  if (fleet_.empty()) return conclude_rehearsal(named, rehearsal.run(parameters));
  TRY(auto targets, members(named, parameters));
  return conclude_rehearsal(named, rehearsal.run_members(parameters, targets));
}

// One bad target stops no other; where none of them is good, nothing begins.
base::Status DirectRun::conclude_rehearsal(const NamedDocument& named, const RehearsalResult& result) {
  std::string blind = fmt::format("{}", fmt::join(result.blind, ", "));
  if (!blind.empty()) std::cerr << "setpoint: the rehearsal cannot simulate " << printable(blind) << "\n";
  if (result.rehearsed < result.members)
    std::cerr << fmt::format("setpoint: {} of {} targets were rehearsed\n", result.rehearsed, result.members);
  if (arguments_.rehearse) {
    const Json& rendered = result.rendered;
    std::cout << (context_.options.json ? rendered.dump(2) + "\n" : execution_text(rendered, context_.paint));
    context_.exit_code = result.good() ? kOk : kBadInput;
    return {};
  }
  if (result.failed > 0 && !blind.empty()) {
    unrehearsed_ = "the rehearsal failed behind what it cannot simulate: " + blind;
    return {};
  }
  if (result.failed > 0 && result.failed < result.rehearsed)
    std::cerr << fmt::format("setpoint: the rehearsal failed for {} of {} targets: {}\n", result.failed,
                             result.rehearsed, printable(result.first_failure));
  if (result.failed < result.rehearsed) return {};
  return base::fail({ErrorCode::refused,
                     "the rehearsal failed: " + result.first_failure,
                     named.name,
                     "setpoint scan, if the account has changed; --no-rehearsal runs it all the same",
                     {}});
}

base::Status DirectRun::ask(const NamedDocument& named) const {
  if (context_.options.yes || !may_change(named.document)) return {};
  if (ask_yes_no(fmt::format("run {} in account {}, {}?", named.name, execution_.account, execution_.region), false))
    return {};
  return base::fail({ErrorCode::refused,
                     "the document may change things, and nobody said yes",
                     named.name,
                     "give --yes, or --rehearse to see what it would do",
                     {}});
}

base::Status DirectRun::carry_out(const NamedDocument& named, const Json& parameters) {
  if (arguments_.no_rehearsal) unrehearsed_ = "--no-rehearsal";
  RunProgress progress(context_.options.json);
  response::Executor executor(direct_ports(engine_.parts(), progress));
  response::ExecutionRequest request{
      execution_.execution_id,     named.document,    named.name,    named.folder, parameters, execution_, {}, fleet_,
      context_.options.identity(), named.containment, Json::object()};
  request.acting.home = home_account_;
  request.acting.session_policy = session_policy_;
  request.acting.assume_document_role = arguments_.assume_role;
  if (unrehearsed_) request.notes["unrehearsed"] = *unrehearsed_;
  if (!arguments_.assume_role) request.notes["role_not_assumed"] = true;
  TRY(response::ExecutionEnd end, executor.start(request));
  began_ = true;
  return report(end.id, end.halted, end.message);
}

base::Status DirectRun::report(const std::string& id, bool halted, const std::string& message) {
  if (halted)
    return base::fail({ErrorCode::unavailable, message, id, "setpoint run --resume " + id + " goes on with it", {}});
  TRY(Json rendered, response::rendered_execution(engine_.parts().records, id));
  std::cout << (context_.options.json ? rendered.dump(2) + "\n" : execution_text(rendered, context_.paint));
  TRY(auto status, runbook::parse_execution_status(base::string_member(base::member(rendered, "AutomationExecution"),
                                                                       "AutomationExecutionStatus")));
  context_.exit_code = exit_code_of_execution(status);
  return {};
}

}  // namespace setpoint::cli
