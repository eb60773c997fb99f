"""kill -9 at every flush of a direct run, then --resume: the same end, and each effect once. Roles, pins, locks."""
import concurrent.futures
import hashlib
import json
import os
import shutil
import signal
import tempfile
import time
import unittest

from run_case import ACCOUNT, GROUP, REGION, Counting, RunTest, Twin

PARENT = """
schemaVersion: "0.3"
parameters: {GroupId: {type: String}}
outputs: [Tell.Payload, Child.Output]
mainSteps:
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: first, Value: "1"}]}
  - name: Tell
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: tell
      InputPayload: {group: "{{ GroupId }}"}
      Script: |
        import boto3
        def tell(events, context):
            ec2 = boto3.client("ec2")
            ec2.create_tags(Resources=[events["group"]], Tags=[{"Key": "script-one", "Value": "1"}])
            ec2.create_tags(Resources=[events["group"]], Tags=[{"Key": "script-two", "Value": "1"}])
            return len(ec2.describe_security_groups(GroupIds=[events["group"]])["SecurityGroups"])
    outputs: [{Name: Count, Selector: $.Payload, Type: Integer}]
  - name: Choose
    action: aws:branch
    inputs: {Choices: [{NextStep: Wait, Variable: "{{ Tell.Count }}", NumericEquals: 1}], Default: Never}
  - name: Never
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DeleteSecurityGroup, GroupId: "{{ GroupId }}"}
  - name: Wait
    action: aws:waitForAwsResourceProperty
    inputs:
      Service: ec2
      Api: DescribeSecurityGroups
      GroupIds: ["{{ GroupId }}"]
      PropertySelector: "$.SecurityGroups[0].GroupName"
      DesiredValues: [web-frontend]
  - {name: Rest, action: "aws:sleep", inputs: {Duration: PT0.1S}}
  - name: Each
    action: aws:loop
    inputs:
      Iterators: [red, blue]
      IteratorDataType: String
      Steps:
        - name: Colour
          action: aws:executeAwsApi
          inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: "{{ Each.CurrentIteratorValue }}", Value: "1"}]}
  - {name: Child, action: "aws:executeAutomation", inputs: {DocumentName: child, RuntimeParameters: {GroupId: ["{{ GroupId }}"]}}}
  - name: Close
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: RevokeSecurityGroupIngress
      GroupId: "{{ GroupId }}"
      IpPermissions: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{CidrIp: 0.0.0.0/0}]}]
"""

CHILD = """
schemaVersion: "0.3"
parameters: {GroupId: {type: String}}
outputs: [Mark.OutputPayload]
mainSteps:
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: child, Value: "1"}]}
"""

ROLE = """
schemaVersion: "0.3"
assumeRole: "{{ Role }}"
parameters: {Role: {type: String, default: ""}}
outputs: [Who.Arn]
mainSteps:
  - name: Who
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: GetCallerIdentity}
    outputs: [{Name: Arn, Selector: $.Arn, Type: String}]
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: AuthorizeSecurityGroupIngress, GroupId: sg-0f0000000000000a1, IpPermissions: [{IpProtocol: tcp, FromPort: 81, ToPort: 81, IpRanges: [{CidrIp: 10.0.0.0/8}]}]}
"""

HOLD = """
schemaVersion: "0.3"
parameters: {GroupId: {type: String}}
mainSteps:
  - {name: Rest, action: "aws:sleep", inputs: {Duration: PT4S}}
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: held, Value: "{{ automation:EXECUTION_ID }}"}]}
"""

ATTACHED = """
schemaVersion: "0.3"
files: {code.py: {checksums: {sha256: "%s"}}}
outputs: [Say.Payload]
mainSteps:
  - name: Say
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: code.say, Attachment: code.py}
"""


class CrashSweep(RunTest):
    """Each process dies at one flush, before or after it; the next one ends the run."""

    FLUSHES_MAX = 60

    def setUp(self):
        super().setUp()
        self.write("child.yaml", CHILD)
        self.document = self.write("parent.yaml", PARENT)
        self.expected = self.one(None)

    def one(self, crash):
        """The end of a run that dies at `crash` and is resumed: its statuses and what the cloud was told to change."""
        home = tempfile.mkdtemp(prefix="setpoint-sweep-")
        try:
            with Twin() as twin:
                counting = Counting(twin.url)
                try:
                    return self.run_through(home, counting, twin, crash)
                finally:
                    counting.stop()
        finally:
            shutil.rmtree(home, True)

    def run_through(self, home, counting, twin, crash):
        case = RunTest("command")
        case.folder, case.url = self.folder, counting.url
        arguments = [self.document, "--parameters", json.dumps({"GroupId": [GROUP]}), "--no-rehearsal", "--yes", "--json"]
        first = case.command(*arguments, home=home, expect=None, env={"SETPOINT_CRASH_AT_FLUSH": crash} if crash else {})
        crashed = first.returncode == -signal.SIGKILL
        if crash and not crashed:
            return None
        if crashed:
            begun = case.open_executions("--all", home=home)
            if begun:
                first = case.command("--resume", begun[0]["AutomationExecutionId"], "--json", home=home, expect=None)
            else:  # it died before it began
                first = case.command(*arguments, home=home, expect=None)
        done = json.loads(first.stdout)["AutomationExecution"]
        steps = [(s["StepName"], s["StepStatus"], s.get("FailureMessage")) for s in done["StepExecutions"]]
        return done["AutomationExecutionStatus"], steps, done["Outputs"].get("Tell.Payload"), sorted(counting.changes), self.state(twin)

    @staticmethod
    def state(twin):
        group = twin.group()
        return json.dumps([sorted((t["Key"], t["Value"]) for t in group["Tags"]), group["IpPermissions"]], sort_keys=True)

    def test_a_kill_at_every_flush_ends_alike_with_each_effect_once(self):
        self.assertEqual(self.expected[0], "Success", self.expected)
        self.assertEqual(len(self.expected[3]), 7, self.expected[3])
        points = [f"{flush}:{when}" for flush in range(1, self.FLUSHES_MAX) for when in ("before", "after")]
        swept, ended = 0, False
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for point, found in zip(points, pool.map(self.one, points)):
                if found is None:
                    ended = True
                    break
                self.assertEqual(found, self.expected, point)
                swept += 1
            pool.shutdown(cancel_futures=True)
        self.assertTrue(ended, "the run never got to its end")
        self.assertGreater(swept, 30)


