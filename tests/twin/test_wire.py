"""Signatures, faults, restarts, and requests that no client would send."""
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from botocore.exceptions import ClientError, ConnectionClosedError
from twin_case import ACCOUNT, DEMO, PROGRAM, TwinCase

HOLE = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
WEB = "sg-0f0000000000000a1"
KEY = dict(key="AKIAEXAMPLEDEPLOYNEW", secret="wJalrXUtnFEMIexampleNewKeyOfTheDemoAccount")


class Signatures(TwinCase):
    arguments = ("--verify-signatures",)

    def test_only_the_right_secret_passes(self):
        for service, call, code in (("ec2", "describe_vpcs", "AuthFailure"), ("s3", "list_buckets", "SignatureDoesNotMatch"),
                                    ("iam", "list_users", "SignatureDoesNotMatch"), ("kms", "list_keys", "InvalidSignatureException"), ("lambda", "list_functions", "InvalidSignatureException")):
            getattr(self.client(service, **KEY), call)()
            with self.assertRaises(ClientError) as raised:
                getattr(self.client(service, key=KEY["key"], secret="wrong"), call)()
            self.assertEqual(raised.exception.response["Error"]["Code"], code, service)

    def test_strangers_and_digits_do_not_pass(self):
        self.fails("AuthFailure", self.client("ec2", key="AKIASTRANGER00000000").describe_vpcs)
        self.fails("AuthFailure", self.client("ec2", key=ACCOUNT).describe_vpcs)

    def test_temporary_credentials_need_their_token(self):
        keys = self.client("sts", **KEY).get_session_token()["Credentials"]
        self.client("ec2", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]).describe_vpcs()
        self.fails("AuthFailure", self.client("ec2", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"]).describe_vpcs)


class Faults(TwinCase):
    arguments = ("--fault", "ec2:DescribeVpcs=throttle*2", "--fault", "ec2:DescribeSubnets=error(Unavailable)", "--fault", "ec2:DescribeSnapshots=delay(700)",
                 "--fault", "ec2:RevokeSecurityGroupIngress=drop", "--fault", "ec2:DescribeSecurityGroups=partial-page")

    def test_each(self):
        ec2 = self.client("ec2")
        self.fails("RequestLimitExceeded", ec2.describe_vpcs)
        self.fails("RequestLimitExceeded", ec2.describe_vpcs)
        ec2.describe_vpcs()
        self.fails("Unavailable", ec2.describe_subnets)
        started = time.monotonic()
        ec2.describe_snapshots()
        self.assertGreater(time.monotonic() - started, 0.69)
        few = len(ec2.describe_security_groups()["SecurityGroups"])
        self.assertLess(few, len(ec2.describe_security_groups()["SecurityGroups"]))
        with self.assertRaises(ConnectionClosedError):
            ec2.revoke_security_group_ingress(GroupId=WEB, IpPermissions=HOLE)
        self.fails("InvalidPermission.NotFound", ec2.revoke_security_group_ingress, GroupId=WEB, IpPermissions=HOLE)  # it was made


class Restarts(TwinCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.command = [PROGRAM, "twin", "--port", "0", "--seed", DEMO, "--state", os.path.join(cls.folder.name, "state")]
        cls.start(cls.command)

    def test_what_was_answered_is_still_there(self):
        self.client("ec2").revoke_security_group_ingress(GroupId=WEB, IpPermissions=HOLE)
        second = subprocess.run(self.command, capture_output=True, text=True, timeout=20)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("another process", second.stderr)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        type(self).start(self.command)
        self.fails("InvalidPermission.NotFound", self.client("ec2").revoke_security_group_ingress, GroupId=WEB, IpPermissions=HOLE)
        made = self.client("kms").create_key()["KeyMetadata"]["KeyId"]
        self.stop()
        self.assertEqual(self.exit_code, 0)
        type(self).start(self.command)
        self.assertEqual(self.client("kms").describe_key(KeyId=made)["KeyMetadata"]["KeyState"], "Enabled")


class BadInput(TwinCase):
    def connection(self):
        host = self.endpoint.split("//")[1]
        return http.client.HTTPConnection(host, timeout=10)

    def answer(self, method, path, body=b"", headers=None):
        connection = self.connection()
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, text

    def scope(self, service):
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261121/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"}

    def test_what_no_client_sends(self):
        self.assertEqual(self.answer("GET", "/")[0] // 100, 4)
        for service in ("ec2", "iam", "kms", "lambda", "s3", "nothing"):
            for body in (b"", b"\x00\xff<", b"Action=", b"{", b"Action=RevokeSecurityGroupIngress&IpPermissions.1.IpRanges.999999999.CidrIp=x", b"[" * 5000):
                status, _ = self.answer("POST", "/%zz/../?x=%", body, self.scope(service))
                self.assertIn(status // 100, (2, 4, 5), service)
        self.client("ec2").describe_vpcs()

    def test_too_much(self):
        host, port = self.endpoint.split("//")[1].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as stream:
            stream.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
            self.assertIn(b" 413 ", stream.recv(200))
        with socket.create_connection((host, int(port)), timeout=10) as stream:
            stream.sendall(b"nonsense\r\n\r\n")
            self.assertIn(b" 400 ", stream.recv(200))

    def test_a_bad_seed_and_a_bad_fault_are_explained(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("accounts:\n  '1': {}\n")
            file.flush()
            done = subprocess.run([PROGRAM, "twin", "--port", "0", "--seed", file.name], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 2)
            self.assertIn(":2:", done.stderr)
        done = subprocess.run([PROGRAM, "twin", "--port", "0", "--fault", "ec2=x"], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("SERVICE:OPERATION=KIND", done.stderr)


def item(kind, name, configuration, region="eu-west-1", **more):
    return {"version": "1.3", "accountId": "444455556666", "configurationItemCaptureTime": "2026-11-01T10:00:00.000Z", "configurationItemStatus": "OK",
            "resourceType": kind, "resourceId": name, "awsRegion": region, "configuration": configuration, "supplementaryConfiguration": {}, "tags": {}, "relationships": [], **more}


GROUP = item("AWS::EC2::SecurityGroup", "sg-1", {"groupId": "sg-1", "groupName": "web", "description": "d", "vpcId": "vpc-1", "ownerId": "444455556666",
             "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"], "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": []}], "ipPermissionsEgress": []},
             tags={"Owner": "mateo"})
DEFINITION = item("AWS::ECS::TaskDefinition", "arn:aws:ecs:eu-west-1:444455556666:task-definition/web:3", {"TaskDefinitionArn": "arn:aws:ecs:eu-west-1:444455556666:task-definition/web:3", "Family": "web", "Revision": 3, "Status": "ACTIVE",
                  "ContainerDefinitions": [{"Name": "web", "Image": "web:3", "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "/web"}}}]})
SETTINGS = item("AWS::::Account", "444455556666", {}, supplementaryConfiguration={"EbsEncryptionByDefault": True, "AccountSummary": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0},
                "PasswordPolicy": {"MinimumPasswordLength": 14}, "SnapshotBlockPublicAccessState": "block-all-sharing"})
STRANGE = item("AWS::Quantum::Computer", "q", {"a": 1})


class SeededFromItems(TwinCase):
    """A snapshot of AWS Config as the seed."""
    key = "444455556666"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = os.path.join(cls.folder.name, "snapshot.json.gz")
        with gzip.open(path, "wt", encoding="utf-8") as file:
            json.dump({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": [GROUP, DEFINITION, SETTINGS, STRANGE]}, file)
        cls.errors = open(os.path.join(cls.folder.name, "errors"), "w+", encoding="utf-8")
        cls.process = subprocess.Popen([PROGRAM, "twin", "--port", "0", "--seed", path], stdout=subprocess.PIPE, stderr=cls.errors, text=True)
        cls.endpoint = cls.process.stdout.readline().split()[-1]

    @classmethod
    def tearDownClass(cls):
        cls.errors.close()
        super().tearDownClass()

    def test_what_it_says_is_there(self):
        group = self.client("ec2", key=self.key).describe_security_groups()["SecurityGroups"][0]
        self.assertEqual((group["IpPermissions"][0]["IpRanges"], group["Tags"]), ([{"CidrIp": "0.0.0.0/0"}], [{"Key": "Owner", "Value": "mateo"}]))
        container = self.client("ecs", key=self.key).describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"][0]
        self.assertEqual(container["logConfiguration"]["options"], {"awslogs-group": "/web"})
        self.assertTrue(self.client("ec2", key=self.key).get_ebs_encryption_by_default()["EbsEncryptionByDefault"])
        iam = self.client("iam", key=self.key)
        self.assertEqual(iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"], 14)
        self.assertEqual(iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"], 1)
        self.assertEqual(self.client("sts", key="anything").get_caller_identity()["Account"], self.key)

    def test_what_is_left_out_is_named(self):
        self.errors.seek(0)
        self.assertIn("AWS::Quantum::Computer", self.errors.read())

    def test_a_file_without_items_is_refused(self):
        path = os.path.join(self.folder.name, "none.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"configurationItems": []}')
        done = subprocess.run([PROGRAM, "twin", "--port", "0", "--seed", path], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no configuration item", done.stderr)


if __name__ == "__main__":
    unittest.main()
