// From a snapshot of AWS Config to findings, on one thread, stage by stage, per CPU second: what a scan of N security
// groups costs.
//
//   build/release/bench/intake/intake_bench [items=10000]     prints JSON: items/s of each stage, peak memory
#include <sys/resource.h>

#include <cstdio>
#include <ctime>

#include "findings/findings.h"
#include "findings/memory_finding_store.h"
#include "intake/intake.h"
#include "inventory/inventory.h"
#include "inventory/memory_resource_store.h"
#include "standards/standards.h"

namespace {

using namespace setpoint;
using base::Json;

// One group in ten is open to the world on one port; items are of the size that AWS Config writes (about 1.3 KB).
std::string item(int n) {
  std::string id = fmt::format("sg-{:017x}", n);
  Json ranges = Json::array({{{"cidrIp", "10.0.0.0/8"}, {"description", "offices"}}});
  if (n % 10 == 0) ranges.push_back({{"cidrIp", "0.0.0.0/0"}});
  auto permission = [&](int port, const Json& open) {
    return Json{{"ipProtocol", "tcp"},
                {"fromPort", port},
                {"toPort", port},
                {"ipv4Ranges", open},
                {"ipv6Ranges", Json::array()},
                {"userIdGroupPairs", Json::array()},
                {"prefixListIds", Json::array()}};
  };
  Json configuration = {
      {"groupId", id},
      {"groupName", fmt::format("group-{}", n)},
      {"description", "bench"},
      {"ownerId", "111122223333"},
      {"vpcId", "vpc-0a1b2c3d4e5f60718"},
      {"tags", Json::array()},
      {"ipPermissions", {permission(22, ranges), permission(443, ranges), permission(8443, Json::array({ranges[0]}))}},
      {"ipPermissionsEgress", Json::array()}};
  Json out = {{"version", "1.3"},
              {"accountId", "111122223333"},
              {"awsRegion", "eu-west-1"},
              {"resourceType", "AWS::EC2::SecurityGroup"},
              {"resourceId", id},
              {"resourceName", configuration["groupName"]},
              {"arn", "arn:aws:ec2:eu-west-1:111122223333:security-group/" + id},
              {"configurationItemStatus", "OK"},
              {"configurationItemCaptureTime", "2026-11-20T10:00:00.000Z"},
              {"tags", {{"owner", "web"}}},
              {"relationships", Json::array({{{"resourceType", "AWS::EC2::VPC"},
                                              {"resourceId", "vpc-0a1b2c3d4e5f60718"},
                                              {"relationshipName", "Is contained in Vpc"}}})},
              {"configuration", std::move(configuration)},
              {"supplementaryConfiguration", Json::object()}};
  return out.dump();
}

std::string snapshot(int count) {
  std::string out = R"({"fileVersion":"1.0","configurationItems":[)";
  for (int n = 0; n < count; ++n) out += (n == 0 ? "" : ",\n") + item(n);
  return out + "]}";
}

// CPU time: what the work costs, whatever else the machine does meanwhile.
double cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
double seconds(Work work) {
  double start = cpu_now();
  work();
  return cpu_now() - start;
}

long peak_memory_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

struct Stages {
  std::string text;
  std::vector<model::Resource> resources;
  std::vector<model::Finding> reports;
  std::size_t evaluations = 0;
};

double stream_only(const Stages& stages) {
  return seconds(
      [&] { (void)intake::Intake().read(stages.text, "bench", [](intake::Batch&&) { return base::Status(); }); });
}

double read_all(Stages& stages) {
  return seconds([&] { stages.resources = std::move(intake::Intake().read(stages.text, "bench").value().resources); });
}

double judge_only(Stages& stages, const standards::Standards& standards) {
  return seconds([&] {
    for (const model::Resource& resource : stages.resources) stages.evaluations += standards.judge(resource).size();
  });
}

double report_all(Stages& stages, const standards::Standards& standards) {
  return seconds([&] {
    for (const model::Resource& resource : stages.resources) {
      for (const standards::Judged& judged : standards.judge(resource)) {
        const model::Control& control = *judged.control;
        stages.reports.push_back(findings::own_report(control.id, control.title, control.rationale, control.severity,
                                                      resource, judged.judgement, resource.captured_at));
      }
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  Stages stages;
  stages.text = snapshot(count);
  base::Diagnostics diagnostics;
  auto standards = standards::Standards::load(std::string(SETPOINT_SOURCE_DIR) + "/content/standards", diagnostics);
  double stream = stream_only(stages);
  long stream_memory = peak_memory_kb();
  double read = read_all(stages);
  inventory::MemoryResourceStore resources;
  double record = seconds([&] { (void)inventory::Inventory(resources).record(stages.resources); });
  double judge = judge_only(stages, standards);
  double report = report_all(stages, standards);
  findings::MemoryFindingStore store;
  findings::Findings findings(store, findings::CheckNames(standards.controls()));
  std::size_t opened = 0;
  double fold = seconds([&] { opened = findings.take(stages.reports).value().opened; });
  double items = count;
  Json out = {{"items", count},
              {"bytes", stages.text.size()},
              {"controls", standards.controls().size()},
              {"evaluations", stages.evaluations},
              {"findings_opened", opened},
              {"stream_items_per_s", items / stream},
              {"stream_mb_per_s", static_cast<double>(stages.text.size()) / 1e6 / stream},
              {"read_items_per_s", items / read},
              {"record_items_per_s", items / record},
              {"judge_items_per_s", items / judge},
              {"judge_evaluations_per_s", static_cast<double>(stages.evaluations) / judge},
              {"judge_and_report_items_per_s", items / report},
              {"fold_reports_per_s", static_cast<double>(stages.reports.size()) / fold},
              {"total_items_per_s", items / (read + record + report + fold)},
              {"memory_kb_after_stream", stream_memory},
              {"memory_kb_peak", peak_memory_kb()}};
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}
