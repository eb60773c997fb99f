"""One sentence of the mission, end to end: remove the disallowed rules and notify the owner."""
import gzip
import json
import pathlib
import subprocess
import tempfile
import unittest

from program import ACCOUNT, REGION, ROOT, SHARED, BINARY, Home, LoopTest, Twin


def open_ssh(group):
    return [r["CidrIp"] for p in group["IpPermissions"] if p.get("FromPort") == 22 for r in p["IpRanges"]]


class Sentence(LoopTest):
    def approved_plan(self):
        plan = self.home.plan()
        self.home.run("approve", plan, "--as", "bob")
        return plan

    def test_only_the_disallowed_tuple_goes_and_the_owner_is_told(self):
        before = self.twin.group()
        self.assertEqual(sorted(open_ssh(before)), ["0.0.0.0/0", "10.0.0.0/8"])
        plan = self.approved_plan()
        applied = self.home.json("apply", plan, "--as", "ada")
        self.assertEqual(applied["run"]["status"], "EFFECTIVE")
        after = self.twin.group()
        self.assertEqual(open_ssh(after), ["10.0.0.0/8"])
        others = lambda g: [p for p in g["IpPermissions"] if p.get("FromPort") != 22]
        self.assertEqual(others(after), others(before))
        self.assertIn("-1", [p["IpProtocol"] for p in after["IpPermissions"]], "the restricted all-traffic rule stays")
        self.assertEqual(len(self.mailbox.hooks), 1)
        self.assertIn("mateo.jackson@example.com", self.mailbox.mails[0][0])
        finding = self.home.json("findings", "--all", "--check", "EC2.13")
        self.assertIn("resolved", [f["status"] for f in finding if f["resource"].endswith("a1")])

    def test_undo_brings_the_group_back_byte_for_byte(self):
        before = self.home.json("resource", "sg-0f0000000000000a1")["item"]["configuration"]
        run = self.home.json("apply", self.approved_plan())["run"]["id"]
        undo = self.home.json("undo", run, "--as", "ada")["id"]
        self.home.run("apply", undo, expect=7)
        self.home.run("approve", undo, "--as", "bob")
        self.assertEqual(self.home.json("apply", undo)["run"]["status"], "UNDONE")
        self.scan()
        self.assertEqual(self.home.json("resource", "sg-0f0000000000000a1")["item"]["configuration"], before)
        self.home.run("undo", run, expect=8)

    def test_undo_refuses_where_someone_changed_the_group_since(self):
        run = self.home.json("apply", self.approved_plan())["run"]["id"]
        self.twin.ec2().authorize_security_group_ingress(GroupId="sg-0f0000000000000a1", IpProtocol="tcp", FromPort=8080, ToPort=8080, CidrIp="10.1.0.0/16")
        done = self.home.run("undo", run, expect=8)
        self.assertIn("someone changed it", done.stderr)

    def test_nobody_approves_what_they_asked_for(self):
        plan = self.home.plan(by="ada")
        self.home.run("approve", plan, "--as", "ada", expect=7)
        self.home.run("apply", plan, "--as", "ada", expect=7)
        self.assertEqual(len(open_ssh(self.twin.group())), 2)

    def test_a_changed_group_makes_the_plan_stale_and_nothing_is_sent(self):
        plan = self.approved_plan()
        self.twin.ec2().authorize_security_group_ingress(GroupId="sg-0f0000000000000a1", IpProtocol="tcp", FromPort=8080, ToPort=8080, CidrIp="10.1.0.0/16")
        applied = self.home.json("apply", plan, expect=8)
        self.assertEqual(applied["run"]["status"], "STALE")
        self.assertEqual(len(open_ssh(self.twin.group())), 2)

    def test_the_same_input_gives_the_same_plan(self):
        first = self.home.json("plan", self.home.finding())
        again = self.home.json("plan", self.home.finding(), "--as", "carol")
        self.assertEqual(first["plan"], again["plan"])
        self.assertEqual(first["hash"], again["hash"])

    def test_a_plan_is_applied_once(self):
        plan = self.approved_plan()
        self.home.run("apply", plan)
        self.home.run("apply", plan, expect=8)

    def test_a_scan_after_a_change_shows_the_timeline(self):
        self.twin.ec2().revoke_security_group_ingress(GroupId="sg-0f0000000000000a1", IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0")
        self.assertEqual(self.scan()["changed"], 1)
        text = self.home.run("resource", "sg-0f0000000000000a1").stdout
        self.assertIn("created", text)
        self.assertIn("changed", text)
        self.assertRegex(text, r"- /configuration/ipPermissions/\d+/ipv4Ranges/\d+")

    def test_what_was_fixed_by_hand_is_resolved_by_the_next_scan(self):
        self.twin.ec2().revoke_security_group_ingress(GroupId="sg-0f0000000000000a1", IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
        finding = self.home.finding()
        self.assertGreaterEqual(self.scan()["findings"]["resolved"], 1)
        self.assertEqual(self.home.json("findings", finding)["status"], "resolved")

    def test_verify_says_ineffective_while_the_rule_fails(self):
        finding = self.home.finding()
        self.assertEqual(self.home.json("verify", finding, expect=1)["effect"], "INEFFECTIVE")

    def test_the_kill_switch_holds_everything(self):
        plan = self.approved_plan()
        self.home.run("stop", "--reason", "drill", "--as", "carol")
        done = self.home.json("apply", plan, expect=7)
        self.assertIn("kill-switch", [r["code"] for r in done["decision"]["reasons"]])
        self.assertEqual(len(open_ssh(self.twin.group())), 2)
        self.home.run("stop", "--release", "--as", "carol")
        self.assertEqual(self.home.json("apply", plan)["run"]["status"], "EFFECTIVE")

    def test_a_notifier_that_is_down_does_not_count_as_done(self):
        self.mailbox.down = True
        self.home.run("apply", self.approved_plan())
        journal = self.home.run("journal", "show", "--limit", "500").stdout
        self.assertIn("notification.attempted", journal)
        self.assertNotIn("notification.delivered", journal)

    def test_both_verifiers_accept_the_journal_and_name_a_flipped_byte(self):
        self.home.run("apply", self.approved_plan())
        export = pathlib.Path(self.home.folder, "journal.txt")
        self.home.run("journal", "export", str(export))
        checkpoint = pathlib.Path(self.home.folder, "checkpoint.json")
        checkpoint.write_text(self.home.run("journal", "checkpoint").stdout)
        verifier = ["/usr/bin/python3", str(ROOT / "tools/journal_verify.py")]
        self.assertEqual(subprocess.run(verifier + [str(export)], capture_output=True).returncode, 0)
        self.home.run("journal", "verify")
        lines = export.read_bytes().splitlines(keepends=True)
        damaged = bytearray(lines[4])
        damaged[80] ^= 1
        for name, content in (("flipped", lines[:4] + [bytes(damaged)] + lines[5:]), ("dropped", lines[:4] + lines[5:]),
                              ("swapped", lines[:4] + [lines[5], lines[4]] + lines[6:])):
            with self.subTest(name):
                export.write_bytes(b"".join(content))
                ours = self.home.json("journal", "verify", "--file", str(export), expect=1)
                theirs = subprocess.run(verifier + [str(export)], capture_output=True, text=True)
                self.assertEqual(theirs.returncode, 1)
                self.assertIn(str(ours["fault"]["seq"]), theirs.stdout + theirs.stderr)

    def test_unmodified_aws_cli_describes_the_groups(self):
        environment = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION, "PATH": "/usr/bin:/bin", "HOME": self.home.folder}
        done = subprocess.run(["/usr/bin/aws", "ec2", "describe-security-groups", "--endpoint-url", self.twin.url, "--output", "json"],
                              capture_output=True, text=True, env=environment, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("web-frontend", [g["GroupName"] for g in json.loads(done.stdout)["SecurityGroups"]])


class Demo(unittest.TestCase):
    def run_demo(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            return subprocess.run([BINARY, "demo", "--folder", folder + "/demo", *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)

    def test_with_yes_the_whole_loop_runs(self):
        done = self.run_demo("--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("EFFECTIVE", done.stdout)
        self.assertNotIn("\033[", done.stdout, "plain when piped")

    def test_without_an_answer_nothing_is_applied(self):
        done = self.run_demo()
        self.assertEqual(done.returncode, 7)
        self.assertNotIn("EFFECTIVE", done.stdout)

    def test_json_is_for_machines(self):
        out = json.loads(self.run_demo("--yes", "--json").stdout)
        self.assertEqual(out["run"]["status"], "EFFECTIVE")
        self.assertEqual({d["status"] for d in out["deliveries"]}, {"delivered"})


@unittest.skipUnless(SHARED.is_dir(), "needs ../shared")
class PublicData(unittest.TestCase):
    def setUp(self):
        self.home = Home("http://127.0.0.1:1")
        self.addCleanup(self.home.remove)

    def unwrapped(self, name):
        path = SHARED / "data" / name
        opener = gzip.open if path.suffix == ".gz" else open
        out = pathlib.Path(self.home.folder, "data.ndjson")
        with opener(path, "rt") as lines:
            out.write_text("\n".join(json.dumps(json.loads(line)["event"]) for line in lines))
        return str(out)

    def test_security_hub_and_guardduty_events_become_findings_once(self):
        file = self.unwrapped("asff-asr/events.ndjson.gz")
        first = self.home.json("import", file)
        self.assertEqual(first["imported"]["events"], 20)
        self.assertGreater(first["findings"]["opened"], 0)
        again = self.home.json("import", file)
        self.assertEqual(again["findings"]["opened"], 0)
        self.assertEqual(self.home.json("import", self.unwrapped("custodian-cwe/events.ndjson.gz"))["imported"]["events"], 37)

    def test_configuration_items_load_or_are_refused_with_the_reason(self):
        summary = self.home.json("scan", self.unwrapped("aws-config/rdk-example-ci.ndjson.gz"))
        self.assertEqual((summary["resources"], len(summary["refused"])), (77, 1))
        self.assertTrue(all(r["why"] for r in summary["refused"]))


if __name__ == "__main__":
    unittest.main()
