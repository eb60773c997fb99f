#include "app/wiring.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "app/adapters.h"
#include "app/config.h"
#include "app/crash.h"
#include "app/direct_access.h"
#include "app/inventory_relations.h"
#include "app/profiled_controls.h"
#include "app/runbook_use.h"
#include "app/security_hub_notes.h"
#include "cloud/aws/actuator.h"
#include "cloud/aws/credential_chain.h"
#include "cloud/aws/curl_transport.h"
#include "cloud/aws/observer.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "notify/mail.h"
#include "notify/webhook.h"
#include "response/scripts.h"
#include "response/twin_world.h"
#include "store/database.h"
#include "store/execution_locks.h"
#include "store/outbox.h"
#include "store/response_records.h"

namespace setpoint::app {

namespace fs = std::filesystem;
using base::ErrorCode;
using cloud::aws::Environment;

namespace {

std::string env_of(const std::string& name) {
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

base::Result<Config> read_config(const cli::GlobalOptions& options) {
  std::string path = options.config.empty() ? env_of("SETPOINT_CONFIG") : options.config;
  if (path.empty() && fs::exists("setpoint.yaml")) path = "setpoint.yaml";
  base::Diagnostics diagnostics;
  auto config = load_config(path, diagnostics);
  if (!config) return base::fail(ErrorCode::invalid_input, "the configuration has mistakes:\n{}", diagnostics.render());
  return std::move(*config);
}

// --account, --region and --endpoint-url make an account of their own where none is configured, and narrow what is.
base::Result<std::vector<AccountConfig>> accounts_of(const cli::GlobalOptions& options, const Config& config) {
  std::vector<AccountConfig> out;
  for (const AccountConfig& account : config.accounts) {
    if (options.account.empty() || options.account == account.account) out.push_back(account);
  }
  if (out.empty() && !options.account.empty()) out.push_back({options.account, {}, {}, {}, {}, {}, {}});
  if (out.empty() && !options.fallback_account.empty())
    out.push_back({options.fallback_account, {}, {}, {}, {}, {}, {}});
  for (AccountConfig& account : out) {
    if (!options.regions.empty()) account.regions = options.regions;
    if (account.regions.empty()) account.regions = {env_of("AWS_REGION").empty() ? "us-east-1" : env_of("AWS_REGION")};
    if (!options.endpoint_url.empty()) account.endpoint = options.endpoint_url;
  }
  return out;
}

base::Status make_home(const std::string& home) {
  std::error_code failed;
  fs::create_directories(home, failed);
  if (failed)
    return base::fail({ErrorCode::access_denied,
                       "cannot make the home folder: " + failed.message(),
                       home,
                       "choose another with --home",
                       {}});
  ::chmod(home.c_str(), 0700);
  return {};
}

std::shared_ptr<notify::Notifier> notifier_of(const ChannelConfig& channel, const ClientOfAccount& clients) {
  if (channel.security_hub) return std::make_shared<SecurityHubNotes>(clients);
  if (!channel.webhook.empty())
    return std::make_shared<notify::Webhook>(notify::WebhookSettings{channel.webhook, env_of(channel.secret_env), {}});
  return std::make_shared<notify::Mail>(notify::MailSettings{
      channel.smtp, channel.from, env_of(channel.username_env), env_of(channel.password_env), false, {}});
}

engine::NoticeRules notice_rules(const Config& config) {
  engine::NoticeRules rules;
  rules.owner_tags = config.owner_tags;
  rules.default_channel = config.default_channel;
  for (const auto& [name, channel] : config.channels) {
    if (rules.mail_channel.empty() && !channel.smtp.empty()) rules.mail_channel = name;
    if (channel.security_hub) rules.security_hub_channel = name;
  }
  return rules;
}

// The SDKs' own order; for an endpoint that is not AWS, an account's number stands for its root user where nothing else
// is set, which the simulated cloud takes.
std::shared_ptr<cloud::aws::CredentialsProvider> credentials_of(const AccountConfig& account,
                                                                const cloud::aws::CredentialParts& parts,
                                                                const base::Json& session_policy = nullptr) {
  bool simulated = !account.endpoint.empty() && account.profile.empty() &&
                   parts.environment.get("AWS_ACCESS_KEY_ID").empty() && parts.environment.get("AWS_PROFILE").empty();
  if (simulated) {
    return std::make_shared<cloud::aws::StaticCredentials>(cloud::aws::Credentials{
        account.account, cloud::aws::Secret("simulated"), {}, {}, account.account, "simulated"});
  }
  auto chain = std::make_shared<cloud::aws::CredentialChain>(parts, account.profile);
  if (account.role_arn.empty()) return chain;
  cloud::aws::RoleToAssume role;
  role.arn = account.role_arn;
  role.external_id = account.external_id;
  role.session_policy = session_policy;
  return std::make_shared<cloud::aws::RoleCredentials>(parts, std::move(chain), std::move(role));
}

// One account's client, eyes and hands.
struct AccountWiring {
  AccountWiring(const cloud::aws::CredentialParts& parts, std::shared_ptr<cloud::aws::CredentialsProvider> credentials)
      : client(options(parts, std::move(credentials))), observer(client), actuator(client) {}

  static cloud::aws::ClientOptions options(const cloud::aws::CredentialParts& parts,
                                           std::shared_ptr<cloud::aws::CredentialsProvider> credentials) {
    cloud::aws::ClientOptions out;
    out.catalog = parts.catalog;
    out.transport = parts.transport;
    out.clock = parts.clock;
    out.random = parts.random;
    out.endpoint = parts.endpoint;
    out.credentials = [provider = std::move(credentials)](const std::string&) { return provider->get(); };
    return out;
  }

  cloud::aws::Client client;
  cloud::aws::AwsObserver observer;
  cloud::aws::AwsActuator actuator;
};

// Each call of it opens a session of the account's role; without a role there is nothing to bound.
std::function<std::shared_ptr<cloud::Actuator>(const base::Json&)> bounded_hands(
    const AccountConfig& account, const cloud::aws::CredentialParts& parts) {
  if (account.role_arn.empty()) return {};
  return [account, parts](const base::Json& policy) {
    auto wiring = std::make_shared<AccountWiring>(parts, credentials_of(account, parts, policy));
    return std::shared_ptr<cloud::Actuator>(wiring, &wiring->actuator);
  };
}

// Everything that an engine stands on, in the order of standing.
struct Foundation {
  Config config;
  std::string home;
  std::vector<std::string> roots;
  base::SystemClock clock;
  base::SystemRandom random;
  std::optional<CrashAtFlush> crash;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<store::ResponseRecords> records;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog;
  std::unique_ptr<cloud::aws::CurlTransport> transport;
  std::vector<std::unique_ptr<AccountWiring>> accounts;
  std::unique_ptr<InventoryRelations> relations;
  std::unique_ptr<LoadedControls> controls;
  std::shared_ptr<const findings::Exceptions> exceptions;
  std::unique_ptr<ModelApiCatalog> apis;
  std::unique_ptr<RunbookFolder> library;
  std::unique_ptr<response::TwinWorldFactory> worlds;
  std::unique_ptr<ModelPermissions> permissions;
  std::unique_ptr<response::Scripts> scripts;
  std::unique_ptr<AssumedIdentities> identities;
  std::unique_ptr<store::ExecutionLocks> locks;
  std::unique_ptr<ConfiguredWebhooks> webhooks;
  routing::Routes routes;
  std::unique_ptr<findings::Findings> findings;
  std::unique_ptr<engine::OversightState> oversight;
  std::unique_ptr<store::StoredOutbox> outbox;
  std::unique_ptr<notify::Courier> courier;
  std::unique_ptr<engine::Parts> parts;
};

base::Status open_store(Foundation& f, const std::string& home) {
  TRY_VOID(make_home(home));
  f.crash = CrashAtFlush::parse(env_of("SETPOINT_CRASH_AT_FLUSH"));
  store::DatabaseOptions options;
  options.path = home + "/setpoint.db";
  if (f.crash) options.observer = &*f.crash;
  TRY(f.database, store::Database::open(std::move(options), f.clock, f.random));
  f.journal = std::make_unique<journal::Journal>(f.database->log(), f.clock);
  f.records = std::make_unique<store::ResponseRecords>(f.database->documents());
  return {};
}

base::Status open_models(Foundation& f) {
  TRY(auto catalog, cloud::aws::ModelCatalog::open_default({"", env_of("SETPOINT_AWS_MODELS"), ""}));
  for (const std::string& path : f.config.aws_models) TRY_VOID(catalog->add_folder(path));
  f.catalog = catalog;
  f.transport = std::make_unique<cloud::aws::CurlTransport>(
      cloud::aws::CurlOptions{env_of("HTTPS_PROXY"), env_of("NO_PROXY"), env_of("AWS_CA_BUNDLE")});
  f.worlds = std::make_unique<response::TwinWorldFactory>(f.catalog);
  f.permissions = std::make_unique<ModelPermissions>(f.catalog);
  f.scripts = std::make_unique<response::Scripts>(f.catalog, f.random,
                                                  runbook::SandboxOptions{.sandbox = f.config.sandbox_scripts});
  return {};
}

base::Status load_content(Foundation& f) {
  base::Diagnostics diagnostics;
  f.relations = std::make_unique<InventoryRelations>(f.database->resources());
  TRY(f.controls, load_controls(f.config, f.roots, {&f.clock, f.relations.get(), false}, diagnostics));
  TRY(f.exceptions, load_exceptions(f.config));
  f.routes = routing::Routes::load(f.roots, diagnostics);
  f.apis = std::make_unique<ModelApiCatalog>(f.catalog);
  f.library = std::make_unique<RunbookFolder>(f.roots, *f.apis);
  for (const routing::Automation* automation : f.routes.all()) {
    if (automation->run != routing::kControlsOwnRemedy)
      check_runbook_use({automation->run, automation->with}, automation->file, *f.library, diagnostics);
  }
  std::cerr << diagnostics.render();
  return {};
}

void connect_accounts(Foundation& f, const std::vector<AccountConfig>& accounts,
                      const std::map<std::string, std::string>& region_endpoints) {
  Environment environment = Environment::of_process();
  for (const AccountConfig& account : accounts) {
    cloud::aws::CredentialParts parts;
    parts.catalog = f.catalog;
    parts.transport = f.transport.get();
    parts.clock = &f.clock;
    parts.random = &f.random;
    parts.environment = environment;
    parts.endpoint.url = account.endpoint;
    parts.endpoint.environment = environment;
    parts.region = account.regions.front();
    parts.endpoint.region_urls = region_endpoints;
    auto credentials = credentials_of(account, parts);
    f.identities->connect(account.account, parts, credentials);
    f.accounts.push_back(std::make_unique<AccountWiring>(parts, std::move(credentials)));
    AccountWiring& wiring = *f.accounts.back();
    f.parts->accounts.push_back({account.account, account.regions, account.contact, &wiring.observer, &wiring.actuator,
                                 bounded_hands(account, parts), &wiring.client});
  }
}

void build_parts(Foundation& f) {
  std::vector<model::Control> controls = f.controls->all();
  auto by_arn = [&store = f.database->resources()](const std::string& arn) -> std::optional<model::ResourceKey> {
    auto found = store.find_arn(arn);
    return found && *found ? std::optional((*found)->key) : std::nullopt;
  };
  auto announce = [&journal = *f.journal](std::span<const model::Event> events) {
    return engine::journal_events(journal, events);
  };
  f.findings =
      std::make_unique<findings::Findings>(f.database->findings(), findings::CheckNames(controls), by_arn, announce);
  f.findings->set_exceptions(f.exceptions);
  f.oversight = std::make_unique<engine::OversightState>(
      *f.journal, *f.records, f.clock, engine::OversightRules{f.config.approval_valid, f.config.approvals_required});
  f.parts = std::make_unique<engine::Parts>(engine::Parts{f.clock,
                                                          f.random,
                                                          *f.journal,
                                                          *f.records,
                                                          f.database->resources(),
                                                          f.database->findings(),
                                                          *f.findings,
                                                          *f.controls,
                                                          *f.library,
                                                          *f.worlds,
                                                          *f.permissions,
                                                          {}});
  f.parts->scripts = f.scripts.get();
  f.outbox = std::make_unique<store::StoredOutbox>(f.database->log(), f.database->documents(), f.database->queue());
  std::map<std::string, std::shared_ptr<notify::Notifier>> channels;
  auto clients = [&f](const std::string& account) -> cloud::aws::Client* {
    auto access = f.parts->account(account);
    return access ? (*access)->client : nullptr;
  };
  for (const auto& [name, channel] : f.config.channels) channels[name] = notifier_of(channel, clients);
  auto observer = [&journal = *f.journal](const notify::Delivery& delivery) {
    engine::journal_delivery(journal, delivery);
  };
  f.courier =
      std::make_unique<notify::Courier>(*f.outbox, std::move(channels), f.clock, notify::RetryPolicy{}, observer);
}

void open_direct_runs(Foundation& f) {
  std::map<std::string, std::string> secrets;
  for (const auto& [name, webhook] : f.config.webhooks) secrets[name] = env_of(webhook.secret_env);
  f.identities = std::make_unique<AssumedIdentities>();
  f.locks = std::make_unique<store::ExecutionLocks>(f.database->locks());
  f.webhooks = std::make_unique<ConfiguredWebhooks>(f.config.webhooks, std::move(secrets), *f.transport);
  f.parts->identities = f.identities.get();
  f.parts->locks = f.locks.get();
  f.parts->webhooks = f.webhooks.get();
  f.parts->apis = f.apis.get();
}

class OwningEngine final : public engine::Engine {
 public:
  explicit OwningEngine(std::unique_ptr<Foundation> foundation)
      : Engine({*foundation->parts, *foundation->oversight, foundation->database->locks(),
                foundation->database->queue(), foundation->database->documents(), *foundation->outbox,
                *foundation->courier, foundation->routes, notice_rules(foundation->config),
                foundation->home + "/journal.key"}),
        foundation_(std::move(foundation)) {}

 private:
  std::unique_ptr<Foundation> foundation_;
};

}  // namespace

std::vector<std::string> content_roots(const cli::GlobalOptions& options, const std::vector<std::string>& configured) {
  if (!options.content.empty()) return options.content;
  if (!configured.empty()) return configured;
  if (std::string path = env_of("SETPOINT_CONTENT"); !path.empty()) return {path};
  fs::path program = program_folder();
  for (const fs::path& candidate :
       {program / "../share/setpoint/content", program / "../../content", fs::path("content")}) {
    if (fs::exists(candidate)) return {candidate.lexically_normal().string()};
  }
  return {};
}

std::string home_folder(const cli::GlobalOptions& options, const std::string& configured) {
  if (!options.home.empty()) return options.home;
  if (!configured.empty()) return configured;
  if (std::string home = env_of("SETPOINT_HOME"); !home.empty()) return home;
  return env_of("HOME") + "/.local/share/setpoint";
}

base::Result<std::unique_ptr<engine::Controls>> open_controls(const cli::GlobalOptions& options) {
  TRY(Config config, read_config(options));
  base::Diagnostics diagnostics;
  static base::SystemClock clock;
  TRY(auto controls,
      load_controls(config, content_roots(options, config.content), {&clock, nullptr, false}, diagnostics));
  std::cerr << diagnostics.render();
  if (controls->ids().empty())
    return base::fail({ErrorCode::not_found, "there are no controls", {}, "name content roots with --content", {}});
  return std::unique_ptr<engine::Controls>(std::move(controls));
}

base::Result<std::unique_ptr<engine::Engine>> open_engine(const cli::GlobalOptions& options) {
  auto f = std::make_unique<Foundation>();
  TRY(f->config, read_config(options));
  TRY(auto accounts, accounts_of(options, f->config));
  f->roots = content_roots(options, f->config.content);
  f->home = home_folder(options, f->config.home);
  TRY_VOID(open_store(*f, f->home));
  TRY_VOID(open_models(*f));
  TRY_VOID(load_content(*f));
  build_parts(*f);
  open_direct_runs(*f);
  connect_accounts(*f, accounts, options.region_endpoints);
  return std::unique_ptr<engine::Engine>(std::make_unique<OwningEngine>(std::move(f)));
}

}  // namespace setpoint::app
