"""`setpoint run` over many targets: by value, by map, by tag, in other accounts and regions, within MaxConcurrency and MaxErrors."""
import json
import unittest

from run_case import ACCOUNT, REGION, Counting, Home, RunTest

OTHER, OTHER_REGION = "222233334444", "us-east-1"
ROLE = "AWS-SystemsManager-AutomationExecutionRole"

TAG = """
schemaVersion: "0.3"
parameters:
  GroupId: {type: String, allowedPattern: "^sg-[0-9a-f]{17}$"}
  Value: {type: String, default: plain}
outputs: [Look.Name]
mainSteps:
  - name: Look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeSecurityGroups, GroupIds: ["{{ GroupId }}"]}
    outputs: [{Name: Name, Selector: "$.SecurityGroups[0].GroupName", Type: String}]
  - name: Mark
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: CreateTags
      Resources: ["{{ GroupId }}"]
      Tags: [{Key: mark, Value: "{{ Value }} {{ global:ACCOUNT_ID }} {{ global:REGION }}"}]
"""

PARENT = """
schemaVersion: "0.3"
outputs: [Fan.Status]
mainSteps:
  - name: Fan
    action: aws:executeAutomation
    inputs:
      DocumentName: tag
      RuntimeParameters: {Value: [from-parent]}
      TargetParameterName: GroupId
      Targets: [{Key: ParameterValues, Values: %s}]
      MaxConcurrency: "3"
"""


def group_id(number):
    return f"sg-{number:017x}"


def groups(count, **tags):
    return [{"GroupId": group_id(n), "GroupName": f"group-{n}", "Description": "one of many", "VpcId": "vpc-0a1b2c3d4e5f60001",
             "Tags": [{"Key": "Team", "Value": "red" if n % 2 else "blue"}]} for n in range(1, count + 1)]


def account(count):
    return {"AWS::EC2::VPC": [{"VpcId": "vpc-0a1b2c3d4e5f60001", "CidrBlock": "10.0.0.0/16"}], "AWS::EC2::SecurityGroup": groups(count)}


def role(name, trusted=ACCOUNT):
    return {"RoleName": name, "RoleId": "AROAEXAMPLE" + name.upper()[:9], "AssumeRolePolicyDocument": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusted}:root"}, "Action": "sts:AssumeRole"}]},
        "Policies": {"all": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}}}


SEED = {"accounts": {
    ACCOUNT: {"global": {"AWS::IAM::Role": [role("own-runner")]}, REGION: account(40), OTHER_REGION: account(2)},
    OTHER: {"global": {"AWS::IAM::Role": [role(ROLE)]}, REGION: account(2), OTHER_REGION: account(2)}}}


