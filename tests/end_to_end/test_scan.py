"""`setpoint scan` in CI: every format of report, with and without a store, and the exit codes."""
import csv
import html.parser
import io
import json
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from program import BINARY

FORMATS = ["json", "csv", "ocsf", "asff", "sarif", "junit", "html"]


def group(i, cidr):
    return {"version": "1.3", "accountId": "111122223333", "awsRegion": "eu-west-1", "resourceType": "AWS::EC2::SecurityGroup", "resourceId": f"sg-{i:017x}",
            "resourceName": "</script><b>&", "configurationItemCaptureTime": "2026-01-01T00:00:00.000Z", "configurationItemStatus": "OK", "relationships": [], "tags": {},
            "configuration": {"groupId": f"sg-{i:017x}", "groupName": f"g{i}", "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": cidr}],
                                                                            "ipv6Ranges": []}], "ipPermissionsEgress": []}, "supplementaryConfiguration": {}}


class Scan(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.items = self.folder / "items.ndjson"
        self.items.write_text("\n".join(json.dumps(group(i, "0.0.0.0/0" if i == 0 else "10.0.0.0/8")) for i in range(4)))

    def run_scan(self, *arguments, expect=0):
        done = subprocess.run([BINARY, "--home", str(self.folder / "home"), "scan", *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def report(self, form):
        return self.run_scan(str(self.items), "--no-store", "--output", form)

    def test_every_format_parses_and_holds_the_open_group(self):
        self.assertEqual(len([r for r in json.loads(self.report("json"))["results"] if r["verdict"] == "NON_COMPLIANT"]), 2)
        rows = list(csv.DictReader(io.StringIO(self.report("csv"))))
        self.assertIn("EC2.13", [r["control"] for r in rows if r["verdict"] == "NON_COMPLIANT"])
        ocsf = json.loads(self.report("ocsf"))
        self.assertIn("Fail", [f["compliance"]["status"] for f in ocsf if f["class_uid"] == 2003])
        asff = json.loads(self.report("asff"))["Findings"]
        self.assertIn("FAILED", [f["Compliance"]["Status"] for f in asff])
        sarif = json.loads(self.report("sarif"))["runs"][0]
        self.assertEqual(sorted(r["ruleId"] for r in sarif["results"] if r["kind"] == "fail"), ["EC2.13", "EC2.19"])
        junit = xml.etree.ElementTree.fromstring(self.report("junit"))
        self.assertEqual(junit.get("failures"), "2")

    def test_the_page_needs_nothing_else_and_runs_nothing_of_a_name(self):
        page = self.report("html")
        self.assertNotIn("</script><b>", page)
        self.assertNotIn("https://", page.split('id="data"')[0])
        found = []
        parser = html.parser.HTMLParser()
        parser.handle_starttag = lambda tag, attributes: found.extend(v for k, v in attributes if k in ("src", "href"))
        parser.feed(page)
        self.assertEqual(found, [])

    def test_without_a_store_nothing_is_left_behind(self):
        self.report("json")
        self.assertFalse((self.folder / "home").exists())

    def test_a_file_appears_whole_beside_the_summary(self):
        out = self.folder / "report.json"
        self.assertIn("EC2.13", self.run_scan(str(self.items), "--output", "json", "--output-file", str(out)))
        self.assertEqual(len(json.loads(out.read_text())["results"]), 24)
        self.assertEqual([p.name for p in self.folder.iterdir() if ".part-" in p.name], [])
        self.run_scan(str(self.items), "--output", "json", "--output-file", str(self.folder / "no/such/report.json"), expect=5)

    def test_exit_codes_for_ci(self):
        for store in ([], ["--no-store"]):
            self.run_scan(str(self.items), *store, "--fail-on", "high", expect=1)
        self.items.write_text(json.dumps(group(9, "10.0.0.0/8")))
        self.run_scan(str(self.items), "--no-store", "--fail-on", "low", expect=0)
        self.run_scan(str(self.items), "--fail-on", "grave", expect=2)
        self.run_scan("--no-store", expect=2)
        self.run_scan(str(self.items), "--output", "pdf", expect=2)
        self.run_scan(str(self.folder / "absent.json"), "--no-store", expect=3)


if __name__ == "__main__":
    unittest.main()
