"""What AWS refuses, and in which words: names, ids and owners that do not fit."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

ELSEWHERE = "999988887777"


class Refusals(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {
        "AWS::S3::Bucket": [{"Name": "known"}],
        "AWS::EC2::Snapshot": [
            {"SnapshotId": "snap-00000000000000001", "CreateVolumePermissions": [{"Group": "all"}]},
            {"SnapshotId": "snap-00000000000000002", "CreateVolumePermissions": [{"UserId": ELSEWHERE}]},
            {"SnapshotId": "snap-00000000000000003"}],
        "AWS::EC2::Image": [{"ImageId": "ami-00000000000000001", "Public": True, "LaunchPermissions": [{"Group": "all"}]},
                            {"ImageId": "ami-00000000000000002"}]}}}})

    def test_ids_of_another_form(self):
        ec2 = self.client("ec2")
        self.fails("InvalidInstanceID.Malformed", ec2.describe_instances, InstanceIds=["web"])
        self.fails("InvalidInstanceID.Malformed", ec2.stop_instances, InstanceIds=["web"])
        self.fails("InvalidParameterValue", ec2.describe_volumes, VolumeIds=["data"])
        self.fails("InvalidAMIID.Malformed", ec2.describe_images, ImageIds=["golden"])
        missing = self.fails("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
        self.assertEqual(missing["Error"]["Message"], "The vpc ID 'vpc-0123456789abcdef0' does not exist")
        self.fails("MissingParameter", ec2.create_tags, Resources=[], Tags=[{"Key": "a", "Value": "b"}])

    def test_whose_snapshots_and_for_whom(self):
        ec2 = self.client("ec2")
        seen = lambda **narrowed: [s["SnapshotId"][-1] for s in ec2.describe_snapshots(**narrowed)["Snapshots"]]
        self.assertEqual(seen(OwnerIds=["self"]), ["1", "2", "3"])
        self.assertEqual(seen(OwnerIds=[ACCOUNT], RestorableByUserIds=["all"]), ["1"])
        self.assertEqual(seen(RestorableByUserIds=[ELSEWHERE]), ["2"])
        self.assertEqual(seen(RestorableByUserIds=["self"]), ["1", "2", "3"])
        self.assertEqual(seen(OwnerIds=[ELSEWHERE]), [])
        pages = ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], PaginationConfig={"PageSize": 5})
        self.assertEqual(sum(len(page["Snapshots"]) for page in pages), 3)
        images = lambda **narrowed: [i["ImageId"][-1] for i in ec2.describe_images(**narrowed)["Images"]]
        self.assertEqual(images(Owners=["self"]), ["1", "2"])
        self.assertEqual(images(Owners=["amazon"]), [])
        self.assertEqual(images(ExecutableUsers=["all"]), ["1"])

    def test_buckets_of_others_and_grants(self):
        s3 = self.client("s3")
        self.fails("AccessDenied", s3.get_bucket_acl, Bucket="known", ExpectedBucketOwner=ELSEWHERE)
        s3.get_bucket_acl(Bucket="known", ExpectedBucketOwner=ACCOUNT)
        delivery = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
        made = dict(Bucket="logs-here", GrantWrite=delivery, GrantReadACP=delivery,
                    CreateBucketConfiguration={"LocationConstraint": REGION})
        self.fails("InvalidBucketAclWithObjectOwnership", s3.create_bucket, **made)
        s3.create_bucket(ObjectOwnership="ObjectWriter", **made)
        self.assertFalse(s3.list_objects_v2(Bucket="logs-here", MaxKeys=0)["IsTruncated"])
        grants = s3.get_bucket_acl(Bucket="logs-here")["Grants"]
        self.assertEqual(sorted(g["Permission"] for g in grants), ["READ_ACP", "WRITE"])

    def test_names_and_attributes(self):
        kms = self.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        self.fails("NotAuthorizedException", kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=key)
        kms.schedule_key_deletion(KeyId=key)
        self.fails("ValidationException", kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=3)
        self.fails("InvalidParameterException", self.client("logs").create_log_group, logGroupName="two words")
        ssm = self.client("ssm")
        self.fails("ValidationException", ssm.put_parameter, Name="/aws/x", Value="1", Type="String")
        self.fails("ValidationException", ssm.put_parameter, Name="two words", Value="1", Type="String")
        sqs = self.client("sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        self.fails("InvalidAttributeName", sqs.set_queue_attributes, QueueUrl=queue, Attributes={"Colour": "red"})
        self.fails("InvalidAttributeValue", sqs.set_queue_attributes, QueueUrl=queue, Attributes={"VisibilityTimeout": "43201"})
        self.fails("InvalidAttributeValue", sqs.create_queue, QueueName="r", Attributes={"DelaySeconds": "soon"})
        dynamodb = self.client("dynamodb")
        self.fails("TableNotFoundException", dynamodb.describe_continuous_backups, TableName="none")
        self.fails("TableNotFoundException", dynamodb.update_continuous_backups, TableName="none",
                   PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.fails("InvalidParameterValue", self.client("rds").describe_db_instances, MaxRecords=5)

    def test_filters_of_lists(self):
        ssm, secrets = self.client("ssm"), self.client("secretsmanager")
        for name in ("/app/a", "/app/b", "/other"):
            ssm.put_parameter(Name=name, Value="1", Type="String")
        names = lambda **one: [p["Name"] for p in ssm.describe_parameters(ParameterFilters=[one])["Parameters"]]
        self.assertEqual(names(Key="Name", Values=["/app/a"]), ["/app/a"])
        self.assertEqual(names(Key="Name", Option="BeginsWith", Values=["/app"]), ["/app/a", "/app/b"])
        self.assertEqual(names(Key="Type", Values=["SecureString"]), [])
        self.fails("InvalidFilterKey", ssm.describe_parameters, ParameterFilters=[{"Key": "Colour", "Values": ["red"]}])
        gone = ssm.delete_parameters(Names=["/app/a", "/none"])
        self.assertEqual((gone["DeletedParameters"], gone["InvalidParameters"]), (["/app/a"], ["/none"]))
        for name in ("prod/db", "test/db"):
            secrets.create_secret(Name=name, SecretString="x")
        found = lambda **more: [s["Name"] for s in secrets.list_secrets(**more)["SecretList"]]
        self.assertEqual(found(Filters=[{"Key": "name", "Values": ["prod"]}]), ["prod/db"])
        self.assertEqual(found(Filters=[{"Key": "name", "Values": ["!prod"]}]), ["test/db"])
        secrets.delete_secret(SecretId="test/db")
        self.assertEqual(found(), ["prod/db"])

    def test_a_function_url_opened_to_all(self):
        functions = self.client("lambda")
        functions.create_function(FunctionName="f", Role=f"arn:aws:iam::{ACCOUNT}:role/r", Runtime="python3.11", Handler="x.y", Code={"ZipFile": b"zip"})
        functions.add_permission(FunctionName="f", StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE")
        policy = json.loads(functions.get_policy(FunctionName="f")["Policy"])
        self.assertEqual(policy["Statement"][0]["Condition"], {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})


if __name__ == "__main__":
    unittest.main()
