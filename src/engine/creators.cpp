#include "engine/creators.h"

#include <algorithm>

namespace setpoint::engine {

using base::Json;
using base::member;
using base::string_member;

namespace {

// Where the id of what was made stands in responseElements (or, where the caller chose it, in requestParameters).
struct Maker {
  const char* event_name;
  const char* type;
  const char* pointer;
  bool account_wide;
};
constexpr Maker kMakers[] = {
    {"CreateSecurityGroup", "AWS::EC2::SecurityGroup", "/responseElements/groupId", false},
    {"CreateVpc", "AWS::EC2::VPC", "/responseElements/vpc/vpcId", false},
    {"CreateVolume", "AWS::EC2::Volume", "/responseElements/volumeId", false},
    {"RunInstances", "AWS::EC2::Instance", "/responseElements/instancesSet/items/0/instanceId", false},
    {"CreateBucket", "AWS::S3::Bucket", "/requestParameters/bucketName", false},
    {"CreateUser", "AWS::IAM::User", "/responseElements/user/userId", true},
    {"CreateRole", "AWS::IAM::Role", "/responseElements/role/roleId", true},
};

}  // namespace

std::optional<Creation> creation_of(const model::Event& event) {
  const Json& detail = event.detail;
  std::string name = string_member(detail, "eventName");
  auto maker =
      std::find_if(std::begin(kMakers), std::end(kMakers), [&](const Maker& m) { return name == m.event_name; });
  if (maker == std::end(kMakers) || !string_member(detail, "errorCode").empty()) return std::nullopt;
  Json::json_pointer where(maker->pointer);
  std::string creator = string_member(member(detail, "userIdentity"), "arn");
  if (creator.empty() || !detail.contains(where) || !detail.at(where).is_string()) return std::nullopt;
  std::string region = maker->account_wide ? "global" : event.region;
  return Creation{{"aws", event.account, region, maker->type, detail.at(where).get<std::string>()}, creator};
}

base::Status note_creators(journal::Journal& journal, std::span<const model::Event> events) {
  journal::Batch batch;
  for (const model::Event& event : events) {
    auto creation = creation_of(event);
    if (!creation) continue;
    batch.state.documents.push_back({kCreatorSpace,
                                     creation->resource.text(),
                                     Json{{"creator", creation->creator}, {"event", event.id}},
                                     std::nullopt,
                                     {}});
  }
  if (batch.state.documents.empty()) return {};
  TRY(auto written, journal.append(std::move(batch)));
  return {};
}

}  // namespace setpoint::engine