class Fleet(RunTest):
    SEED = SEED

    def setUp(self):
        super().setUp()
        self.document = self.write("tag.yaml", TAG)

    def marks(self, count=40):
        found = self.twin.ec2().describe_security_groups()["SecurityGroups"]
        return sorted(g["GroupId"] for g in found if any(t["Key"] == "mark" for t in g.get("Tags", [])))

    def over(self, values, *more, **options):
        target = json.dumps({"Key": "ParameterValues", "Values": values})
        return self.rendered(self.document, "--target-parameter-name", "GroupId", "--targets", target, *more, **options)

    def test_every_target_is_an_execution_of_its_own_and_counted_in_the_parent(self):
        done = self.over([group_id(n) for n in range(1, 41)], "--max-concurrency", "50%", expect=0)
        parent, children = done["AutomationExecution"], done["ChildExecutions"]
        self.assertEqual(parent["AutomationExecutionStatus"], "Success")
        self.assertEqual(parent["ProgressCounters"], {"TotalSteps": 40, "SuccessSteps": 40, "FailedSteps": 0, "CancelledSteps": 0, "TimedOutSteps": 0})
        self.assertEqual(parent["ResolvedTargets"]["ParameterValues"], [group_id(n) for n in range(1, 41)])
        self.assertEqual((parent["TargetParameterName"], parent["MaxConcurrency"]), ("GroupId", "50%"))
        self.assertEqual({s["StepStatus"] for s in parent["StepExecutions"]}, {"Success"})
        self.assertEqual({c["ParentAutomationExecutionId"] for c in children}, {parent["AutomationExecutionId"]})
        ids = {s["Outputs"]["ExecutionId"][0] for s in parent["StepExecutions"]}
        self.assertEqual(ids, {c["AutomationExecutionId"] for c in children})
        self.assertEqual(len(ids), 40)
        self.assertEqual(len(self.marks()), 40)
        starts = [e for e in self.journal() if e["kind"] == "run.started"]
        self.assertEqual(len(starts), 41)

    def test_a_bad_target_stops_no_other(self):
        values = [group_id(1), "not-a-group", "sg-0000000000000beef", group_id(2)]
        done = self.over(values, expect=1)["AutomationExecution"]
        self.assertEqual(done["AutomationExecutionStatus"], "CompletedWithFailure")
        self.assertEqual([s["StepStatus"] for s in done["StepExecutions"]], ["Success", "Failed", "Failed", "Success"])
        self.assertIn("does not match the pattern", done["StepExecutions"][1]["FailureMessage"])
        self.assertEqual(self.marks(), [group_id(1), group_id(2)])

    def test_beyond_max_errors_no_further_target_starts(self):
        values = [group_id(1), "sg-0000000000000beef", group_id(2), group_id(3)]
        done = self.over(values, "--max-errors", "0", "--max-concurrency", "1", expect=1)["AutomationExecution"]
        self.assertEqual(done["AutomationExecutionStatus"], "Failed")
        self.assertEqual([s["StepStatus"] for s in done["StepExecutions"]], ["Success", "Failed", "Cancelled", "Cancelled"])
        self.assertEqual(self.marks(), [group_id(1)])

    def test_maps_give_each_target_its_own_parameters(self):
        maps = [{"GroupId": [group_id(1)], "Value": ["a"]}, {"GroupId": [group_id(2)], "Value": ["b"]}]
        self.execution(self.document, "--target-maps", json.dumps(maps), expect=0)
        self.assertEqual([self.tags(group_id(n))["mark"].split()[0] for n in (1, 2)], ["a", "b"])

    def test_tags_choose_the_targets(self):
        document = self.write("typed.yaml", TAG.replace("type: String, allowed", 'type: "AWS::EC2::SecurityGroup::Id", allowed'))
        done = self.execution(document, "--target-parameter-name", "GroupId", "--targets", "Key=tag:Team,Values=red", expect=0)
        self.assertEqual(done["ProgressCounters"]["TotalSteps"], 20)
        self.assertEqual(self.marks(), [group_id(n) for n in range(1, 41, 2)])

    def test_locations_run_in_other_accounts_and_regions_as_the_role_there(self):
        location = f"Accounts={ACCOUNT},{OTHER},Regions={REGION},{OTHER_REGION}"
        done = self.rendered(self.document, "--parameters", json.dumps({"GroupId": [group_id(1)]}), "--target-locations", location, expect=0)
        parent = done["AutomationExecution"]
        self.assertEqual(parent["ProgressCounters"]["SuccessSteps"], 4)
        self.assertEqual([s["StepName"] for s in parent["StepExecutions"]],
                         [f"{a}/{r}" for a in (ACCOUNT, OTHER) for r in (REGION, OTHER_REGION)])
        self.assertEqual(self.tags(group_id(1))["mark"], f"plain {ACCOUNT} {REGION}")
        self.assertEqual(self.elsewhere(OTHER, OTHER_REGION), f"plain {OTHER} {OTHER_REGION}")

    def elsewhere(self, account, region, twin=None):
        import boto3
        ec2 = boto3.client("ec2", region_name=region, endpoint_url=(twin or self.twin).url, aws_access_key_id=account, aws_secret_access_key="x")
        group = ec2.describe_security_groups(GroupIds=[group_id(1)])["SecurityGroups"][0]
        return {t["Key"]: t["Value"] for t in group.get("Tags", [])}.get("mark")

    def test_each_region_may_have_an_endpoint_of_its_own(self):
        second = self.start_twin(SEED)
        self.execution(self.document, "--parameters", json.dumps({"GroupId": [group_id(1)]}), "--target-locations",
                       f"Accounts={OTHER},Regions={REGION},{OTHER_REGION}", "--region-endpoint", f"{OTHER_REGION}={second.url}", expect=0)
        self.assertEqual(self.elsewhere(OTHER, REGION), f"plain {OTHER} {REGION}")
        self.assertIsNone(self.elsewhere(OTHER, OTHER_REGION))
        self.assertEqual(self.elsewhere(OTHER, OTHER_REGION, second), f"plain {OTHER} {OTHER_REGION}")

    def test_locations_have_targets_of_their_own(self):
        locations = [{"Accounts": [ACCOUNT, OTHER], "Regions": [OTHER_REGION], "TargetLocationMaxConcurrency": "2",
                      "Targets": [{"Key": "ParameterValues", "Values": [group_id(1), group_id(2)]}]}]
        done = self.rendered(self.document, "--target-parameter-name", "GroupId", "--target-locations", json.dumps(locations), expect=0)
        self.assertEqual(done["AutomationExecution"]["ProgressCounters"]["TotalSteps"], 2)
        self.assertEqual([c["ProgressCounters"]["SuccessSteps"] for c in done["ChildExecutions"]], [2, 2])

    def test_a_role_that_may_not_be_assumed_fails_its_location_only(self):
        location = f"Accounts={ACCOUNT},333344445555,Regions={REGION},TargetLocationMaxErrors=1"
        done = self.execution(self.document, "--parameters", json.dumps({"GroupId": [group_id(1)]}), "--target-locations", location, expect=1)
        self.assertEqual([s["StepStatus"] for s in done["StepExecutions"]], ["Success", "Failed"])
        self.assertIn("cannot be assumed", done["StepExecutions"][1]["FailureMessage"])

    def test_a_document_runs_another_over_targets(self):
        values = json.dumps([group_id(n) for n in range(1, 8)])
        done = self.execution(self.write("parent.yaml", PARENT % values), expect=0)
        self.assertEqual(done["Outputs"]["Fan.Status"], ["Success"])
        self.assertEqual(self.marks(), [group_id(n) for n in range(1, 8)])
        self.assertTrue(self.tags(group_id(1))["mark"].startswith("from-parent"))

    def test_a_crash_among_many_targets_leaves_one_effect_each(self):
        counting = Counting(self.twin.url)
        self.addCleanup(counting.stop)
        self.url = counting.url
        target = json.dumps({"Key": "ParameterValues", "Values": [group_id(n) for n in range(1, 21)]})
        for flush in (4, 11, 17, 23, 31):
            home = f"{self.folder}/home-{flush}"
            counting.changes.clear()
            crash = self.command(self.document, "--target-parameter-name", "GroupId", "--targets", target, "--parameters", json.dumps({"Value": [str(flush)]}),
                                 "--no-rehearsal", "--yes", "--json", home=home, expect=None, env={"SETPOINT_CRASH_AT_FLUSH": f"{flush}:before"})
            self.assertEqual(crash.returncode, -9, flush)
            [one] = self.open_executions(home=home)
            done = json.loads(self.command("--resume", one["AutomationExecutionId"], "--json", home=home, expect=0).stdout)
            self.assertEqual(done["AutomationExecution"]["ProgressCounters"]["SuccessSteps"], 20)
            self.assertEqual(len(counting.changes), len(set(counting.changes)), flush)
            self.assertEqual(len(counting.changes), 20, flush)

    def test_what_makes_no_sense_is_refused_before_it_begins(self):
        bad = [("--targets", "Key=ParameterValues,Values=x"), ("--max-errors", "5"), ("--target-maps", "[1]"), ("--target-maps", '[{"No": ["x"]}]'),
               ("--target-parameter-name", "Nobody", "--targets", "Key=ParameterValues,Values=x"),
               ("--target-parameter-name", "GroupId", "--targets", "Key=Colour,Values=red"),
               ("--target-parameter-name", "GroupId", "--targets", "Key=ParameterValues,Values=bad"),
               ("--target-parameter-name", "GroupId", "--targets", f"Key=ParameterValues,Values={group_id(1)}", "--max-concurrency", "0"),
               ("--target-locations", "Regions=eu-west-1"), ("--target-locations", "Accounts=12,Regions=eu-west-1"), ("--targets", "nonsense")]
        for arguments in bad:
            self.command(self.document, *arguments, "--no-rehearsal", "--yes", "--json", expect=2)
        self.assertEqual(self.marks(), [])


