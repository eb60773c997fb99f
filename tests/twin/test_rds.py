"""RDS as its users drive it, with states that take their time."""
import json
import time
import unittest

from twin_case import ACCOUNT, REGION, TwinCase


class Rds(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {
        "AWS::RDS::DBInstance": [{"DBInstanceIdentifier": "db", "PubliclyAccessible": True, "BackupRetentionPeriod": 0}],
        "AWS::RDS::DBCluster": [{"DBClusterIdentifier": "c", "DeletionProtection": True}],
        "AWS::RDS::DBSnapshot": [{"DBSnapshotIdentifier": "s", "Attributes": {"restore": ["all"]}}],
        "AWS::RDS::DBClusterSnapshot": [{"DBClusterSnapshotIdentifier": "cs", "Attributes": {"restore": ["all"]}}]}}}})

    def setUp(self):
        self.rds = self.client("rds")

    def instance(self):
        return self.rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]

    def test_modifying_then_available(self):
        answer = self.aws("rds", "modify-db-instance", "--db-instance-identifier", "db", "--no-publicly-accessible", "--apply-immediately")
        self.assertEqual(answer["DBInstance"]["DBInstanceStatus"], "available")
        self.assertEqual(self.instance()["DBInstanceStatus"], "modifying")
        self.rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig={"Delay": 2, "MaxAttempts": 5})
        self.assertFalse(self.instance()["PubliclyAccessible"])

    def test_pending_values(self):
        self.rds.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True, CopyTagsToSnapshot=True, DeletionProtection=True)
        self.assertEqual(self.instance()["PendingModifiedValues"], {"MultiAZ": True})
        self.assertFalse(self.instance()["MultiAZ"])
        self.assertTrue(self.instance()["CopyTagsToSnapshot"])
        self.rds.modify_db_instance(DBInstanceIdentifier="db", CloudwatchLogsExportConfiguration={"EnableLogTypes": ["error", "audit"]}, ApplyImmediately=True)
        self.assertEqual(self.instance()["EnabledCloudwatchLogsExports"], ["audit", "error"])
        self.fails("InvalidParameterValue", self.rds.modify_db_instance, DBInstanceIdentifier="db", BackupRetentionPeriod=36)
        self.fails("InvalidParameterCombination", self.rds.delete_db_instance, DBInstanceIdentifier="db", SkipFinalSnapshot=True)
        self.fails("DBInstanceNotFound", self.rds.modify_db_instance, DBInstanceIdentifier="none")
        arn = self.instance()["DBInstanceArn"]
        self.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(self.rds.list_tags_for_resource(ResourceName=arn)["TagList"], [{"Key": "a", "Value": "b"}])
        self.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])

    def test_snapshots(self):
        attributes = self.rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="s")["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
        self.assertEqual(attributes, [{"AttributeName": "restore", "AttributeValues": ["all"]}])
        self.rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="s", AttributeName="restore", ValuesToRemove=["all"])
        attributes = self.rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="s")["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
        self.assertEqual(attributes[0]["AttributeValues"], [])
        self.rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier="cs", AttributeName="restore", ValuesToRemove=["all"], ValuesToAdd=["222233334444"])
        attributes = self.rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier="cs")["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]
        self.assertEqual(attributes[0]["AttributeValues"], ["222233334444"])
        self.rds.create_db_snapshot(DBSnapshotIdentifier="made", DBInstanceIdentifier="db")
        self.assertIn("made", [s["DBSnapshotIdentifier"] for s in self.rds.describe_db_snapshots()["DBSnapshots"]])
        self.rds.delete_db_snapshot(DBSnapshotIdentifier="made")
        self.fails("DBSnapshotNotFound", self.rds.delete_db_snapshot, DBSnapshotIdentifier="made")
        self.assertEqual(len(self.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]), 1)
        self.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="cs")
        self.fails("DBClusterSnapshotNotFoundFault", self.rds.delete_db_cluster_snapshot, DBClusterSnapshotIdentifier="cs")

    def test_what_a_remediation_sets(self):
        settings = dict(AutoMinorVersionUpgrade=False, CopyTagsToSnapshot=True, DeletionProtection=True, MonitoringInterval=60, MonitoringRoleArn="arn:aws:iam::111122223333:role/monitoring",
                        PubliclyAccessible=False, BackupRetentionPeriod=14, PreferredMaintenanceWindow="sun:01:00-sun:02:00", PerformanceInsightsRetentionPeriod=7)
        self.rds.create_db_instance(DBInstanceIdentifier="set", DBInstanceClass="db.t3.micro", Engine="mysql", MasterUsername="a", MasterUserPassword="secret-secret", AllocatedStorage=20)
        self.fails("InvalidParameterCombination", self.rds.modify_db_instance, DBInstanceIdentifier="set", MonitoringInterval=60)
        self.fails("InvalidParameterValue", self.rds.modify_db_instance, DBInstanceIdentifier="set", MonitoringInterval=7)
        self.rds.modify_db_instance(DBInstanceIdentifier="set", ApplyImmediately=True, MultiAZ=True, EnableIAMDatabaseAuthentication=True, EnablePerformanceInsights=True,
                                    DBParameterGroupName="tls", **settings)
        seen = self.rds.describe_db_instances(DBInstanceIdentifier="set")["DBInstances"][0]
        self.assertEqual({name: seen[name] for name in settings}, settings)
        self.assertEqual((seen["MultiAZ"], seen["IAMDatabaseAuthenticationEnabled"], seen["PerformanceInsightsEnabled"], seen["DBParameterGroups"][0]["DBParameterGroupName"]), (True, True, True, "tls"))

    def test_an_encrypted_copy_given_back(self):
        self.rds.create_db_snapshot(DBSnapshotIdentifier="plain", DBInstanceIdentifier="db")
        self.rds.copy_db_snapshot(SourceDBSnapshotIdentifier="plain", TargetDBSnapshotIdentifier="locked", KmsKeyId="alias/aws/rds")
        self.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="back", DBSnapshotIdentifier="locked", DeletionProtection=True)
        back = self.rds.describe_db_instances(DBInstanceIdentifier="back")["DBInstances"][0]
        self.assertEqual((back["StorageEncrypted"], back["KmsKeyId"], back["DeletionProtection"], back["Engine"]), (True, "alias/aws/rds", True, "mysql"))
        self.fails("DBInstanceAlreadyExists", self.rds.restore_db_instance_from_db_snapshot, DBInstanceIdentifier="back", DBSnapshotIdentifier="locked")
        self.fails("DBSnapshotNotFound", self.rds.restore_db_instance_from_db_snapshot, DBInstanceIdentifier="b", DBSnapshotIdentifier="none")
        self.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="ofc", DBClusterIdentifier="c")
        self.rds.restore_db_cluster_from_snapshot(DBClusterIdentifier="c2", SnapshotIdentifier="ofc", Engine="aurora-mysql", KmsKeyId="k")
        self.assertTrue(self.rds.describe_db_clusters(DBClusterIdentifier="c2")["DBClusters"][0]["StorageEncrypted"])
        self.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="ofc")

    def test_clusters(self):
        self.fails("InvalidParameterCombination", self.rds.delete_db_cluster, DBClusterIdentifier="c", SkipFinalSnapshot=True)
        self.rds.modify_db_cluster(DBClusterIdentifier="c", DeletionProtection=False, BackupRetentionPeriod=7, ApplyImmediately=True)
        cluster = self.rds.describe_db_clusters()["DBClusters"][0]
        self.assertEqual((cluster["DeletionProtection"], cluster["BackupRetentionPeriod"], cluster["Status"]), (False, 7, "modifying"))
        time.sleep(5.2)
        self.assertEqual(self.rds.describe_db_clusters(DBClusterIdentifier="c")["DBClusters"][0]["Status"], "available")


if __name__ == "__main__":
    unittest.main()
