"""Hostile and broken input: a clear error, an exit code of its own, and nothing lost that was taken."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from program import ACCOUNT, BINARY, REGION, ROOT, Home, LoopTest, Twin


class BadFiles(unittest.TestCase):
    def setUp(self):
        self.home = Home("http://127.0.0.1:1")
        self.addCleanup(self.home.remove)

    def file(self, content):
        path = pathlib.Path(self.home.folder, "input")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def item(self, number):
        return json.dumps({"resourceType": "AWS::EC2::SecurityGroup", "resourceId": f"sg-{number}", "awsRegion": REGION, "accountId": ACCOUNT,
                           "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configurationItemStatus": "OK", "version": "1.3",
                           "configuration": {"groupId": f"sg-{number}", "groupName": "x", "ipPermissions": [], "ipPermissionsEgress": []}})

    def test_each_kind_of_broken_file_is_refused_with_its_place(self):
        for name, content in {"truncated": '{"a": [1, 2', "not utf-8": b'{"a": "\xff\xfe"}', "deep": "[" * 100_000, "a scalar": "42",
                              "lone surrogate": '{"a": "\\ud800"}'}.items():
            with self.subTest(name):
                done = self.home.run("import", self.file(content), expect=None)
                self.assertNotIn(done.returncode, (0, -6, -11))
                self.assertIn("input", done.stdout + done.stderr)

    def test_what_stood_before_the_damage_is_kept(self):
        self.home.run("import", self.file(self.item(1) + "\n" + self.item(2) + "\n" + '{"resourceType": '), expect=None)
        self.home.run("resource", "sg-2")

    def test_a_missing_file_is_not_found(self):
        self.home.run("import", "/no/such/file", expect=3)

    def test_unknown_fields_of_our_yaml_are_named_with_did_you_mean(self):
        pathlib.Path(self.home.folder, "setpoint.yaml").write_text("acounts: []\n")
        done = self.home.run("findings", expect=2)
        self.assertIn("did you mean 'accounts'?", done.stderr)
        self.assertIn("setpoint.yaml:1:1", done.stderr)
        self.assertIn("\n  ", done.stderr)  # a mistake has a line of its own

    def test_lint_names_place_and_remedy(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "bad.guard").write_text("rule x {\n  configuration.a ==\n}\n")
            control = pathlib.Path(folder, "c")
            control.mkdir()
            (control / "control.yaml").write_text("control: X.1\ntilte: x\n")
            done = self.home.run("lint", folder, expect=2)
            self.assertRegex(done.stdout, r"bad\.guard:\d+:\d+: error")
            self.assertIn("did you mean 'title'?", done.stdout)

    def test_our_own_content_lints_clean(self):
        done = self.home.run("lint", str(ROOT / "content"))
        self.assertNotIn(" error: ", done.stdout)

    def test_unreachable_endpoint(self):
        done = self.home.run("scan", "--type", "AWS::EC2::SecurityGroup", expect=None)
        self.assertIn(done.returncode, (4, 12))
        self.assertIn("127.0.0.1:1", done.stdout + done.stderr)

    def test_unknown_ids(self):
        self.home.run("plan", "f-000000000000", expect=3)
        self.home.run("apply", "p-000000000000", expect=3)
        self.home.run("undo", "run-000000000000", expect=3)

    def test_usage(self):
        self.assertEqual(subprocess.run([BINARY, "frobnicate"], capture_output=True).returncode, 2)
        self.assertEqual(subprocess.run([BINARY, "--help"], capture_output=True).returncode, 0)


class BadCloud(LoopTest):
    def test_a_throttled_read_is_unknown_and_resolves_nothing(self):
        finding = self.home.finding()
        with Twin("--fault", "ec2:DescribeSecurityGroups=throttle*100") as twin:
            self.home.write_config(twin.url)
            summary = self.home.json("scan", "--type", "AWS::EC2::SecurityGroup", expect=12)
            self.assertEqual(summary["unread"][0]["type"], "AWS::EC2::SecurityGroup")
            self.assertEqual(summary["findings"]["resolved"], 0)
        self.assertEqual(self.home.json("findings", finding)["status"], "open")

    def test_an_unreadable_resource_is_not_acted_on(self):
        plan = self.home.plan()
        self.home.run("approve", plan, "--as", "bob")
        with Twin("--fault", "ec2:DescribeSecurityGroups=error*100") as twin:
            self.home.write_config(twin.url)
            done = self.home.run("apply", plan, expect=None)
            self.assertIn(done.returncode, (4, 5, 6, 12))
            self.assertEqual(self.home.json("runs"), [])

    def test_wrong_credentials_are_named(self):
        with Twin("--verify-signatures") as twin:
            self.home.write_config(twin.url)
            done = self.home.run("scan", "--type", "AWS::EC2::SecurityGroup", env={"AWS_ACCESS_KEY_ID": "AKIAWRONG", "AWS_SECRET_ACCESS_KEY": "wrong"}, expect=None)
            self.assertIn(done.returncode, (5, 12))


if __name__ == "__main__":
    unittest.main()
