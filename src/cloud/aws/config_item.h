// Between the APIs' own objects and AWS Config's configuration items, for every type that Setpoint observes. The
// Observer renders what it read; the twin renders what it holds; a rehearsal starts from items and needs the API's
// shape back. One table, both ways.
//
//   Resource r = to_configuration_item("AWS::EC2::SecurityGroup", group, {.account = a, .region = r, .captured_at =
//   now}); Result<Json> group = from_configuration_item(r.item);
//
// The API object is the element of the describe answer (SecurityGroup, Volume, UserDetail, DBInstance, ...). What takes
// calls of its own stands in it under the name of the operation without its verb, as that call answers: an S3 bucket
// holds "Policy" (text), "Encryption", "Acl", "PublicAccessBlock", "Versioning", "Logging", "Lifecycle", "ObjectLock",
// ...; a KMS key "Policy" (text) and "KeyRotationEnabled"; a Lambda function "Policy" (text); an SSM document
// "AccountIds"; a topic or queue "Attributes".
//
// Shapes as AWS Config has them: lower camel names (first letter only), tags as a map at the root, an S3 bucket's
// settings in supplementaryConfiguration, a security group's ipv4Ranges beside the older ipRanges. Sources: AWS
// Config's resource schemas and the items that its users publish. A type that is not in the table is rendered in lower
// camel, without ARN; from_configuration_item answers unsupported for it.
//
// Threads: functions of values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "model/resource.h"

namespace setpoint::cloud::aws {

struct ItemContext {
  std::string account;
  std::string region;
  base::Timestamp captured_at;
  std::string source = "observer";
};

model::Resource to_configuration_item(std::string_view type, const base::Json& api_object, const ItemContext& context);
base::Result<base::Json> from_configuration_item(const base::Json& item);
std::vector<std::string_view> configuration_item_types();

}  // namespace setpoint::cloud::aws
