"""Automations that answer a finding with a runbook of their own: containment on a detection, by people and by itself."""
import json
import pathlib
import time
import unittest
import urllib.request

from program import ROOT, ServeTest

INSTANCE, WEB = "i-0f0000000000000a1", "sg-0f0000000000000a1"
DETECTION = {
    "version": "0", "id": "e-guardduty-1", "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "account": "111122223333",
    "region": "eu-west-1", "time": "2026-11-22T02:00:00Z", "resources": [],
    "detail": {
        "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": "d1f", "severity": 8,
        "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/d1/finding/d1f", "type": "Backdoor:EC2/C&CActivity.B",
        "title": "The instance asks for a command server", "description": "It asked for a name that serves malware.",
        "createdAt": "2026-11-22T01:50:00Z", "updatedAt": "2026-11-22T01:59:00Z",
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": INSTANCE}},
        "service": {"serviceName": "guardduty", "detectorId": "d1", "count": 3}}}
AUTOMATION = """
automation: isolate-instance
owner: responders@example.org
when: {source: [aws.guardduty], detail-type: [GuardDuty Finding], detail: {severity: [{numeric: [">=", 7]}], resource: {resourceType: [Instance]}}}
run: Setpoint-IsolateInstance
with: {InstanceId: "{{event.detail.resource.instanceDetails.instanceId}}", IsolationGroupId: %s, ExpireAfter: "{{now+4h}}"}
autonomy: %s
limits: {per_hour: 20, per_account_per_day: 50, share_of_fleet: 100%%}
notify: {owner: true, channel: ops}
"""
LABEL = """
automation: label-open-ssh
owner: responders@example.org
when: {source: [setpoint], detail-type: [Finding Opened], detail: {control: [EC2.13], resource: {id: [sg-0f0000000000000a1]}}}
run: Site-Label
with: {GroupId: "{{resource.id}}"}
autonomy: auto
undo_if_ineffective: true
limits: {share_of_fleet: 100%}
"""
REVOKE_SESSIONS = """
automation: revoke-sessions
owner: responders@example.org
when: {source: [aws.guardduty], detail: {resource: {accessKeyDetails: {userType: [AssumedRole]}}}}
run: Setpoint-RevokeRoleSessions
with: {RoleName: "{{resource.name}}", IssuedBefore: "{{now}}", ExpireAfter: "{{now+12h}}"}
autonomy: auto
limits: {share_of_fleet: 100%}
"""
USELESS = """
schemaVersion: "0.3"
description: Only labels the group.
parameters: {GroupId: {type: String}}
mainSteps:
  - name: Label
    action: aws:createTags
    inputs: {ResourceType: EC2, ResourceIds: ["{{ GroupId }}"], Tags: [{Key: seen, Value: "yes"}]}
"""


