// Cost of the runbook engine, as JSON on stdout. Targets (issue 5): under 200 microseconds of CPU a step with journal
// flush off, stated with it on; a script step at most 40 ms of wall time after warm-up.
//
//   build/release/bench/runbook/runbook_bench
#include <sys/resource.h>
#include <time.h>

#include <cstdio>
#include <thread>

#include "durable_cost.h"
#include "runbook/execution.h"
#include "runbook/sandbox/script_runner.h"

namespace setpoint::runbook {
namespace {

using base::Json;
using Steady = std::chrono::steady_clock;

// Answers every call with the same instances; time passes only in sleeps.
class AnsweringHost final : public Host {
 public:
  base::Timestamp now() override { return now_; }
  Answer<Done> before_step(const CallSite&, const StepRecord&) override { return Done{}; }
  void note_step(const CallSite&, const StepRecord&) override {}
  Answer<Json> call_api(const CallSite&, const model::ApiCall&) override { return output_; }
  Answer<ScriptResult> run_script(const CallSite&, const ScriptRequest&) override { return ScriptResult{}; }
  Answer<Done> sleep_until(const CallSite&, base::Timestamp until) override {
    now_ = until;
    return Done{};
  }
  Answer<std::optional<Signal>> wait_for_signal(const CallSite&, const SignalRequest&) override {
    return std::optional<Signal>();
  }
  base::Result<std::string> resolve_ssm_parameter(const std::string&) override { return std::string(); }
  Answer<ChildResult> start_child(const CallSite&, const ExecuteAutomationRequest&) override { return ChildResult{}; }
  Answer<WebhookResponse> invoke_webhook(const CallSite&, const WebhookRequest&) override { return WebhookResponse{}; }
  base::Result<std::string> read_attachment(const std::string&) override { return std::string(); }

 private:
  base::Timestamp now_{1'763'755'200'000};
  Json output_ = {{"Reservations",
                   {{{"Instances",
                      {{{"InstanceId", "i-0123456789abcdef0"},
                        {"State", {{"Name", "running"}}},
                        {"Tags", {{{"Key", "Name"}, {"Value", "web"}}}}}}}}}}};
};

// Call, assert and branch in turn: what remediations are made of.
std::string document_text(int rounds) {
  std::string out = "schemaVersion: '0.3'\nparameters: {Id: {type: String}}\nmainSteps:\n";
  for (int i = 0; i < rounds; ++i) {
    out += fmt::format(
        "- name: Call{0}\n  action: aws:executeAwsApi\n  inputs: {{Service: ec2, Api: DescribeInstances, InstanceIds: "
        "['{{{{ Id }}}}'], Note: 'round {0} of {{{{ Id }}}}'}}\n"
        "  outputs:\n  - {{Name: State, Selector: '$.Reservations[0].Instances[0].State.Name', Type: String}}\n"
        "  - {{Name: Name, Selector: \"$..Tags[?(@.Key == 'Name')].Value\", Type: StringList}}\n"
        "- name: Check{0}\n  action: aws:assertAwsResourceProperty\n  inputs: {{Service: ec2, Api: DescribeInstances, "
        "PropertySelector: '$.Reservations[0].Instances[0].State.Name', DesiredValues: [running]}}\n"
        "- name: Pick{0}\n  action: aws:branch\n  inputs: {{Choices: [{{NextStep: {1}, Variable: '{{{{ Call{0}.State "
        "}}}}', StringEquals: running}}]}}\n{2}",
        i, i + 1 < rounds ? fmt::format("Call{}", i + 1) : "Last", "");
  }
  return out + "- {name: Last, action: 'aws:sleep', inputs: {Duration: PT1S}}\n";
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

Json measure_engine() {
  constexpr int kRounds = 30;
  constexpr int kRuns = 400;
  base::Diagnostics diagnostics;
  std::string text = document_text(kRounds);
  double begun = cpu_seconds();
  auto document = Document::compile({"bench.yaml", text}, diagnostics);
  double compiled = cpu_seconds() - begun;
  if (!document) return {{"error", diagnostics.render()}};
  std::size_t steps = 0;
  begun = cpu_seconds();
  for (int i = 0; i < kRuns; ++i) {
    AnsweringHost host;
    ExecutionReport report =
        run(*document, {{"Id", "i-0123456789abcdef0"}},
            {.execution_id = "e", .account = "1", .region = "r", .executed_by = {}, .parent_execution_id = {}}, host);
    if (report.status != ExecutionStatus::success) return {{"error", report.failure_message}};
    steps += report.steps.size();
  }
  double spent = cpu_seconds() - begun;
  return {{"steps", steps},
          {"cpu_us_per_step", 1e6 * spent / static_cast<double>(steps)},
          {"compile_cpu_ms", 1e3 * compiled},
          {"document_steps", kRounds * 3 + 1}};
}

Json quantiles(std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  return {{"runs", milliseconds.size()},
          {"median_ms", milliseconds[milliseconds.size() / 2]},
          {"p95_ms", milliseconds[milliseconds.size() * 95 / 100]},
          {"max_ms", milliseconds.back()}};
}

Json measure_script(ScriptRunner& runner, const std::string& script, int runs) {
  ScriptRequest request;
  request.runtime = "python3.11";
  request.handler = "handler";
  request.script = script;
  request.region = "eu-west-1";
  std::vector<double> taken;
  double cpu = 0;
  for (int i = 0; i < runs; ++i) {
    auto begun = Steady::now();
    auto result = runner.run(request, {});
    taken.push_back(std::chrono::duration<double, std::milli>(Steady::now() - begun).count());
    if (!result) return {{"error", result.error().text()}};
    cpu += static_cast<double>(result->cpu.count());
    if (result->ending != ScriptResult::Ending::returned) return {{"error", result->error}};
  }
  Json out = quantiles(std::move(taken));
  out["mean_cpu_ms"] = cpu / runs;  // of the script and its keeper; what wall time is on an idle machine
  return out;
}

Json measure_scripts() {
  auto begun = Steady::now();
  auto runner = ScriptRunner::start();
  if (!runner) return {{"skipped", runner.error().text()}};
  double started = std::chrono::duration<double, std::milli>(Steady::now() - begun).count();
  std::this_thread::sleep_for(std::chrono::seconds(10));  // the warm parent loads service models while idle
  return {
      {"start_ms", started},
      {"plain", measure_script(*runner, "def handler(e, c):\n  return e\n", 100)},
      {"boto3_client_s3", measure_script(*runner, "import boto3\ndef handler(e, c):\n  boto3.client('s3')\n", 50)},
      {"boto3_client_ec2", measure_script(*runner, "import boto3\ndef handler(e, c):\n  boto3.client('ec2')\n", 50)}};
}

}  // namespace
}  // namespace setpoint::runbook

int main() {
  setpoint::base::Json out;
  out["engine"] = setpoint::runbook::measure_engine();
  out["engine_peak_kb"] = setpoint::runbook::peak_kilobytes();
  out["durable"] = setpoint::runbook::measure_durable();
  out["script"] = setpoint::runbook::measure_scripts();
  std::puts(out.dump(1).c_str());
}
