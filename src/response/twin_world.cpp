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

std::string state_region(const std::string& type, const std::string& region) {
  const twin::ResourceType* known = twin::find_resource_type(type);
  return known != nullptr && known->global ? "global" : region;
}

StateKey state_key(const ResourceKey& key) {
  return {key.account, state_region(key.type, key.region), key.type, key.id};
}

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
  std::optional<Resource> resource_at(std::size_t version, const StateKey& key) const;
  std::optional<Resource> searched(std::size_t version, const ResourceKey& key) const;

  base::ManualClock clock_;
  base::SeededRandom random_;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  twin::Cloud cloud_;
  twin::TwinTransport transport_;
  cloud::aws::Client client_;
  std::vector<twin::State> versions_;
};

std::optional<Resource> TwinWorld::resource_at(std::size_t version, const StateKey& key) const {
  const twin::State& state = versions_.at(version);
  if (state.find(key) == nullptr) return std::nullopt;
  return twin::render(state, key, kWorldTime);
}

// AWS Config's id of an IAM user stands in no key of the twin's.
std::optional<Resource> TwinWorld::searched(std::size_t version, const ResourceKey& key) const {
  std::optional<Resource> found;
  std::string region = state_region(key.type, key.region);
  versions_.at(version).each(key.account, region, key.type, [&](const std::string& id, const Json&) {
    if (found) return;
    Resource candidate = twin::render(versions_.at(version), {key.account, region, key.type, id}, kWorldTime);
    if (candidate.key == key) found = std::move(candidate);
  });
  return found;
}

std::vector<ResourceKey> TwinWorld::changed(std::size_t from, std::size_t to) const {
  std::set<ResourceKey> out;
  for (const StateKey& key : twin::changed(versions_.at(from), versions_.at(to))) {
    std::optional<Resource> resource = resource_at(to, key);
    if (!resource) resource = resource_at(from, key);
    out.insert(resource ? resource->key : ResourceKey{"aws", key.account, key.region, key.type, key.id});
  }
  return {out.begin(), out.end()};
}

Resource TwinWorld::render(std::size_t version, const ResourceKey& key) const {
  if (std::optional<Resource> found = resource_at(version, state_key(key))) return std::move(*found);
  if (std::optional<Resource> found = searched(version, key)) return std::move(*found);
  Resource gone;
  gone.key = key;
  gone.knowledge = model::Knowledge::deleted;
  gone.source = "rehearsal";
  return gone;
}

}  // namespace

base::Result<std::unique_ptr<SimulatedWorld>> TwinWorldFactory::create(const std::vector<Resource>& resources) const {
  // What the simulation cannot take in is left out; what is known of the target says so later.
  twin::Loaded loaded = twin::load(resources, kIdSeed);
  return std::unique_ptr<SimulatedWorld>(std::make_unique<TwinWorld>(std::move(loaded.state), catalog_));
}

}  // namespace setpoint::response
