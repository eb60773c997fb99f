#include "cloud/aws/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "cloud/aws/curl_transport.h"
#include "cloud/aws/jmespath.h"
#include "cloud/aws/read_only.h"

namespace setpoint::cloud::aws {
namespace {

using base::ErrorCode;
using base::Json;

// Answers from a list; the last one repeats.
class ScriptedTransport final : public Transport {
 public:
  using Answer = std::function<base::Result<HttpResponse>(const HttpRequest&)>;
  std::vector<Answer> answers;
  std::vector<HttpRequest> seen;
  base::Result<HttpResponse> send(const HttpRequest& request, const SendOptions&) override {
    seen.push_back(request);
    return answers[std::min(seen.size(), answers.size()) - 1](request);
  }
};

struct Fixture {
  std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  base::ManualClock clock{base::Timestamp{1'800'000'000'000}};
  base::SeededRandom random{7};
  ScriptedTransport transport;
  Client client{[this] {
    ClientOptions options;
    options.catalog = catalog;
    options.transport = &transport;
    options.clock = &clock;
    options.random = &random;
    options.credentials = [](const std::string&) -> base::Result<Credentials> {
      Credentials keys;
      keys.access_key = "AKID";
      keys.secret_key = Secret("secret");
      return keys;
    };
    return options;
  }()};

  ScriptedTransport::Answer output(std::string service, std::string operation, Json value) {
    return [this, service, operation, value](const HttpRequest&) -> base::Result<HttpResponse> {
      return encode_response(**catalog->operation(service, operation), value, "r");
    };
  }
  ScriptedTransport::Answer error(std::string service, std::string code, int status) {
    return [this, service, code, status](const HttpRequest&) -> base::Result<HttpResponse> {
      const ServiceModel* model = *catalog->service(service);
      ServiceError wrong;
      wrong.code = code;
      wrong.status = status;
      return encode_error(*model, model->protocol, wrong, "r");
    };
  }
  static ScriptedTransport::Answer failure(ErrorCode code) {
    return [code](const HttpRequest&) -> base::Result<HttpResponse> { return base::fail(code, "as scripted"); };
  }
};

model::ApiCall call_of(std::string service, std::string operation, Json parameters) {
  model::ApiCall call;
  call.account = "111122223333";
  call.region = "eu-west-1";
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.parameters = std::move(parameters);
  return call;
}

TEST(Client, SendsASignedRequestToTheServicesHost) {
  Fixture f;
  f.transport.answers = {f.output("ec2", "DescribeVpcs", Json{{"Vpcs", Json::array()}})};
  ASSERT_TRUE(f.client.call(call_of("ec2", "DescribeVpcs", Json::object())));
  EXPECT_EQ(f.transport.seen[0].host, "ec2.eu-west-1.amazonaws.com");
  EXPECT_NE(header(f.transport.seen[0].headers, "Authorization").find("AKID/20270115/eu-west-1/ec2"),
            std::string::npos);
}

TEST(Client, PutsBucketAndAccountIntoTheHost) {
  Fixture f;
  auto bucket = *f.client.prepare(call_of("s3", "GetObject", {{"Bucket", "my-bucket"}, {"Key", "a/b"}}), f.clock.now());
  EXPECT_EQ(bucket.host, "my-bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(bucket.path, "/a/b");
  auto dotted = *f.client.prepare(call_of("s3", "GetBucketAcl", {{"Bucket", "my.bucket"}}), f.clock.now());
  EXPECT_EQ(dotted.host, "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(dotted.path, "/my.bucket");
  auto control =
      *f.client.prepare(call_of("s3control", "GetPublicAccessBlock", {{"AccountId", "111122223333"}}), f.clock.now());
  EXPECT_EQ(control.host, "111122223333.s3-control.eu-west-1.amazonaws.com");
}

TEST(Client, RetriesThrottlesAndFailuresOfReads) {
  Fixture f;
  f.transport.answers = {f.error("ec2", "RequestLimitExceeded", 503), f.error("ec2", "InternalError", 500),
                         f.output("ec2", "DescribeVpcs", Json::object())};
  EXPECT_TRUE(f.client.call(call_of("ec2", "DescribeVpcs", Json::object())));
  EXPECT_EQ(f.transport.seen.size(), 3u);
}

TEST(Client, GivesUpAfterItsAttempts) {
  Fixture f;
  f.transport.answers = {f.error("ec2", "Unavailable", 503)};
  auto result = f.client.call(call_of("ec2", "DescribeVpcs", Json::object()));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_EQ(f.transport.seen.size(), 3u);
}

TEST(Client, NeverSendsAChangeTwiceWhoseEffectIsUnknown) {
  for (bool lost : {true, false}) {
    Fixture f;
    f.transport.answers = {lost ? Fixture::failure(ErrorCode::timed_out) : f.error("ec2", "InternalError", 500)};
    auto result = f.client.call(call_of("ec2", "RevokeSecurityGroupIngress", {{"GroupId", "sg-1"}}));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::timed_out);
    EXPECT_EQ(f.transport.seen.size(), 1u);
  }
}

TEST(Client, SendsAChangeAgainWhereNothingArrivedOrATokenMakesItHarmless) {
  Fixture unsent;
  unsent.transport.answers = {Fixture::failure(ErrorCode::unreachable),
                              unsent.output("ec2", "RevokeSecurityGroupIngress", {{"Return", true}})};
  EXPECT_TRUE(unsent.client.call(call_of("ec2", "RevokeSecurityGroupIngress", {{"GroupId", "sg-1"}})));
  Fixture token;
  token.transport.answers = {Fixture::failure(ErrorCode::timed_out),
                             token.output("ec2", "CreateVolume", {{"VolumeId", "vol-1"}})};
  EXPECT_TRUE(token.client.call(call_of("ec2", "CreateVolume", {{"AvailabilityZone", "a"}, {"ClientToken", "t"}})));
}

TEST(Client, MergesPages) {
  Fixture f;
  f.transport.answers = {f.output("ec2", "DescribeVpcs", Json::parse(R"({"Vpcs":[{"VpcId":"1"}],"NextToken":"n"})")),
                         f.output("ec2", "DescribeVpcs", Json::parse(R"({"Vpcs":[{"VpcId":"2"}]})"))};
  auto all = f.client.call_all(call_of("ec2", "DescribeVpcs", Json::object()));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->at("Vpcs").size(), 2u);
  EXPECT_NE(f.transport.seen[1].body.find("NextToken=n"), std::string::npos);
}

TEST(Client, AFailedPageIsAnErrorAndNoShortList) {
  Fixture f;
  f.transport.answers = {f.output("ec2", "DescribeVpcs", Json::parse(R"({"Vpcs":[{"VpcId":"1"}],"NextToken":"n"})")),
                         f.error("ec2", "UnauthorizedOperation", 403)};
  auto all = f.client.call_all(call_of("ec2", "DescribeVpcs", Json::object()));
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, ErrorCode::access_denied);
}

TEST(Client, AServerThatRepeatsAPageDoesNotHoldUsForEver) {
  Fixture f;
  f.transport.answers = {f.output("ec2", "DescribeVpcs", Json::parse(R"({"Vpcs":[],"NextToken":"n"})"))};
  auto all = f.client.call_all(call_of("ec2", "DescribeVpcs", Json::object()));
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, ErrorCode::corrupted);
}

