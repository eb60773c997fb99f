"""kill -9 at every durable flush of applying the demo's plan, before and after it; then the same command again."""
import json
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

from program import ACCOUNT, AUTOMATION, Home, LoopTest, Twin

FLUSHES_MAX = 60


class Crash(LoopTest):
    def setUp(self):
        super().setUp()
        self.plan = self.home.plan()
        self.home.run("approve", self.plan, "--as", "bob")

    def applied_after_a_crash(self, where):
        with Twin() as twin:
            home = self.home.copy(twin.url)
            self.addCleanup(home.remove)
            crashed = home.run("apply", self.plan, env={"SETPOINT_CRASH_AT_FLUSH": where}, expect=None)
            if crashed.returncode == 0:
                return None
            self.assertEqual(crashed.returncode, -9, crashed.stderr)
            home.run("recover", expect=None)
            runs = home.json("runs")
            if not runs:
                # Nothing had begun: the approval must still stand.
                home.run("apply", self.plan)
                runs = home.json("runs")
            return home, twin.group(), runs

    def check(self, where, home, group, runs):
        self.assertEqual([r["status"] for r in runs], ["EFFECTIVE"], where)
        ssh = [r["CidrIp"] for p in group["IpPermissions"] if p.get("FromPort") == 22 for r in p["IpRanges"]]
        self.assertEqual(ssh, ["10.0.0.0/8"], where)
        home.run("journal", "verify")
        kinds = [line.split()[2] for line in home.run("journal", "show", runs[0]["id"], "--limit", "500").stdout.splitlines()]
        self.assertEqual(kinds.count("call.outcome"), 1, where)
        self.assertGreaterEqual(kinds.count("call.intent"), 1, where)
        self.assertEqual(kinds.count("verification.done") >= 1, True, where)
        self.assertEqual(home.json("findings", self.home.finding())["status"], "resolved", where)

    def test_one_effect_a_complete_journal_no_lost_approval(self):
        for moment in ("before", "after"):
            for flush in range(1, FLUSHES_MAX):
                where = f"{flush}:{moment}"
                outcome = self.applied_after_a_crash(where)
                if outcome is None:
                    self.assertGreater(flush, 5, "an apply has more flushes than this")
                    break
                self.check(where, *outcome)
            else:
                self.fail("apply never ended")


class LostAnswer(LoopTest):
    def test_a_call_whose_answer_was_lost_is_settled_by_reading_back(self):
        plan = self.home.plan()
        self.home.run("approve", plan, "--as", "bob")
        with Twin("--fault", "ec2:RevokeSecurityGroupIngress=drop*1") as twin:
            home = self.home.copy(twin.url)
            self.addCleanup(home.remove)
            applied = home.json("apply", plan)
            self.assertEqual(applied["run"]["status"], "EFFECTIVE")
            journal = home.run("--json", "journal", "show", applied["run"]["id"]).stdout
            self.assertIn("read back", journal)

    def test_success_that_did_nothing_is_ineffective(self):
        plan = self.home.plan()
        self.home.run("approve", plan, "--as", "bob")
        with Twin("--fault", "ec2:RevokeSecurityGroupIngress=no-op*1") as twin:
            home = self.home.copy(twin.url)
            self.addCleanup(home.remove)
            self.assertEqual(home.json("apply", plan, expect=1)["run"]["status"], "INEFFECTIVE")
            self.assertEqual(home.json("findings", self.home.finding())["status"], "open")


class BreakerCountsOnce(LoopTest):
    """An outcome that its automation's breaker has counted is not counted again by whoever takes the run up."""

    def setUp(self):
        super().setUp()
        content = tempfile.mkdtemp(prefix="setpoint-content-")
        self.addCleanup(shutil.rmtree, content, True)
        pathlib.Path(content, "automations").mkdir()
        pathlib.Path(content, "automations", "ssh.yaml").write_text(AUTOMATION % "ask")
        config = pathlib.Path(self.home.folder, "setpoint.yaml")
        config.write_text(config.read_text().replace('content: ["', f'content: ["{content}", "'))
        self.config = config.read_text()
        self.plan = self.home.plan()
        with sqlite3.connect(f"{self.home.folder}/home/setpoint.db") as database:  # as if the automation had asked for the plan
            changed = database.execute("UPDATE document SET body = json_set(body, '$.automation', 'close-open-ssh') WHERE space = 'plan-requests'")
            self.assertEqual(changed.rowcount, 1)
        database.close()
        self.home.run("approve", self.plan, "--as", "bob")

    def failures_after_a_crash(self, where):
        with Twin("--fault", "ec2:RevokeSecurityGroupIngress=no-op*1") as twin:
            home = self.home.copy(twin.url)
            self.addCleanup(home.remove)
            content = self.config.split("content:")[1]
            config = pathlib.Path(home.folder, "setpoint.yaml")
            config.write_text(config.read_text().split("content:")[0] + "content:" + content)
            crashed = home.run("apply", self.plan, env={"SETPOINT_CRASH_AT_FLUSH": where}, expect=None)
            home.run("recover", expect=None)
            if not home.json("runs"):
                home.run("apply", self.plan, expect=None)
            with sqlite3.connect(f"{home.folder}/home/setpoint.db") as database:
                [(body,)] = database.execute("SELECT body FROM document WHERE space = 'breakers'").fetchall()
            database.close()
            self.assertEqual([r["status"] for r in home.json("runs")], ["INEFFECTIVE"], where)
            return crashed.returncode, json.loads(body)["failures_ms"]

    def test_a_crash_near_the_end_of_the_run(self):
        least, most = 1, FLUSHES_MAX  # the flush at which it crashes no more is between them
        while most - least > 1:
            middle = (least + most) // 2
            code, failures = self.failures_after_a_crash(f"{middle}:after")
            self.assertEqual(len(failures), 1, middle)
            least, most = (middle, most) if code == -9 else (least, middle)
        for flush in range(max(1, most - 5), most):
            self.assertEqual(len(self.failures_after_a_crash(f"{flush}:after")[1]), 1, flush)


if __name__ == "__main__":
    unittest.main()
