"""What became of a finding goes back to Security Hub: a note and a workflow status on the finding that it reported."""
import json
import pathlib
import unittest

from program import ACCOUNT, REGION, LoopTest

GROUP = "sg-0f0000000000000a1"
FINDING_ID = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/EC2.13/finding/0f0f"
FINDING = {
    "SchemaVersion": "2018-10-08", "Id": FINDING_ID, "ProductArn": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default",
    "GeneratorId": "security-control/EC2.13", "AwsAccountId": ACCOUNT, "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
    "CreatedAt": "2026-01-01T00:00:00.000Z", "UpdatedAt": "2026-01-01T00:00:00.000Z", "Severity": {"Label": "HIGH"},
    "Title": "Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22", "Description": "open to the world",
    "Resources": [{"Type": "AwsEc2SecurityGroup", "Id": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{GROUP}", "Region": REGION}],
    "Compliance": {"Status": "FAILED"}, "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE",
}


class SecurityHub(LoopTest):
    def setUp(self):
        super().setUp()
        config = pathlib.Path(self.home.folder, "setpoint.yaml")
        config.write_text(config.read_text() + "    hub: {security_hub: true}\n")
        import boto3
        self.hub = boto3.client("securityhub", region_name=REGION, endpoint_url=self.twin.url, aws_access_key_id=ACCOUNT, aws_secret_access_key="x")
        self.addCleanup(self.hub.close)
        self.hub.enable_security_hub()
        self.hub.batch_import_findings(Findings=[FINDING])

    def known(self):
        return self.hub.get_findings(Filters={"Id": [{"Value": FINDING_ID, "Comparison": "EQUALS"}]})["Findings"][0]

    def apply(self, plan):
        self.home.run("approve", plan, "--as", "bob")
        return self.home.json("apply", plan, "--as", "ada")["run"]["id"]

    def test_an_effective_run_resolves_the_finding_with_a_note_and_an_undone_one_opens_it(self):
        self.home.run("import", "-", stdin=json.dumps(self.known()))
        run = self.apply(self.home.plan())
        known = self.known()
        self.assertEqual(known["Workflow"]["Status"], "RESOLVED")
        self.assertIn(run, known["Note"]["Text"])
        self.assertEqual(known["Note"]["UpdatedBy"], "setpoint")
        self.apply(self.home.json("undo", run, "--as", "ada")["id"])
        self.assertEqual(self.known()["Workflow"]["Status"], "NEW")

    def test_what_security_hub_did_not_report_is_not_written_there(self):
        self.apply(self.home.plan())
        self.assertNotIn("Note", self.known())


if __name__ == "__main__":
    unittest.main()
