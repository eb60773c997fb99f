#!/usr/bin/python3
"""1,000 targets of a two-step document against the twin, everything durable, as JSON on stdout. Target (issue 5): under 10 s.

    build/release/setpoint must be built; bench/runbook/fleet_bench.py [TARGETS] [MAX_CONCURRENCY]
"""
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SETPOINT_BINARY", str(ROOT / "build/release/setpoint"))
ACCOUNT, REGION = "111122223333", "eu-west-1"

DOCUMENT = """
schemaVersion: "0.3"
parameters: {GroupId: {type: String}}
mainSteps:
  - name: Look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeSecurityGroups, GroupIds: ["{{ GroupId }}"]}
    outputs: [{Name: Name, Selector: "$.SecurityGroups[0].GroupName", Type: String}]
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: mark, Value: "{{ Look.Name }}"}]}
"""


def seed(count):
    groups = [{"GroupId": f"sg-{n:017x}", "GroupName": f"group-{n}", "Description": "one of many", "VpcId": "vpc-1"} for n in range(count)]
    return {"accounts": {ACCOUNT: {REGION: {"AWS::EC2::VPC": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], "AWS::EC2::SecurityGroup": groups}}}}


def measure(folder, count, concurrency):
    pathlib.Path(folder, "seed.json").write_text(json.dumps(seed(count)))
    pathlib.Path(folder, "tag.yaml").write_text(DOCUMENT)
    targets = pathlib.Path(folder, "targets.json")
    targets.write_text(json.dumps([{"Key": "ParameterValues", "Values": [f"sg-{n:017x}" for n in range(count)]}]))
    twin = subprocess.Popen([BINARY, "twin", "--port", "0", "--seed", f"{folder}/seed.json"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://[\d.]+:\d+", twin.stdout.readline())[0]
        begun = time.monotonic()
        run = subprocess.Popen([BINARY, "run", f"{folder}/tag.yaml", "--target-parameter-name", "GroupId", "--targets", str(targets),
                                "--max-concurrency", concurrency, "--endpoint-url", url, "--region", REGION, "--account", ACCOUNT,
                                "--home", f"{folder}/home", "--no-rehearsal", "--yes", "--json"], stdout=subprocess.PIPE, text=True)
        out = run.stdout.read()
        _, status, usage = os.wait4(run.pid, 0)
        wall = time.monotonic() - begun
    finally:
        twin.terminate()
        twin.wait()
    twin_usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    counters = json.loads(out)["AutomationExecution"]["ProgressCounters"]
    cpu = usage.ru_utime + usage.ru_stime
    return {"targets": count, "max_concurrency": concurrency, "exit": os.waitstatus_to_exitcode(status), "succeeded": counters["SuccessSteps"],
            "wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "cpu_us_per_step_all_in": round(1e6 * cpu / (2 * count)),
            "peak_rss_mb": round(usage.ru_maxrss / 1024), "twin_cpu_s": round(twin_usage.ru_utime + twin_usage.ru_stime, 2)}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    concurrency = sys.argv[2] if len(sys.argv) > 2 else "100"
    folder = tempfile.mkdtemp(prefix="setpoint-fleet-bench-")
    try:
        print(json.dumps(measure(folder, count, concurrency), indent=1))
    finally:
        shutil.rmtree(folder, True)


if __name__ == "__main__":
    main()
