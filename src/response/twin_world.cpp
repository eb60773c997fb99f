#include "response/twin_world.h"

#include <set>

#include "cloud/aws/read_only.h"
#include "twin/composed_items.h"
#include "twin/inventory.h"
#include "twin/resource_types.h"

namespace setpoint::response {

using base::Json;
using model::Resource;
using model::ResourceKey;
using twin::StateKey;

namespace {

constexpr base::Timestamp kWorldTime{1'767'225'600'000};  // a plan must not depend on when it was made
constexpr base::Milliseconds kSessionTime{24 * 3'600 * 1'000};
constexpr std::uint64_t kIdSeed = 1;
constexpr char kSessionRole[] = "setpoint-rehearsal";
constexpr char kSessionKey[] = "ASIAREHEARSAL";

cloud::aws::Credentials credentials(const std::string& account, const std::string& session_key) {
  cloud::aws::Credentials out;
  out.access_key = session_key.empty() ? account : session_key;
  out.secret_key = cloud::aws::Secret("rehearsal");
  out.account = account;
  out.source = "rehearsal";
  return out;
}

twin::CloudOptions cloud_options(const TwinWorldOptions& options) {
  twin::CloudOptions out;
  out.enforce_iam = options.policy.has_value();
  return out;
}

// The role itself may do everything: what a rehearsal may do is what its session's policy leaves of that.
twin::State with_session_role(twin::State state, const TwinWorldOptions& options) {
  if (!options.policy) return state;
  Json everything = {{"Version", "2012-10-17"},
                     {"Statement", {{{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}}}}};
  auto role = twin::document_from_api(options.account, "global", "AWS::IAM::Role",
                                      {{"RoleName", kSessionRole}, {"Policies", {{"everything", everything}}}});
  SETPOINT_ASSERT(role);
  state.put(role->first, std::move(role->second));
  return state;
}

}  // namespace

TwinWorld::TwinWorld(twin::State state, std::shared_ptr<const cloud::aws::ModelCatalog> catalog,
                     TwinWorldOptions options)
    : clock_(kWorldTime),
      random_(kIdSeed),
      catalog_(std::move(catalog)),
      cloud_(with_session_role(std::move(state), options), clock_, cloud_options(options)),
      transport_(cloud_, *catalog_),
      session_key_(options.policy ? kSessionKey : ""),
      client_(client_options()) {
  if (options.policy) open_session(options);
  for (twin::Fault& fault : options.faults) cloud_.faults().add(std::move(fault));
}

void TwinWorld::open_session(const TwinWorldOptions& options) {
  twin::Session session;
  session.caller.account = options.account;
  session.caller.arn = fmt::format("arn:aws:sts::{}:assumed-role/{}/rehearsal", options.account, kSessionRole);
  session.caller.user_id = std::string("AROAREHEARSAL:rehearsal");
  session.caller.access_key_id = kSessionKey;
  session.caller.role_name = kSessionRole;
  session.caller.session_policies = {*options.policy};
  session.expires = kWorldTime + kSessionTime;
  cloud_.sessions()->add(kSessionKey, std::move(session));
}

cloud::aws::ClientOptions TwinWorld::client_options() {
  cloud::aws::ClientOptions out;
  out.catalog = catalog_;
  out.transport = &transport_;
  out.clock = &clock_;
  out.random = &random_;
  out.credentials = [this](const std::string& account) {
    return base::Result<cloud::aws::Credentials>(credentials(account, session_key_));
  };
  out.endpoint.url = "http://twin.rehearsal";
  return out;
}

bool TwinWorld::models(std::string_view service, std::string_view operation) const {
  return twin::is_modelled(service, operation);
}

bool TwinWorld::reads_only(std::string_view service, std::string_view operation) const {
  return cloud::aws::is_read_only(service, operation);
}

base::Result<Json> TwinWorld::call(const model::ApiCall& call) {
  TRY(cloud::CallResult result, client_.call(call));
  return std::move(result.output);
}

std::size_t TwinWorld::version() {
  twin::State now = cloud_.state();
  if (versions_.empty() || versions_.back().digest() != now.digest()) versions_.push_back(std::move(now));
  return versions_.size() - 1;
}

// Settings that AWS Config has no type for are changes all the same: they keep the twin's own type and id. What the
// twin keeps for itself and no reading shows is none.
namespace {

// Whether one of `items`, of the same place, tells what this document says: an account's item in a region tells the
// region's settings.
bool is_shown(const twin::State& state, const StateKey& key, const std::set<ResourceKey>& items) {
  const Json* document = state.find(key);
  if (document == nullptr) return false;
  std::vector<StateKey> showing = twin::items_showing(state, key, *document);
  return std::any_of(showing.begin(), showing.end(), [&](const StateKey& item) {
    return item.region == key.region && items.contains({"aws", item.account, item.region, item.type, item.id});
  });
}

}  // namespace

std::vector<ResourceKey> TwinWorld::changed(std::size_t from, std::size_t to) const {
  const twin::State& before = versions_.at(from);
  const twin::State& after = versions_.at(to);
  std::vector<ResourceKey> resources = twin::changed_resources(before, after);
  std::set<ResourceKey> out(resources.begin(), resources.end());
  auto same = [&](const ResourceKey& key) {
    Resource was = render(from, key), is = render(to, key);
    return was.knowledge == is.knowledge && was.state_digest() == is.state_digest();
  };
  std::erase_if(out, same);
  for (const StateKey& key : twin::changed(before, after)) {
    ResourceKey own{"aws", key.account, key.region, key.type, key.id};
    bool split = twin::unshown_part(after, key).has_value();  // rendered without what an item shows
    bool shown = twin::find_resource_type(key.type) != nullptr ||
                 (!split && (is_shown(before, key, out) || is_shown(after, key, out)));
    if (!shown && !same(own)) out.insert(own);
  }
  return {out.begin(), out.end()};
}

Resource TwinWorld::render(std::size_t version, const ResourceKey& key) const {
  twin::State state = versions_.at(version);
  StateKey own{key.account, key.region, key.type, key.id};
  if (std::optional<Json> part = twin::unshown_part(state, own)) state.put(own, std::move(*part));
  bool setting = twin::find_resource_type(key.type) == nullptr && state.find(own) != nullptr;
  if (!setting) return twin::render(state, key, kWorldTime);
  Resource out = twin::render(state, own, kWorldTime);
  out.key = key;
  return out;
}

base::Result<std::unique_ptr<SimulatedWorld>> TwinWorldFactory::create(const std::vector<Resource>& resources) const {
  // What the simulation cannot take in is left out; what is known of the target says so later.
  twin::Loaded loaded = twin::load(resources, kIdSeed);
  return std::unique_ptr<SimulatedWorld>(std::make_unique<TwinWorld>(std::move(loaded.state), catalog_));
}

}  // namespace setpoint::response
