"""Starts the twin for a test class and hands out unmodified clients."""
import json
import os
import socket
import subprocess
import tempfile
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from recording import attach, attach_left_out

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAM = os.environ.get("TWIN_PROGRAM", os.path.join(SOURCE, "build/release/tests/twin/twin_program"))
DEMO = os.path.join(SOURCE, "content/demo/account.yaml")
ACCOUNT = "111122223333"
REGION = "eu-west-1"

_resolve = socket.getaddrinfo


def _resolve_localhost_names(host, *arguments, **keywords):
    """S3 Control puts the account before the host: 111122223333.localhost, which not every resolver knows."""
    return _resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *arguments, **keywords)


socket.getaddrinfo = _resolve_localhost_names


class TwinCase(unittest.TestCase):
    """One twin per class; `seed_text` or `seed`, and further arguments, may be overridden.

    What the twin left out of account (x-setpoint-unmodelled) must be what `left_out` says, each by how it begins: a
    parameter that an operation never looked at is a failure here, whatever else the test asks."""

    left_out = ()

    seed = DEMO
    seed_text = None
    arguments = ()

    def __init_subclass__(cls):
        cls.seen_left_out = set()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        seed = cls.seed
        if cls.seed_text is not None:
            seed = os.path.join(cls.folder.name, "seed.yaml")
            with open(seed, "w", encoding="utf-8") as file:
                file.write(cls.seed_text)
        cls.start([PROGRAM, "twin", "--port", "0", "--seed", seed, *cls.arguments])

    @classmethod
    def start(cls, command):
        cls.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = cls.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        cls.endpoint = line.split()[-1]

    @classmethod
    def stop(cls):
        cls.process.terminate()
        cls.exit_code = cls.process.wait(timeout=20)
        cls.process.stdout.close()

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        cls.folder.cleanup()
        surprises = sorted(what for what in cls.seen_left_out if not what.startswith(tuple(cls.left_out)))
        if surprises:
            raise AssertionError(f"the twin left out of account: {surprises}")

    def client(self, service, region=REGION, key=ACCOUNT, secret="secret", token=None, retries=1, **config):
        endpoint = self.endpoint.replace("127.0.0.1", "localhost") if service == "s3control" else self.endpoint
        return attach_left_out(self.seen_left_out, attach(boto3.client(
            service, region_name=region, endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": retries, "mode": "standard"}, read_timeout=20, **config))))

    def aws(self, *arguments, expect=0, key=ACCOUNT):
        """The aws command line, as a person would type it."""
        environment = dict(os.environ, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY="secret", AWS_DEFAULT_REGION=REGION,
                           AWS_PAGER="", AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1", HOME=self.folder.name)
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.endpoint, "--output", "json", *arguments],
                              capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return json.loads(done.stdout) if expect == 0 and done.stdout.strip() else done.stderr

    def fails(self, code, call, *arguments, **parameters):
        with self.assertRaises(ClientError) as raised:
            call(*arguments, **parameters)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        return raised.exception.response
