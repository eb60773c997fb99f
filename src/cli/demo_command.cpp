// demo: the whole loop on the built-in cloud, over the wire, in a folder of its own. What ./run runs.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/finding_view.h"
#include "cli/plan_view.h"
#include "cli/scan_view.h"
#include "cloud/aws/model_catalog.h"
#include "engine/engine.h"
#include "notify/loopback_servers.h"
#include "twin/seed.h"
#include "twin/wire.h"

namespace setpoint::cli {

namespace fs = std::filesystem;
using base::Json;
using engine::Engine;

namespace {

constexpr char kControl[] = "EC2.13";
constexpr char kGroupName[] = "web-frontend";

struct DemoArguments {
  std::string folder = ".setpoint/demo";
  std::string seed;
};

// The built-in cloud on a loopback port, for as long as it lives.
class DemoCloud {
 public:
  static base::Result<std::unique_ptr<DemoCloud>> start(const std::string& seed_path) {
    TRY(std::string text, base::read_file(seed_path));
    base::Diagnostics diagnostics;
    std::optional<twin::Seed> seed = twin::parse_seed({seed_path, text}, diagnostics);
    if (!seed) return base::fail(base::ErrorCode::invalid_input, "the seed has mistakes:\n{}", diagnostics.render());
    TRY(auto catalog, cloud::aws::ModelCatalog::open_default({}));
    auto out = std::unique_ptr<DemoCloud>(new DemoCloud(std::move(*seed), std::move(catalog)));
    TRY(out->server_,
        cloud::HttpServer::listen(
            [cloud = out.get()](const cloud::HttpRequest& request) { return cloud->wire_.handle(request); }, {}));
    out->thread_ = std::thread([cloud = out.get()] { cloud->server_->run(); });
    return out;
  }
  ~DemoCloud() {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  const std::string& account() const { return account_; }

 private:
  DemoCloud(twin::Seed seed, std::shared_ptr<cloud::aws::ModelCatalog> catalog)
      : account_(seed.default_account),
        catalog_(std::move(catalog)),
        cloud_(std::move(seed.state), clock_, {false, account_}),
        wire_(cloud_, *catalog_) {}

  std::string account_;
  base::SystemClock clock_;
  std::shared_ptr<cloud::aws::ModelCatalog> catalog_;
  twin::Cloud cloud_;
  twin::Wire wire_;
  std::unique_ptr<cloud::HttpServer> server_;
  std::thread thread_;
};

std::string demo_config(const DemoCloud& cloud, const std::string& webhook, const std::string& smtp) {
  return fmt::format(
      "home: home\n"
      "accounts:\n  - {{account: \"{}\", regions: [eu-west-1], endpoint: \"{}\", contact: "
      "cloud-security@example.org}}\n"
      "notify:\n  default_channel: sec-ops\n  channels:\n"
      "    mail: {{smtp: \"{}\", from: setpoint@example.org}}\n    sec-ops: {{webhook: \"{}\"}}\n",
      cloud.account(), cloud.url(), smtp, webhook);
}

class Demo {
 public:
  Demo(Context& context, Engine& engine) : context_(context), engine_(engine) {}

  base::Status discover() {
    TRY(engine::ScanSummary summary, engine_.scan({}, {}));
    out_["scan"] = scan_json(summary);
    say("1. Discover over the wire, evaluate, open findings", show_scan(summary, context_.paint));
    return {};
  }

  base::Result<model::Plan> rehearse() {
    TRY(model::Finding finding, chosen_finding());
    say("2. The finding", show_finding(view_of(engine_, finding), context_.paint));
    TRY(model::Plan plan, engine_.remediation().plan(finding.id, "user:ada", ""));
    out_["finding"] = finding.json();
    out_["plan"] = plan.json();
    say("3. Rehearsed on a simulated copy: the plan", show_plan(plan, context_.paint));
    TRY(model::Decision before, engine_.remediation().decide(plan));
    say("4. Oversight, before anybody said yes", show_decision(before, context_.paint));
    return plan;
  }

  base::Result<bool> ask(const model::Plan& plan) {
    bool yes = context_.options.yes || ask_yes_no("\nada asked for this plan; approve it as bob?", false);
    if (!yes) return false;
    TRY(model::Approval approval, engine_.oversight().approve(plan, "user:bob"));
    say("5. Approved", fmt::format("{} approved exactly {}; valid until {}\n", approval.approver, plan.id(),
                                   base::to_iso8601(approval.expires)));
    return true;
  }

  base::Status apply(const model::Plan& plan) {
    TRY(engine::Applied applied, engine_.remediation().apply(plan.id(), "user:ada"));
    if (!applied.run)
      return base::fail(base::ErrorCode::refused, "oversight held the plan: {}", applied.decision.reasons.front().text);
    out_["run"] = applied.run->json();
    say("6. Applied, and verified by the same rule on a fresh read",
        fmt::format("{}  {}  {}\n", applied.run->id, model::to_string(applied.run->status), applied.run->message));
    context_.exit_code = exit_code_of(applied.run->status);
    if (auto told = engine_.settle(); !told) return base::fail(told.error());
    TRY(auto deliveries, engine_.outbox().about(applied.run->id));
    std::string lines;
    for (const notify::Delivery& delivery : deliveries) {
      lines += fmt::format("{} {} {} ({})\n", notify::to_string(delivery.status), delivery.channel, delivery.to,
                           delivery.because);
      out_["deliveries"].push_back(delivery.json());
    }
    say("7. The owner was told", lines);
    run_ = applied.run->id;
    return {};
  }

