"""Runs that wait for people: approvals, pauses, signals, stops; and what a restart does not lose."""
import http.server
import json
import pathlib
import subprocess
import threading
import time
import unittest

from run_case import ACCOUNT, BINARY, GROUP, RunTest

APPROVE = """
schemaVersion: "0.3"
outputs: [Ask.ApprovalStatus]
mainSteps:
  - name: Ask
    action: aws:approve
    timeoutSeconds: %d
    inputs: {Approvers: [ada, bob], MinRequiredApprovals: %d, Message: "Tag it?"}
  - name: Mark
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: [sg-0f0000000000000a1], Tags: [{Key: approved, Value: "yes"}]}
"""

PAUSE = """
schemaVersion: "0.3"
mainSteps:
  - {name: Halt, action: "aws:pause", onCancel: "step:Tidy", nextStep: Mark, inputs: {}}
  - name: Mark
    action: aws:executeAwsApi
    isEnd: true
    inputs: {Service: ec2, Api: CreateTags, Resources: [sg-0f0000000000000a1], Tags: [{Key: resumed, Value: "yes"}]}
  - name: Tidy
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: [sg-0f0000000000000a1], Tags: [{Key: tidied, Value: "yes"}]}
"""

SLEEP = """
schemaVersion: "0.3"
mainSteps:
  - {name: First, action: "aws:sleep", onFailure: Continue, inputs: {Duration: PT5M}}
  - {name: Second, action: "aws:sleep", inputs: {Duration: PT0.1S}}
"""

WEBHOOK = """
schemaVersion: "0.3"
outputs: [Tell.Response]
mainSteps:
  - {name: Tell, action: "aws:invokeWebhook", inputs: {IntegrationName: Chat, Body: '{"text": "done"}'}}
"""

CHILD = """
schemaVersion: "0.3"
mainSteps:
  - {name: Call, action: "aws:executeAutomation", inputs: {DocumentName: pause}}
"""


