#include "durable_cost.h"

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "base/random.h"
#include "cloud/aws/observer.h"
#include "journal/journal.h"
#include "response/executor.h"
#include "response/simulated_world.h"
#include "store/database.h"
#include "store/response_records.h"

namespace setpoint::runbook {
namespace {

using base::Json;
using Steady = std::chrono::steady_clock;

constexpr int kRounds = 30;
constexpr int kRunsInMemory = 100;
constexpr int kRunsOnDisk = 15;

// One call that reads, one step without a call, one call that changes: what remediations are made of.
std::string document_text() {
  std::string out = "schemaVersion: '0.3'\nparameters: {Id: {type: String}}\nmainSteps:\n";
  for (int i = 0; i < kRounds; ++i) {
    out += fmt::format(
        "- name: Look{0}\n  action: aws:executeAwsApi\n"
        "  inputs: {{Service: ec2, Api: DescribeInstances, InstanceIds: ['{{{{ Id }}}}']}}\n"
        "  outputs: [{{Name: State, Selector: '$.Reservations[0].Instances[0].State.Name', Type: String}}]\n"
        "- name: Pick{0}\n  action: aws:branch\n  inputs: {{Choices: [{{NextStep: Mark{0}, Variable: '{{{{ "
        "Look{0}.State }}}}', StringEquals: running}}]}}\n"
        "- name: Mark{0}\n  action: aws:createTags\n  inputs: {{ResourceIds: ['{{{{ Id }}}}'], Tags: [{{Key: seen, "
        "Value: '{0}'}}]}}\n",
        i);
  }
  return out;
}

class ConstantTransport final : public cloud::Transport {
 public:
  base::Result<cloud::HttpResponse> send(const cloud::HttpRequest& request, const cloud::SendOptions&) override {
    bool reads = request.body.find("DescribeInstances") != std::string::npos;
    return cloud::HttpResponse{200, {{"Content-Type", "text/xml"}}, reads ? kInstances : kTagged};
  }

 private:
  static constexpr char kInstances[] =
      "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-0123456789abcdef0"
      "</instanceId><instanceState><code>16</code><name>running</name></instanceState></item></instancesSet>"
      "</item></reservationSet></DescribeInstancesResponse>";
  static constexpr char kTagged[] = "<CreateTagsResponse><return>true</return></CreateTagsResponse>";
};

class OneAccess final : public response::Access {
 public:
  explicit OneAccess(cloud::aws::ClientOptions options) : client_(std::move(options)), observer_(client_) {}
  cloud::aws::Client& client() override { return client_; }
  cloud::Observer& observer() override { return observer_; }

 private:
  cloud::aws::Client client_;
  cloud::aws::AwsObserver observer_;
};

class OneIdentity final : public response::Identities {
 public:
  explicit OneIdentity(std::shared_ptr<response::Access> access) : access_(std::move(access)) {}
  base::Result<std::shared_ptr<response::Access>> access(const std::string&, const std::string&,
                                                         const std::vector<std::string>&, const Json&) override {
    return access_;
  }

 private:
  std::shared_ptr<response::Access> access_;
};

class NoLocks final : public response::Locks {
 public:
  base::Result<std::unique_ptr<response::HeldLock>> hold(std::vector<std::string>, const std::string&) override {
    return std::make_unique<response::HeldLock>();
  }
  base::Result<std::unique_ptr<response::HeldLock>> hold_for_process(const std::string&) override {
    return std::make_unique<response::HeldLock>();
  }
};

class NoWorlds final : public response::WorldFactory {
 public:
  base::Result<std::unique_ptr<response::SimulatedWorld>> create(const std::vector<model::Resource>&) const override {
    return base::fail(base::ErrorCode::unsupported, "nothing is settled here");
  }
};

// The journal's chain is made, its rows and state are dropped: what everything but the disk costs.
class DroppingLog final : public journal::AppendLog, journal::AppendTransaction {
 public:
  base::Status transact(const std::function<base::Status(journal::AppendTransaction&)>& body) override {
    return body(*this);
  }
  base::Result<journal::Head> head() const override { return head_; }
  base::Result<std::vector<journal::Row>> read(std::uint64_t, std::size_t) const override {
    return std::vector<journal::Row>();
  }
  base::Result<std::vector<journal::Row>> find(const std::string&, std::uint64_t, std::size_t) const override {
    return std::vector<journal::Row>();
  }
  base::Result<journal::Head> head() override { return head_; }
  base::Status append(const journal::Row& row) override {
    head_ = {row.seq, row.hash};
    return {};
  }
  base::Status write(const journal::StateBatch&) override { return {}; }
  base::Status attempt(const std::function<base::Status()>& part) override { return part(); }

