"""setpoint serve: takes in over HTTP, acts per automation, stops gracefully."""
import json
import os
import pathlib
import re
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from program import BINARY, ROOT, LoopTest

AUTOMATION = """
automation: close-open-ssh
owner: cloud-security@example.org
when: {source: [setpoint], detail-type: [Finding Opened], detail: {control: [EC2.13]}}
autonomy: %s
limits: {per_hour: 20, per_account_per_day: 50, share_of_fleet: 100%%}
notify: {owner: true, channel: ops}
"""


class Serve(LoopTest):
    def start(self, autonomy=None, token=None):
        content = pathlib.Path(self.home.folder, "site")
        (content / "automations").mkdir(parents=True, exist_ok=True)
        if autonomy:
            (content / "automations" / "ssh.yaml").write_text(AUTOMATION % autonomy)
        environment = {**os.environ, **({"SETPOINT_TOKEN": token} if token else {})}
        self.process = subprocess.Popen([BINARY, "--config", f"{self.home.folder}/setpoint.yaml", "--content", f"{ROOT}/content", "--content", str(content),
                                         "serve", "--listen", "127.0.0.1:0", "--poll", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

        def stop():
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        self.addCleanup(stop)

    def ssh(self):
        return sorted(r["CidrIp"] for p in self.twin.group()["IpPermissions"] if p.get("FromPort") == 22 for r in p["IpRanges"])

    def wait_for(self, condition, seconds=40):
        until = time.time() + seconds
        while time.time() < until:
            if condition():
                return True
            time.sleep(0.3)
        return False

    def test_an_automatic_automation_closes_the_port_and_tells_the_owner(self):
        self.start("auto")
        self.assertTrue(self.wait_for(lambda: self.ssh() == ["10.0.0.0/8"]))
        self.assertTrue(self.wait_for(lambda: any("mateo" in to for to, _ in self.mailbox.mails)))
        self.process.terminate()
        self.assertEqual(self.process.wait(30), 0)
        self.home.run("journal", "verify")

    def test_a_shadow_automation_plans_and_does_nothing(self):
        self.start("shadow")
        self.assertTrue(self.wait_for(lambda: "decision.made" in self.home.run("journal", "show", "--limit", "5000").stdout))
        time.sleep(1)
        self.assertEqual(self.ssh(), ["0.0.0.0/0", "10.0.0.0/8"])

    def test_what_is_posted_is_taken_in_and_what_is_broken_is_refused(self):
        self.start(token="secret")
        post = lambda body, token: urllib.request.urlopen(urllib.request.Request(self.url + "/v1/ingest", data=body, headers={"Authorization": "Bearer " + token}))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            post(b"{}", "wrong")
        self.assertEqual(refused.exception.code, 401)
        event = {"version": "0", "id": "1", "source": "aws.health", "detail-type": "AWS Health Event", "account": "111122223333", "region": "eu-west-1",
                 "time": "2026-01-01T00:00:00Z", "resources": [], "detail": {}}
        self.assertEqual(json.load(post(json.dumps(event).encode(), "secret"))["events"], 1)
        with self.assertRaises(urllib.error.HTTPError) as broken:
            post(b'{"version": ', "secret")
        self.assertEqual(broken.exception.code, 400)


if __name__ == "__main__":
    unittest.main()
