"""`setpoint run`: one document against an endpoint, and the execution as the SSM API renders it."""
import json
import pathlib
import shutil
import tempfile
import time
import unittest

from run_case import ACCOUNT, GROUP, Home, LoopTest, RunTest, Twin

TAG = """
schemaVersion: "0.3"
description: Describes a group, tags it, and says what it found.
parameters:
  GroupId: {type: String, allowedPattern: "^sg-[0-9a-f]+$"}
  Value: {type: String, default: yes-please}
outputs: [Look.Name, Tell.Payload]
mainSteps:
  - name: Look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeSecurityGroups, GroupIds: ["{{ GroupId }}"]}
    outputs:
      - {Name: Name, Selector: "$.SecurityGroups[0].GroupName", Type: String}
      - {Name: Vpc, Selector: "$.SecurityGroups[0].VpcId", Type: String}
  - name: InVpc
    action: aws:assertAwsResourceProperty
    inputs:
      Service: ec2
      Api: DescribeSecurityGroups
      GroupIds: ["{{ GroupId }}"]
      PropertySelector: "$.SecurityGroups[0].GroupName"
      DesiredValues: [web-frontend]
  - name: Choose
    action: aws:branch
    inputs:
      Choices:
        - {NextStep: Never, Variable: "{{ Look.Name }}", StringEquals: somebody-else}
      Default: Mark
  - name: Never
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DeleteSecurityGroup, GroupId: "{{ GroupId }}"}
  - name: Mark
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: CreateTags
      Resources: ["{{ GroupId }}"]
      Tags: [{Key: run, Value: "{{ Value }}"}]
  - name: Tell
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: tell
      InputPayload: {group: "{{ GroupId }}", vpc: "{{ Look.Vpc }}"}
      Script: |
        import boto3
        def tell(events, context):
            ec2 = boto3.client("ec2")
            ec2.create_tags(Resources=[events["group"]], Tags=[{"Key": "by", "Value": "script"}])
            group = ec2.describe_security_groups(GroupIds=[events["group"]])["SecurityGroups"][0]
            try:
                ec2.describe_security_groups(GroupIds=["sg-0123456789abcdef0"])
            except ec2.exceptions.ClientError as error:
                missing, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            pages = sum(len(page["SecurityGroups"]) for page in ec2.get_paginator("describe_security_groups").paginate())
            return {"tags": {t["Key"]: t["Value"] for t in group["Tags"]}, "missing": missing, "message": message, "groups": pages,
                    "account": boto3.client("sts").get_caller_identity()["Account"]}
"""

READ = """
schemaVersion: "0.3"
mainSteps:
  - name: Look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeVpcs}
"""

FAIL = """
schemaVersion: "0.3"
mainSteps:
  - name: Gone
    action: aws:executeAwsApi
    onFailure: Abort
    inputs: {Service: ec2, Api: DeleteSecurityGroup, GroupId: sg-0123456789abcdef0}
  - name: After
    action: aws:sleep
    inputs: {Duration: PT1S}
"""

RAISE = """
schemaVersion: "0.3"
mainSteps:
  - name: Raise
    action: aws:executeScript
    inputs:
      Runtime: python3.8
      Handler: main
      Script: |
        def main(events, context):
            raise ValueError("no such luck")
"""

PARENT = """
schemaVersion: "0.3"
outputs: [Child.Output]
mainSteps:
  - name: Child
    action: aws:executeAutomation
    inputs: {DocumentName: child, RuntimeParameters: {Word: ["hello"]}}
"""

CHILD = """
schemaVersion: "0.3"
parameters: {Word: {type: String}}
outputs: [Say.Payload]
mainSteps:
  - name: Say
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: say
      InputPayload: {word: "{{ Word }}"}
      Script: |
        def say(events, context):
            return events["word"].upper()
"""


