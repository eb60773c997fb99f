"""Where an account is reached by a role, a plan is applied in a session of it that may do what the plan says and nothing else."""
import http.server
import json
import pathlib
import re
import threading
import unittest
import urllib.parse
import urllib.request

from program import ACCOUNT, REGION, Home, Twin


ROLE = f"arn:aws:iam::{ACCOUNT}:role/setpoint"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}


class Recorder:
    """Stands between the program and the twin and keeps what passes: (access key, form)."""

    def __init__(self, url):
        self.calls = []
        recorder = self

        class Pass(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                key = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
                recorder.calls.append((key[1] if key else "", dict(urllib.parse.parse_qsl(body.decode(errors="replace")))))
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length", "connection")}
                request = urllib.request.Request(url + self.path, body, headers, method=self.command)
                try:
                    answer = urllib.request.urlopen(request, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_DELETE = do_HEAD = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pass)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def forms(self, action):
        return [(key, form) for key, form in self.calls if form.get("Action") == action]


class SessionPolicy(unittest.TestCase):
    def setUp(self):
        self.twin = Twin("--enforce-iam")
        self.addCleanup(self.twin.stop)
        self.make_role("*")
        self.recorder = Recorder(self.twin.url)
        self.addCleanup(self.recorder.stop)
        self.home = Home(self.recorder.url)
        self.addCleanup(self.home.remove)
        config = pathlib.Path(self.home.folder, "setpoint.yaml")
        config.write_text(config.read_text().replace("endpoint:", f'role_arn: "{ROLE}", endpoint:'))
        self.run_json("scan", "--type", "AWS::EC2::SecurityGroup,AWS::EC2::VPC")

    def make_role(self, action):
        import boto3
        iam = boto3.client("iam", region_name=REGION, endpoint_url=self.twin.url, aws_access_key_id=ACCOUNT, aws_secret_access_key="x")
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName="setpoint", AssumeRolePolicyDocument=json.dumps(trust))
        policy = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        iam.put_role_policy(RoleName="setpoint", PolicyName="all", PolicyDocument=json.dumps(policy))

    def run_json(self, *arguments):
        return self.home.json(*arguments, env=ENVIRONMENT)

    def approved_plan(self):
        finding = next(f["id"] for f in self.run_json("findings", "--check", "EC2.13") if f["resource"].endswith("/sg-0f0000000000000a1"))
        plan = self.run_json("plan", finding, "--as", "ada")["id"]
        self.home.run("approve", plan, "--as", "bob", env=ENVIRONMENT)
        return plan

    def test_a_plan_is_applied_in_a_session_that_may_do_no_more(self):
        plan = self.approved_plan()
        self.assertEqual(self.run_json("apply", plan, "--as", "ada")["run"]["status"], "EFFECTIVE")
        bounded = [form for _, form in self.recorder.forms("AssumeRole") if "Policy" in form]
        self.assertEqual(len(bounded), 1)
        allowed = {(action, resource) for statement in json.loads(bounded[0]["Policy"])["Statement"]
                   for action in statement["Action"] for resource in statement["Resource"]}
        group = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0f0000000000000a1"
        self.assertEqual(allowed, {("ec2:RevokeSecurityGroupIngress", group), ("ec2:DescribeSecurityGroups", "*")})
        key, _ = self.recorder.forms("RevokeSecurityGroupIngress")[0]
        readers = {key for key, form in self.recorder.calls if form.get("Action", "").startswith("Describe")}
        self.assertTrue(key.startswith("ASIA"), key)
        self.assertNotIn(key, readers, "the session of the plan is not the one that reads")


if __name__ == "__main__":
    unittest.main()