class Durable(RunTest):
    def test_a_killed_run_is_listed_and_ends_when_resumed(self):
        run = self.begin(self.write("hold.yaml", HOLD), "--parameters", json.dumps({"GroupId": GROUP}))
        id = self.wait_for("InProgress")
        time.sleep(0.5)
        run.kill()
        run.wait()
        self.assertEqual([e["AutomationExecutionId"] for e in self.open_executions()], [id])
        done = json.loads(self.command("--resume", id, "--json", expect=0).stdout)
        self.assertEqual(done["AutomationExecution"]["AutomationExecutionId"], id)
        self.assertEqual(self.tags()["held"], id)
        self.assertEqual(self.open_executions(), [])

    def test_one_target_is_worked_on_by_one_run_at_a_time(self):
        document = self.write("hold.yaml", HOLD)
        begun = time.time()
        runs = [self.begin(document, "--parameters", json.dumps({"GroupId": GROUP})) for _ in range(2)]
        ids = [self.ended(run, 0)["AutomationExecution"]["AutomationExecutionId"] for run in runs]
        self.assertGreater(time.time() - begun, 8)  # four seconds each, one after the other
        self.assertIn(self.tags()["held"], ids)

    def test_a_resume_of_nothing_is_refused(self):
        self.command("--resume", "no-such-execution", expect=2)

    def test_an_operation_or_parameter_that_does_not_exist_is_refused_before_it_begins(self):
        for wrong in (CHILD.replace("CreateTags", "CreateTagz"), CHILD.replace("Resources:", "Resourcez:"), CHILD.replace("Service: ec2", "Service: ec3")):
            done = self.command(self.write("wrong.yaml", wrong), "--parameters", json.dumps({"GroupId": GROUP}), "--no-rehearsal", "--yes", "--json", expect=2)
            self.assertIn("mistakes", done.stderr)
        self.assertEqual([e for e in self.journal() if e["kind"] == "run.started"], [])


class Roles(RunTest):
    ROLE = f"arn:aws:iam::{ACCOUNT}:role/SetpointRemediation"

    def setUp(self):
        super().setUp()
        self.twin = self.start_twin(None, "--enforce-iam")
        self.url = self.twin.url
        self.document = self.write("role.yaml", ROLE)

    def run_as(self, role, *more, expect):
        return self.execution(self.document, "--parameters", json.dumps({"Role": role}), *more, expect=expect)

    def test_the_documents_role_is_assumed(self):
        done = self.run_as(self.ROLE, expect=0)
        self.assertIn(":assumed-role/SetpointRemediation/", done["Outputs"]["Who.Arn"][0])

    def test_no_role_is_the_callers_own_identity(self):
        self.assertIn(":root", self.run_as("", expect=0)["Outputs"]["Who.Arn"][0])

    def test_a_role_that_cannot_be_assumed_fails_the_execution_before_its_first_step(self):
        done = self.run_as(f"arn:aws:iam::{ACCOUNT}:role/nobody", expect=1)
        self.assertIn("cannot be assumed", done["FailureMessage"])
        self.assertEqual({s["StepStatus"] for s in done["StepExecutions"]}, {"Pending"})

    def test_a_role_may_be_left_aside_and_that_is_recorded(self):
        self.assertIn(":root", self.run_as(self.ROLE, "--no-assume-role", expect=0)["Outputs"]["Who.Arn"][0])
        self.assertTrue([e for e in self.journal() if e["kind"] == "run.started"][0]["body"]["role_not_assumed"])

    def test_a_session_policy_bounds_the_role(self):
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:*", "ec2:Describe*"], "Resource": "*"}]}
        done = self.run_as(self.ROLE, "--session-policy", json.dumps(policy), expect=1)
        mark = done["StepExecutions"][1]
        self.assertEqual(mark["FailureDetails"]["FailureType"], "Permission", mark)

    def test_a_session_policy_without_a_role_is_refused(self):
        self.command(self.document, "--session-policy", "{}", "--no-rehearsal", "--yes", expect=2)


class Attachments(RunTest):
    CODE = "def say(events, context):\n    return 'from the attachment'\n"

    def test_an_attachment_with_the_pinned_digest_runs(self):
        self.write("code.py", self.CODE)
        done = self.execution(self.write("attached.yaml", ATTACHED % hashlib.sha256(self.CODE.encode()).hexdigest()), expect=0)
        self.assertIn("from the attachment", json.dumps(done["Outputs"]))

    def test_one_with_another_digest_is_refused_before_it_begins(self):
        self.write("code.py", self.CODE + "# changed\n")
        document = self.write("attached.yaml", ATTACHED % hashlib.sha256(self.CODE.encode()).hexdigest())
        done = self.command(document, "--no-rehearsal", "--yes", expect=2)
        self.assertIn("SHA-256", done.stderr)


if __name__ == "__main__":
    unittest.main()