class Run(RunTest):
    def test_api_steps_branch_assertion_and_script_end_in_success(self):
        done = self.execution(self.write("tag.yaml", TAG), "--parameters", json.dumps({"GroupId": [GROUP]}), expect=0)
        self.assertEqual(done["AutomationExecutionStatus"], "Success")
        self.assertEqual(done["DocumentName"], "tag")
        self.assertEqual(done["Parameters"]["GroupId"], [GROUP])
        self.assertEqual(done["Outputs"]["Look.Name"], ["web-frontend"])
        told = json.loads(done["Outputs"]["Tell.Payload"][0])
        self.assertEqual({"run": told["tags"]["run"], "by": told["tags"]["by"]}, {"run": "yes-please", "by": "script"})
        self.assertEqual(told["missing"], "InvalidGroup.NotFound")
        self.assertTrue(told["message"].startswith("The security group"), told["message"])
        self.assertEqual(told["account"], ACCOUNT)
        self.assertGreater(told["groups"], 1)
        tags = {t["Key"]: t["Value"] for t in self.twin.group()["Tags"]}
        self.assertEqual((tags["run"], tags["by"]), ("yes-please", "script"))
        statuses = {s["StepName"]: s["StepStatus"] for s in done["StepExecutions"]}
        self.assertEqual(statuses["Tell"], "Success")
        self.assertNotEqual(statuses.get("Never"), "Success")
        for field in ("AutomationExecutionId", "ExecutionStartTime", "ExecutionEndTime", "Mode", "DocumentVersion"):
            self.assertIn(field, done)

    def test_each_changing_call_is_announced_and_concluded_in_the_journal(self):
        done = self.execution(self.write("tag.yaml", TAG), "--parameters", self.write("p.json", json.dumps({"GroupId": GROUP, "Value": "v"})), expect=0)
        entries = [e for e in self.journal() if e["subject"] == done["AutomationExecutionId"]]
        self.assertEqual([e["kind"] for e in entries],
                         ["run.started", "call.intent", "call.outcome", "call.intent", "call.outcome", "run.ended"])
        self.assertEqual(entries[1]["body"]["call"]["operation"], "CreateTags")
        self.assertEqual(entries[0]["body"]["unrehearsed"], "--no-rehearsal")
        self.assertEqual(entries[-1]["body"]["status"], "Success")

    def test_a_failing_step_fails_the_execution_with_the_services_code(self):
        done = self.execution(self.write("fail.yaml", FAIL), expect=1)
        self.assertEqual(done["AutomationExecutionStatus"], "Failed")
        first, after = done["StepExecutions"]
        self.assertEqual((first["StepStatus"], after["StepStatus"]), ("Failed", "Pending"))
        self.assertIn("InvalidGroup.NotFound", json.dumps(first))

    def test_a_script_that_raises_fails_the_execution(self):
        done = self.execution(self.write("raise.yaml", RAISE), expect=1)
        self.assertIn("no such luck", done["StepExecutions"][0]["FailureMessage"])

    def test_a_document_of_the_same_folder_runs_as_a_child(self):
        self.write("child.yaml", CHILD)
        done = self.execution(self.write("parent.yaml", PARENT), expect=0)
        self.assertIn("HELLO", json.dumps(done["Outputs"]))

    def test_bad_parameters_are_refused_before_anything_is_sent(self):
        document = self.write("tag.yaml", TAG)
        before = self.twin.group()
        for bad in ('{"GroupId": ["nothing"]}', "{}", '{"GroupId": ["sg-1"], "Other": ["x"]}', "{broken", "[1]", "/no/such/file"):
            done = self.command(document, "--parameters", bad, "--no-rehearsal", "--yes", "--json", expect=2)
            self.assertIn("error", json.loads(done.stdout), bad)
        self.assertEqual(self.twin.group(), before)

    def test_bad_documents_are_refused(self):
        for number, text in enumerate(["{", 'schemaVersion: "2.2"\nmainSteps: []\n', READ.replace("executeAwsApi", "doMagic"), ""]):
            self.command(self.write(f"bad{number}.yaml", text), "--no-rehearsal", "--yes", "--json", expect=2)
        self.command("No-Such-Runbook", "--no-rehearsal", "--yes", "--json", expect=2)

    def test_changes_need_a_yes_and_reading_does_not(self):
        self.command(self.write("fail.yaml", FAIL), "--no-rehearsal", "--json", expect=2)
        self.command(self.write("read.yaml", READ), "--no-rehearsal", "--json", expect=0)

    def test_the_account_is_asked_for_where_nobody_names_it(self):
        done = self.execution(self.write("tag.yaml", TAG), "--parameters", json.dumps({"GroupId": [GROUP]}), expect=0, account=False)
        self.assertEqual(json.loads(done["Outputs"]["Tell.Payload"][0])["account"], ACCOUNT)

