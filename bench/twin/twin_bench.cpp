// What the twin costs, as JSON: a fork of 100,000 resources, the difference after one change, and 5,000 security groups
// described and 1,000 revoked over the wire's bytes in the same process (encode, decode, run, encode, decode; no
// socket). CPU time of the process.
//
//   build/release/bench/twin/twin_bench
#include <sys/resource.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include "cloud/aws/codec.h"
#include "twin/inventory.h"
#include "twin/resource_types.h"
#include "twin/wire.h"

namespace {

using namespace setpoint;
using base::Json;

constexpr const char* kAccount = "111122223333";
constexpr const char* kRegion = "eu-west-1";

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string group_id(int number) { return fmt::format("sg-{:017x}", number); }

Json group(int number) {
  return {{"GroupId", group_id(number)},
          {"GroupName", fmt::format("group-{}", number)},
          {"Description", "bench"},
          {"VpcId", "vpc-0000000a"},
          {"Tags", Json::array({{{"Key", "Owner"}, {"Value", "someone@example.com"}}})},
          {"IpPermissions",
           Json::array({{{"IpProtocol", "tcp"},
                         {"FromPort", 22},
                         {"ToPort", 22},
                         {"IpRanges", Json::array({{{"CidrIp", "0.0.0.0/0"}}, {{"CidrIp", "10.0.0.0/8"}}})}},
                        {{"IpProtocol", "tcp"},
                         {"FromPort", 443},
                         {"ToPort", 443},
                         {"IpRanges", Json::array({{{"CidrIp", "0.0.0.0/0"}}})}}})},
          {"IpPermissionsEgress",
           Json::array({{{"IpProtocol", "-1"}, {"IpRanges", Json::array({{{"CidrIp", "0.0.0.0/0"}}})}}})}};
}

twin::State account_of(int groups) {
  std::vector<std::pair<twin::StateKey, Json>> documents;
  documents.push_back(*twin::document_from_api(kAccount, kRegion, "AWS::EC2::VPC",
                                               {{"VpcId", "vpc-0000000a"}, {"CidrBlock", "10.0.0.0/8"}}));
  for (int i = 0; i < groups; ++i)
    documents.push_back(*twin::document_from_api(kAccount, kRegion, "AWS::EC2::SecurityGroup", group(i)));
  twin::State state;
  state.put_all(std::move(documents));
  return state;
}

void bench_fork(Json& out) {
  double begin = cpu_seconds();
  base::SystemClock clock;
  twin::Cloud cloud(account_of(100'000), clock);
  double loaded = cpu_seconds();
  constexpr int kForks = 10'000;
  for (int i = 0; i < kForks; ++i) {
    if (cloud.fork()->state().size() != 100'001) std::abort();
  }
  double forked = cpu_seconds();
  twin::State before = cloud.state(), after = before;
  Json document = *after.find({kAccount, kRegion, "AWS::EC2::SecurityGroup", group_id(777)});
  document["Description"] = "changed";
  after.put({kAccount, kRegion, "AWS::EC2::SecurityGroup", group_id(777)}, document);
  double put = cpu_seconds();
  if (twin::changed(before, after).size() != 1) std::abort();
  double compared = cpu_seconds();
  before.digest();
  double digested = cpu_seconds();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  out["load_100k_cpu_seconds"] = loaded - begin;
  out["fork_100k_microseconds"] = (forked - loaded) / kForks * 1e6;
  out["change_one_of_100k_microseconds"] = (put - forked) * 1e6;
  out["difference_after_one_change_microseconds"] = (compared - put) * 1e6;
  out["first_digest_of_100k_cpu_seconds"] = digested - compared;
  out["resident_megabytes_100k"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

Json call(twin::TwinTransport& transport, const cloud::aws::OperationModel& operation, const Json& parameters) {
  cloud::aws::Encoded encoded = *cloud::aws::encode_request(operation, parameters);
  encoded.http.host = "ec2.eu-west-1.amazonaws.com";
  encoded.http.headers.emplace_back(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/20261121/{}/ec2/aws4_request, SignedHeaders=host, Signature=0",
                  kAccount, kRegion));
  return cloud::aws::decode_response(operation, *transport.send(encoded.http, {}))->output;
}

void bench_calls(const cloud::aws::ModelCatalog& catalog, Json& out) {
  base::SystemClock clock;
  twin::Cloud cloud(account_of(5'000), clock);
  twin::TwinTransport transport(cloud, catalog);
  const cloud::aws::OperationModel& describe = **catalog.operation("ec2", "DescribeSecurityGroups");
  const cloud::aws::OperationModel& revoke = **catalog.operation("ec2", "RevokeSecurityGroupIngress");
  double begin = cpu_seconds();
  std::size_t seen = 0;
  Json parameters = {{"MaxResults", 1000}};
  for (bool more = true; more;) {
    Json page = call(transport, describe, parameters);
    seen += page["SecurityGroups"].size();
    more = page.contains("NextToken") && page["NextToken"] != "";
    if (more) parameters["NextToken"] = page["NextToken"];
  }
  double described = cpu_seconds();
  if (seen != 5'000) std::abort();
  for (int i = 0; i < 1'000; ++i) {
    Json permission = {{"IpProtocol", "tcp"},
                       {"FromPort", 22},
                       {"ToPort", 22},
                       {"IpRanges", Json::array({{{"CidrIp", "0.0.0.0/0"}}})}};
    if (call(transport, revoke, {{"GroupId", group_id(i)}, {"IpPermissions", Json::array({permission})}})["Return"] !=
        Json(true))
      std::abort();
  }
  double revoked = cpu_seconds();
  out["describe_5000_groups_cpu_seconds"] = described - begin;
  out["revoke_1000_cpu_seconds"] = revoked - described;
  out["cpu_microseconds_per_revoke_both_ends"] = (revoked - described) / 1'000 * 1e6;
}

}  // namespace

int main() {
  auto catalog = cloud::aws::ModelCatalog::open_default({});
  if (!catalog) return std::fprintf(stderr, "%s\n", catalog.error().text().c_str()), 1;
  Json out = Json::object();
  bench_calls(**catalog, out);
  bench_fork(out);
  std::printf("%s\n", out.dump(2).c_str());
}
