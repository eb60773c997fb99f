#!/usr/bin/env python3
"""Scan of N security groups by the built program: from a file of configuration items, and over the wire from `setpoint twin`.
Prints JSON: items a second of wall and of CPU time, peak memory. Values are invented, the same for the same N.

usage: scan_bench.py [N] [--binary build/release/setpoint]
"""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("count", nargs="?", type=int, default=10_000)
arguments.add_argument("--files-only", action="store_true", help="without the scan over the wire")
arguments.add_argument("--binary", default="build/release/setpoint")
A = arguments.parse_args()
ACCOUNT, REGION = "111122223333", "eu-west-1"


def permissions(i):
    """In the API's shape: three entries, one in ten of them open to the world on SSH."""
    ssh = [{"CidrIp": "0.0.0.0/0"}] if i % 10 == 0 else [{"CidrIp": f"10.{i % 200}.0.0/16"}]
    return [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ssh},
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}]


def item(i):
    lower = lambda p: {"ipProtocol": p["IpProtocol"], **({"fromPort": p["FromPort"], "toPort": p["ToPort"]} if "FromPort" in p else {}),
                       "ipv4Ranges": [{"cidrIp": r["CidrIp"]} for r in p["IpRanges"]], "ipRanges": [r["CidrIp"] for r in p["IpRanges"]],
                       "ipv6Ranges": [{"cidrIpv6": r["CidrIpv6"]} for r in p.get("Ipv6Ranges", [])], "prefixListIds": [], "userIdGroupPairs": []}
    group = f"sg-{i:017x}"
    return {"version": "1.3", "accountId": ACCOUNT, "awsRegion": REGION, "resourceType": "AWS::EC2::SecurityGroup", "resourceId": group, "resourceName": f"group-{i}",
            "configurationItemCaptureTime": "2026-01-01T00:00:00.000Z", "configurationItemStatus": "OK", "tags": {"Owner": "anna@example.org"}, "relationships": [],
            "configuration": {"groupId": group, "groupName": f"group-{i}", "description": "x", "vpcId": "vpc-1", "ownerId": ACCOUNT, "tags": [{"key": "Owner", "value": "anna@example.org"}],
                              "ipPermissions": [lower(p) for p in permissions(i)], "ipPermissionsEgress": []}, "supplementaryConfiguration": {}}


def run(name, command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{name}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    summary = json.loads(done.stdout)
    return {"resources": summary["resources"], "evaluations": summary["evaluations"], "opened": summary["findings"]["opened"], "wall_seconds": round(wall, 2),
            "cpu_seconds": round(cpu, 2), "items_per_second": round(summary["resources"] / wall), "items_per_cpu_second": round(summary["resources"] / cpu),
            "peak_megabytes": after.ru_maxrss // 1024}


with tempfile.TemporaryDirectory() as folder:
    items = pathlib.Path(folder, "items.ndjson")
    items.write_text("\n".join(json.dumps(item(i)) for i in range(A.count)))
    seed = pathlib.Path(folder, "seed.json")
    # Two of the three entries: a seed is read as YAML, with its bound on nodes.
    groups = [{"GroupId": f"sg-{i:017x}", "GroupName": f"group-{i}", "VpcId": "vpc-1", "IpPermissions": permissions(i)[::2]} for i in range(A.count)]
    seed.write_text(json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::EC2::VPC": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8"}], "AWS::EC2::SecurityGroup": groups}}}}))
    program = [A.binary, "--json", "--home", folder + "/home"]
    out = {"count": A.count, "load_average": os.getloadavg()[0], "from_file": run("file", program + ["scan", str(items)]),
           "from_file_again": run("file again", program + ["scan", str(items)]),
           "without_a_store": run("no store", program + ["scan", "--no-store", str(items)])}
    if A.files_only:
        print(json.dumps(out, indent=2))
        raise SystemExit
    twin = subprocess.Popen([A.binary, "twin", "--port", "0", "--seed", str(seed)], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\S+", twin.stdout.readline())[0]
        wire = [A.binary, "--json", "--home", folder + "/wire", "--endpoint-url", url, "--account", ACCOUNT, "--region", REGION, "scan", "--type", "AWS::EC2::SecurityGroup"]
        out["over_the_wire"] = run("wire", wire)
        out["over_the_wire_again"] = run("wire again", wire)
    finally:
        twin.terminate()
    print(json.dumps(out, indent=2))
