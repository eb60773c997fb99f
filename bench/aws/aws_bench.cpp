// CPU of one signed call (ec2 DescribeSecurityGroups of one group): our client, boto3, and a bare keep-alive libcurl
// exchange of the same bytes, in turns against servers of the same kind on loopback; medians of the rounds. Prints
// JSON; the server's own CPU is taken off.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/random.h"
#include "cloud/aws/curl_transport.h"

namespace {

using namespace setpoint;
using namespace setpoint::cloud::aws;
using base::Json;

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Answers every request with the same bytes; requests are told apart by their Content-Length.
class Server {
 public:
  explicit Server(std::string body) {
    answer_ =
        fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SETPOINT_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    ::listen(listener_, 64) == 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
    pthread_getcpuclockid(thread_.native_handle(), &clock_);
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  double cpu() const { return seconds_of(clock_); }
  int port = 0;

 private:
  void accept_all() {
    for (int client; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client)) serve(client);
  }
  void serve(int client) {
    std::string text;
    char buffer[65536];
    for (ssize_t length; (length = ::recv(client, buffer, sizeof buffer, 0)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(length));
      const std::size_t end = text.find("\r\n\r\n");
      const std::size_t at = text.find("Content-Length: ");
      if (end == std::string::npos || at == std::string::npos) continue;
      if (text.size() < end + 4 + static_cast<std::size_t>(std::atoi(text.c_str() + at + 16))) continue;
      text.clear();
      if (::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
  std::string answer_;
  int listener_ = -1;
  std::thread thread_;
  clockid_t clock_{};
};

template <class Work>
double cpu_microseconds(const Server& server, int calls, Work work) {
  const double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - server.cpu();
  for (int i = 0; i < calls; ++i) work();
  return (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - server.cpu() - start) / calls * 1e6;
}

constexpr int kRounds = 15;
constexpr int kCallsOfRound = 1'000;

class Rounds {
 public:
  template <class Work>
  void add(const Server& server, Work work) {
    costs_.push_back(cpu_microseconds(server, kCallsOfRound, work));
  }
  double median() {
    std::sort(costs_.begin(), costs_.end());
    return costs_[costs_.size() / 2];
  }

 private:
  std::vector<double> costs_;
};

std::size_t swallow(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// One handle, set up once: the least that libcurl asks for these bytes.
class BareCurl {
 public:
  explicit BareCurl(const cloud::HttpRequest& request) : body_(request.body) {
    for (const auto& [name, value] : request.headers)
      headers_ = curl_slist_append(headers_, (name + ": " + value).c_str());
    curl_easy_setopt(curl_, CURLOPT_URL, fmt::format("http://{}/", request.host).c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body_.c_str());
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, swallow);
  }
  ~BareCurl() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  void exchange() { SETPOINT_ASSERT(curl_easy_perform(curl_) == CURLE_OK); }

 private:
  const std::string body_;
  CURL* const curl_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
};

double boto3(int port, int calls) {
  FILE* pipe = ::popen(
      fmt::format("/usr/bin/python3 {}/bench/aws/boto3_peer.py {} {}", SETPOINT_SOURCE_DIR, port, calls).c_str(), "r");
  double cost = -1;
  if (pipe && std::fscanf(pipe, "%lf", &cost) != 1) cost = -1;
  if (pipe) ::pclose(pipe);
  return cost;
}

ClientOptions options_for(const std::shared_ptr<ModelCatalog>& catalog, cloud::Transport& transport, base::Clock& clock,
                          base::Random& random, int port) {
  ClientOptions options;
  options.catalog = catalog;
  options.transport = &transport;
  options.clock = &clock;
  options.random = &random;
  options.endpoint.url = fmt::format("http://127.0.0.1:{}", port);
  options.credentials = [](const std::string&) -> base::Result<Credentials> {
    Credentials keys;
    keys.access_key = "AKID";
    keys.secret_key = Secret("secret");
    return keys;
  };
  return options;
}

}  // namespace

int main() {
  auto catalog = ModelCatalog::open_default({});
  if (!catalog) return std::fprintf(stderr, "%s\n", catalog.error().text().c_str()), 1;
  const OperationModel* operation = *(*catalog)->operation("ec2", "DescribeSecurityGroups");
  const Json output = Json::parse(
      R"({"SecurityGroups":[{"GroupId":"sg-0","GroupName":"web","VpcId":"vpc-0","IpPermissions":[{"IpProtocol":"tcp",
    "FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}],"Tags":[{"Key":"a","Value":"b"}]}]})");
  const cloud::HttpResponse answer = encode_response(*operation, output, "r");
  model::ApiCall call;
  call.region = "eu-west-1";
  call.service = "ec2";
  call.operation = "DescribeSecurityGroups";
  call.parameters = {{"GroupIds", {"sg-0"}}};
  base::SystemClock clock;
  base::SystemRandom random;
  Server server(answer.body);
  Server bare_server(answer.body);
  CurlTransport transport;
  Client client(options_for(*catalog, transport, clock, random, server.port));
  cloud::HttpRequest request = *client.prepare(call, clock.now());
  request.host = fmt::format("127.0.0.1:{}", bare_server.port);
  BareCurl bare(request);
  Rounds prepare, decode, ours, bare_curl;
  // In turns, so that what else the machine does meets all alike.
  for (int round = 0; round < kRounds; ++round) {
    prepare.add(server, [&] { SETPOINT_ASSERT(client.prepare(call, clock.now()).has_value()); });
    decode.add(server, [&] { SETPOINT_ASSERT(decode_response(*operation, answer).has_value()); });
    ours.add(server, [&] { SETPOINT_ASSERT(client.call(call).has_value()); });
    bare_curl.add(bare_server, [&] { bare.exchange(); });
  }
  Json result = {{"prepare_us", prepare.median()},
                 {"decode_us", decode.median()},
                 {"client_us", ours.median()},
                 {"bare_curl_us", bare_curl.median()}};
  Server boto3_server(answer.body);
  result["boto3_us"] = boto3(boto3_server.port, 500);
  result["client_over_bare_curl"] = result["client_us"].get<double>() / result["bare_curl_us"].get<double>();
  result["boto3_over_client"] = result["boto3_us"].get<double>() / result["client_us"].get<double>();
  std::printf("%s\n", result.dump(2).c_str());
}
