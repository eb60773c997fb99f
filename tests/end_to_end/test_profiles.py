"""setpoint.yaml's profiles and exceptions in scans: which controls hold where, what is suppressed, and what comes back. And
rules that ask the inventory for related resources."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from program import BINARY, ROOT

A, B = "111122223333", "444455556666"


def item(account, kind, identifier, configuration, relationships=(), tags=None, at="2026-01-01T00:00:00.000Z"):
    return {"version": "1.3", "accountId": account, "awsRegion": "eu-west-1", "resourceType": kind, "resourceId": identifier, "configurationItemCaptureTime": at,
            "configurationItemStatus": "OK", "tags": tags or {}, "relationships": list(relationships), "configuration": configuration, "supplementaryConfiguration": {}}


def group(account, identifier, port=22, **more):
    permissions = [{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipv6Ranges": []}]
    return item(account, "AWS::EC2::SecurityGroup", identifier, {"groupId": identifier, "groupName": identifier, "ipPermissions": permissions, "ipPermissionsEgress": []}, **more)


class Profiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def configure(self, **parts):
        (self.folder / "setpoint.yaml").write_text(json.dumps({"content": [str(ROOT / "content")], "home": "home", **parts}))

    def run_program(self, *arguments, expect=0):
        done = subprocess.run([BINARY, "--config", str(self.folder / "setpoint.yaml"), *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def verdicts(self, *items, store=True):
        file = self.folder / "items.ndjson"
        file.write_text("\n".join(map(json.dumps, items)))
        out = self.run_program("scan", str(file), "--output", "json", *([] if store else ["--no-store"]))
        return {(r["control"], r["resource"]["id"]): r["verdict"] for r in json.loads(out.stdout)["results"]}

    def findings(self, check="EC2.13"):
        return {f["resource"].split("/")[-1]: f["status"] for f in json.loads(self.run_program("--json", "findings", "--all", "--check", check).stdout)}

    def test_a_profile_selects_and_sets_parameters_by_account_unit_and_tag(self):
        self.configure(units={"ou-prod": [A]}, profiles=[
            {"profile": "tagged", "when": {"tags": {"env": ["lab"]}}, "remove": ["EC2.13"]},
            {"profile": "production", "when": {"units": ["ou-prod"]}, "parameters": {"EC2.13": {"port": 2222}}},
            {"profile": "cis only", "when": {"accounts": [B]}, "standards": ["cis-aws-3.0"]}])
        for store in (True, False):
            found = self.verdicts(group(A, "sg-a22"), group(A, "sg-a2222", 2222), group(B, "sg-b"), group(B, "sg-lab", tags={"env": "lab"}), store=store)
            self.assertEqual(found["EC2.13", "sg-a22"], "COMPLIANT")
            self.assertEqual(found["EC2.13", "sg-a2222"], "NON_COMPLIANT")
            self.assertEqual(found["EC2.13", "sg-b"], "NON_COMPLIANT")
            self.assertEqual(found["EC2.19", "sg-b"], "NOT_APPLICABLE", "it is in no CIS 3.0")
            self.assertEqual(found["EC2.13", "sg-lab"], "NOT_APPLICABLE")

    def test_what_a_profile_leaves_out_is_resolved(self):
        self.configure()
        self.verdicts(group(A, "sg-1"))
        self.assertEqual(self.findings(), {"sg-1": "open"})
        self.configure(profiles=[{"profile": "p", "remove": ["EC2.13"]}])
        self.verdicts(group(A, "sg-1", at="2026-01-02T00:00:00.000Z"))
        self.assertEqual(self.findings(), {"sg-1": "resolved"})

    def exception(self, until):
        return {"exception": "bastion", "owner": "ada@example.org", "reason": "SEC-311", "until": until, "when": {"control": ["EC2.13"], "resource": {"id": ["sg-1"]}}}

    def test_an_exception_suppresses_until_its_day_and_then_the_finding_comes_back(self):
        self.configure(exceptions=[self.exception("2099-01-31")])
        self.verdicts(group(A, "sg-1"), group(A, "sg-2"))
        self.assertEqual(self.findings(), {"sg-1": "suppressed", "sg-2": "open"})
        standards = json.loads(self.run_program("--json", "standards").stdout)
        control = next(c for c in standards["controls"] if c["control"] == "EC2.13")
        self.assertEqual((control["resources"]["failed"], control["resources"]["suppressed"]), (1, 1))
        self.configure(exceptions=[self.exception("2026-01-31")])
        self.verdicts(group(A, "sg-3", 443))
        self.assertEqual(self.findings()["sg-1"], "open", "an ended exception ends at the next scan, whatever it reads")
        self.configure(exceptions=[self.exception("2099-01-31")])
        self.verdicts(group(A, "sg-3", 443))
        self.assertEqual(self.findings()["sg-1"], "suppressed")
        self.configure()
        self.verdicts(group(A, "sg-3", 443))
        self.assertEqual(self.findings()["sg-1"], "open", "an exception that was taken out ends too")

    def test_mistakes_are_told_with_their_place(self):
        self.configure(profiles=[{"profile": "p", "remove": ["EC2.31"], "parameters": {"EC2.13": {"prt": 1}}}])
        done = self.run_program("standards", expect=2)
        self.assertRegex(done.stderr, r"setpoint\.yaml:1:\d+: error: there is no control 'EC2\.31'")
        self.assertIn("did you mean 'port'?", done.stderr)
        self.configure(exceptions=[{**self.exception("soon")}])
        self.assertIn("'soon' is not a day", self.run_program("standards", expect=2).stderr)

    def test_related_resources_decide_where_the_inventory_knows_them(self):
        self.configure()
        used, unused = group(A, "sg-used"), group(A, "sg-unused")
        self.assertEqual(self.verdicts(used)["EC2.22", "sg-used"], "UNKNOWN", "interfaces were never read")
        interface = item(A, "AWS::EC2::NetworkInterface", "eni-1", {"networkInterfaceId": "eni-1"},
                         [{"resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-used", "relationshipName": "Is associated with SecurityGroup"}])
        self.verdicts(interface)
        found = self.verdicts(used, unused)
        self.assertEqual((found["EC2.22", "sg-used"], found["EC2.22", "sg-unused"]), ("COMPLIANT", "NON_COMPLIANT"))

    def test_standards_lists_scores_and_coverage(self):
        self.configure()
        self.verdicts(group(A, "sg-1"), group(A, "sg-2", 443))
        out = json.loads(self.run_program("--json", "standards").stdout)
        coverage = out["coverage"]
        self.assertEqual(coverage["with_remedy"] + coverage["for_people_only"], coverage["controls"])
        self.assertLessEqual(coverage["eligible_for_auto"], coverage["with_remedy"])
        self.assertGreater(coverage["eligible_for_auto"], 10)
        fsbp = next(s for s in out["standards"] if s["standard"] == "aws-fsbp")
        data = fsbp["passed"] + fsbp["failed"] + fsbp["unknown"]
        self.assertEqual(fsbp["percent"], round(100 * fsbp["passed"] / data))
        self.assertEqual(fsbp["coverage"]["controls"], data + fsbp["no_data"])
        self.assertIn("aws-fsbp", self.run_program("standards").stdout)


if __name__ == "__main__":
    unittest.main()
