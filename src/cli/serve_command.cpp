// serve: the loop continuously. Polls the accounts, takes in what is posted, acts per automations, delivers notices.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/stop_on_signal.h"
#include "engine/engine.h"
#include "server/api.h"

namespace setpoint::cli {

using engine::Engine;

namespace {

struct Arguments {
  std::string listen = "127.0.0.1:8470";
  std::string token_env = "SETPOINT_TOKEN";
  std::int64_t poll_seconds = 300;
};

void print_problem(const char* doing, const base::Status& status) {
  if (!status) std::cerr << "setpoint: " << doing << ": " << printable(status.error().text()) << "\n";
}

// Everything that is due now; what fails is said and tried again at the next turn.
void turn(Engine& engine, bool poll) {
  if (poll) {
    auto scanned = engine.scan({}, {});
    print_problem("scan", scanned ? base::Status() : base::Status(base::fail(scanned.error())));
  }
  auto acted = engine.act(64);
  print_problem("act", acted ? base::Status() : base::Status(base::fail(acted.error())));
  auto looked = engine.look_at_held();
  print_problem("held plans", looked ? base::Status() : base::Status(base::fail(looked.error())));
  auto ended = engine.look_at_containments();
  print_problem("containments", ended ? base::Status() : base::Status(base::fail(ended.error())));
  auto told = engine.settle();
  print_problem("notify", told ? base::Status() : base::Status(base::fail(told.error())));
}

void loop(Engine& engine, const Arguments& arguments, std::stop_token stop) {
  using std::chrono::steady_clock;
  auto next_poll = steady_clock::now();
  while (!stop.stop_requested()) {
    bool poll = steady_clock::now() >= next_poll;
    if (poll) next_poll = steady_clock::now() + std::chrono::seconds(arguments.poll_seconds);
    turn(engine, poll);
    for (int i = 0; i < 10 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

base::Status serve(Engine& engine, const Arguments& arguments) {
  TRY(auto recovered, engine.remediation().recover());
  if (!recovered.empty()) std::cerr << recovered.size() << " interrupted runs were taken up\n";
  std::size_t colon = arguments.listen.rfind(':');
  if (colon == std::string::npos)
    return base::fail(base::ErrorCode::invalid_input, "--listen wants ADDRESS:PORT, not '{}'", arguments.listen);
  cloud::HttpServerOptions options;
  options.host = arguments.listen.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::strtoul(arguments.listen.c_str() + colon + 1, nullptr, 10));
  const char* token = std::getenv(arguments.token_env.c_str());
  server::Api api(engine, token == nullptr ? "" : token);
  TRY(auto http,
      cloud::HttpServer::listen([&](const cloud::HttpRequest& request) { return api.handle(request); }, options));
  StopOnSignal stop(*http);
  std::cout << "listening on http://" << options.host << ":" << http->port() << "\n" << std::flush;
  std::jthread worker([&](std::stop_token token_of_worker) { loop(engine, arguments, token_of_worker); });
  http->run();
  return {};
}

}  // namespace

void add_serve_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("serve", "The loop continuously: poll, take in over HTTP, act per automations");
  command->add_option("--listen", arguments->listen, "address and port; port 0 takes a free one");
  command->add_option("--poll", arguments->poll_seconds, "seconds between scans of the connected accounts")
      ->check(CLI::Range(1, 86'400));
  command->add_option("--token-env", arguments->token_env, "the variable with the bearer token that posts must carry");
  command->footer(
      "Examples\n  setpoint serve --poll 60\n  curl -sS --data-binary @finding.json "
      "http://127.0.0.1:8470/v1/ingest\n\nSIGINT and SIGTERM end it when what runs is done.");
  command->callback([&context, arguments] {
    // Before the engine starts threads of its own: they must not take the signals.
    (void)StopOnSignal::block();
    context.with_engine([&](Engine& engine) { return serve(engine, *arguments); });
  });
}

}  // namespace setpoint::cli
