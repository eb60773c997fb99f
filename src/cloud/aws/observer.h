// Looks at AWS. An AwsObserver reads, and can do nothing else: an operation that is not known to be read-only
// (read_only.h) is refused before it leaves.
//
//   AwsObserver observer(client);
//   DiscoveryScope scope{.account = "", .regions = {"eu-west-1"}, .types = {"AWS::EC2::SecurityGroup"}};
//   TRY(DiscoveryReport report, observer.discover(scope, take));
//   TRY(model::Resource now, observer.observe(key));
//
// discover lists each type page by page, completes each page with the calls that its resources need (a bucket's policy,
// encryption, ...; many in flight), and hands the configuration items on. A page, a region or a resource that could not
// be read becomes an Unread entry; what was read of a resource whose parts failed comes with Knowledge::unknown. An
// empty answer always means that AWS said "none".
//
// Which calls make a resource is a table (observed_types.cpp); config_item.h renders it.
// Ownership: keeps a reference to the client. Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "cloud/aws/client.h"
#include "cloud/aws/read_only.h"
#include "cloud/ports.h"

namespace setpoint::cloud::aws {

struct ObservedType;

class AwsObserver final : public Observer {
 public:
  explicit AwsObserver(Client& client, CallOptions options = {}) : client_(client), options_(std::move(options)) {}

  bool reads_only(const model::ApiCall& call) const override { return is_read_only(call.service, call.operation); }
  base::Result<CallResult> read(const model::ApiCall& call) override;
  base::Result<model::Resource> observe(const model::ResourceKey& key) override;
  base::Result<DiscoveryReport> discover(const DiscoveryScope& scope,
                                         const std::function<void(model::Resource)>& take) override;

  std::vector<std::string> types() const override;
  bool account_wide(const std::string& type) const override;

 private:
  struct Found;  // one object of the API, on its way to a resource
  struct Pass;   // one type in one region
  void discover_type(Pass& pass);
  void locate_buckets(const std::string& account, const std::string& region, std::vector<Found>& found);
  void complete(const ObservedType& type, const std::string& account, std::vector<Found>& found);
  void hand_over(Pass& pass, std::vector<Found> found);
  base::Result<std::vector<Found>> find_one(const ObservedType& type, const model::ResourceKey& key,
                                            const std::string& region);
  base::Result<std::string> own_account(const std::string& region);

  Client& client_;
  CallOptions options_;
};

}  // namespace setpoint::cloud::aws