TEST(Client, WaitsAsTheModelSays) {
  Fixture f;
  auto state = [&](const char* name) {
    return f.output("rds", "DescribeDBInstances", Json{{"DBInstances", {{{"DBInstanceStatus", name}}}}});
  };
  f.transport.answers = {state("modifying"), state("available")};
  EXPECT_TRUE(f.client.wait_until(call_of("rds", "DescribeDBInstances", Json::object()), "DBInstanceAvailable"));
  EXPECT_EQ(f.transport.seen.size(), 2u);
  f.transport.seen.clear();
  f.transport.answers = {state("failed")};
  EXPECT_EQ(
      f.client.wait_until(call_of("rds", "DescribeDBInstances", Json::object()), "DBInstanceAvailable").error().code,
      ErrorCode::conflict);
}

TEST(RateGate, LearnsFromThrottlingAndLetsUndoPass) {
  base::ManualClock clock{base::Timestamp{1}};
  RateGate gate(clock);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(gate.enter("a", Lane::normal, {}));
    clock.advance(base::Milliseconds(10));
  }
  EXPECT_EQ(gate.rate(), 0);
  gate.throttled();
  EXPECT_GT(gate.rate(), 20);
  EXPECT_LT(gate.rate(), 100);
  const base::Timestamp start = clock.now();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(gate.enter("a", Lane::normal, {}));
  EXPECT_GT((clock.now() - start).count(), 300);
  const base::Timestamp before_undo = clock.now();
  ASSERT_TRUE(gate.enter("undo", Lane::undo, {}));
  EXPECT_EQ(clock.now(), before_undo);
}

