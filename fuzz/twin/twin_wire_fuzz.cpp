// Any bytes as an HTTP request to the twin: first line method, path and service, second line a header's value, the rest
// the body. There is always an answer with a status, and an answer in the 400s has changed nothing.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "twin/seed.h"
#include "twin/wire.h"

namespace {

using namespace setpoint;

constexpr const char* kServices[] = {"ec2",  "s3",  "iam", "sts", "kms",        "ssm",      "lambda",
                                     "logs", "sqs", "sns", "rds", "cloudtrail", "dynamodb", "s3control"};
constexpr const char* kSeed = R"(
accounts:
  "111122223333":
    eu-west-1:
      AWS::EC2::VPC: [{VpcId: vpc-1, CidrBlock: 10.0.0.0/16}]
      AWS::EC2::SecurityGroup: [{GroupId: sg-1, VpcId: vpc-1, IpPermissions: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{CidrIp: 0.0.0.0/0}]}]}]
      AWS::S3::Bucket: [{Name: bucket}]
)";

struct World {
  World() {
    const char* from_environment = std::getenv("SETPOINT_AWS_MODELS");
    catalog = cloud::aws::ModelCatalog::open_default(
                  {.path = {}, .from_environment = from_environment ? from_environment : "", .program = {}})
                  .value();
    base::Diagnostics diagnostics;
    seed = twin::parse_seed({"seed", kSeed}, diagnostics)->state;
  }
  std::shared_ptr<cloud::aws::ModelCatalog> catalog;
  twin::State seed;
  base::ManualClock clock{{1'795'000'000'000}};
};

std::string cut_line(std::string& text) {
  std::size_t end = text.find('\n');
  std::string line = text.substr(0, end);
  text = end == std::string::npos ? "" : text.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  if (size < 2) return 0;
  const char* service = kServices[data[0] % std::size(kServices)];
  cloud::HttpRequest request;
  request.method = data[1] % 4 == 0 ? "GET" : data[1] % 4 == 1 ? "PUT" : data[1] % 4 == 2 ? "DELETE" : "POST";
  std::string text(reinterpret_cast<const char*>(data + 2), size - 2);
  std::string target = cut_line(text);
  std::size_t question = target.find('?');
  request.path = "/" + target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.host = "127.0.0.1:1";
  request.headers = {{"Authorization", std::string("AWS4-HMAC-SHA256 Credential=111122223333/20261121/eu-west-1/") +
                                           service + "/aws4_request, SignedHeaders=host, Signature=00"},
                     {"X-Amz-Target", cut_line(text)},
                     {"Content-Type", service == std::string("ec2") ? "application/x-www-form-urlencoded"
                                                                    : "application/x-amz-json-1.1"}};
  request.body = text;
  twin::Cloud cloud(world.seed, world.clock);
  twin::Wire wire(cloud, *world.catalog);
  twin::WireReply reply = wire.handle(request);
  SETPOINT_ASSERT(reply.http.status >= 200 && reply.http.status < 600);
  if (reply.http.status >= 400) SETPOINT_ASSERT(twin::changed(world.seed, cloud.state()).empty());
  return 0;
}
