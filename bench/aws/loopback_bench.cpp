// Our client against the twin's own program on loopback: 5,000 security groups described and 1,000 of them revoked, as a
// remediation of a large account would. Prints JSON: seconds by the wall, CPU of client and twin for each call, memory.
//
//   build/release/bench/aws/loopback_bench build/release/setpoint
//
// Any program that has the command `twin` does.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "cloud/aws/curl_transport.h"

namespace {

using namespace setpoint;
using namespace setpoint::cloud::aws;
using base::Json;

constexpr const char* kAccount = "111122223333";
constexpr const char* kRegion = "eu-west-1";
constexpr int kGroups = 5'000;
constexpr int kRevoked = 1'000;
constexpr std::size_t kInFlight = 64;

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string group_id(int number) { return fmt::format("sg-{:017x}", number); }

std::string write_seed() {
  std::string path = fmt::format("/tmp/setpoint-loopback-{}.yaml", ::getpid());
  std::ofstream out(path);
  out << fmt::format(
      "accounts:\n  \"{}\":\n    {}:\n      AWS::EC2::VPC: [{{VpcId: vpc-1, CidrBlock: 10.0.0.0/8}}]\n      "
      "AWS::EC2::SecurityGroup:\n",
      kAccount, kRegion);
  for (int i = 0; i < kGroups; ++i) {
    out << fmt::format(
        "        - {{GroupId: {}, GroupName: group-{}, VpcId: vpc-1, IpPermissions: [{{IpProtocol: tcp, FromPort: 22, "
        "ToPort: 22, IpRanges: [{{CidrIp: 0.0.0.0/0}}, {{CidrIp: 10.0.0.0/8}}]}}, {{IpProtocol: tcp, FromPort: 443, "
        "ToPort: 443, IpRanges: [{{CidrIp: 0.0.0.0/0}}]}}]}}\n",
        group_id(i), i);
  }
  return path;
}

// The twin as a child process.
class Twin {
 public:
  explicit Twin(const char* program) : seed_(write_seed()) {
    int ends[2];
    SETPOINT_ASSERT(::pipe(ends) == 0);
    child_ = ::fork();
    SETPOINT_ASSERT(child_ >= 0);
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::execl(program, program, "twin", "--port", "0", "--seed", seed_.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    FILE* said = ::fdopen(ends[0], "r");
    char line[256] = "";
    if (std::fgets(line, sizeof line, said) == nullptr) {
      std::fprintf(stderr, "%s did not start\n", program);
      std::exit(1);
    }
    url_ = line;
    url_ = url_.substr(std::min(url_.size(), url_.find("http://")));
    while (url_.ends_with('\n')) url_.pop_back();
    SETPOINT_ASSERT(clock_getcpuclockid(child_, &clock_) == 0);
  }
  ~Twin() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    ::unlink(seed_.c_str());
  }
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;

  const std::string& url() const { return url_; }
  double cpu() const { return seconds(clock_); }
  double resident_megabytes() const {
    std::ifstream status(fmt::format("/proc/{}/status", child_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
  }

 private:
  const std::string seed_;
  pid_t child_ = -1;
  clockid_t clock_{};
  std::string url_;
};

struct Cost {
  double wall, client_cpu, twin_cpu;
};

template <class Work>
Cost cost_of(const Twin& twin, Work work) {
  const double wall = seconds(CLOCK_MONOTONIC), own = seconds(CLOCK_PROCESS_CPUTIME_ID), its = twin.cpu();
  work();
  return {seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - own, twin.cpu() - its};
}

model::ApiCall call_of(const char* operation, Json parameters) {
  return {kAccount, kRegion, "ec2", operation, std::move(parameters)};
}

void describe_all(Client& client) {
  std::size_t seen = 0;
  auto done = client.pages(call_of("DescribeSecurityGroups", {{"MaxResults", 1'000}}), [&](const Json& page) {
    seen += page["SecurityGroups"].size();
    return true;
  });
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  SETPOINT_ASSERT(seen == kGroups);
}

void revoke(Client& client) {
  std::vector<model::ApiCall> calls;
  for (int i = 0; i < kRevoked; ++i) {
    Json hole = {{"IpProtocol", "tcp"}, {"FromPort", 22}, {"ToPort", 22}, {"IpRanges", {{{"CidrIp", "0.0.0.0/0"}}}}};
    calls.push_back(call_of("RevokeSecurityGroupIngress", {{"GroupId", group_id(i)}, {"IpPermissions", {hole}}}));
  }
  for (const auto& result : client.call_many(calls, kInFlight)) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().text().c_str());
    SETPOINT_ASSERT(result.has_value());
  }
}

Json per_call(const Cost& cost, int calls) {
  return {{"seconds", cost.wall},
          {"client_cpu_us_a_call", cost.client_cpu / calls * 1e6},
          {"twin_cpu_us_a_call", cost.twin_cpu / calls * 1e6}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: loopback_bench PROGRAM-WITH-TWIN\n"), 2;
  auto catalog = ModelCatalog::open_default({});
  if (!catalog) return std::fprintf(stderr, "%s\n", catalog.error().text().c_str()), 1;
  Twin twin(argv[1]);
  base::SystemClock clock;
  base::SystemRandom random;
  CurlTransport transport;
  ClientOptions options;
  options.catalog = *catalog;
  options.transport = &transport;
  options.clock = &clock;
  options.random = &random;
  options.endpoint.url = twin.url();
  options.credentials = [](const std::string&) -> base::Result<Credentials> {
    Credentials keys;
    keys.access_key = kAccount;
    keys.secret_key = Secret("secret");
    return keys;
  };
  Client client(std::move(options));
  const Cost described = cost_of(twin, [&] { describe_all(client); });
  const Cost revoked = cost_of(twin, [&] { revoke(client); });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const Json out = {{"describe_5000_groups", per_call(described, 5)},
                    {"revoke_1000_groups", per_call(revoked, kRevoked)},
                    {"seconds_together", described.wall + revoked.wall},
                    {"client_megabytes", static_cast<double>(usage.ru_maxrss) / 1024},
                    {"twin_megabytes", twin.resident_megabytes()}};
  std::printf("%s\n", out.dump(2).c_str());
}