TEST(RateGate, ThereAreNeverMoreThanTheLimit) {
  base::ManualClock clock{base::Timestamp{1}};
  RateGates gates(clock);
  RateGate* first = &gates.of("account 0");
  std::set<RateGate*> seen;
  for (int i = 0; i < 120'000; ++i) seen.insert(&gates.of(fmt::format("account {}", i)));
  EXPECT_LT(seen.size(), 51'000u);
  EXPECT_EQ(&gates.of("account 0"), first);
  EXPECT_EQ(&gates.of("account 119999"), &gates.of("account 119999"));
}

TEST(JmesPath, FindsWhatModelsAskFor) {
  const Json page =
      Json::parse(R"({"R":[{"I":[{"S":"a"},{"S":"b"}]},{"I":[{"S":"a"}]}],"N":null,"C":[{"Key":"x"},{"Key":"y"}],
      "M":{"p":{"V":1},"q":{"V":2}},"services":[{"deployments":[1],"runningCount":2,"desiredCount":2}]})");
  auto search = [&](const char* path) { return JmesPath::compile(path)->search(page); };
  EXPECT_EQ(search("R[].I[].S"), Json::parse(R"(["a","b","a"])"));
  EXPECT_EQ(search("N || C[-1].Key"), "y");
  EXPECT_EQ(search("length(R[]) > `0`"), true);
  EXPECT_EQ(search("M.*.V"), Json::parse("[1,2]"));
  EXPECT_EQ(search("length(services[?!(length(deployments) == `1` && runningCount == desiredCount)]) == `0`"), true);
  EXPECT_EQ(search("Nothing.At.All"), nullptr);
  for (const char* wrong : {"", "a[", "a..b", "f(x)", "`{`", "a ||"}) EXPECT_FALSE(JmesPath::compile(wrong)) << wrong;
}

TEST(ReadOnly, DoubtsEverythingElse) {
  for (const char* read :
       {"DescribeInstances", "GetBucketPolicy", "ListUsers", "HeadBucket", "BatchGetResourceConfig", "LookupEvents"}) {
    EXPECT_TRUE(is_read_only("x", read)) << read;
  }
  for (const char* change :
       {"RevokeSecurityGroupIngress", "Getaway", "DeleteBucket", "PutBucketPolicy", "StartQuery", "AssumeRole"}) {
    EXPECT_FALSE(is_read_only("x", change)) << change;
  }
  EXPECT_FALSE(is_read_only("sts", "GetSessionToken"));
}

// A server on loopback that takes requests and answers each connection as told.
class LoopbackServer {
 public:
  enum class Manner { answer, close_without_answer };
  explicit LoopbackServer(Manner manner) : manner_(manner) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  int port = 0;
  std::atomic<int> requests{0};
  std::atomic<int> connections{0};

 private:
  void serve() {
    for (int client; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client)) {
      ++connections;
      while (take_request(client)) {
        ++requests;
        // The first answer keeps the connection, the second request on it is dropped where that is the manner.
        if (manner_ == Manner::close_without_answer && requests > 1) break;
        constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Id: 7\r\n\r\nok";
        ::send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      }
    }
  }
  static bool take_request(int client) {
    std::string request;
    char buffer[4096];
    while (!request.ends_with("Action=Change")) {
      const ssize_t length = ::recv(client, buffer, sizeof buffer, 0);
      if (length <= 0) return false;
      request.append(buffer, static_cast<std::size_t>(length));
    }
    return true;
  }
  Manner manner_;
  int listener_ = -1;
  std::thread thread_;
};

HttpRequest post_to(int port) {
  HttpRequest request;
  request.method = "POST";
  request.scheme = "http";
  request.host = fmt::format("127.0.0.1:{}", port);
  request.body = "Action=Change";
  return request;
}

TEST(CurlTransport, KeepsConnections) {
  LoopbackServer server(LoopbackServer::Manner::answer);
  CurlTransport transport;
  for (int i = 0; i < 5; ++i) {
    auto response = transport.send(post_to(server.port), {});
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "ok");
    EXPECT_EQ(header(response->headers, "x-id"), "7");
  }
  EXPECT_EQ(server.connections, 1);
}

TEST(CurlTransport, ARequestThatWasTakenAndNotAnsweredIsNotSentAgain) {
  LoopbackServer server(LoopbackServer::Manner::close_without_answer);
  CurlTransport transport;
  ASSERT_TRUE(transport.send(post_to(server.port), {}));
  auto lost = transport.send(post_to(server.port), {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::timed_out) << lost.error().text();
  EXPECT_EQ(server.requests, 2);
}

TEST(CurlTransport, SaysWhereNothingWasSent) {
  CurlTransport transport;
  auto refused = transport.send(post_to(1), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unreachable);
}

}  // namespace
}  // namespace setpoint::cloud::aws
