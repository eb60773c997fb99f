"""Permissions of topics and queues, and calls of functions."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase


class Permissions(TwinCase):
    left_out = ("lambda: what the function",)
    def test_invoke(self):
        functions = self.client("lambda")
        self.assertEqual(functions.invoke(FunctionName="order-webhook", InvocationType="DryRun")["StatusCode"], 204)
        self.assertEqual(functions.invoke(FunctionName="order-webhook", InvocationType="Event")["StatusCode"], 202)
        answer = functions.invoke(FunctionName="order-webhook", Payload=b"{}")
        self.assertEqual((answer["StatusCode"], json.load(answer["Payload"])), (200, None))
        self.fails("ResourceNotFoundException", functions.invoke, FunctionName="none")

    def test_topic_permission(self):
        sns = self.client("sns")
        arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:orders"
        sns.add_permission(TopicArn=arn, Label="other", AWSAccountId=["444455556666"], ActionName=["Publish"])
        self.fails("InvalidParameterValue", sns.add_permission, TopicArn=arn, Label="other", AWSAccountId=["444455556666"], ActionName=["Publish"])
        policy = json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
        self.assertEqual([s["Sid"] for s in policy["Statement"]], ["__default_statement_ID", "other"])
        self.aws("sns", "remove-permission", "--topic-arn", arn, "--label", "other")
        self.fails("InvalidParameterValue", sns.remove_permission, TopicArn=arn, Label="other")

    def test_queue_permission(self):
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        sqs.add_permission(QueueUrl=url, Label="other", AWSAccountIds=["444455556666"], Actions=["SendMessage"])
        policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
        self.assertEqual((policy["Statement"][0]["Action"], policy["Statement"][0]["Principal"]), (["SQS:SendMessage"], {"AWS": ["arn:aws:iam::444455556666:root"]}))
        sqs.remove_permission(QueueUrl=url, Label="other")
        self.assertNotIn("Attributes", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]))


if __name__ == "__main__":
    unittest.main()
