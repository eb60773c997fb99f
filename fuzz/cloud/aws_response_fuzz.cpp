#include <array>
#include <cstddef>
#include <cstdint>

#include "cloud/aws/codec.h"
#include "fuzz_http.h"

using namespace setpoint;
using namespace setpoint::cloud::aws;

// The client's side: any bytes as the answer to one operation of each protocol. The first byte chooses operation and
// status.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  constexpr std::array<std::pair<const char*, const char*>, 8> kOperations = {
      {{"ec2", "DescribeInstances"},
       {"iam", "GetAccountAuthorizationDetails"},
       {"s3", "GetBucketAcl"},
       {"s3", "GetBucketLocation"},
       {"dynamodb", "GetItem"},
       {"lambda", "GetFunction"},
       {"sqs", "ReceiveMessage"},
       {"s3control", "GetPublicAccessBlock"}}};
  if (size < 1) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto& [service, name] = kOperations[data[0] % kOperations.size()];
  cloud::HttpResponse response;
  response.status = data[0] >= 128 ? 400 : 200;
  fuzz::take_headers(text, response.headers);
  response.body = text;
  (void)decode_response(**catalog->operation(service, name), response);
  return 0;
}
