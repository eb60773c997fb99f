"""What was contained for a time: raised when the time is over, and taken back once somebody else agrees."""
import datetime
import json
import pathlib
import tempfile
import time
import unittest

from program import ACCOUNT, REGION, Home, Mailbox, ServeTest, Twin

BUCKET, KEY = "orchard", "AKIAIOSFODNN7EXAMPLE"
SEED = {"accounts": {ACCOUNT: {
    REGION: {"AWS::S3::Bucket": [{"Name": BUCKET}]},
    "global": {"AWS::IAM::User": [{"UserName": "deploy", "UserId": "AIDADEPLOY"}],
               "AWS::IAM::AccessKey": [{"AccessKeyId": KEY, "UserName": "deploy", "Status": "Active"}]}}}}


def in_seconds(seconds):
    return (datetime.datetime.utcnow() + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Containment(ServeTest):
    def setUp(self):
        self.mailbox = Mailbox()
        self.addCleanup(self.mailbox.stop)
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "seed.json").write_text(json.dumps(SEED))
        self.twin = Twin(seed=folder / "seed.json")
        self.addCleanup(self.twin.stop)
        self.home = Home(self.twin.url, self.mailbox)
        self.addCleanup(self.home.remove)
        self.home.json("scan", "--type", "AWS::S3::Bucket,AWS::IAM::User")

    def contain(self, runbook, parameters, expect=0, rehearsal=()):
        return self.home.run("run", runbook, "--parameters", json.dumps(parameters), "--as", "ada", "--yes", "--json", *rehearsal, expect=expect)

    def blocked(self):
        s3 = self.twin.client("s3")
        try:
            return all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
        except s3.exceptions.ClientError:
            return False

    def holding(self):
        return self.home.json("containments")

    def journal(self):
        return self.home.run("journal", "show", "--limit", "5000").stdout

    def told(self, *words):
        return [hook for hook in self.mailbox.hooks if all(word in hook["subject"] + hook["text"] for word in words)]

    def test_at_its_end_the_way_back_is_planned_asked_for_and_applied_once_approved(self):
        self.contain("Setpoint-ContainBucket", {"BucketName": BUCKET, "ExpireAfter": in_seconds(12)})
        self.assertTrue(self.blocked())
        self.assertEqual([(c["resource_name"], c["plan"]) for c in self.holding()], [(BUCKET, "")])
        self.start()
        time.sleep(3)
        self.assertEqual(self.told("Containment expired"), [], "its time is not over")
        self.assertTrue(self.wait_for(lambda: self.told("Containment expired", BUCKET, "setpoint approve")))
        plan = self.holding()[0]["plan"]
        self.assertTrue(plan)
        time.sleep(2)
        self.assertTrue(self.blocked(), "nothing is taken back silently")
        refused = self.home.run("approve", plan, "--as", "ada", expect=None)
        self.assertNotEqual(refused.returncode, 0, "who contained it cannot agree alone")
        self.home.run("approve", plan, "--as", "bob")
        self.assertTrue(self.wait_for(lambda: not self.blocked()))
        self.assertTrue(self.wait_for(lambda: self.holding() == []))
        self.assertIn("containment.ended", self.journal())
        self.assertEqual(len(self.told("Containment expired")), 1)

    def test_where_no_plan_can_be_made_people_are_told_what_to_run_and_that_ends_it(self):
        self.contain("Setpoint-DisableAccessKey", {"UserName": "deploy", "AccessKeyId": KEY, "ExpireAfter": in_seconds(4)}, rehearsal=["--no-rehearsal"])
        keys = lambda: self.twin.client("iam").list_access_keys(UserName="deploy")["AccessKeyMetadata"][0]["Status"]
        self.assertEqual(keys(), "Inactive")
        self.start()
        self.assertTrue(self.wait_for(lambda: self.told("Containment expired", "setpoint run Setpoint-EnableAccessKey")))
        self.contain("Setpoint-EnableAccessKey", {"UserName": "deploy", "AccessKeyId": KEY}, rehearsal=["--no-rehearsal"])
        self.assertEqual(keys(), "Active")
        self.assertEqual(self.holding(), [])
        self.assertIn("containment.ended", self.journal())

    def test_a_time_that_is_past_contains_nothing(self):
        done = self.contain("Setpoint-ContainBucket", {"BucketName": BUCKET, "ExpireAfter": "2026-01-02T00:00:00Z"}, expect=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("which is past", done.stdout + done.stderr)
        self.assertFalse(self.blocked())
        self.assertEqual(self.holding(), [])

    def test_a_person_may_let_one_stay(self):
        self.contain("Setpoint-ContainBucket", {"BucketName": BUCKET, "ExpireAfter": in_seconds(3600)})
        self.home.run("containments", "--forget", self.holding()[0]["execution"], "--reason", "it stays closed", "--as", "ada")
        self.assertEqual(self.holding(), [])
        self.assertRegex(self.journal(), "containment.ended +user:ada")
        self.assertNotEqual(self.home.run("containments", "--forget", "nobody", expect=None).returncode, 0)


if __name__ == "__main__":
    unittest.main()
