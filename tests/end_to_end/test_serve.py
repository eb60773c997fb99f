"""setpoint serve: takes in over HTTP, acts per automation, stops gracefully."""
import json
import time
import unittest
import urllib.error
import urllib.request

from program import ServeTest

class Serve(ServeTest):
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
