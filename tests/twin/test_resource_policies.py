"""Policies of resources beside those of callers: within an account either may allow, between accounts both must, and a
key's policy alone decides who may ask at all."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

OTHER = "222233334444"
BARE, ABLE, STRANGER = "AKIAEXAMPLEBARE00001", "AKIAEXAMPLEABLE00001", "AKIAEXAMPLESTRANGER1"
KEY_ID, LOCKED_ID = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
KEY, LOCKED = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{one}" for one in (KEY_ID, LOCKED_ID))
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-a1b2c3"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "kms:*", "sns:*", "sqs:*", "secretsmanager:*", "lambda:*", "sts:*"], "Resource": "*"}]}


def user(account, name):
    return f"arn:aws:iam::{account}:user/{name}"


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(principal, action, resource="*", **more):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": resource, **more}


def deny(principal, action, resource="*", **more):
    return {**allow(principal, action, resource, **more), "Effect": "Deny"}


SEED = {"accounts": {
    ACCOUNT: {
        "global": {
            "AWS::IAM::User": [{"UserName": "bare"}, {"UserName": "able", "Policies": {"all": ALL}}],
            "AWS::IAM::AccessKey": [{"AccessKeyId": BARE, "UserName": "bare"}, {"AccessKeyId": ABLE, "UserName": "able"}],
            "AWS::IAM::Role": [{"RoleName": "named", "AssumeRolePolicyDocument": policy({"Effect": "Allow", "Principal": {"AWS": user(ACCOUNT, "bare")}, "Action": "sts:AssumeRole"})},
                               {"RoleName": "delegated", "AssumeRolePolicyDocument": policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})}]},
        REGION: {
            "AWS::S3::Bucket": [{"Name": name} for name in ("plain", "granted", "denied", "shared", "public", "delegated")],
            "AWS::KMS::Key": [{"KeyId": KEY_ID}, {"KeyId": LOCKED_ID, "Policy": policy(allow(user(ACCOUNT, "bare"), "kms:*"))}],
            "AWS::SNS::Topic": [{"TopicArn": TOPIC}],
            "AWS::SQS::Queue": [{"QueueName": "jobs"}],
            "AWS::Lambda::Function": [{"FunctionName": "hook"}],
            "AWS::SecretsManager::Secret": [{"Name": "db", "ARN": SECRET}]}},
    OTHER: {"global": {
        "AWS::IAM::User": [{"UserName": "stranger", "Policies": {"all": ALL}}, {"UserName": "poor"}],
        "AWS::IAM::AccessKey": [{"AccessKeyId": STRANGER, "UserName": "stranger"}, {"AccessKeyId": "AKIAEXAMPLEPOOR00001", "UserName": "poor"}]}}}}


class ResourcePolicies(TwinCase):
    arguments = ("--enforce-iam",)
    seed_text = json.dumps(SEED)
    left_out = ("lambda: what the function",)

    def be(self, service, key):
        return self.client(service, key=key)

    def bucket_policy(self, bucket, *statements):
        self.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(*statements)))

    def test_in_the_bucket_s_own_account_either_side_may_allow(self):
        bare, able = self.be("s3", BARE), self.be("s3", ABLE)
        able.get_bucket_versioning(Bucket="plain")
        self.fails("AccessDenied", bare.get_bucket_versioning, Bucket="plain")
        self.bucket_policy("granted", allow(user(ACCOUNT, "bare"), "s3:GetBucketVersioning", "arn:aws:s3:::granted"))
        bare.get_bucket_versioning(Bucket="granted")
        self.fails("AccessDenied", bare.get_bucket_tagging, Bucket="granted")
        self.bucket_policy("delegated", allow(f"arn:aws:iam::{ACCOUNT}:root", "s3:*", "arn:aws:s3:::delegated"))
        self.fails("AccessDenied", bare.get_bucket_versioning, Bucket="delegated")  # the account is named, not the user
        able.get_bucket_versioning(Bucket="delegated")

    def test_a_deny_wins_even_over_root_who_may_still_mend_it(self):
        root, able = self.client("s3"), self.be("s3", ABLE)
        self.bucket_policy("denied", deny("*", "s3:*", ["arn:aws:s3:::denied", "arn:aws:s3:::denied/*"]))
        for client in (root, able):
            self.fails("AccessDenied", client.get_bucket_versioning, Bucket="denied")
        self.fails("AccessDenied", able.delete_bucket_policy, Bucket="denied")
        root.delete_bucket_policy(Bucket="denied")
        able.get_bucket_versioning(Bucket="denied")

    def test_between_accounts_both_sides_must_allow(self):
        stranger, poor = self.be("s3", STRANGER), self.be("s3", "AKIAEXAMPLEPOOR00001")
        self.fails("AccessDenied", stranger.get_bucket_versioning, Bucket="shared")
        self.bucket_policy("shared", allow(OTHER, ["s3:GetBucketVersioning", "s3:PutBucketVersioning"], "arn:aws:s3:::shared"))
        stranger.put_bucket_versioning(Bucket="shared", VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(self.client("s3").get_bucket_versioning(Bucket="shared")["Status"], "Enabled")
        self.fails("AccessDenied", poor.get_bucket_versioning, Bucket="shared")
        self.fails("AccessDenied", stranger.get_bucket_policy, Bucket="shared")

    def test_a_restricted_public_policy_serves_its_own_account_alone(self):
        stranger, bare, root = self.be("s3", STRANGER), self.be("s3", BARE), self.client("s3")
        self.bucket_policy("public", allow("*", "s3:GetBucketVersioning", "arn:aws:s3:::public"))
        stranger.get_bucket_versioning(Bucket="public")
        root.put_public_access_block(Bucket="public", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
        self.fails("AccessDenied", stranger.get_bucket_versioning, Bucket="public")
        bare.get_bucket_versioning(Bucket="public")

    def test_the_account_s_block_refuses_a_public_policy(self):
        block = self.client("s3control")
        block.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
        public = json.dumps(policy(allow("*", "s3:GetObject", "arn:aws:s3:::plain/*")))
        self.fails("AccessDenied", self.client("s3").put_bucket_policy, Bucket="plain", Policy=public)
        self.fails("AccessDenied", block.get_public_access_block, AccountId=OTHER)
        block.delete_public_access_block(AccountId=ACCOUNT)
        self.client("s3").put_bucket_policy(Bucket="plain", Policy=public)
        self.client("s3").delete_bucket_policy(Bucket="plain")

    def test_a_key_s_policy_must_allow(self):
        bare, able, root = (self.be("kms", BARE), self.be("kms", ABLE), self.client("kms"))
        able.create_alias(AliasName="alias/locked", TargetKeyId=LOCKED_ID)
        able.describe_key(KeyId=KEY_ID)  # the policy that KMS gives: the account decides
        self.fails("AccessDeniedException", bare.describe_key, KeyId=KEY_ID)
        for name in (LOCKED_ID, LOCKED, "alias/locked"):
            answer = self.fails("AccessDeniedException", able.describe_key, KeyId=name)
            self.assertIn("no resource-based policy allows the kms:DescribeKey action", answer["Error"]["Message"])
            self.fails("AccessDeniedException", root.describe_key, KeyId=name)
            bare.describe_key(KeyId=name)
        bare.put_key_policy(KeyId=LOCKED_ID, PolicyName="default", Policy=json.dumps(policy(allow(user(ACCOUNT, "bare"), "kms:*"), allow(OTHER, "kms:DescribeKey"))))
        stranger = self.be("kms", STRANGER)
        self.assertEqual(stranger.describe_key(KeyId=LOCKED)["KeyMetadata"]["AWSAccountId"], ACCOUNT)
        self.fails("AccessDeniedException", stranger.disable_key, KeyId=LOCKED)
        self.fails("AccessDeniedException", stranger.describe_key, KeyId=KEY)
        self.fails("NotFoundException", self.be("kms", BARE).get_key_policy, KeyId=LOCKED_ID, PolicyName="other")

    def test_topics_queues_functions_and_secrets(self):
        cases = [
            ("sns", "AuthorizationError", "get_topic_attributes", dict(TopicArn=TOPIC),
             lambda p: self.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=p), "sns:GetTopicAttributes", TOPIC),
            ("sqs", "AccessDeniedException", "get_queue_attributes", dict(QueueUrl=f"{self.endpoint}/{ACCOUNT}/jobs", AttributeNames=["All"]),
             lambda p: self.client("sqs").set_queue_attributes(QueueUrl=f"{self.endpoint}/{ACCOUNT}/jobs", Attributes={"Policy": p}), "sqs:GetQueueAttributes", QUEUE),
            ("secretsmanager", "AccessDeniedException", "describe_secret", dict(SecretId=SECRET),
             lambda p: self.client("secretsmanager").put_resource_policy(SecretId="db", ResourcePolicy=p), "secretsmanager:DescribeSecret", SECRET)]
        for service, refusal, operation, parameters, put, action, arn in cases:
            with self.subTest(service):
                for key in (BARE, STRANGER):
                    self.fails(refusal, getattr(self.be(service, key), operation), **parameters)
                put(json.dumps(policy(allow([user(ACCOUNT, "bare"), OTHER], action, arn))))
                for key in (BARE, STRANGER):
                    getattr(self.be(service, key), operation)(**parameters)
                put(json.dumps(policy(deny("*", action, arn))))
                for key in (BARE, ABLE, STRANGER):
                    self.fails(refusal, getattr(self.be(service, key), operation), **parameters)

    def test_a_function_s_permission_lets_another_account_in(self):
        stranger = self.be("lambda", STRANGER)
        name = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"
        self.fails("AccessDeniedException", stranger.invoke, FunctionName=name)
        self.client("lambda").add_permission(FunctionName="hook", StatementId="in", Action="lambda:InvokeFunction", Principal=OTHER)
        stranger.invoke(FunctionName=name)
        self.fails("AccessDeniedException", stranger.get_function, FunctionName=name)

    def test_a_secret_by_its_name_has_the_arn_of_the_secret(self):
        self.client("secretsmanager").put_resource_policy(SecretId="db", ResourcePolicy=json.dumps(policy(allow(user(ACCOUNT, "bare"), "secretsmanager:ListSecretVersionIds", SECRET), allow(user(ACCOUNT, "bare"), "secretsmanager:GetResourcePolicy", SECRET))))
        self.be("secretsmanager", BARE).get_resource_policy(SecretId="db")

    def test_the_trust_in_a_role(self):
        bare, able = self.be("sts", BARE), self.be("sts", ABLE)
        arn = f"arn:aws:iam::{ACCOUNT}:role/"
        bare.assume_role(RoleArn=arn + "named", RoleSessionName="run")  # named in the trust itself: no policy needed
        self.fails("AccessDenied", able.assume_role, RoleArn=arn + "named", RoleSessionName="run")
        able.assume_role(RoleArn=arn + "delegated", RoleSessionName="run")
        self.fails("AccessDenied", bare.assume_role, RoleArn=arn + "delegated", RoleSessionName="run")
        self.fails("AccessDenied", self.be("sts", STRANGER).assume_role, RoleArn=arn + "delegated", RoleSessionName="run")

    def test_a_session_is_its_role_to_conditions(self):
        keys = self.be("sts", BARE).assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/named", RoleSessionName="run")["Credentials"]
        inside = self.client("s3", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])
        only = {"Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/named"}}}
        self.bucket_policy("granted", allow(user(ACCOUNT, "bare"), "s3:GetBucketVersioning", "arn:aws:s3:::granted"), allow(f"arn:aws:sts::{ACCOUNT}:assumed-role/named/run", "s3:GetBucketTagging", "arn:aws:s3:::granted", **only))
        self.fails("NoSuchTagSet", inside.get_bucket_tagging, Bucket="granted")
        self.fails("AccessDenied", inside.get_bucket_versioning, Bucket="granted")


if __name__ == "__main__":
    unittest.main()
