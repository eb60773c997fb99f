"""DynamoDB, Secrets Manager, ECR and Redshift as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

LIFECYCLE = json.dumps({"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}, "action": {"type": "expire"}}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})


class DynamoDb(TwinCase):
    def test_table(self):
        dynamodb = self.client("dynamodb")
        self.assertEqual(dynamodb.list_tables()["TableNames"], ["carts"])
        backups = dynamodb.describe_continuous_backups(TableName="carts")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        self.assertEqual(backups["PointInTimeRecoveryStatus"], "DISABLED")
        self.aws("dynamodb", "update-continuous-backups", "--table-name", "carts", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true")
        backups = dynamodb.describe_continuous_backups(TableName="carts")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        self.assertEqual(backups["PointInTimeRecoveryStatus"], "ENABLED")
        table = dynamodb.update_table(TableName="carts", SSESpecification={"Enabled": True, "SSEType": "KMS"}, BillingMode="PAY_PER_REQUEST")["TableDescription"]
        self.assertEqual((table["SSEDescription"]["Status"], table["BillingModeSummary"]["BillingMode"]), ("ENABLED", "PAY_PER_REQUEST"))
        arn = dynamodb.describe_table(TableName="carts")["Table"]["TableArn"]
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "b"}])
        dynamodb.untag_resource(ResourceArn=arn, TagKeys=["a"])
        dynamodb.delete_table(TableName="carts")
        self.fails("ResourceNotFoundException", dynamodb.describe_table, TableName="carts")


class Secrets(TwinCase):
    NAME = "demo/api-key"

    def test_secret(self):
        secrets = self.client("secretsmanager")
        self.assertFalse(secrets.describe_secret(SecretId=self.NAME)["RotationEnabled"])
        self.assertEqual(len(secrets.list_secrets()["SecretList"]), 1)
        self.fails("InvalidRequestException", secrets.rotate_secret, SecretId=self.NAME)
        secrets.rotate_secret(SecretId=self.NAME, RotationLambdaARN=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:r", RotationRules={"AutomaticallyAfterDays": 30})
        self.assertEqual(secrets.describe_secret(SecretId=self.NAME)["RotationRules"], {"AutomaticallyAfterDays": 30})
        secrets.cancel_rotate_secret(SecretId=self.NAME)
        secrets.update_secret(SecretId=self.NAME, KmsKeyId="alias/x")
        self.assertEqual(secrets.describe_secret(SecretId=self.NAME)["KmsKeyId"], "alias/x")
        secrets.put_resource_policy(SecretId=self.NAME, ResourcePolicy=POLICY)
        self.assertEqual(secrets.get_resource_policy(SecretId=self.NAME)["ResourcePolicy"], POLICY)
        secrets.delete_resource_policy(SecretId=self.NAME)
        self.assertNotIn("ResourcePolicy", secrets.get_resource_policy(SecretId=self.NAME))
        secrets.delete_secret(SecretId=self.NAME, RecoveryWindowInDays=7)
        self.assertIn("DeletedDate", secrets.describe_secret(SecretId=self.NAME))
        secrets.restore_secret(SecretId=self.NAME)
        secrets.delete_secret(SecretId=self.NAME, ForceDeleteWithoutRecovery=True)
        self.fails("ResourceNotFoundException", secrets.describe_secret, SecretId=self.NAME)


class Repositories(TwinCase):
    NAME = "shop/frontend"

    def test_repository(self):
        ecr = self.client("ecr")
        repository = ecr.describe_repositories(repositoryNames=[self.NAME])["repositories"][0]
        self.assertEqual((repository["imageTagMutability"], repository["imageScanningConfiguration"]), ("MUTABLE", {"scanOnPush": False}))
        self.aws("ecr", "put-image-scanning-configuration", "--repository-name", self.NAME, "--image-scanning-configuration", "scanOnPush=true")
        ecr.put_image_tag_mutability(repositoryName=self.NAME, imageTagMutability="IMMUTABLE")
        repository = ecr.describe_repositories()["repositories"][0]
        self.assertEqual((repository["imageTagMutability"], repository["imageScanningConfiguration"]), ("IMMUTABLE", {"scanOnPush": True}))
        self.fails("RepositoryPolicyNotFoundException", ecr.get_repository_policy, repositoryName=self.NAME)
        ecr.set_repository_policy(repositoryName=self.NAME, policyText=POLICY)
        self.assertEqual(ecr.get_repository_policy(repositoryName=self.NAME)["policyText"], POLICY)
        ecr.delete_repository_policy(repositoryName=self.NAME)
        self.fails("LifecyclePolicyNotFoundException", ecr.get_lifecycle_policy, repositoryName=self.NAME)
        ecr.put_lifecycle_policy(repositoryName=self.NAME, lifecyclePolicyText=LIFECYCLE)
        self.assertEqual(ecr.get_lifecycle_policy(repositoryName=self.NAME)["lifecyclePolicyText"], LIFECYCLE)
        ecr.delete_lifecycle_policy(repositoryName=self.NAME)
        arn = repository["repositoryArn"]
        ecr.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(ecr.list_tags_for_resource(resourceArn=arn)["tags"], [{"Key": "a", "Value": "b"}])
        ecr.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.fails("RepositoryNotFoundException", ecr.describe_repositories, repositoryNames=["none"])


class Warehouses(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::Redshift::Cluster": [{"ClusterIdentifier": "c", "PubliclyAccessible": True}]}}}})

    def test_cluster(self):
        redshift = self.client("redshift")
        self.assertTrue(redshift.describe_clusters(ClusterIdentifier="c")["Clusters"][0]["PubliclyAccessible"])
        self.aws("redshift", "modify-cluster", "--cluster-identifier", "c", "--no-publicly-accessible", "--enhanced-vpc-routing")
        cluster = redshift.describe_clusters()["Clusters"][0]
        self.assertEqual((cluster["PubliclyAccessible"], cluster["EnhancedVpcRouting"]), (False, True))
        self.assertFalse(redshift.describe_logging_status(ClusterIdentifier="c")["LoggingEnabled"])
        self.assertTrue(redshift.enable_logging(ClusterIdentifier="c", BucketName="b")["LoggingEnabled"])
        self.assertEqual(redshift.describe_logging_status(ClusterIdentifier="c")["BucketName"], "b")
        redshift.disable_logging(ClusterIdentifier="c")
        self.fails("ClusterNotFound", redshift.modify_cluster, ClusterIdentifier="none")


if __name__ == "__main__":
    unittest.main()