VERSIONING = """
schemaVersion: "0.3"
mainSteps:
  - name: Enable
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: PutBucketVersioning, Bucket: orchard, VersioningConfiguration: {Status: Enabled}}
"""


class Rehearsed(RunTest):
    """With a scanned account, a run is rehearsed on a copy of it first."""

    def setUp(self):
        super().setUp()
        home = Home(self.twin.url, folder=self.folder)
        home.json("scan", "--type", "AWS::EC2::SecurityGroup,AWS::EC2::VPC")

    def test_a_rehearsal_alone_changes_nothing_and_lists_the_calls(self):
        before = self.twin.group()
        done = json.loads(self.command(self.write("tag.yaml", TAG), "--parameters", json.dumps({"GroupId": [GROUP]}), "--rehearse", "--json",
                                       expect=0).stdout)
        self.assertEqual([c["call"]["operation"] for c in done["Rehearsal"]["calls"]], ["CreateTags", "CreateTags"])
        self.assertEqual(done["AutomationExecution"]["AutomationExecutionStatus"], "Success")
        self.assertEqual(self.twin.group(), before)

    def test_what_fails_in_the_rehearsal_does_not_begin(self):
        self.command(self.write("fail.yaml", FAIL), "--yes", "--json", expect=2)
        self.assertNotIn("run.started", [e["kind"] for e in self.journal()])

    def test_what_the_last_scan_did_not_read_is_no_reason_to_refuse(self):
        self.twin.client("s3").create_bucket(Bucket="orchard", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        arguments = [self.write("version.yaml", VERSIONING), "--json"]
        told = self.command(*arguments, "--rehearse", expect=2)
        self.assertIn("s3 (the last scan saw nothing of it)", told.stderr)
        self.command(*arguments, "--yes", expect=0)
        self.assertEqual(self.twin.client("s3").get_bucket_versioning(Bucket="orchard")["Status"], "Enabled")
        self.assertIn("s3 (the last scan saw nothing of it)", next(e["body"]["unrehearsed"] for e in self.journal() if e["kind"] == "run.started"))

    def test_a_rehearsed_run_is_not_recorded_as_unrehearsed(self):
        self.command(self.write("tag.yaml", TAG), "--parameters", json.dumps({"GroupId": [GROUP]}), "--yes", "--json", expect=0)
        kinds = [e["kind"] for e in self.journal()]
        self.assertIn("run.ended", kinds)
        self.assertNotIn("unrehearsed", next(e["body"] for e in self.journal() if e["kind"] == "run.started"))


REVOKE = """
schemaVersion: "0.3"
description: What the content's own runbook does, as a script.
parameters:
  GroupId: {type: String}
  IpPermissions: {type: MapList}
  AutomationAssumeRole: {type: String, default: ""}
mainSteps:
  - name: Revoke
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: main
      InputPayload: {group: "{{ GroupId }}", permissions: "{{ IpPermissions }}"}
      Script: |
        import boto3
        def main(events, context):
            ec2 = boto3.client("ec2")
            ec2.describe_security_groups(GroupIds=[events["group"]])
            ec2.revoke_security_group_ingress(GroupId=events["group"], IpPermissions=events["permissions"])
            return {"done": True}
  - name: ReadBack
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeSecurityGroups, GroupIds: ["{{ GroupId }}"]}
"""


class Planned(LoopTest):
    """A remedy that is a script goes the whole way of a plan: rehearsed, approved, applied, and through a crash."""

    DOCUMENT = REVOKE

    def setUp(self):
        super().setUp()
        self.content = tempfile.mkdtemp(prefix="setpoint-content-")
        self.addCleanup(shutil.rmtree, self.content, True)
        folder = pathlib.Path(self.content, "runbooks", "Setpoint-RevokeOpenIngress")
        folder.mkdir(parents=True)
        (folder / "document.yaml").write_text(self.DOCUMENT)
        self.with_script(self.home)
        self.plan = self.home.plan()
        self.home.run("approve", self.plan, "--as", "bob")

    def with_script(self, home):
        config = pathlib.Path(home.folder, "setpoint.yaml")
        config.write_text(config.read_text().replace('content: ["', f'content: ["{self.content}", "'))
        return home

    def ssh(self, group):
        return [r["CidrIp"] for p in group["IpPermissions"] if p.get("FromPort") == 22 for r in p["IpRanges"]]

class PlannedScript(Planned):
    def test_the_script_is_rehearsed_and_applied_as_planned(self):
        planned = self.home.json("plan", self.plan)["plan"]
        self.assertEqual([(c["step"], c["call"]["operation"]) for c in planned["calls"]], [("Revoke", "RevokeSecurityGroupIngress")])
        self.assertEqual(self.ssh(self.twin.group()), ["0.0.0.0/0", "10.0.0.0/8"])
        self.assertEqual(self.home.json("apply", self.plan)["run"]["status"], "EFFECTIVE")
        self.assertEqual(self.ssh(self.twin.group()), ["10.0.0.0/8"])

    def test_a_crash_at_any_flush_leaves_one_effect(self):
        for flush in range(1, 40):
            with Twin() as twin:
                home = self.with_script(self.home.copy(twin.url))
                self.addCleanup(home.remove)
                crashed = home.run("apply", self.plan, env={"SETPOINT_CRASH_AT_FLUSH": f"{flush}:after"}, expect=None)
                if crashed.returncode == 0:
                    self.assertGreater(flush, 5)
                    return
                home.run("recover", expect=None)
                if not home.json("runs"):
                    home.run("apply", self.plan)
                runs = home.json("runs")
                self.assertEqual([r["status"] for r in runs], ["EFFECTIVE"], flush)
                self.assertEqual(self.ssh(twin.group()), ["10.0.0.0/8"])
                shown = home.run("journal", "show", runs[0]["id"], "--limit", "500").stdout.splitlines()
                self.assertEqual([line.split()[2] for line in shown].count("call.outcome"), 1, flush)
        self.fail("apply never ended")


class PlannedDate(Planned):
    """The calls hold the time at which the plan was made, not that of the apply."""

    DOCUMENT = REVOKE + """  - name: Stamp
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ GroupId }}"], Tags: [{Key: closed, Value: "{{ global:DATE_TIME }}"}]}
"""

    def test_a_date_in_a_call_is_the_plans(self):
        planned = self.home.json("plan", self.plan)["plan"]
        stamp = planned["calls"][1]["call"]["parameters"]["Tags"][0]["Value"]
        self.assertEqual(stamp.replace("_", "T").replace(".", ":"), planned["as_of"][:19])
        time.sleep(1.1)
        self.assertEqual(self.home.json("apply", self.plan)["run"]["status"], "EFFECTIVE")
        self.assertIn({"Key": "closed", "Value": stamp}, self.twin.group()["Tags"])


class PlannedApproval(Planned):
    """A runbook that asks for an approval of its own: rehearsed as given, waited for at apply."""

    DOCUMENT = REVOKE.replace("mainSteps:\n", """mainSteps:
  - name: Ask
    action: aws:approve
    inputs: {Approvers: [carol], Message: "Close it?"}
""")

    def test_the_apply_waits_for_the_approval_and_goes_on(self):
        waiting = self.home.json("apply", self.plan, expect=None)["run"]
        self.assertEqual(waiting["status"], "APPLYING")
        self.assertIn("waits for Approve", waiting["message"])
        self.home.run("recover", expect=None)
        self.assertEqual(self.ssh(self.twin.group()), ["0.0.0.0/0", "10.0.0.0/8"])
        self.home.run("run", "signal", waiting["id"], "Approve", "--as", "mallory")
        self.home.run("run", "signal", waiting["id"], "Approve", "--as", "carol")
        self.home.run("recover", expect=None)
        self.assertEqual([r["status"] for r in self.home.json("runs")], ["EFFECTIVE"])
        self.assertEqual(self.ssh(self.twin.group()), ["10.0.0.0/8"])

    def test_what_changed_while_it_waited_is_not_touched(self):
        waiting = self.home.json("apply", self.plan, expect=None)["run"]
        group = self.twin.group()["GroupId"]
        self.twin.ec2().authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=9, ToPort=9, CidrIp="10.0.0.0/8")
        self.home.run("run", "signal", waiting["id"], "Approve", "--as", "carol")
        self.home.run("recover", expect=None)
        self.assertEqual([r["status"] for r in self.home.json("runs")], ["STALE"])
        self.assertEqual(self.ssh(self.twin.group()), ["0.0.0.0/0", "10.0.0.0/8"])


if __name__ == "__main__":
    unittest.main()
