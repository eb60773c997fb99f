"""CPU of boto3 for the same calls against the same server: boto3_peer.py <port> <calls>. Prints microseconds a call."""
import resource
import sys

import boto3
from botocore.config import Config

client = boto3.client("ec2", region_name="eu-west-1", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", aws_access_key_id="AKID",
                      aws_secret_access_key="secret", config=Config(retries={"max_attempts": 0}))
client.describe_security_groups(GroupIds=["sg-0"])


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


calls = int(sys.argv[2])
start = cpu()
for _ in range(calls):
    client.describe_security_groups(GroupIds=["sg-0"])
print((cpu() - start) / calls * 1e6)
