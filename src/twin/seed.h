// Seeds: the first state of a simulated cloud, from a file that a person wrote.
//
//   accounts:
//     "111122223333":
//       global:
//         AWS::IAM::Role:
//           - {RoleName: Auditor, AssumeRolePolicyDocument: {...}}
//       eu-west-1:
//         AWS::EC2::VPC:
//           - {VpcId: vpc-1, CidrBlock: 10.0.0.0/16, IsDefault: true}
//         AWS::EC2::SecurityGroup:
//           - GroupId: sg-1
//             VpcId: vpc-1
//             IpPermissions: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{CidrIp: 0.0.0.0/0}]}]
//
// Resources are written as the API describes them; what is left out has the API's default. The file is YAML or JSON.
// Configuration items are loaded by inventory.h, not here. Every mistake becomes a Diagnostic with its place;
// docs/twin.md has the whole format. Limits: kSeedBytesMax, kSeedErrorsMax. No side effects; threads: any.
#pragma once

#include <optional>

#include "base/diagnostic.h"
#include "twin/state.h"

namespace setpoint::twin {

struct Seed {
  State state;
  std::string default_account;  // the first that the file names
};
std::optional<Seed> parse_seed(const base::SourceText& source, base::Diagnostics& diagnostics);

}  // namespace setpoint::twin
