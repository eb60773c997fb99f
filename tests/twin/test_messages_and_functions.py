"""SNS, SQS, Lambda and CloudWatch Logs as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:orders"
QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})


class Topics(TwinCase):
    def setUp(self):
        self.sns = self.client("sns")

    def test_attributes(self):
        attributes = self.sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]
        self.assertEqual(attributes["Owner"], ACCOUNT)
        self.assertEqual(json.loads(attributes["Policy"])["Statement"][0]["Condition"], {"StringEquals": {"AWS:SourceOwner": ACCOUNT}})
        self.aws("sns", "set-topic-attributes", "--topic-arn", TOPIC, "--attribute-name", "KmsMasterKeyId", "--attribute-value", "alias/aws/sns")
        self.assertEqual(self.sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["KmsMasterKeyId"], "alias/aws/sns")
        self.fails("InvalidParameter", self.sns.set_topic_attributes, TopicArn=TOPIC, AttributeName="Colour", AttributeValue="x")
        self.fails("NotFound", self.sns.get_topic_attributes, TopicArn=TOPIC + "x")

    def test_topics_subscriptions_and_tags(self):
        arn = self.sns.create_topic(Name="t")["TopicArn"]
        self.assertIn(arn, [t["TopicArn"] for t in self.sns.list_topics()["Topics"]])
        self.assertEqual(self.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")["SubscriptionArn"], "pending confirmation")
        subscription = self.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=QUEUE_ARN)["SubscriptionArn"]
        self.assertEqual(len(self.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]), 2)
        self.sns.publish(TopicArn=arn, Message="hello")
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        message = sqs.receive_message(QueueUrl=url)["Messages"][0]
        self.assertEqual(json.loads(message["Body"])["Message"], "hello")
        self.assertNotIn("Messages", sqs.receive_message(QueueUrl=url))  # not visible for a while
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        self.sns.unsubscribe(SubscriptionArn=subscription)
        self.assertEqual(len(self.sns.list_subscriptions()["Subscriptions"]), 1)
        self.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "b"}])
        self.sns.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.sns.delete_topic(TopicArn=arn)
        self.fails("NotFound", self.sns.publish, TopicArn=arn, Message="x")


class Queues(TwinCase):
    def test_queues(self):
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
        self.assertIn(url, sqs.list_queues(QueueNamePrefix="q")["QueueUrls"])
        self.fails("QueueAlreadyExists", sqs.create_queue, QueueName="q", Attributes={"VisibilityTimeout": "6"})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": POLICY, "KmsMasterKeyId": "alias/aws/sqs"})
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual((attributes["Policy"], attributes["VisibilityTimeout"], attributes["SqsManagedSseEnabled"]), (POLICY, "5", "false"))
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        self.assertNotIn("Policy", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        self.assertEqual([m["Body"] for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]], ["0", "1"])
        sqs.purge_queue(QueueUrl=url)
        self.assertEqual(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"], {"ApproximateNumberOfMessages": "0"})
        sqs.tag_queue(QueueUrl=url, Tags={"a": "b"})
        self.assertEqual(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"a": "b"})
        sqs.untag_queue(QueueUrl=url, TagKeys=["a"])
        sqs.delete_queue(QueueUrl=url)
        self.fails("AWS.SimpleQueueService.NonExistentQueue", sqs.get_queue_url, QueueName="q")


class Functions(TwinCase):
    NAME = "order-webhook"

    def test_policy(self):
        functions = self.client("lambda")
        policy = json.loads(functions.get_policy(FunctionName=self.NAME)["Policy"])
        self.assertEqual(policy["Statement"][0]["Principal"], "*")
        functions.remove_permission(FunctionName=self.NAME, StatementId="anyone")
        self.fails("ResourceNotFoundException", functions.get_policy, FunctionName=self.NAME)
        functions.add_permission(FunctionName=self.NAME, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceAccount=ACCOUNT)
        statement = json.loads(functions.get_policy(FunctionName=self.NAME)["Policy"])["Statement"][0]
        self.assertEqual((statement["Principal"], statement["Condition"]), ({"Service": "s3.amazonaws.com"}, {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}))
        self.fails("ResourceConflictException", functions.add_permission, FunctionName=self.NAME, StatementId="s3", Action="lambda:InvokeFunction", Principal="*")

    def test_configuration(self):
        functions = self.client("lambda")
        self.assertEqual(functions.get_function(FunctionName=self.NAME)["Configuration"]["Runtime"], "python3.8")
        self.assertEqual(self.aws("lambda", "update-function-configuration", "--function-name", self.NAME, "--timeout", "10")["Timeout"], 10)
        functions.update_function_configuration(FunctionName=self.NAME, TracingConfig={"Mode": "Active"})
        self.assertEqual(functions.get_function_configuration(FunctionName=self.NAME)["TracingConfig"], {"Mode": "Active"})
        self.assertEqual([f["FunctionName"] for f in functions.list_functions()["Functions"]], [self.NAME])
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.NAME}"
        functions.tag_resource(Resource=arn, Tags={"a": "b"})
        self.assertEqual(functions.list_tags(Resource=arn)["Tags"], {"a": "b"})
        functions.untag_resource(Resource=arn, TagKeys=["a"])
        functions.put_function_concurrency(FunctionName=self.NAME, ReservedConcurrentExecutions=0)
        self.assertEqual(functions.get_function_concurrency(FunctionName=self.NAME)["ReservedConcurrentExecutions"], 0)
        functions.delete_function_concurrency(FunctionName=self.NAME)
        self.fails("ResourceNotFoundException", functions.get_function_url_config, FunctionName=self.NAME)
        self.fails("ResourceNotFoundException", functions.delete_function, FunctionName="none")


class FunctionUrls(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::Lambda::Function": [
        {"FunctionName": "f", "Url": {"FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE", "CreationTime": "2024-01-01T00:00:00Z"}}]}}}})

    def test_url(self):
        functions = self.client("lambda")
        self.assertEqual(functions.get_function_url_config(FunctionName="f")["AuthType"], "NONE")
        self.assertEqual(functions.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")["AuthType"], "AWS_IAM")
        functions.delete_function_url_config(FunctionName="f")
        self.fails("ResourceNotFoundException", functions.get_function_url_config, FunctionName="f")
        functions.delete_function(FunctionName="f")


class Logs(TwinCase):
    def test_groups(self):
        logs = self.client("logs")
        self.assertEqual(logs.describe_log_groups()["logGroups"][0]["logGroupName"], "/demo/shop")
        self.aws("logs", "put-retention-policy", "--log-group-name", "/demo/shop", "--retention-in-days", "365")
        self.assertEqual(logs.describe_log_groups(logGroupNamePrefix="/demo")["logGroups"][0]["retentionInDays"], 365)
        self.fails("InvalidParameterException", logs.put_retention_policy, logGroupName="/demo/shop", retentionInDays=2)
        logs.delete_retention_policy(logGroupName="/demo/shop")
        self.assertNotIn("retentionInDays", logs.describe_log_groups()["logGroups"][0])
        logs.create_log_group(logGroupName="g", tags={"a": "b"})
        self.fails("ResourceAlreadyExistsException", logs.create_log_group, logGroupName="g")
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g"
        self.assertEqual(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"a": "b"})
        logs.tag_resource(resourceArn=arn, tags={"c": "d"})
        logs.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.assertEqual(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"c": "d"})
        logs.associate_kms_key(logGroupName="g", kmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/k")
        self.assertIn("kmsKeyId", logs.describe_log_groups(logGroupNamePrefix="g")["logGroups"][0])
        logs.disassociate_kms_key(logGroupName="g")
        transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
        logs.put_metric_filter(logGroupName="g", filterName="f", filterPattern="{$.a=1}", metricTransformations=[transformation])
        self.assertEqual(logs.describe_metric_filters(logGroupName="g")["metricFilters"][0]["metricTransformations"], [transformation])
        logs.delete_metric_filter(logGroupName="g", filterName="f")
        self.fails("ResourceNotFoundException", logs.delete_metric_filter, logGroupName="g", filterName="f")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": 1000, "message": "hello"}])
        self.assertEqual(logs.get_log_events(logGroupName="g", logStreamName="s")["events"][0]["message"], "hello")
        self.assertEqual(len(logs.describe_log_streams(logGroupName="g")["logStreams"]), 1)
        logs.delete_log_group(logGroupName="g")
        self.fails("ResourceNotFoundException", logs.put_retention_policy, logGroupName="g", retentionInDays=1)


if __name__ == "__main__":
    unittest.main()
