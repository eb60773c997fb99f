#include "cli/twin_command.h"

#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "base/file.h"
#include "cli/exit_code.h"
#include "cli/stop_on_signal.h"
#include "cloud/aws/model_catalog.h"
#include "cloud/http_server.h"
#include "intake/intake.h"
#include "twin/cloud.h"
#include "twin/durable_state.h"
#include "twin/inventory.h"
#include "twin/seed.h"
#include "twin/wire.h"

namespace setpoint::cli {

namespace {

struct TwinArguments {
  std::uint16_t port = 4566;
  std::string host = "127.0.0.1";
  std::string seed;
  std::string state;
  bool verify_signatures = false;
  bool enforce_iam = false;
  std::vector<std::string> faults;
};

std::string_view without_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

// Configuration items in any of the forms that intake reads: a snapshot, a history file, NDJSON, gzip or not. An
// authored seed has one member, "accounts"; written as JSON it begins with that.
bool holds_items(std::string_view text) {
  if (text.starts_with("\x1f\x8b")) return true;
  text = without_space(text);
  if (text.starts_with('[')) return true;
  if (!text.starts_with('{')) return false;
  text.remove_prefix(1);
  return !without_space(text).starts_with("\"accounts\"");
}

base::Result<twin::Seed> seed_from_items(const std::string& path, const std::string& text) {
  TRY(intake::Batch batch, intake::Intake().read(text, path));
  for (const intake::Refused& refused : batch.refused)
    std::fprintf(stderr, "%s: left out: %s\n", refused.where.c_str(), refused.why.c_str());
  if (batch.stopped) return base::fail(*batch.stopped);
  twin::Loaded loaded = twin::load(batch.resources);
  for (const twin::LeftOut& left : loaded.left_out)
    std::fprintf(stderr, "%s: left out: %s\n", left.key.text().c_str(), left.why.c_str());
  std::vector<std::string> accounts = loaded.state.accounts();
  if (accounts.empty())
    return base::fail({base::ErrorCode::invalid_input,
                       "holds no configuration item that the twin can take",
                       path,
                       "docs/twin.md says what a seed is",
                       {}});
  return twin::Seed{std::move(loaded.state), accounts.front()};
}

base::Result<twin::Seed> read_seed(const std::string& path) {
  if (path.empty()) return twin::Seed{twin::State(), "000000000000"};
  TRY(std::string text, base::read_file(path));
  if (holds_items(text)) return seed_from_items(path, text);
  base::Diagnostics diagnostics;
  std::optional<twin::Seed> seed = twin::parse_seed({path, text}, diagnostics);
  std::fputs(diagnostics.render().c_str(), stderr);
  if (!seed) return base::fail(base::ErrorCode::invalid_input, "the seed {} has mistakes", path);
  return std::move(*seed);
}

base::Status serve(twin::Wire& wire, const TwinArguments& arguments) {
  StopOnSignal::block();  // before any thread starts: they inherit it
  TRY(std::unique_ptr<cloud::HttpServer> server,
      cloud::HttpServer::listen(
          [&](const cloud::HttpRequest& request) { return wire.handle(request); },
          {.host = arguments.host, .port = arguments.port, .refusal = [&](int status, const cloud::HttpRequest& head) {
             return wire.refuse(status, head);
           }}));
  StopOnSignal stop(*server);
  std::printf("listening on http://%s:%u\n", arguments.host.c_str(), static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  server->run();
  return {};
}

base::Result<std::shared_ptr<cloud::aws::ModelCatalog>> open_models() {
  const char* from_environment = std::getenv("SETPOINT_AWS_MODELS");
  return cloud::aws::ModelCatalog::open_default(
      {.path = {}, .from_environment = from_environment ? from_environment : "", .program = {}});
}

base::Status run(const TwinArguments& arguments) {
  TRY(auto catalog, open_models());
  TRY(twin::Seed seed, read_seed(arguments.seed));
  std::optional<twin::DurableState> store;
  if (!arguments.state.empty()) {
    TRY(twin::DurableState opened, twin::DurableState::open(arguments.state));
    store.emplace(std::move(opened));
  }
  base::SystemClock clock;
  bool stored = store && !store->fresh();
  twin::Cloud cloud(stored ? store->state() : seed.state, clock,
                    {.enforce_iam = arguments.enforce_iam, .default_account = seed.default_account});
  if (store) {
    if (!stored) TRY_VOID(store->record(twin::State(), seed.state));
    cloud.on_commit([&](const twin::State& before, const twin::State& after) { return store->record(before, after); });
  }
  for (const std::string& text : arguments.faults) {
    TRY(twin::Fault fault, twin::parse_fault(text));
    cloud.faults().add(std::move(fault));
  }
  twin::Wire wire(cloud, *catalog, {.verify_signatures = arguments.verify_signatures});
  return serve(wire, arguments);
}

}  // namespace

void add_twin_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TwinArguments>();
  CLI::App* command = app.add_subcommand("twin", "Serve a simulated cloud that AWS clients take for AWS");
  command->add_option("--port", arguments->port, "Port to listen on; 0 takes a free one")->capture_default_str();
  command->add_option("--host", arguments->host, "Address to listen on")->capture_default_str();
  command->add_option(
      "--seed", arguments->seed,
      "What the cloud holds at first: a seed (docs/twin.md), or AWS Config items or a snapshot of them");
  command->add_option("--state", arguments->state,
                      "Folder that keeps the cloud's state; a seed counts only for a new one");
  command->add_flag("--verify-signatures", arguments->verify_signatures,
                    "Refuse requests of which the SigV4 signature is wrong");
  command->add_flag("--enforce-iam", arguments->enforce_iam, "Evaluate IAM policies before each call");
  command->add_option("--fault", arguments->faults,
                      "SERVICE:OPERATION=KIND[(ARGUMENT)][*COUNT][@SKIP]; may be given more than once");
  command->callback([arguments, &exit_code] {
    base::Status done = run(*arguments);
    if (!done) std::fprintf(stderr, "setpoint twin: %s\n", done.error().text().c_str());
    exit_code = done ? kOk : exit_code_of(done.error());
  });
}

}  // namespace setpoint::cli