 private:
  journal::Head head_;
};

class NoRecords final : public response::Records {
 public:
  using Stored = response::StoredDocument;
  base::Result<std::optional<Stored>> get(const std::string&, const std::string&) const override {
    return std::optional<Stored>();
  }
  base::Result<std::vector<std::pair<std::string, Stored>>> list(const std::string&,
                                                                 const std::string&) const override {
    return std::vector<std::pair<std::string, Stored>>();
  }
  base::Result<std::vector<std::pair<std::string, Stored>>> find(const std::string&, const std::string&,
                                                                 const std::string&) const override {
    return std::vector<std::pair<std::string, Stored>>();
  }
};

struct Flushes final : journal::FlushObserver {
  std::uint64_t count = 0;
  void before_flush(std::uint64_t) override {}
  void after_flush(std::uint64_t number) override { count = number; }
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct World {
  base::SystemClock clock;
  base::SeededRandom random{7};
  ConstantTransport transport;
  NoLocks locks;
  NoWorlds worlds;
  std::shared_ptr<OneAccess> access;
  std::unique_ptr<OneIdentity> identities;

  base::Status connect() {
    cloud::aws::ClientOptions options;
    TRY(options.catalog, cloud::aws::ModelCatalog::open_default({}));
    options.transport = &transport;
    options.clock = &clock;
    options.random = &random;
    options.credentials = [](const std::string&) {
      cloud::aws::Credentials out;
      out.access_key = "AKIDEXAMPLE";
      out.secret_key = cloud::aws::Secret("secret");
      return base::Result<cloud::aws::Credentials>(std::move(out));
    };
    access = std::make_shared<OneAccess>(std::move(options));
    identities = std::make_unique<OneIdentity>(access);
    return {};
  }
};

base::Result<Json> measure(World& world, journal::AppendLog& log, const response::Records& records,
                           const Document& document, int runs) {
  journal::Journal journal(log, world.clock);
  response::Executor executor({journal, records, world.clock, *world.identities, world.locks, world.worlds});
  ExecutionContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  response::Acting acting;
  acting.home = context.account;
  double cpu = cpu_seconds();
  auto begun = Steady::now();
  for (int i = 0; i < runs; ++i) {
    TRY(response::ExecutionEnd end, executor.start({.id = fmt::format("run-{}", i),
                                                    .document = document,
                                                    .document_name = "bench",
                                                    .folder = {},
                                                    .parameters = {{"Id", "i-0123456789abcdef0"}},
                                                    .context = context,
                                                    .acting = acting,
                                                    .fleet = {},
                                                    .actor = "user:bench"}));
    if (end.status != ExecutionStatus::success) return base::fail(base::ErrorCode::refused, "{}", end.message);
  }
  double steps = static_cast<double>(runs) * kRounds * 3;
  double wall = std::chrono::duration<double>(Steady::now() - begun).count();
  return Json{{"steps", steps},
              {"cpu_us_per_step", 1e6 * (cpu_seconds() - cpu) / steps},
              {"wall_us_per_step", 1e6 * wall / steps}};
}

base::Result<Json> measure_on_disk(World& world, const Document& document) {
  Flushes flushes;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("runbook_bench_{}", ::getpid());
  std::filesystem::create_directories(folder);
  struct Removed {
    std::filesystem::path folder;
    ~Removed() { std::filesystem::remove_all(folder); }
  } removed{folder};
  TRY(auto database, store::Database::open({.path = folder / "db", .observer = &flushes}, world.clock, world.random));
  store::ResponseRecords records(database->documents());
  std::uint64_t before = flushes.count;
  TRY(Json out, measure(world, database->log(), records, document, kRunsOnDisk));
  out["flushes_per_step"] = static_cast<double>(flushes.count - before) / out["steps"].get<double>();
  return out;
}

// The client's share of the figures above: two of three steps make one call.
base::Result<double> call_cpu_us(World& world) {
  constexpr int kCalls = 2'000;
  model::ApiCall call{"111122223333", "eu-west-1", "ec2", "DescribeInstances", Json::object()};
  call.parameters["InstanceIds"] = Json::array({"i-0123456789abcdef0"});
  double begun = cpu_seconds();
  for (int i = 0; i < kCalls; ++i) {
    TRY(auto answer, world.access->client().call(call));
    if (!answer.output.contains("Reservations")) return base::fail(base::ErrorCode::refused, "no instances");
  }
  return 1e6 * (cpu_seconds() - begun) / kCalls;
}

base::Result<Json> measured() {
  World world;
  TRY_VOID(world.connect());
  base::Diagnostics diagnostics;
  auto document = Document::compile({"bench.yaml", document_text()}, diagnostics);
  if (!document) return base::fail(base::ErrorCode::invalid_input, "{}", diagnostics.render());
  DroppingLog memory;
  TRY(Json off, measure(world, memory, NoRecords(), *document, kRunsInMemory));
  TRY(Json on, measure_on_disk(world, *document));
  TRY(double call, call_cpu_us(world));
  return Json{{"flush_off", std::move(off)}, {"flush_on", std::move(on)}, {"cpu_us_per_client_call", call}};
}

}  // namespace

Json measure_durable() {
  auto out = measured();
  return out ? std::move(*out) : Json{{"error", out.error().text()}};
}

}  // namespace setpoint::runbook