class Waiting(RunTest):
    def signal(self, id, type, by, *more, expect=0):
        return self.command("signal", id, type, "--as", by, *more, expect=expect)

    def statuses(self, done):
        return {s["StepName"]: s["StepStatus"] for s in done["AutomationExecution"]["StepExecutions"]}

    def test_an_approval_lets_it_go_on(self):
        run = self.begin(self.write("ask.yaml", APPROVE % (600, 2)))
        id = self.wait_for("Waiting")
        shown = json.loads(self.command("show", id, "--json", expect=0).stdout)
        self.assertEqual(self.statuses(shown), {"Ask": "Waiting"})
        self.signal(id, "Approve", "mallory")  # nobody asked her
        self.signal(id, "Approve", "ada", "--comment", "fine")
        self.signal(id, "Approve", "ada")  # twice is once
        self.assertNotIn("approved", self.tags())
        self.signal(id, "Approve", "bob")
        done = self.ended(run, 0)
        self.assertEqual(done["AutomationExecution"]["Outputs"]["Ask.ApprovalStatus"], ["Approved"])
        self.assertEqual(self.tags()["approved"], "yes")
        said = [(e["actor"], e["body"]["type"]) for e in self.journal() if e["kind"] == "run.signalled"]
        self.assertIn(("user:bob", "Approve"), said)

    def test_one_rejection_fails_it(self):
        run = self.begin(self.write("ask.yaml", APPROVE % (600, 1)))
        self.signal(self.wait_for("Waiting"), "Reject", "bob", "--comment", "not today")
        done = self.ended(run, 1)
        self.assertEqual(done["AutomationExecution"]["AutomationExecutionStatus"], "Failed")
        self.assertIn("not today", json.dumps(done))
        self.assertNotIn("approved", self.tags())

    def test_an_approval_that_nobody_gives_times_out(self):
        done = self.execution(self.write("ask.yaml", APPROVE % (2, 1)), expect=1)
        self.assertEqual(done["AutomationExecutionStatus"], "TimedOut")
        self.assertEqual(done["StepExecutions"][0]["StepStatus"], "TimedOut")

    def test_a_revoked_approval_counts_no_more(self):
        run = self.begin(self.write("ask.yaml", APPROVE % (600, 2)))
        id = self.wait_for("Waiting")
        for type, by in (("Approve", "ada"), ("Revoke", "ada"), ("Approve", "bob")):
            self.signal(id, type, by)
        time.sleep(1)
        self.assertIsNone(run.poll())
        self.signal(id, "Approve", "ada")
        self.ended(run, 0)

    def test_a_run_that_waits_survives_its_process(self):
        run = self.begin(self.write("ask.yaml", APPROVE % (600, 2)))
        id = self.wait_for("Waiting")
        self.signal(id, "Approve", "ada")
        time.sleep(0.7)
        run.kill()
        run.wait()
        self.signal(id, "Approve", "bob")  # while nobody runs it
        done = json.loads(self.command("--resume", id, "--json", expect=0).stdout)
        self.assertEqual(self.statuses(done), {"Ask": "Success", "Mark": "Success"})
        again = json.loads(self.command("--resume", id, "--json", expect=0).stdout)
        self.assertEqual(again, done)
        self.assertEqual([e["kind"] for e in self.journal()].count("call.intent"), 1)

    def test_only_one_process_works_on_an_execution(self):
        run = self.begin(self.write("pause.yaml", PAUSE))
        id = self.wait_for("Waiting")
        refused = self.command("--resume", id, "--json", expect=2)
        self.assertIn("works on it", refused.stderr)
        self.signal(id, "Resume", "ada")
        self.ended(run, 0)

    def test_a_pause_ends_with_resume(self):
        run = self.begin(self.write("pause.yaml", PAUSE))
        id = self.wait_for("Waiting")
        self.signal(id, "Resume", "ada")
        done = self.ended(run, 0)
        self.assertEqual(self.statuses(done), {"Halt": "Success", "Mark": "Success", "Tidy": "Pending"})
        self.signal(id, "Resume", "ada", expect=8)

    def test_cancel_goes_the_way_of_on_cancel(self):
        run = self.begin(self.write("pause.yaml", PAUSE))
        self.command("stop", self.wait_for("Waiting"), "--type", "Cancel", expect=0)
        done = self.ended(run, 1)
        self.assertEqual(done["AutomationExecution"]["AutomationExecutionStatus"], "Cancelled")
        self.assertEqual(self.statuses(done), {"Halt": "Cancelled", "Mark": "Pending", "Tidy": "Success"})
        self.assertEqual(self.tags()["tidied"], "yes")

    def test_cancel_reaches_the_documents_that_it_called(self):
        self.write("pause.yaml", PAUSE)
        run = self.begin(self.write("parent.yaml", CHILD))
        self.command("stop", self.outermost(), "--type", "Cancel", expect=0)
        done = self.ended(run, 1)
        self.assertEqual(done["AutomationExecution"]["AutomationExecutionStatus"], "Cancelled")
        self.assertEqual(self.tags()["tidied"], "yes")

    def outermost(self):
        end = time.time() + 30
        while not any(e["kind"] == "run.waiting" for e in self.journal()):
            self.assertLess(time.time(), end)
            time.sleep(0.1)
        return self.open_executions()[0]["AutomationExecutionId"]

    def test_complete_ends_after_the_present_step(self):
        run = self.begin(self.write("sleep.yaml", SLEEP.replace("PT5M", "PT3S")))
        self.command("stop", self.wait_for("InProgress"), "--type", "Complete", expect=0)
        done = self.ended(run, 0)
        self.assertEqual(self.statuses(done), {"First": "Success", "Second": "Pending"})

    def test_stop_step_ends_a_step_as_a_failure(self):
        run = self.begin(self.write("sleep.yaml", SLEEP))
        self.signal(self.wait_for("InProgress"), "StopStep", "ada", "--step", "First")
        done = self.ended(run, 0)
        self.assertEqual(self.statuses(done), {"First": "Cancelled", "Second": "Success"})

    def test_an_interactive_run_starts_each_step_by_signal_until_resumed(self):
        document = self.write("two.yaml", SLEEP.replace("PT5M", "PT0.1S"))
        run = self.begin(document, "--mode", "Interactive")
        id = self.wait_for("Waiting")
        self.signal(id, "StartStep", "ada", "--step", "First")
        self.signal_when_waiting(id, "Second", "Resume")
        done = self.ended(run, 0)
        self.assertEqual(done["AutomationExecution"]["Mode"], "Interactive")
        self.assertEqual(self.statuses(done), {"First": "Success", "Second": "Success"})

    def signal_when_waiting(self, id, step, type):
        end = time.time() + 30
        while not any(e["kind"] == "run.waiting" and e["body"]["step"] == step for e in self.journal()):
            self.assertLess(time.time(), end)
            time.sleep(0.1)
        self.signal(id, type, "ada")

    def test_signals_to_nobody_are_refused(self):
        self.signal("no-such-execution", "Approve", "ada", expect=3)
        run = self.begin(self.write("pause.yaml", PAUSE))
        id = self.wait_for("Waiting")
        self.signal(id, "Applaud", "ada", expect=2)
        self.signal(id, "Resume", "ada")
        self.ended(run, 0)
        self.command("stop", id, expect=8)


class Webhooks(RunTest):
    def setUp(self):
        super().setUp()
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                heard.append((self.path, self.headers["Authorization"], self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200 if self.path == "/hook" else 500)
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.hook = f"http://127.0.0.1:{server.server_address[1]}"

    def run_with(self, path, expect):
        config = self.write("setpoint.yaml", f'runbook:\n  webhooks:\n    Chat: {{url: "{self.hook}{path}", header: Authorization, secret_env: CHAT_TOKEN}}\n')
        return self.execution(self.write("hook.yaml", WEBHOOK), "--config", config, expect=expect, env={"CHAT_TOKEN": "Bearer t0k"})

    def test_a_webhook_is_told_once_and_its_answer_is_an_output(self):
        done = self.run_with("/hook", 0)
        self.assertEqual(done["Outputs"]["Tell.Response"], ["thanks"])
        self.assertEqual(self.heard, [("/hook", "Bearer t0k", b'{"text": "done"}')])

    def test_a_webhook_that_fails_fails_the_step(self):
        self.assertIn("answered 500", json.dumps(self.run_with("/broken", 1)))

    def test_an_unknown_integration_fails_and_says_where_to_name_it(self):
        done = self.execution(self.write("hook.yaml", WEBHOOK), expect=1)
        self.assertIn("setpoint.yaml", json.dumps(done))


if __name__ == "__main__":
    unittest.main()
