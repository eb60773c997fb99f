// The names of AWS resources, turned into ResourceKeys: ARNs, and Security Hub's types ("AwsEc2SecurityGroup").
//
//   parse_arn("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1")  ->  {aws, ec2, eu-west-1, 111122223333,
//   "security-group/sg-1"} key_of_arn(arn)  ->  aws/111122223333/eu-west-1/AWS::EC2::SecurityGroup/sg-1
//
// The id is the one that AWS Config gives the resource wherever the ARN holds it (sg-1, a bucket's name). Where AWS
// Config uses an id that no ARN holds (IAM's AIDA..., RDS's db-...), the key carries the name, and inventory's
// find_arn() joins them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/resource.h"

namespace setpoint::model {

struct Arn {
  std::string partition, service, region, account;
  std::string resource;  // everything after the fifth colon
  bool operator==(const Arn&) const = default;
};

std::optional<Arn> parse_arn(std::string_view text);

// The key of the resource that an ARN names, or nullopt where the text is no ARN. A type that is not in the table is
// "AWS::<service>::<kind>" as written in the ARN. Region is "global" where the ARN has none.
std::optional<ResourceKey> key_of_arn(std::string_view arn);

// "AwsEc2SecurityGroup" -> "AWS::EC2::SecurityGroup"; "" where the text is not of that form ("Other", "Container").
std::string type_of_asff(std::string_view asff_type);
// The reverse; "Other" where Security Hub has no name for the type.
std::string asff_of_type(std::string_view type);

}  // namespace setpoint::model
