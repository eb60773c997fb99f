"""Plans that oversight holds: people are asked, others after them, and what is permitted at last is applied."""
import datetime
import time
import unittest

from program import ServeTest

ANOTHER_DAY = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(datetime.datetime.utcnow().isoweekday() + 3) % 7]


class Waiting(ServeTest):
    def waiting(self):
        return self.home.json("waiting")

    def held(self):
        finding = self.home.finding()
        return next((each for each in self.waiting() if each["finding"] == finding), None)

    def held_plan(self):
        self.assertTrue(self.wait_for(self.held))
        return self.held()["plan"]

    def journal(self):
        return self.home.run("journal", "show", "--limit", "5000").stdout

    def test_the_automations_owner_is_asked_and_an_approved_plan_is_applied_by_itself(self):
        self.start("ask")
        plan = self.held_plan()
        asked = lambda: any("cloud-security" in to and plan in text for to, text in self.mailbox.mails)
        self.assertTrue(self.wait_for(asked))
        self.assertTrue(self.wait_for(lambda: any(plan in hook["text"] for hook in self.mailbox.hooks)))
        self.assertEqual(self.ssh(), ["0.0.0.0/0", "10.0.0.0/8"])
        self.home.run("approve", plan, "--as", "bob")
        self.assertTrue(self.wait_for(lambda: self.ssh() == ["10.0.0.0/8"]))
        self.assertTrue(self.wait_for(lambda: "hold.ended" in self.journal()))
        self.assertNotIn(plan, [each["plan"] for each in self.waiting()])

    def test_where_nobody_answers_the_next_ones_are_told_once(self):
        self.start("ask", more="escalate: [{after: 1s, to: ops}]\n")
        plan = self.held_plan()
        escalated = lambda: [hook for hook in self.mailbox.hooks if "[ESCALATED]" in hook["subject"] and plan in hook["text"]]
        self.assertTrue(self.wait_for(escalated))
        self.assertEqual(self.held()["escalated"], [0])
        time.sleep(2)
        self.assertEqual(len(escalated()), 1)
        self.assertEqual(self.ssh(), ["0.0.0.0/0", "10.0.0.0/8"])

    def test_a_closed_window_waits_and_a_person_may_go_on_in_spite_of_it(self):
        self.start("auto", more=f"windows: [{{days: [{ANOTHER_DAY}]}}]\n")
        plan = self.held_plan()
        self.assertEqual(self.ssh(), ["0.0.0.0/0", "10.0.0.0/8"])
        refused = self.home.run("approve", plan, "--as", "bob", "--confirm", "the-weather", expect=None)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("outside-window", refused.stderr)
        self.home.run("approve", plan, "--as", "bob", "--confirm", "outside-window")
        self.assertTrue(self.wait_for(lambda: self.ssh() == ["10.0.0.0/8"]))

    def test_a_finding_that_goes_away_ends_the_wait(self):
        self.start("ask")
        plan = self.held_plan()
        group = self.twin.group()["GroupId"]
        self.twin.ec2().revoke_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
        self.assertTrue(self.wait_for(lambda: plan not in [each["plan"] for each in self.waiting()]))


if __name__ == "__main__":
    unittest.main()
