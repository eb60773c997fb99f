"""S3 and S3 Control as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

ASSETS = "demo-shop-assets-111122223333"
LOGS = "demo-trail-logs-111122223333"
BLOCK = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def public_policy(bucket):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]})


class Buckets(TwinCase):
    def setUp(self):
        self.s3 = self.client("s3")

    def fresh(self, name):
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def test_create_list_delete(self):
        name = self.fresh("made-here-1")
        self.assertIn(name, {b["Name"] for b in self.s3.list_buckets()["Buckets"]})
        self.assertEqual(self.s3.get_bucket_location(Bucket=name)["LocationConstraint"], REGION)
        self.fails("BucketAlreadyOwnedByYou", self.s3.create_bucket, Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.fails("BucketAlreadyExists", self.client("s3", key="222233334444").create_bucket, Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.fails("IllegalLocationConstraintException", self.s3.create_bucket, Bucket="elsewhere-1")
        self.fails("InvalidBucketName", self.s3.create_bucket, Bucket="Not.A.Bucket_", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_object(Bucket=name, Key="a", Body=b"x")
        self.fails("BucketNotEmpty", self.s3.delete_bucket, Bucket=name)
        self.s3.delete_object(Bucket=name, Key="a")
        self.s3.delete_bucket(Bucket=name)
        self.fails("404", self.s3.head_bucket, Bucket=name)
        self.fails("NoSuchBucket", self.s3.get_bucket_acl, Bucket=name)
        self.assertEqual(self.s3.get_public_access_block(Bucket=self.fresh("made-here-2"))["PublicAccessBlockConfiguration"], BLOCK)

    def test_public_access_block(self):
        self.fails("NoSuchPublicAccessBlockConfiguration", self.s3.get_public_access_block, Bucket=ASSETS)
        self.s3.put_public_access_block(Bucket=ASSETS, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
        self.assertEqual(self.s3.get_public_access_block(Bucket=ASSETS)["PublicAccessBlockConfiguration"],
                         {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False})
        self.aws("s3api", "delete-public-access-block", "--bucket", ASSETS)
        self.fails("NoSuchPublicAccessBlockConfiguration", self.s3.get_public_access_block, Bucket=ASSETS)

    def test_policy(self):
        self.fails("NoSuchBucketPolicy", self.s3.get_bucket_policy, Bucket=ASSETS)
        self.s3.put_bucket_policy(Bucket=ASSETS, Policy=public_policy(ASSETS))
        self.assertTrue(self.s3.get_bucket_policy_status(Bucket=ASSETS)["PolicyStatus"]["IsPublic"])
        self.assertEqual(json.loads(self.s3.get_bucket_policy(Bucket=ASSETS)["Policy"]), json.loads(public_policy(ASSETS)))
        self.s3.delete_bucket_policy(Bucket=ASSETS)
        self.fails("MalformedPolicy", self.s3.put_bucket_policy, Bucket=ASSETS, Policy="{}")
        self.fails("MalformedPolicy", self.s3.put_bucket_policy, Bucket=ASSETS, Policy=public_policy("another"))
        self.fails("AccessDenied", self.s3.put_bucket_policy, Bucket=LOGS, Policy=public_policy(LOGS))

    def test_settings_have_defaults_and_are_kept(self):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}, "BucketKeyEnabled": True}
        first = self.s3.get_bucket_encryption(Bucket=ASSETS)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(first["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
        self.s3.put_bucket_encryption(Bucket=ASSETS, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.assertEqual(self.s3.get_bucket_encryption(Bucket=ASSETS)["ServerSideEncryptionConfiguration"]["Rules"], [rule])
        self.s3.delete_bucket_encryption(Bucket=ASSETS)
        self.assertNotIn("Status", self.s3.get_bucket_versioning(Bucket=ASSETS))
        self.s3.put_bucket_versioning(Bucket=ASSETS, VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(self.s3.get_bucket_versioning(Bucket=ASSETS)["Status"], "Enabled")
        self.assertNotIn("LoggingEnabled", self.s3.get_bucket_logging(Bucket=ASSETS))
        enabled = {"TargetBucket": LOGS, "TargetPrefix": "assets/"}
        self.s3.put_bucket_logging(Bucket=ASSETS, BucketLoggingStatus={"LoggingEnabled": enabled})
        self.assertEqual(self.s3.get_bucket_logging(Bucket=ASSETS)["LoggingEnabled"], enabled)
        self.fails("InvalidTargetBucketForLogging", self.s3.put_bucket_logging, Bucket=ASSETS,
                   BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "nowhere", "TargetPrefix": ""}})
        self.fails("OwnershipControlsNotFoundError", self.s3.get_bucket_ownership_controls, Bucket=ASSETS)
        self.s3.put_bucket_ownership_controls(Bucket=ASSETS, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        self.assertEqual(self.s3.get_bucket_ownership_controls(Bucket=ASSETS)["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "ObjectWriter")
        self.s3.delete_bucket_ownership_controls(Bucket=ASSETS)
        self.fails("NoSuchWebsiteConfiguration", self.s3.get_bucket_website, Bucket=ASSETS)
        self.s3.put_bucket_website(Bucket=ASSETS, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
        self.assertEqual(self.s3.get_bucket_website(Bucket=ASSETS)["IndexDocument"], {"Suffix": "index.html"})
        self.s3.delete_bucket_website(Bucket=ASSETS)
        self.fails("NoSuchCORSConfiguration", self.s3.get_bucket_cors, Bucket=ASSETS)
        self.s3.put_bucket_cors(Bucket=ASSETS, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
        self.assertEqual(self.s3.get_bucket_cors(Bucket=ASSETS)["CORSRules"][0]["AllowedOrigins"], ["*"])
        self.s3.delete_bucket_cors(Bucket=ASSETS)
        lifecycle = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}]}
        self.fails("NoSuchLifecycleConfiguration", self.s3.get_bucket_lifecycle_configuration, Bucket=ASSETS)
        self.s3.put_bucket_lifecycle_configuration(Bucket=ASSETS, LifecycleConfiguration=lifecycle)
        self.assertEqual(self.s3.get_bucket_lifecycle_configuration(Bucket=ASSETS)["Rules"], lifecycle["Rules"])
        self.s3.delete_bucket_lifecycle(Bucket=ASSETS)
        self.fails("ReplicationConfigurationNotFoundError", self.s3.get_bucket_replication, Bucket=ASSETS)
        replication = {"Role": "arn:aws:iam::111122223333:role/r", "Rules": [{"ID": "r", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
                       "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{LOGS}"}}]}
        self.s3.put_bucket_replication(Bucket=ASSETS, ReplicationConfiguration=replication)
        self.assertEqual(self.s3.get_bucket_replication(Bucket=ASSETS)["ReplicationConfiguration"], replication)
        self.s3.delete_bucket_replication(Bucket=ASSETS)
        self.s3.put_bucket_accelerate_configuration(Bucket=ASSETS, AccelerateConfiguration={"Status": "Suspended"})
        self.assertEqual(self.s3.get_bucket_accelerate_configuration(Bucket=ASSETS)["Status"], "Suspended")
        self.assertEqual(self.s3.get_bucket_request_payment(Bucket=ASSETS)["Payer"], "BucketOwner")
        self.s3.put_bucket_request_payment(Bucket=ASSETS, RequestPaymentConfiguration={"Payer": "Requester"})
        self.assertEqual(self.s3.get_bucket_request_payment(Bucket=ASSETS)["Payer"], "Requester")
        topic = {"TopicConfigurations": [{"Id": "t", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:orders", "Events": ["s3:ObjectCreated:*"]}]}
        self.s3.put_bucket_notification_configuration(Bucket=ASSETS, NotificationConfiguration=topic)
        self.assertEqual(self.s3.get_bucket_notification_configuration(Bucket=ASSETS)["TopicConfigurations"], topic["TopicConfigurations"])
        self.fails("ObjectLockConfigurationNotFoundError", self.s3.get_object_lock_configuration, Bucket=ASSETS)
        self.s3.put_object_lock_configuration(Bucket=ASSETS, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
        self.assertEqual(self.s3.get_object_lock_configuration(Bucket=ASSETS)["ObjectLockConfiguration"], {"ObjectLockEnabled": "Enabled"})

    def test_tags(self):
        name = self.fresh("tagged-1")
        self.fails("NoSuchTagSet", self.s3.get_bucket_tagging, Bucket=name)
        self.s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
        self.assertEqual(self.s3.get_bucket_tagging(Bucket=name)["TagSet"], [{"Key": "a", "Value": "1"}])
        self.s3.delete_bucket_tagging(Bucket=name)

    def test_acls(self):
        acl = self.s3.get_bucket_acl(Bucket=ASSETS)
        self.assertEqual([g["Permission"] for g in acl["Grants"]], ["FULL_CONTROL"])
        self.s3.put_bucket_acl(Bucket=ASSETS, ACL="public-read")
        grants = self.s3.get_bucket_acl(Bucket=ASSETS)["Grants"]
        self.assertIn("http://acs.amazonaws.com/groups/global/AllUsers", [g["Grantee"].get("URI") for g in grants])
        self.s3.put_bucket_acl(Bucket=ASSETS, AccessControlPolicy={"Owner": acl["Owner"], "Grants": acl["Grants"]})
        self.assertEqual(self.s3.get_bucket_acl(Bucket=ASSETS)["Grants"], acl["Grants"])
        self.fails("AccessControlListNotSupported", self.s3.put_bucket_acl, Bucket=self.fresh("no-acls-1"), ACL="public-read")

    def test_objects(self):
        name = self.fresh("objects-1")
        for number in range(7):
            self.s3.put_object(Bucket=name, Key=f"logs/{number}.gz", Body=bytes([number]) * 10, ContentType="text/plain")
        got = self.s3.get_object(Bucket=name, Key="logs/3.gz")
        self.assertEqual((got["Body"].read(), got["ContentType"]), (b"\x03" * 10, "text/plain"))
        self.assertEqual(self.s3.head_object(Bucket=name, Key="logs/3.gz")["ContentLength"], 10)
        pages = list(self.s3.get_paginator("list_objects_v2").paginate(Bucket=name, Prefix="logs/", PaginationConfig={"PageSize": 3}))
        self.assertEqual([len(p["Contents"]) for p in pages], [3, 3, 1])
        folded = self.s3.list_objects_v2(Bucket=name, Delimiter="/")
        self.assertEqual(folded["CommonPrefixes"], [{"Prefix": "logs/"}])
        self.assertEqual(len(self.s3.list_objects(Bucket=name)["Contents"]), 7)
        self.fails("NoSuchKey", self.s3.get_object, Bucket=name, Key="none")
        self.fails("404", self.s3.head_object, Bucket=name, Key="none")
        self.assertEqual(len(self.s3.get_object_acl(Bucket=name, Key="logs/0.gz")["Grants"]), 1)
        self.fails("AccessControlListNotSupported", self.s3.put_object_acl, Bucket=name, Key="logs/0.gz", ACL="public-read")
        gone = self.s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": f"logs/{n}.gz"} for n in range(7)]})
        self.assertEqual(len(gone["Deleted"]), 7)

    def test_the_command_line_copies(self):
        name = self.fresh("copied-1")
        self.aws("s3", "cp", __file__, f"s3://{name}/folder/file.py", "--quiet")
        self.assertEqual(self.s3.get_object(Bucket=name, Key="folder/file.py")["Body"].read(), open(__file__, "rb").read())

    def test_account_block(self):
        control = self.client("s3control")
        self.fails("NoSuchPublicAccessBlockConfiguration", control.get_public_access_block, AccountId=ACCOUNT)
        control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=BLOCK)
        self.assertEqual(control.get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"], BLOCK)
        self.fails("AccessDenied", self.s3.put_bucket_policy, Bucket=ASSETS, Policy=public_policy(ASSETS))
        control.delete_public_access_block(AccountId=ACCOUNT)

    def test_versions_of_objects(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="with-versions", CreateBucketConfiguration={"LocationConstraint": REGION})
        put = lambda body, key="k": s3.put_object(Bucket="with-versions", Key=key, Body=body).get("VersionId")
        read = lambda **version: s3.get_object(Bucket="with-versions", Key="k", **version)["Body"].read()
        self.assertIsNone(put(b"zero"))
        s3.put_bucket_versioning(Bucket="with-versions", VersioningConfiguration={"Status": "Enabled"})
        first, second = put(b"one"), put(b"two")
        put(b"other", "k2")
        self.assertEqual((read(), read(VersionId=first), read(VersionId="null")), (b"two", b"one", b"zero"))
        self.fails("NoSuchVersion", s3.get_object, Bucket="with-versions", Key="k", VersionId="none")
        versions = s3.list_object_versions(Bucket="with-versions", Prefix="k")["Versions"]
        self.assertEqual([v["VersionId"] for v in versions if v["Key"] == "k"], [second, first, "null"])
        self.assertTrue(s3.delete_object(Bucket="with-versions", Key="k")["DeleteMarker"])
        self.fails("NoSuchKey", s3.get_object, Bucket="with-versions", Key="k")
        self.assertEqual(read(VersionId=second), b"two")
        third = put(b"three")
        s3.delete_object(Bucket="with-versions", Key="k", VersionId=third)
        self.assertEqual(read(), b"two")
        self.fails("BucketNotEmpty", s3.delete_bucket, Bucket="with-versions")
        for version in s3.list_object_versions(Bucket="with-versions")["Versions"]:
            s3.delete_objects(Bucket="with-versions", Delete={"Objects": [{"Key": version["Key"], "VersionId": version["VersionId"]}]})
        s3.delete_bucket(Bucket="with-versions")


if __name__ == "__main__":
    unittest.main()