class Response(ServeTest):
    def groups(self):
        return [group["GroupId"] for group in self.instance()["SecurityGroups"]]

    def instance(self):
        return self.twin.ec2().describe_instances(InstanceIds=[INSTANCE])["Reservations"][0]["Instances"][0]

    def isolation_group(self):
        ec2 = self.twin.ec2()
        group = ec2.create_security_group(GroupName="isolation", Description="no rules", VpcId=self.instance()["VpcId"])["GroupId"]
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"])
        return group

    def respond(self, autonomy, text=AUTOMATION):
        group = self.isolation_group()
        folder = pathlib.Path(self.home.folder, "site", "automations")
        folder.mkdir(parents=True)
        (folder / "isolate.yaml").write_text(text % (group, autonomy))
        self.start()
        self.post(DETECTION)
        return group

    def post(self, event):
        urllib.request.urlopen(urllib.request.Request(self.url + "/v1/ingest", data=json.dumps(event).encode())).read()

    def told(self, words):
        mailed = any("responders@example.org" in to for to, _ in self.mailbox.mails)
        return mailed and any(words in hook["text"] for hook in self.mailbox.hooks)

    def runs(self):
        return self.home.json("runs")

    def test_a_detection_asks_its_owner_and_an_approved_containment_can_be_taken_back(self):
        group = self.respond("ask")
        self.assertTrue(self.wait_for(lambda: self.home.json("waiting")))
        plan = self.home.json("waiting")[0]["plan"]
        self.assertTrue(self.wait_for(lambda: self.told(plan)))
        calls = [call["call"]["operation"] for call in self.home.json("plan", plan)["plan"]["calls"]]
        self.assertEqual(calls, ["CreateSnapshot", "CreateTags", "ModifyInstanceAttribute"])
        self.assertEqual(self.groups(), [WEB])
        self.home.run("approve", plan, "--as", "bob")
        self.assertTrue(self.wait_for(lambda: self.runs() and self.runs()[0]["status"] != "APPLYING" and self.runs()[0]["concluded"]))
        run = self.runs()[0]
        self.assertEqual((run["status"], self.groups()), ("EFFECTIVE", [group]), run["message"])
        self.home.run("journal", "verify")
        held = self.home.json("containments")
        self.assertEqual([each["execution"] for each in held], [run["id"]])

    def test_a_containment_by_plan_is_raised_at_its_end_and_undone_once_somebody_agrees(self):
        soon = AUTOMATION.replace("now+4h", "now+12s").replace("with: {", "with: {SnapshotVolumes: false, ")
        group = self.respond("auto", soon)
        self.assertTrue(self.wait_for(lambda: self.groups() == [group]))
        self.assertTrue(self.wait_for(lambda: (self.home.json("containments") or [{}])[0].get("plan")))
        self.assertTrue(self.wait_for(lambda: any("was to hold until" in hook["text"] for hook in self.mailbox.hooks)))
        self.assertEqual(self.groups(), [group])
        self.home.run("approve", self.home.json("containments")[0]["plan"], "--as", "bob")
        self.assertTrue(self.wait_for(lambda: self.groups() == [WEB]))
        self.assertTrue(self.wait_for(lambda: not self.home.json("containments")))

    def test_an_automatic_containment_needs_nobody_and_is_verified_by_what_was_foreseen(self):
        without_snapshots = AUTOMATION.replace("with: {", "with: {SnapshotVolumes: false, ")  # a snapshot stays: irreversible, so asked for
        group = self.respond("auto", without_snapshots)
        self.assertTrue(self.wait_for(lambda: self.groups() == [group]))
        self.assertTrue(self.wait_for(lambda: self.runs()[0]["concluded"]))
        self.assertEqual(self.runs()[0]["status"], "EFFECTIVE")
        self.assertIn("every change that the plan foresaw", self.runs()[0]["message"])

    def test_an_event_about_no_finding_is_declined_and_somebody_is_told(self):
        self.respond("auto", AUTOMATION.replace("source: [aws.guardduty], detail-type: [GuardDuty Finding], detail: {severity: [{numeric: [\">=\", 7]}], "
                                                "resource: {resourceType: [Instance]}}", "source: [aws.health]"))
        self.post({**DETECTION, "id": "e-health-1", "source": "aws.health", "detail-type": "AWS Health Event", "detail": {}})
        self.assertTrue(self.wait_for(lambda: self.told("about no finding")))
        self.assertEqual(self.groups(), [WEB])

    def test_what_cannot_be_filled_in_is_declined_and_somebody_is_told(self):
        self.respond("auto", AUTOMATION.replace("instanceDetails.instanceId", "instanceDetails.name"))
        self.assertTrue(self.wait_for(lambda: self.told("names nothing here")))
        self.assertEqual(self.groups(), [WEB])

    def test_a_detection_about_a_sessions_key_is_answered_on_its_role(self):
        import boto3
        iam = boto3.client("iam", region_name="us-east-1", endpoint_url=self.twin.url, aws_access_key_id="111122223333", aws_secret_access_key="x")
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        role = iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        self.home.run("scan", "--type", "AWS::IAM::Role")
        details = {"accessKeyId": "ASIAEXAMPLE7654321AA", "principalId": role["RoleId"] + ":i-1", "userName": "web", "userType": "AssumedRole"}
        detail = {**DETECTION["detail"], "id": "d2f", "type": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
                  "resource": {"resourceType": "AccessKey", "accessKeyDetails": details}}
        folder = pathlib.Path(self.home.folder, "site", "automations")
        folder.mkdir(parents=True)
        (folder / "sessions.yaml").write_text(REVOKE_SESSIONS)
        self.start()
        self.post({**DETECTION, "id": "e-guardduty-2", "detail": detail})
        self.assertTrue(self.wait_for(lambda: iam.list_role_policies(RoleName="web")["PolicyNames"] == ["SetpointRevokeOlderSessions"]))
        self.assertTrue(self.wait_for(lambda: self.runs()[0]["concluded"]))
        self.assertEqual(self.runs()[0]["status"], "EFFECTIVE", self.runs()[0]["message"])

    def test_a_person_may_answer_with_a_runbook_of_their_choice(self):
        group = self.isolation_group()
        self.start()
        self.post(DETECTION)
        finding = next(each["id"] for each in self.home.json("findings") if each["check"].startswith("Backdoor"))
        given = {"InstanceId": "{{resource.id}}", "IsolationGroupId": group, "SnapshotVolumes": False, "ExpireAfter": "{{now+30m}}"}
        refused = self.home.run("plan", finding, "--as", "ada", expect=3)
        self.assertIn("--runbook", refused.stderr)
        plan = self.home.json("plan", finding, "--runbook", "Setpoint-IsolateInstance", "--with", json.dumps(given), "--as", "ada")["id"]
        self.home.run("approve", plan, "--as", "bob")
        self.home.run("apply", plan, "--as", "ada")
        self.assertEqual(self.groups(), [group])
        undo = self.home.json("undo", self.runs()[0]["id"], "--as", "ada")["id"]
        self.home.run("approve", undo, "--as", "bob")
        self.home.run("apply", undo, "--as", "ada")
        self.assertEqual(self.groups(), [WEB])

    def test_what_did_not_help_is_taken_back_where_the_automation_says_so(self):
        site = pathlib.Path(self.home.folder, "site")
        (site / "runbooks" / "Site-Label").mkdir(parents=True)
        (site / "runbooks" / "Site-Label" / "document.yaml").write_text(USELESS)
        (site / "automations").mkdir()
        (site / "automations" / "label.yaml").write_text(LABEL)
        self.start()
        held = lambda: next((each["plan"] for each in self.home.json("waiting") if each["finding"] == self.home.finding()), None)
        self.assertTrue(self.wait_for(held))
        self.home.run("approve", held(), "--as", "bob")  # though the rehearsal said that it would not help
        self.assertTrue(self.wait_for(lambda: len(self.runs()) == 2 and all(run["concluded"] for run in self.runs())))
        self.assertEqual(sorted(run["status"] for run in self.runs()), ["INEFFECTIVE", "UNDONE"])
        self.assertNotIn("seen", [tag["Key"] for tag in self.twin.group().get("Tags", [])])

    def test_lint_knows_what_the_runbook_takes(self):
        folder = pathlib.Path(self.home.folder, "site", "automations")
        folder.mkdir(parents=True)
        bad = AUTOMATION.replace("InstanceId:", "Instance:") % ("sg-1", "ask")
        (folder / "isolate.yaml").write_text(bad)
        said = self.home.run("lint", str(folder), env={"SETPOINT_CONTENT": f"{ROOT}/content"}, expect=2)
        for words in ("no parameter 'Instance'", "InstanceId", "needs 'InstanceId'", "'IsolationGroupId'"):
            self.assertIn(words, said.stdout + said.stderr)
        (folder / "isolate.yaml").write_text(AUTOMATION.replace("IsolateInstance", "IsolateInstances") % ("sg-0f0000000000000b1", "ask"))
        self.assertIn("no runbook", self.home.run("lint", str(folder), expect=2).stdout)


if __name__ == "__main__":
    unittest.main()
