"""What a user makes before there is anything to remediate: networks, instances, databases, functions, secrets."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase


class Making(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::S3::Bucket": [{"Name": "first"}]}}}})

    def vpc(self, cidr="10.0.0.0/16"):
        return self.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]

    def test_a_vpc_comes_with_its_defaults_and_takes_them_along(self):
        ec2 = self.client("ec2")
        vpc = self.vpc()
        mine = [{"Name": "vpc-id", "Values": [vpc]}]
        group = ec2.describe_security_groups(Filters=mine)["SecurityGroups"][0]
        self.assertEqual(group["GroupName"], "default")
        self.assertEqual(group["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"], group["GroupId"])
        self.assertEqual(group["IpPermissionsEgress"][0]["IpRanges"], [{"CidrIp": "0.0.0.0/0"}])
        acl = ec2.describe_network_acls(Filters=mine)["NetworkAcls"][0]
        self.assertEqual([e["RuleAction"] for e in acl["Entries"]], ["allow", "deny", "allow", "deny"])
        self.assertEqual(ec2.describe_route_tables(Filters=mine)["RouteTables"][0]["Routes"][0]["GatewayId"], "local")
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]
        self.assertEqual(subnet["AvailableIpAddressCount"], 251)
        self.fails("InvalidSubnet.Conflict", ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.1.128/25")
        self.fails("InvalidSubnet.Range", ec2.create_subnet, VpcId=vpc, CidrBlock="10.1.0.0/24")
        self.fails("InvalidVpcID.NotFound", ec2.create_subnet, VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.2.0/24")
        self.fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        ec2.delete_vpc(VpcId=vpc)
        self.assertEqual(ec2.describe_security_groups(Filters=mine)["SecurityGroups"], [])
        self.fails("InvalidVpc.Range", ec2.create_vpc, CidrBlock="10.0.0.0/8")
        self.fails("InvalidParameterValue", ec2.create_vpc, CidrBlock="everything")

    def test_gateways_and_acls(self):
        ec2 = self.client("ec2")
        vpc = self.vpc()
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.fails("Resource.AlreadyAssociated", ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
        self.fails("DependencyViolation", ec2.delete_internet_gateway, InternetGatewayId=gateway)
        self.fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.fails("Gateway.NotAttached", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=gateway)
        acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]
        self.assertEqual([e["RuleAction"] for e in acl["Entries"]], ["deny", "deny"])
        ec2.delete_network_acl(NetworkAclId=acl["NetworkAclId"])
        default = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]
        self.fails("InvalidParameterValue", ec2.delete_network_acl, NetworkAclId=default["NetworkAclId"])
        ec2.delete_vpc(VpcId=vpc)

    def test_the_default_vpc_takes_instances_that_name_no_subnet(self):
        ec2 = self.client("ec2", region="us-east-2")
        self.fails("MissingInput", ec2.run_instances, ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)
        vpc = ec2.create_default_vpc()["Vpc"]
        self.assertTrue(vpc["IsDefault"])
        self.fails("DefaultVpcAlreadyExists", ec2.create_default_vpc)
        instance = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)["Instances"][0]
        self.assertEqual(instance["VpcId"], vpc["VpcId"])
        self.assertIn("PublicIpAddress", instance)
        group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
        self.assertEqual(ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"], vpc["VpcId"])

    def test_an_instance_and_what_hangs_on_it(self):
        ec2 = self.client("ec2")
        subnet = ec2.create_subnet(VpcId=self.vpc(), CidrBlock="10.0.3.0/24")["Subnet"]["SubnetId"]
        run = dict(ImageId="ami-0123456789abcdef0", MinCount=2, MaxCount=2, SubnetId=subnet, InstanceType="t3.large",
                   MetadataOptions={"HttpTokens": "required"}, Monitoring={"Enabled": True},
                   BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "Encrypted": True}}],
                   TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}])
        ids = [i["InstanceId"] for i in ec2.run_instances(**run)["Instances"]]
        ec2.get_waiter("instance_running").wait(InstanceIds=ids)
        found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["web"]}])["Reservations"]
        self.assertEqual(len(found), 2)
        instance = found[0]["Instances"][0]
        self.assertEqual(instance["MetadataOptions"]["HttpTokens"], "required")
        self.assertEqual((instance["InstanceType"], instance["Monitoring"]["State"]), ("t3.large", "enabled"))
        self.assertEqual(instance["SecurityGroups"][0]["GroupName"], "default")
        volume = ec2.describe_volumes(VolumeIds=[instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"][0]
        self.assertEqual((volume["Size"], volume["Encrypted"], volume["State"]), (20, True, "in-use"))
        interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "attachment.instance-id", "Values": [ids[0]]}])
        self.assertEqual(interfaces["NetworkInterfaces"][0]["Status"], "in-use")
        self.fails("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
        ec2.stop_instances(InstanceIds=ids[:1])
        seen = lambda **more: [s["InstanceId"] for s in ec2.describe_instance_status(InstanceIds=ids, **more)["InstanceStatuses"]]
        self.assertEqual(seen(), ids[1:])
        self.assertEqual(sorted(seen(IncludeAllInstances=True)), sorted(ids))
        self.fails("InvalidAMIID.Malformed", ec2.run_instances, ImageId="image", MinCount=1, MaxCount=1, SubnetId=subnet)
        self.fails("InvalidGroup.NotFound", ec2.run_instances, **{**run, "SecurityGroupIds": ["sg-0123456789abcdef0"]})
        interface = ec2.create_network_interface(SubnetId=subnet, Description="spare", TagSpecifications=[{"ResourceType": "network-interface", "Tags": [{"Key": "a", "Value": "b"}]}])["NetworkInterface"]
        self.assertEqual(interface["TagSet"], [{"Key": "a", "Value": "b"}])
        listed = self.aws("ec2", "describe-network-interfaces", "--filters", "Name=tag:a,Values=b")["NetworkInterfaces"]
        self.assertEqual([(one["NetworkInterfaceId"], one["TagSet"]) for one in listed], [(interface["NetworkInterfaceId"], interface["TagSet"])])
        self.assertEqual(interface["Status"], "available")
        image = ec2.create_image(InstanceId=ids[0], Name="golden")["ImageId"]
        self.fails("InvalidAMIName.Duplicate", ec2.create_image, InstanceId=ids[0], Name="golden")
        ec2.get_waiter("image_available").wait(ImageIds=[image])
        snapshot = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
        self.fails("InvalidSnapshot.InUse", ec2.delete_snapshot, SnapshotId=snapshot)
        copy = ec2.copy_image(Name="copy", SourceImageId=image, SourceRegion=REGION)["ImageId"]
        for one in (image, copy):
            ec2.deregister_image(ImageId=one)
        self.fails("InvalidAMIID.NotFound", ec2.deregister_image, ImageId=image)
        address = ec2.allocate_address(Domain="vpc")
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=ids[1])
        self.fails("Resource.AlreadyAssociated", ec2.associate_address, AllocationId=address["AllocationId"], InstanceId=ids[1])
        self.fails("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address["AllocationId"])

    def test_volumes_and_copies(self):
        ec2 = self.client("ec2")
        volume = ec2.create_volume(AvailabilityZone=REGION + "a", Size=10)
        self.assertEqual((volume["State"], volume["VolumeType"]), ("available", "gp2"))
        subnet = ec2.create_subnet(VpcId=self.vpc(), CidrBlock="10.0.4.0/24")["Subnet"]["SubnetId"]
        instance = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
        ec2.attach_volume(VolumeId=volume["VolumeId"], InstanceId=instance, Device="/dev/sdf")
        self.fails("VolumeInUse", ec2.attach_volume, VolumeId=volume["VolumeId"], InstanceId=instance, Device="/dev/sdg")
        self.fails("VolumeInUse", ec2.delete_volume, VolumeId=volume["VolumeId"])
        ec2.detach_volume(VolumeId=volume["VolumeId"])
        self.fails("IncorrectState", ec2.detach_volume, VolumeId=volume["VolumeId"])
        snapshot = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
        copy = ec2.copy_snapshot(SourceSnapshotId=snapshot, SourceRegion=REGION, Encrypted=True)["SnapshotId"]
        self.assertTrue(ec2.describe_snapshots(SnapshotIds=[copy])["Snapshots"][0]["Encrypted"])
        restored = ec2.create_volume(AvailabilityZone=REGION + "a", SnapshotId=copy)
        self.assertEqual((restored["Size"], restored["Encrypted"]), (10, True))
        self.fails("MissingParameter", ec2.create_volume, AvailabilityZone=REGION + "a")

    def test_databases(self):
        rds = self.client("rds")
        made = rds.create_db_instance(DBInstanceIdentifier="shop", DBInstanceClass="db.t3.micro", Engine="postgres",
                                      MasterUsername="root", MasterUserPassword="secret-secret", AllocatedStorage=20,
                                      PubliclyAccessible=True, EnableIAMDatabaseAuthentication=True)["DBInstance"]
        self.assertEqual(made["DBInstanceStatus"], "creating")
        self.assertRegex(made["DbiResourceId"], "^db-[A-Z0-9]{26}$")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="shop")
        found = rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [made["DbiResourceId"]]}])["DBInstances"][0]
        self.assertTrue(found["PubliclyAccessible"] and found["IAMDatabaseAuthenticationEnabled"])
        again = dict(DBInstanceClass="db.t3.micro", Engine="postgres")
        self.fails("DBInstanceAlreadyExists", rds.create_db_instance, DBInstanceIdentifier="shop", **again)
        self.fails("InvalidParameterValue", rds.create_db_instance, DBInstanceIdentifier="2shop-", **again)
        rds.reboot_db_instance(DBInstanceIdentifier="shop")
        rds.stop_db_instance(DBInstanceIdentifier="shop")
        self.fails("InvalidDBInstanceState", rds.stop_db_instance, DBInstanceIdentifier="shop")
        rds.start_db_instance(DBInstanceIdentifier="shop")
        rds.create_db_snapshot(DBSnapshotIdentifier="plain", DBInstanceIdentifier="shop", Tags=[{"Key": "a", "Value": "b"}])
        copy = rds.copy_db_snapshot(SourceDBSnapshotIdentifier="plain", TargetDBSnapshotIdentifier="sealed", KmsKeyId="alias/aws/rds", CopyTags=True)["DBSnapshot"]
        self.assertTrue(copy["Encrypted"])
        self.assertEqual(copy["TagList"], [{"Key": "a", "Value": "b"}])
        named = rds.describe_db_snapshots(Filters=[{"Name": "db-snapshot-id", "Values": ["sealed"]}])["DBSnapshots"]
        self.assertEqual([s["Status"] for s in named], ["available"])
        self.fails("DBSnapshotNotFound", rds.copy_db_snapshot, SourceDBSnapshotIdentifier="none", TargetDBSnapshotIdentifier="other")

    def test_clusters(self):
        rds = self.client("rds")
        rds.create_db_cluster(DBClusterIdentifier="main", Engine="aurora-mysql", MasterUsername="root", MasterUserPassword="secret-secret")
        rds.create_db_instance(DBInstanceIdentifier="main-1", DBInstanceClass="db.r5.large", Engine="aurora-mysql", DBClusterIdentifier="main")
        cluster = rds.describe_db_clusters(DBClusterIdentifier="main")["DBClusters"][0]
        self.assertEqual([m["DBInstanceIdentifier"] for m in cluster["DBClusterMembers"]], ["main-1"])
        self.fails("DBClusterAlreadyExistsFault", rds.create_db_cluster, DBClusterIdentifier="main", Engine="aurora-mysql")
        rds.stop_db_cluster(DBClusterIdentifier="main")
        self.fails("InvalidDBClusterStateFault", rds.stop_db_cluster, DBClusterIdentifier="main")
        rds.start_db_cluster(DBClusterIdentifier="main")
        rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="c-plain", DBClusterIdentifier="main")
        copy = rds.copy_db_cluster_snapshot(SourceDBClusterSnapshotIdentifier="c-plain", TargetDBClusterSnapshotIdentifier="c-sealed", KmsKeyId="alias/aws/rds")["DBClusterSnapshot"]
        self.assertTrue(copy["StorageEncrypted"])
        redshift = self.client("redshift")
        redshift.create_cluster(ClusterIdentifier="dw", NodeType="ra3.large", MasterUsername="root", MasterUserPassword="Secret-secret1", PubliclyAccessible=True)
        self.fails("ClusterAlreadyExists", redshift.create_cluster, ClusterIdentifier="dw", NodeType="ra3.large", MasterUsername="root", MasterUserPassword="Secret-secret1")
        self.assertTrue(redshift.describe_clusters(ClusterIdentifier="dw")["Clusters"][0]["PubliclyAccessible"])
        self.fails("InvalidParameterCombination", redshift.delete_cluster, ClusterIdentifier="dw")
        redshift.delete_cluster(ClusterIdentifier="dw", SkipFinalClusterSnapshot=True)
        self.fails("ClusterNotFound", redshift.describe_clusters, ClusterIdentifier="dw")

    def test_a_table_a_repository_a_function_a_document(self):
        dynamodb = self.client("dynamodb")
        table = dict(TableName="orders", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
        self.fails("ValidationException", dynamodb.create_table, **table)
        dynamodb.create_table(BillingMode="PAY_PER_REQUEST", **table)
        dynamodb.get_waiter("table_exists").wait(TableName="orders")
        self.fails("ResourceInUseException", dynamodb.create_table, BillingMode="PAY_PER_REQUEST", **table)
        ecr = self.client("ecr")
        ecr.create_repository(repositoryName="app", imageScanningConfiguration={"scanOnPush": False})
        self.fails("RepositoryAlreadyExistsException", ecr.create_repository, repositoryName="app")
        ecr.delete_repository(repositoryName="app")
        self.fails("RepositoryNotFoundException", ecr.delete_repository, repositoryName="app")
        functions = self.client("lambda")
        made = dict(FunctionName="f", Role=f"arn:aws:iam::{ACCOUNT}:role/r", Runtime="python3.11", Handler="x.y", Code={"ZipFile": b"zip"})
        functions.create_function(**made)
        functions.get_waiter("function_active").wait(FunctionName="f")
        self.fails("ResourceConflictException", functions.create_function, **made)
        functions.create_function_url_config(FunctionName="f", AuthType="NONE")
        self.assertEqual(functions.get_function_url_config(FunctionName="f")["AuthType"], "NONE")
        self.fails("ResourceConflictException", functions.create_function_url_config, FunctionName="f", AuthType="NONE")
        ssm = self.client("ssm")
        content = json.dumps({"schemaVersion": "0.3", "mainSteps": []})
        made = ssm.create_document(Name="Mine", Content=content, DocumentType="Automation", DocumentFormat="JSON")["DocumentDescription"]
        self.assertEqual((made["SchemaVersion"], made["Status"]), ("0.3", "Active"))
        self.assertEqual(ssm.get_document(Name="Mine")["Content"], content)
        self.fails("DocumentAlreadyExists", ssm.create_document, Name="Mine", Content=content, DocumentType="Automation")
        self.fails("InvalidDocumentContent", ssm.create_document, Name="Other", Content="[", DocumentType="Automation")
        ssm.modify_document_permission(Name="Mine", PermissionType="Share", AccountIdsToAdd=["all"])
        self.fails("InvalidDocumentOperation", ssm.delete_document, Name="Mine")
        ssm.modify_document_permission(Name="Mine", PermissionType="Share", AccountIdsToRemove=["all"])
        ssm.delete_document(Name="Mine")
        self.fails("InvalidDocument", ssm.get_document, Name="Mine")

    def test_what_a_secret_holds(self):
        secrets = self.client("secretsmanager")
        first = secrets.create_secret(Name="key", SecretString="one", Tags=[{"Key": "a", "Value": "b"}])
        self.assertRegex(first["ARN"], ":secret:key-[0-9A-Za-z]{6}$")
        self.fails("ResourceExistsException", secrets.create_secret, Name="key", SecretString="x")
        second = secrets.put_secret_value(SecretId="key", SecretString="two")
        self.assertEqual(secrets.get_secret_value(SecretId=first["ARN"])["SecretString"], "two")
        self.assertEqual(secrets.get_secret_value(SecretId="key", VersionStage="AWSPREVIOUS")["SecretString"], "one")
        self.assertEqual(secrets.get_secret_value(SecretId="key", VersionId=second["VersionId"])["VersionStages"], ["AWSCURRENT"])
        third = secrets.update_secret(SecretId="key", SecretString="three")
        stages = secrets.describe_secret(SecretId="key")["VersionIdsToStages"]
        self.assertEqual(stages, {second["VersionId"]: ["AWSPREVIOUS"], third["VersionId"]: ["AWSCURRENT"]})
        secrets.tag_resource(SecretId="key", Tags=[{"Key": "c", "Value": "d"}])
        secrets.untag_resource(SecretId="key", TagKeys=["a"])
        self.assertEqual(secrets.describe_secret(SecretId="key")["Tags"], [{"Key": "c", "Value": "d"}])
        secrets.delete_secret(SecretId="key", RecoveryWindowInDays=7)
        self.fails("InvalidRequestException", secrets.get_secret_value, SecretId="key")
        secrets.restore_secret(SecretId="key")
        self.fails("ResourceNotFoundException", secrets.get_secret_value, SecretId="key", VersionStage="NONE")


    def test_instance_profiles(self):
        iam, ec2 = self.client("iam"), self.client("ec2")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
        iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust)
        made = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]
        self.fails("EntityAlreadyExists", iam.create_instance_profile, InstanceProfileName="web")
        iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
        self.fails("LimitExceeded", iam.add_role_to_instance_profile, InstanceProfileName="web", RoleName="web")
        self.assertEqual([r["RoleName"] for r in iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Roles"]], ["web"])
        self.assertEqual(len(iam.list_instance_profiles_for_role(RoleName="web")["InstanceProfiles"]), 1)
        self.assertEqual(len(iam.list_instance_profiles()["InstanceProfiles"]), 1)
        self.fails("DeleteConflict", iam.delete_instance_profile, InstanceProfileName="web")
        subnet = ec2.create_subnet(VpcId=self.vpc(), CidrBlock="10.0.5.0/24")["Subnet"]["SubnetId"]
        instance = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
        self.fails("InvalidParameterValue", ec2.associate_iam_instance_profile, InstanceId=instance, IamInstanceProfile={"Name": "none"})
        ec2.associate_iam_instance_profile(InstanceId=instance, IamInstanceProfile={"Name": "web"})
        self.fails("IncorrectState", ec2.associate_iam_instance_profile, InstanceId=instance, IamInstanceProfile={"Name": "web"})
        found = ec2.describe_iam_instance_profile_associations(Filters=[{"Name": "instance-id", "Values": [instance]}])["IamInstanceProfileAssociations"][0]
        self.assertEqual((found["State"], found["IamInstanceProfile"]["Arn"]), ("associated", made["Arn"]))
        ec2.replace_iam_instance_profile_association(AssociationId=found["AssociationId"], IamInstanceProfile={"Arn": made["Arn"]})
        ec2.disassociate_iam_instance_profile(AssociationId=found["AssociationId"])
        self.fails("InvalidAssociationID.NotFound", ec2.disassociate_iam_instance_profile, AssociationId=found["AssociationId"])
        iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="web")
        self.fails("NoSuchEntity", iam.remove_role_from_instance_profile, InstanceProfileName="web", RoleName="web")
        iam.delete_instance_profile(InstanceProfileName="web")
        self.fails("NoSuchEntity", iam.get_instance_profile, InstanceProfileName="web")

    def test_what_config_has_recorded(self):
        config, rds, iam = self.client("config"), self.client("rds"), self.client("iam")
        cluster = rds.create_db_cluster(DBClusterIdentifier="Recorded", Engine="aurora-mysql")["DBCluster"]
        history = config.get_resource_config_history(resourceType="AWS::RDS::DBCluster", resourceId=cluster["DbClusterResourceId"], limit=1)["configurationItems"]
        self.assertEqual([i["resourceName"] for i in history], ["recorded"])
        self.assertEqual(json.loads(history[0]["configuration"])["engine"], "aurora-mysql")
        self.fails("ResourceNotDiscoveredException", config.get_resource_config_history, resourceType="AWS::RDS::DBCluster", resourceId="none")
        self.fails("ValidationException", config.get_resource_config_history, resourceType="Cluster", resourceId="none")
        user = iam.create_user(UserName="recorded")["User"]["UserId"]
        found = config.list_discovered_resources(resourceType="AWS::IAM::User", resourceIds=[user])["resourceIdentifiers"]
        self.assertEqual(found, [{"resourceType": "AWS::IAM::User", "resourceId": user, "resourceName": "recorded"}])
        self.assertEqual(config.list_discovered_resources(resourceType="AWS::IAM::User", resourceName="other")["resourceIdentifiers"], [])
        keys = [{"resourceType": "AWS::IAM::User", "resourceId": user}, {"resourceType": "AWS::IAM::User", "resourceId": "AIDANONE"}]
        batch = config.batch_get_resource_config(resourceKeys=keys)
        self.assertEqual([i["resourceId"] for i in batch["baseConfigurationItems"]], [user])
        self.assertEqual(batch["unprocessedResourceKeys"], keys[1:])

    def test_named_in_other_words(self):
        rds = self.client("rds")
        made = rds.create_db_instance(DBInstanceIdentifier="Mixed", DBInstanceClass="db.t3.micro", Engine="mysql")["DBInstance"]
        self.assertEqual(made["DBInstanceIdentifier"], "mixed")
        for name in (made["DBInstanceArn"], "MIXED"):
            self.assertEqual(rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceIdentifier"], "mixed")
        rds.modify_db_instance(DBInstanceIdentifier=made["DBInstanceArn"], DeletionProtection=True)
        self.assertTrue(rds.describe_db_instances(DBInstanceIdentifier="mixed")["DBInstances"][0]["DeletionProtection"])
        ssm = self.client("ssm")
        ssm.create_document(Name="ByArn", Content=json.dumps({"schemaVersion": "0.3", "mainSteps": []}), DocumentType="Automation")
        arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/ByArn"
        ssm.modify_document_permission(Name=arn, PermissionType="Share", AccountIdsToAdd=["222233334444"])
        self.assertEqual(ssm.describe_document_permission(Name="ByArn", PermissionType="Share")["AccountIds"], ["222233334444"])
        redshift = self.client("redshift")
        redshift.create_cluster(ClusterIdentifier="logged", NodeType="ra3.large", MasterUsername="root", MasterUserPassword="Secret-secret1")
        redshift.enable_logging(ClusterIdentifier="logged", BucketName="first", S3KeyPrefix="audit")
        self.assertEqual(redshift.describe_logging_status(ClusterIdentifier="logged")["S3KeyPrefix"], "audit/")


if __name__ == "__main__":
    unittest.main()