  base::Status check_record() {
    TRY(journal::VerifyReport report, engine_.parts().journal.verify());
    out_["journal"] = report.json();
    say("8. The record", fmt::format("{} entries, {}\n", report.entries,
                                     report.ok() ? "the chain verifies" : "THE CHAIN DOES NOT VERIFY"));
    return {};
  }

  void where_to_look(const std::string& folder) {
    std::string config = folder + "/setpoint.yaml";
    say("Where to look",
        fmt::format(
            "setpoint --config {0} findings\nsetpoint --config {0} runs {1}\nsetpoint --config {0} journal show {1}\n"
            "{2}/mail.txt and {2}/webhook.json: what the owner and the channel got\n"
            "The cloud was simulated and is gone now; nothing left this machine.\n",
            config, run_, folder));
    if (context_.options.json) std::cout << out_.dump(2) << "\n";
  }

 private:
  void say(const std::string& title, const std::string& text) {
    if (context_.options.json) return;
    std::cout << "\n" << context_.paint(Tone::bold, title) << "\n" << text << std::flush;
  }

  base::Result<model::Finding> chosen_finding() {
    findings::FindingFilter filter;
    filter.check = kControl;
    filter.statuses = {model::FindingStatus::open};
    TRY(auto page, engine_.parts().finding_store.list(filter, "", 100));
    for (model::Finding& finding : page.findings) {
      auto resource = engine_.parts().resources.latest(finding.resource);
      if (resource && *resource && (*resource)->name == kGroupName) return std::move(finding);
    }
    return base::fail(base::ErrorCode::not_found, "the demo account has no open {} finding on '{}'", kControl,
                      kGroupName);
  }

  Context& context_;
  Engine& engine_;
  Json out_ = Json::object();
  std::string run_;
};

base::Status walk(Context& context, Engine& engine, const std::string& folder) {
  Demo demo(context, engine);
  TRY_VOID(demo.discover());
  TRY(model::Plan plan, demo.rehearse());
  TRY(bool approved, demo.ask(plan));
  if (approved) TRY_VOID(demo.apply(plan));
  if (!approved) context.exit_code = kHeld;
  TRY_VOID(demo.check_record());
  demo.where_to_look(folder);
  return {};
}

base::Result<std::string> default_seed(Context& context) {
  for (const std::string& root : context.content_roots()) {
    if (fs::exists(root + "/demo/account.yaml")) return root + "/demo/account.yaml";
  }
  return base::fail({base::ErrorCode::not_found,
                     "the demo account is not here",
                     "content/demo/account.yaml",
                     "run from the source folder, or give --seed",
                     {}});
}

base::Status demo(Context& context, const DemoArguments& arguments) {
  std::string seed = arguments.seed;
  if (seed.empty()) {
    TRY(seed, default_seed(context));
  }
  TRY(std::unique_ptr<DemoCloud> cloud, DemoCloud::start(seed));
  notify::loopback::HttpServer webhook([](int) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); });
  notify::loopback::SmtpServer mail;
  std::error_code failed;
  std::string folder = fs::absolute(arguments.folder).lexically_normal().string();
  fs::remove_all(folder, failed);
  fs::create_directories(folder, failed);
  if (failed)
    return base::fail(
        {base::ErrorCode::access_denied, "cannot make the demo's folder: " + failed.message(), folder, {}, {}});
  context.options.config = folder + "/setpoint.yaml";
  context.options.home.clear();
  TRY_VOID(base::write_file_durably(context.options.config, demo_config(*cloud, webhook.url(), mail.url())));
  {
    TRY(std::unique_ptr<Engine> engine, context.open(context.options));
    TRY_VOID(walk(context, *engine, folder));
  }
  for (const auto& request : webhook.seen())
    TRY_VOID(base::write_file_durably(folder + "/webhook.json", request.body + "\n"));
  for (const auto& message : mail.seen()) TRY_VOID(base::write_file_durably(folder + "/mail.txt", message.data));
  return {};
}

}  // namespace

void add_demo_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<DemoArguments>();
  CLI::App* command = app.add_subcommand(
      "demo", "The whole loop on the built-in cloud: discover, plan, approve, apply, verify, notify");
  command->add_option("--folder", arguments->folder, "where its database and configuration go; emptied first");
  command->add_option("--seed", arguments->seed, "another account than the one that comes along");
  command->footer("Examples\n  setpoint demo\n  setpoint demo --yes --json");
  command->callback([&context, arguments] {
    if (base::Status done = demo(context, *arguments); !done) context.fail(done.error());
  });
}

}  // namespace setpoint::cli
