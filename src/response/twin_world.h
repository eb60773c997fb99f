// SimulatedWorld over twin/: calls go through cloud/aws's own client and codecs to the twin in the same process, so a
// rehearsal sends the very bytes that an apply would. A rehearsal's world is loaded from configuration items
// (TwinWorldFactory); a runbook's case makes its own state and says what goes wrong in it.
//
//   TwinWorld world(std::move(seed.state), catalog, {.account = "111122223333", .policy = policy});
//   auto output = world.call(call);       // AccessDenied where the policy does not allow it
//
// Time stands still but for advance(): a plan must not depend on when it was made.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/random.h"
#include "cloud/aws/client.h"
#include "cloud/aws/model_catalog.h"
#include "response/rehearsal.h"
#include "response/simulated_world.h"
#include "twin/cloud.h"
#include "twin/wire.h"

namespace setpoint::response {

struct TwinWorldOptions {
  std::string account;  // of the session below
  // Calls are made by a role of that account in a session with this policy, and IAM is enforced; absent: by the
  // account's root user.
  std::optional<base::Json> policy;
  std::vector<twin::Fault> faults;
};

// Not thread-safe: one rehearsal owns it.
class TwinWorld final : public SimulatedWorld {
 public:
  TwinWorld(twin::State state, std::shared_ptr<const cloud::aws::ModelCatalog> catalog, TwinWorldOptions options = {});

  bool models(std::string_view service, std::string_view operation) const override;
  bool reads_only(std::string_view service, std::string_view operation) const override;
  base::Result<base::Json> call(const model::ApiCall& call) override;
  void advance(base::Milliseconds time) override { clock_.advance(time); }

  std::vector<std::string> unmodelled() const override { return cloud_.unmodelled(); }

  std::size_t version() override;
  std::vector<model::ResourceKey> changed(std::size_t from, std::size_t to) const override;
  model::Resource render(std::size_t version, const model::ResourceKey& key) const override;

  twin::State state() const { return cloud_.state(); }
  // From here on nothing goes wrong any more.
  void clear_faults() { cloud_.faults().clear(); }

 private:
  cloud::aws::ClientOptions client_options();
  void open_session(const TwinWorldOptions& options);

  base::ManualClock clock_;
  base::SeededRandom random_;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  twin::Cloud cloud_;
  twin::TwinTransport transport_;
  std::string session_key_;  // "" = root
  cloud::aws::Client client_;
  std::vector<twin::State> versions_;
};

// Thread-safe; each world it makes is for one thread.
class TwinWorldFactory final : public WorldFactory {
 public:
  explicit TwinWorldFactory(std::shared_ptr<const cloud::aws::ModelCatalog> catalog) : catalog_(std::move(catalog)) {}
  base::Result<std::unique_ptr<SimulatedWorld>> create(const std::vector<model::Resource>& resources) const override;

 private:
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
};

}  // namespace setpoint::response
