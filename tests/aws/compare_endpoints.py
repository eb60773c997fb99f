"""Where a call goes: the C++ client's host and signing region against botocore's, for every service in five regions."""
import argparse
import os
import subprocess
import sys

import botocore
import botocore.session

from compare_with_botocore import Probe

REGIONS = {"us-east-1": "aws", "eu-west-1": "aws", "ap-south-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}
OTHERWISE = {"codecatalyst"}  # takes bearer tokens and no signature


def expected(session, service, region):
    """None where the service is not in the region."""
    found = session.get_component("endpoint_resolver").construct_endpoint(session.get_service_model(service).endpoint_prefix, region)
    offered = session.get_available_regions(service, REGIONS[region], allow_non_regional=True)
    if not found or (region not in offered and not (found.get("endpointName") or "").endswith("global")):
        return None
    return found["hostname"], found.get("credentialScope", {}).get("region", region)


def main():
    parser = argparse.ArgumentParser()
    for name in ("probe", "compiler", "work"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    models = os.path.join(options.work, "endpoint-models.bin")
    subprocess.run([options.compiler, botocore.__path__[0] + "/data", "botocore " + botocore.__version__, models], check=True,
                   stdout=subprocess.DEVNULL)
    session, probe, compared, wrong = botocore.session.Session(), Probe(options.probe, models), 0, []
    for service in session.get_available_services():
        for region in REGIONS:
            theirs = expected(session, service, region)
            if service in OTHERWISE or theirs is None:
                continue
            ours = probe.ask(do="endpoint", service=service, region=region)
            compared += 1
            if (ours.get("host"), ours.get("region")) != theirs:
                wrong.append(f"  {service} {region}: {ours} | {theirs}")
    print(f"{compared} endpoints compared, {len(wrong)} differ", *wrong, sep="\n")
    sys.exit(1 if wrong or compared < 1000 else 0)


main()
