// Resource: what exists, as one AWS Config configuration item (Azure and Google Cloud resources keep their own JSON
// inside the same envelope). Rules read `item`; the digest is what plans are bound to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::model {

struct ResourceKey {
  std::string provider = "aws";  // aws | azure | gcp
  std::string account;           // 12 digits, a subscription, a project
  std::string region;            // "global" for IAM and the like
  std::string type;              // AWS::EC2::SecurityGroup
  std::string id;                // sg-0123...

  auto operator<=>(const ResourceKey&) const = default;
  // provider/account/region/type/id: one line, sortable; the id may hold slashes, so it comes last; a slash in another
  // field (Azure's types) is %2F.
  std::string text() const;
};
base::Result<ResourceKey> parse_resource_key(std::string_view text);

// Three-valued: a failed or partial read is unknown, never "empty" and never "deleted".
enum class Knowledge { known, unknown, deleted };
std::string_view to_string(Knowledge knowledge);

struct Relation {
  std::string name;  // "Is contained in Vpc"
  std::string type;  // AWS::EC2::VPC
  std::string id;
  bool operator==(const Relation&) const = default;
};

struct Resource {
  ResourceKey key;
  std::string arn;
  std::string name;
  Knowledge knowledge = Knowledge::known;
  std::string unknown_because;  // the read's error, where knowledge is unknown
  base::Timestamp captured_at;
  std::string source;  // "observer", "aws-config", "event"
  std::map<std::string, std::string> tags;
  std::vector<Relation> relations;
  base::Json item;  // the whole configuration item in AWS Config's shape, root keys resourceType, configuration, ...

  // SHA-256 of the canonical state: configuration, supplementaryConfiguration, tags. Not of capture times or ids of the
  // reading itself: two reads of an unchanged resource have one digest.
  base::Digest state_digest() const;
};

}  // namespace setpoint::model
