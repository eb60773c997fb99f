#include "response/twin_world.h"

#include <set>

#include "cloud/aws/client.h"
#include "cloud/aws/read_only.h"
#include "twin/inventory.h"
#include "twin/resource_types.h"
#include "twin/wire.h"

namespace setpoint::response {

using base::Json;
using model::Resource;
using model::ResourceKey;
using twin::StateKey;

namespace {

constexpr base::Timestamp kWorldTime{1'767'225'600'000};  // a plan must not depend on when it was made
constexpr std::uint64_t kIdSeed = 1;

cloud::aws::Credentials account_credentials(const std::string& account) {
  cloud::aws::Credentials out;
  out.access_key = account;
  out.secret_key = cloud::aws::Secret("rehearsal");
  out.account = account;
  out.source = "rehearsal";
  return out;
}

class TwinWorld final : public SimulatedWorld {
 public:
  TwinWorld(twin::State state, std::shared_ptr<const cloud::aws::ModelCatalog> catalog)
      : clock_(kWorldTime),
        random_(kIdSeed),
        catalog_(std::move(catalog)),
        cloud_(std::move(state), clock_),
        transport_(cloud_, *catalog_),
        client_(options()) {}

  bool models(std::string_view service, std::string_view operation) const override {
    return twin::is_modelled(service, operation);
  }
  bool reads_only(std::string_view service, std::string_view operation) const override {
    return cloud::aws::is_read_only(service, operation);
  }
  base::Result<Json> call(const model::ApiCall& call) override {
    TRY(cloud::CallResult result, client_.call(call));
    return std::move(result.output);
  }
  void advance(base::Milliseconds time) override { clock_.advance(time); }

  std::size_t version() override {
    twin::State now = cloud_.state();
    if (versions_.empty() || versions_.back().digest() != now.digest()) versions_.push_back(std::move(now));
    return versions_.size() - 1;
  }
  std::vector<ResourceKey> changed(std::size_t from, std::size_t to) const override;
  Resource render(std::size_t version, const ResourceKey& key) const override;

 private:
  cloud::aws::ClientOptions options() {
    cloud::aws::ClientOptions out;
    out.catalog = catalog_;
    out.transport = &transport_;
    out.clock = &clock_;
    out.random = &random_;
    out.credentials = [](const std::string& account) {
      return base::Result<cloud::aws::Credentials>(account_credentials(account));
    };
    out.endpoint.url = "http://twin.rehearsal";
    return out;
  }
  base::ManualClock clock_;
  base::SeededRandom random_;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  twin::Cloud cloud_;
  twin::TwinTransport transport_;
  cloud::aws::Client client_;
  std::vector<twin::State> versions_;
};

// Settings that AWS Config has no type for are changes all the same: they keep the twin's own type and id.
std::vector<ResourceKey> TwinWorld::changed(std::size_t from, std::size_t to) const {
  const twin::State& before = versions_.at(from);
  const twin::State& after = versions_.at(to);
  std::vector<ResourceKey> resources = twin::changed_resources(before, after);
  std::set<ResourceKey> out(resources.begin(), resources.end());
  for (const StateKey& key : twin::changed(before, after)) {
    if (twin::find_resource_type(key.type) == nullptr) out.insert({"aws", key.account, key.region, key.type, key.id});
  }
  return {out.begin(), out.end()};
}

Resource TwinWorld::render(std::size_t version, const ResourceKey& key) const {
  const twin::State& state = versions_.at(version);
  StateKey own{key.account, key.region, key.type, key.id};
  bool setting = twin::find_resource_type(key.type) == nullptr && state.find(own) != nullptr;
  return setting ? twin::render(state, own, kWorldTime) : twin::render(state, key, kWorldTime);
}

}  // namespace

base::Result<std::unique_ptr<SimulatedWorld>> TwinWorldFactory::create(const std::vector<Resource>& resources) const {
  // What the simulation cannot take in is left out; what is known of the target says so later.
  twin::Loaded loaded = twin::load(resources, kIdSeed);
  return std::unique_ptr<SimulatedWorld>(std::make_unique<TwinWorld>(std::move(loaded.state), catalog_));
}

}  // namespace setpoint::response
