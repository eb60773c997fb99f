"""KMS, CloudTrail and SSM as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


class Kms(TwinCase):
    def setUp(self):
        self.kms = self.client("kms")

    def test_rotation(self):
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=KEY)["KeyRotationEnabled"])
        self.aws("kms", "enable-key-rotation", "--key-id", KEY)
        self.assertTrue(self.kms.get_key_rotation_status(KeyId=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY}")["KeyRotationEnabled"])
        self.kms.disable_key_rotation(KeyId=KEY)
        self.fails("NotFoundException", self.kms.enable_key_rotation, KeyId="00000000-0000-0000-0000-000000000000")

    def test_life_of_a_key(self):
        made = self.kms.create_key(Description="d", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
        key = made["KeyId"]
        self.assertEqual((made["KeyState"], made["KeyManager"]), ("Enabled", "CUSTOMER"))
        self.assertEqual(self.kms.list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "a", "TagValue": "b"}])
        self.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "c", "TagValue": "d"}])
        self.kms.untag_resource(KeyId=key, TagKeys=["a"])
        self.assertEqual(self.kms.list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "c", "TagValue": "d"}])
        self.kms.create_alias(AliasName="alias/t", TargetKeyId=key)
        self.fails("AlreadyExistsException", self.kms.create_alias, AliasName="alias/t", TargetKeyId=key)
        self.assertEqual(self.kms.describe_key(KeyId="alias/t")["KeyMetadata"]["KeyId"], key)
        self.assertEqual(self.kms.list_aliases(KeyId=key)["Aliases"][0]["AliasName"], "alias/t")
        self.kms.delete_alias(AliasName="alias/t")
        self.kms.disable_key(KeyId=key)
        self.fails("DisabledException", self.kms.enable_key_rotation, KeyId=key)
        self.kms.enable_key(KeyId=key)
        self.assertEqual(self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["KeyState"], "PendingDeletion")
        self.fails("KMSInvalidStateException", self.kms.enable_key, KeyId=key)
        self.kms.cancel_key_deletion(KeyId=key)
        self.assertEqual(self.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Disabled")
        self.assertIn(key, [k["KeyId"] for k in self.kms.list_keys()["Keys"]])

    def test_policy(self):
        first = json.loads(self.kms.get_key_policy(KeyId=KEY, PolicyName="default")["Policy"])
        self.assertEqual(first["Statement"][0]["Action"], "kms:*")
        self.kms.put_key_policy(KeyId=KEY, PolicyName="default", Policy=json.dumps(first))
        self.assertEqual(self.kms.list_key_policies(KeyId=KEY)["PolicyNames"], ["default"])
        self.fails("MalformedPolicyDocumentException", self.kms.put_key_policy, KeyId=KEY, PolicyName="default", Policy="no")


class CloudTrail(TwinCase):
    def setUp(self):
        self.trail = self.client("cloudtrail")

    def test_update_and_logging(self):
        self.assertFalse(self.trail.describe_trails()["trailList"][0]["LogFileValidationEnabled"])
        self.aws("cloudtrail", "update-trail", "--name", "main", "--enable-log-file-validation")
        arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
        self.assertTrue(self.trail.get_trail(Name=arn)["Trail"]["LogFileValidationEnabled"])
        self.trail.stop_logging(Name="main")
        self.assertFalse(self.trail.get_trail_status(Name=arn)["IsLogging"])
        self.trail.start_logging(Name="main")
        self.assertTrue(self.trail.get_trail_status(Name="main")["IsLogging"])
        far = self.client("cloudtrail", region="us-east-1")
        self.assertEqual(far.describe_trails()["trailList"][0]["HomeRegion"], REGION)
        self.assertEqual(far.describe_trails(includeShadowTrails=False)["trailList"], [])
        self.fails("InvalidHomeRegionException", far.update_trail, Name="main", IsMultiRegionTrail=False)
        self.trail.add_tags(ResourceId=arn, TagsList=[{"Key": "a", "Value": "b"}])
        self.assertEqual(self.trail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"], [{"Key": "a", "Value": "b"}])
        self.trail.remove_tags(ResourceId=arn, TagsList=[{"Key": "a"}])

    def test_create_and_delete(self):
        self.fails("S3BucketDoesNotExistException", self.trail.create_trail, Name="new", S3BucketName="nowhere")
        bucket = "demo-trail-logs-111122223333"
        self.fails("InvalidTrailNameException", self.trail.create_trail, Name="-x", S3BucketName=bucket)
        self.client("s3").delete_bucket_policy(Bucket=bucket)
        self.fails("InsufficientS3BucketPolicyException", self.trail.create_trail, Name="new", S3BucketName=bucket)
        self.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": ["s3:PutObject", "s3:GetBucketAcl"],
             "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]}))
        self.trail.create_trail(Name="new", S3BucketName=bucket)
        self.fails("TrailAlreadyExistsException", self.trail.create_trail, Name="new", S3BucketName="demo-trail-logs-111122223333")
        selectors = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]
        self.assertEqual(self.trail.get_event_selectors(TrailName="new")["EventSelectors"][0]["ReadWriteType"], "All")
        self.trail.put_event_selectors(TrailName="new", EventSelectors=selectors)
        self.assertEqual(self.trail.get_event_selectors(TrailName="new")["EventSelectors"], selectors)
        self.assertIn("new", [t["Name"] for t in self.trail.list_trails()["Trails"]])
        self.trail.delete_trail(Name="new")
        self.fails("TrailNotFoundException", self.trail.get_trail, Name="new")


class Ssm(TwinCase):
    def setUp(self):
        self.ssm = self.client("ssm")

    def test_parameters(self):
        self.assertEqual(self.ssm.get_parameter(Name="/demo/db/password")["Parameter"]["Type"], "String")
        self.fails("ParameterAlreadyExists", self.ssm.put_parameter, Name="/demo/db/password", Value="x", Type="SecureString")
        self.assertEqual(self.ssm.put_parameter(Name="/demo/db/password", Value="x", Type="SecureString", Overwrite=True)["Version"], 2)
        self.assertNotEqual(self.ssm.get_parameter(Name="/demo/db/password")["Parameter"]["Value"], "x")
        self.assertEqual(self.ssm.get_parameter(Name="/demo/db/password", WithDecryption=True)["Parameter"]["Value"], "x")
        for number in range(12):
            self.ssm.put_parameter(Name=f"/many/{number:02}", Value=str(number), Type="String")
        pages = list(self.ssm.get_paginator("get_parameters_by_path").paginate(Path="/many"))
        self.assertEqual([len(p["Parameters"]) for p in pages], [10, 2])
        answer = self.ssm.get_parameters(Names=["/many/01", "/none"])
        self.assertEqual((len(answer["Parameters"]), answer["InvalidParameters"]), (1, ["/none"]))
        self.assertGreaterEqual(len(self.ssm.describe_parameters()["Parameters"]), 13)
        self.ssm.delete_parameter(Name="/many/01")
        self.fails("ParameterNotFound", self.ssm.get_parameter, Name="/many/01")
        self.ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="/many/02", Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(self.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/many/02")["TagList"], [{"Key": "a", "Value": "b"}])
        self.ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId="/many/02", TagKeys=["a"])

    def test_settings(self):
        name = "/ssm/documents/console/public-sharing-permission"
        self.assertEqual(self.ssm.get_service_setting(SettingId=name)["ServiceSetting"]["SettingValue"], "Enable")
        self.ssm.update_service_setting(SettingId=name, SettingValue="Disable")
        self.assertEqual(self.ssm.get_service_setting(SettingId=name)["ServiceSetting"]["Status"], "Customized")
        self.assertEqual(self.ssm.reset_service_setting(SettingId=name)["ServiceSetting"]["SettingValue"], "Enable")
        self.fails("ServiceSettingNotFound", self.ssm.get_service_setting, SettingId="/ssm/none")


class SharedDocuments(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::SSM::Document": [{"Name": "shared", "Content": "{}", "AccountIds": ["all", "222233334444"]}]}}}})

    def test_sharing(self):
        ssm = self.client("ssm")
        self.assertEqual(ssm.describe_document_permission(Name="shared", PermissionType="Share")["AccountIds"], ["all", "222233334444"])
        ssm.modify_document_permission(Name="shared", PermissionType="Share", AccountIdsToRemove=["all"])
        self.assertEqual(ssm.describe_document_permission(Name="shared", PermissionType="Share")["AccountIds"], ["222233334444"])
        self.assertEqual(ssm.get_document(Name="shared")["Content"], "{}")
        self.assertEqual(ssm.describe_document(Name="shared")["Document"]["Owner"], ACCOUNT)
        self.assertEqual(len(ssm.list_documents()["DocumentIdentifiers"]), 1)
        self.fails("InvalidDocument", ssm.get_document, Name="none")


if __name__ == "__main__":
    unittest.main()