class Rehearsed(RunTest):
    """With a scanned account, the targets are rehearsed before anything is done."""

    SEED = {"accounts": {ACCOUNT: {REGION: account(60)}}}

    def setUp(self):
        super().setUp()
        self.document = self.write("tag.yaml", TAG)
        Home(self.twin.url, folder=self.folder).json("scan", "--type", "AWS::EC2::SecurityGroup,AWS::EC2::VPC")

    def over(self, values, *more, **options):
        target = json.dumps({"Key": "ParameterValues", "Values": values})
        return self.command(self.document, "--target-parameter-name", "GroupId", "--targets", target, "--json", *more, **options)

    def marks(self):
        found = self.twin.ec2().describe_security_groups()["SecurityGroups"]
        return sorted(g["GroupId"] for g in found if any(t["Key"] == "mark" for t in g.get("Tags", [])))

    def kinds(self):
        return [e["kind"] for e in self.journal()]

    def test_a_rehearsal_alone_runs_each_target_on_the_copy(self):
        told = json.loads(self.over([group_id(1), group_id(2)], "--rehearse", expect=0).stdout)
        self.assertEqual([(c["target"], c["call"]["operation"]) for c in told["Rehearsal"]["calls"]], [(group_id(1), "CreateTags"), (group_id(2), "CreateTags")])
        self.assertEqual((told["Rehearsal"]["targets"], told["Rehearsal"]["rehearsed"]), (2, 2))
        self.assertEqual([c["AutomationExecutionStatus"] for c in told["ChildExecutions"]], ["Success", "Success"])
        self.assertEqual(self.marks(), [])

    def test_targets_by_tag_are_asked_for_and_of_many_some_are_rehearsed(self):
        every = self.over([group_id(n) for n in range(1, 61)], "--rehearse", expect=0)
        told = json.loads(every.stdout)["Rehearsal"]
        self.assertEqual((told["targets"], told["rehearsed"]), (60, 50))
        self.assertIn("50 of 60 targets were rehearsed", every.stderr)
        tagged = self.command(self.document, "--target-parameter-name", "GroupId", "--targets", "Key=tag:Team,Values=red", "--rehearse", "--json", expect=None)
        self.assertIn(tagged.returncode, (0, 2), tagged.stderr)
        if tagged.returncode == 0:
            self.assertEqual(json.loads(tagged.stdout)["Rehearsal"]["targets"], 30)

    def test_a_rehearsed_run_says_so_and_a_bad_target_stops_no_other(self):
        done = self.over([group_id(1), "sg-0000000000000beef", group_id(2)], "--yes", expect=1)
        self.assertIn("the rehearsal failed for 1 of 3 targets", done.stderr)
        self.assertEqual(self.marks(), [group_id(1), group_id(2)])
        self.assertNotIn("unrehearsed", next(e["body"] for e in self.journal() if e["kind"] == "run.started"))

    def test_where_no_target_is_good_nothing_begins(self):
        done = self.over(["sg-0000000000000beef"], "--yes", expect=2)
        self.assertIn("the rehearsal failed: sg-0000000000000beef", done.stderr + done.stdout)
        self.assertNotIn("run.started", self.kinds())

    def test_other_accounts_and_regions_are_not_rehearsed_and_that_is_said(self):
        where = json.dumps({"Accounts": [ACCOUNT], "Regions": [REGION]})
        arguments = [self.document, "--parameters", json.dumps({"GroupId": [group_id(1)]}), "--target-locations", where, "--json"]
        self.assertIn("other accounts or regions", self.command(*arguments, "--rehearse", expect=2).stderr)
        self.command(*arguments, "--yes", expect=0)
        self.assertIn("other accounts or regions", next(e["body"]["unrehearsed"] for e in self.journal() if e["kind"] == "run.started"))


if __name__ == "__main__":
    unittest.main()
