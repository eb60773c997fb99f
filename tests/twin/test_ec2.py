"""EC2 as its users drive it."""
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

WEB = "sg-0f0000000000000a1"
VPC = "vpc-0a1b2c3d4e5f60001"
HOLE = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


class SecurityGroups(TwinCase):
    left_out = ("ec2:DescribeSpotFleetRequests",)
    def setUp(self):
        self.ec2 = self.client("ec2")

    def fresh_group(self, name):
        return self.ec2.create_security_group(GroupName=name, Description="test", VpcId=VPC)["GroupId"]

    def group(self, group_id):
        return self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]

    def test_describe_gives_the_whole_group(self):
        group = self.group(WEB)
        self.assertEqual(group["GroupName"], "web-frontend")
        self.assertEqual(group["OwnerId"], ACCOUNT)
        self.assertIn({"Key": "Owner", "Value": "mateo.jackson@example.com"}, group["Tags"])
        ssh = [p for p in group["IpPermissions"] if p.get("FromPort") == 22][0]
        self.assertEqual({r["CidrIp"] for r in ssh["IpRanges"]}, {"0.0.0.0/0", "10.0.0.0/8"})
        everything = [p for p in group["IpPermissions"] if p["IpProtocol"] == "-1"][0]
        self.assertNotIn("FromPort", everything)
        self.assertEqual(everything["IpRanges"], [{"CidrIp": "203.0.113.0/24", "Description": "VPN"}])
        pair = [p for p in group["IpPermissions"] if p["UserIdGroupPairs"]][0]["UserIdGroupPairs"][0]
        self.assertEqual(pair, {"GroupId": "sg-0f0000000000000b1", "UserId": ACCOUNT, "Description": "load balancer"})

    def test_the_command_line_revokes(self):
        group = self.fresh_group("cli-revoke")
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
        answer = self.aws("ec2", "revoke-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
        self.assertEqual(answer, {"Return": True})
        error = self.aws("ec2", "revoke-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0", expect=254)
        self.assertIn("(InvalidPermission.NotFound)", error)

    def test_every_kind_of_peer(self):
        group = self.fresh_group("peers")
        permissions = [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "198.51.100.7/24", "Description": "a"}],
             "Ipv6Ranges": [{"CidrIpv6": "2001:db8::1/32"}], "PrefixListIds": [{"PrefixListId": "pl-0123456789abcdef0"}],
             "UserIdGroupPairs": [{"GroupId": WEB}]},
            {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
            {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
        made = self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
        self.assertTrue(made["Return"])
        self.assertEqual(len(made["SecurityGroupRules"]), 6)
        self.assertEqual({r["CidrIpv4"] for r in made["SecurityGroupRules"] if "CidrIpv4" in r}, {"198.51.100.0/24", "10.0.0.0/8"})
        rules = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
        self.assertEqual(len([r for r in rules if not r["IsEgress"]]), 6)
        everything = [r for r in rules if r["IpProtocol"] == "-1" and not r["IsEgress"]][0]
        self.assertEqual((everything["FromPort"], everything["ToPort"], everything["CidrIpv6"]), (-1, -1, "::/0"))
        self.fails("InvalidPermission.Duplicate", self.ec2.authorize_security_group_ingress, GroupId=group,
                   IpPermissions=[{"IpProtocol": "6", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}])
        for permission in permissions:  # the descriptions of a request do not matter
            for entry in permission.get("IpRanges", []):
                entry.pop("Description", None)
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permissions)
        self.assertEqual(self.group(group)["IpPermissions"], [])

    def test_rules_by_id(self):
        group = self.fresh_group("by-id")
        rule = self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=HOLE)["SecurityGroupRules"][0]
        self.ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{
            "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
            "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "192.0.2.0/24", "Description": "narrow"}}])
        self.assertEqual(self.group(group)["IpPermissions"][0]["IpRanges"], [{"CidrIp": "192.0.2.0/24", "Description": "narrow"}])
        self.ec2.update_security_group_rule_descriptions_ingress(GroupId=group, SecurityGroupRuleDescriptions=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "Description": "other"}])
        self.assertEqual(self.group(group)["IpPermissions"][0]["IpRanges"][0]["Description"], "other")
        self.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
        self.fails("InvalidSecurityGroupRuleId.NotFound", self.ec2.revoke_security_group_ingress, GroupId=group,
                   SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])

    def test_egress(self):
        group = self.fresh_group("egress")
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        self.assertEqual(self.group(group)["IpPermissionsEgress"], [])
        self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=everything)
        self.ec2.update_security_group_rule_descriptions_egress(GroupId=group, IpPermissions=[
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "out"}]}])
        self.assertEqual(self.group(group)["IpPermissionsEgress"][0]["IpRanges"][0]["Description"], "out")

    def test_errors_are_ec2s_own(self):
        self.fails("InvalidGroup.NotFound", self.ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"])
        self.fails("InvalidGroupId.Malformed", self.ec2.describe_security_groups, GroupIds=["group"])
        self.fails("InvalidVpcID.NotFound", self.ec2.create_security_group, GroupName="x", Description="x", VpcId="vpc-0123")
        self.fails("InvalidGroup.Duplicate", self.ec2.create_security_group, GroupName="web-frontend", Description="x", VpcId=VPC)
        self.fails("DependencyViolation", self.ec2.delete_security_group, GroupId=WEB)
        self.fails("CannotDelete", self.ec2.delete_security_group, GroupId="sg-0f0000000000000b2")
        self.fails("InvalidParameterValue", self.ec2.authorize_security_group_ingress, GroupId=WEB, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "300.0.0.0/8"}]}])
        answer = self.fails("DryRunOperation", self.ec2.revoke_security_group_ingress, GroupId=WEB, IpPermissions=HOLE, DryRun=True)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 412)

    def test_paginator_and_filters(self):
        for number in range(12):
            self.fresh_group(f"page-{number}")
        pages = list(self.ec2.get_paginator("describe_security_groups").paginate(
            Filters=[{"Name": "group-name", "Values": ["page-*"]}], PaginationConfig={"PageSize": 5}))
        self.assertEqual([len(p["SecurityGroups"]) for p in pages], [5, 5, 2])
        found = self.ec2.describe_security_groups(Filters=[{"Name": "ip-permission.cidr", "Values": ["0.0.0.0/0"]},
                                                           {"Name": "ip-permission.from-port", "Values": ["22"]}])
        self.assertIn(WEB, {g["GroupId"] for g in found["SecurityGroups"]})

    def test_tags(self):
        group = self.fresh_group("tags")
        self.ec2.create_tags(Resources=[group], Tags=[{"Key": "Owner", "Value": "x@example.com"}, {"Key": "a", "Value": "1"}])
        self.assertEqual(self.group(group)["Tags"], [{"Key": "Owner", "Value": "x@example.com"}, {"Key": "a", "Value": "1"}])
        self.ec2.delete_tags(Resources=[group], Tags=[{"Key": "a"}])
        found = self.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [group]}])["Tags"]
        self.assertEqual(found, [{"Key": "Owner", "Value": "x@example.com", "ResourceId": group, "ResourceType": "security-group"}])

    def test_unmodelled_operations_say_so(self):
        self.fails("InvalidAction", self.ec2.describe_spot_fleet_requests)

    def test_accounts_and_regions_are_separate(self):
        self.assertEqual(self.client("ec2", region="us-east-2").describe_security_groups()["SecurityGroups"], [])
        self.assertEqual(self.client("ec2", key="222233334444").describe_security_groups()["SecurityGroups"], [])


class Network(TwinCase):
    def setUp(self):
        self.ec2 = self.client("ec2")

    def test_vpcs_and_subnets(self):
        self.assertEqual(len(self.ec2.describe_vpcs()["Vpcs"]), 2)
        self.assertTrue(self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["IsDefault"])
        subnet = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [VPC]}, {"Name": "map-public-ip-on-launch", "Values": ["true"]}])["Subnets"][0]
        self.ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": False})
        self.assertFalse(self.ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["MapPublicIpOnLaunch"])
        self.ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": True})
        self.assertTrue(self.ec2.describe_vpc_attribute(VpcId=VPC, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"])

    def test_flow_logs(self):
        self.fails("InvalidParameter", self.ec2.create_flow_logs, ResourceIds=[VPC], ResourceType="VPC", TrafficType="REJECT", LogGroupName="flow")
        arguments = dict(ResourceIds=[VPC], ResourceType="VPC", TrafficType="REJECT", LogGroupName="flow",
                         DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/flow")
        made = self.ec2.create_flow_logs(**arguments)
        self.assertEqual(made["Unsuccessful"], [])
        self.fails("FlowLogAlreadyExists", self.ec2.create_flow_logs, **arguments)
        log = self.ec2.describe_flow_logs(Filter=[{"Name": "resource-id", "Values": [VPC]}])["FlowLogs"][0]
        self.assertEqual((log["FlowLogStatus"], log["TrafficType"], log["FlowLogId"]), ("ACTIVE", "REJECT", made["FlowLogIds"][0]))
        self.assertEqual(self.ec2.delete_flow_logs(FlowLogIds=made["FlowLogIds"])["Unsuccessful"], [])
        self.assertEqual(self.ec2.describe_flow_logs()["FlowLogs"], [])

    def test_places(self):
        self.assertIn(REGION, {r["RegionName"] for r in self.ec2.describe_regions()["Regions"]})
        self.assertEqual(len(self.ec2.describe_availability_zones()["AvailabilityZones"]), 3)
        attributes = self.ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"]
        self.assertEqual(attributes[0]["AttributeValues"][0]["AttributeValue"], "vpc-0a1b2c3d4e5f60002")


class Compute(TwinCase):
    INSTANCE = "i-0f0000000000000a1"
    SNAPSHOT = "snap-0f000000000000001"

    def setUp(self):
        self.ec2 = self.client("ec2")

    def instance(self):
        return self.ec2.describe_instances(InstanceIds=[self.INSTANCE])["Reservations"][0]["Instances"][0]

    def test_instance_groups(self):
        self.ec2.modify_instance_attribute(InstanceId=self.INSTANCE, Groups=["sg-0f0000000000000a2"])
        self.assertEqual(self.instance()["SecurityGroups"], [{"GroupId": "sg-0f0000000000000a2", "GroupName": "database"}])
        self.assertEqual(self.ec2.describe_instance_attribute(InstanceId=self.INSTANCE, Attribute="groupSet")["Groups"][0]["GroupId"], "sg-0f0000000000000a2")
        self.fails("InvalidGroup.NotFound", self.ec2.modify_instance_attribute, InstanceId=self.INSTANCE, Groups=["sg-00000000000000000"])
        self.ec2.modify_instance_attribute(InstanceId=self.INSTANCE, Groups=[WEB])

    def test_metadata_options(self):
        self.assertEqual(self.instance()["MetadataOptions"]["HttpTokens"], "optional")
        self.ec2.modify_instance_metadata_options(InstanceId=self.INSTANCE, HttpTokens="required")
        self.assertEqual(self.instance()["MetadataOptions"]["HttpTokens"], "required")

    def test_stop_protect_terminate(self):
        stopped = self.ec2.stop_instances(InstanceIds=[self.INSTANCE])["StoppingInstances"][0]
        self.assertEqual((stopped["PreviousState"]["Name"], stopped["CurrentState"]["Name"]), ("running", "stopped"))
        self.ec2.start_instances(InstanceIds=[self.INSTANCE])
        self.ec2.modify_instance_attribute(InstanceId=self.INSTANCE, DisableApiTermination={"Value": True})
        self.fails("OperationNotPermitted", self.ec2.terminate_instances, InstanceIds=[self.INSTANCE])
        self.ec2.monitor_instances(InstanceIds=[self.INSTANCE])
        self.assertEqual(self.instance()["Monitoring"]["State"], "enabled")

    def test_snapshot_sharing(self):
        shared = self.ec2.describe_snapshot_attribute(SnapshotId=self.SNAPSHOT, Attribute="createVolumePermission")
        self.assertEqual(shared["CreateVolumePermissions"], [{"Group": "all"}])
        self.ec2.modify_snapshot_attribute(SnapshotId=self.SNAPSHOT, Attribute="createVolumePermission", OperationType="remove", GroupNames=["all"])
        self.ec2.modify_snapshot_attribute(SnapshotId=self.SNAPSHOT, CreateVolumePermission={"Add": [{"UserId": "222233334444"}]})
        shared = self.ec2.describe_snapshot_attribute(SnapshotId=self.SNAPSHOT, Attribute="createVolumePermission")
        self.assertEqual(shared["CreateVolumePermissions"], [{"UserId": "222233334444"}])
        self.ec2.reset_snapshot_attribute(SnapshotId=self.SNAPSHOT, Attribute="createVolumePermission")
        made = self.ec2.create_snapshot(VolumeId="vol-0f000000000000001", Description="copy")
        self.ec2.delete_snapshot(SnapshotId=made["SnapshotId"])
        self.fails("InvalidSnapshot.NotFound", self.ec2.delete_snapshot, SnapshotId=made["SnapshotId"])
        self.fails("VolumeInUse", self.ec2.delete_volume, VolumeId="vol-0f000000000000001")

    def test_ebs_encryption_by_default(self):
        self.assertFalse(self.ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"])
        self.assertTrue(self.ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"])
        self.assertTrue(self.aws("ec2", "get-ebs-encryption-by-default")["EbsEncryptionByDefault"])
        self.assertFalse(self.client("ec2", region="us-east-1").get_ebs_encryption_by_default()["EbsEncryptionByDefault"])


if __name__ == "__main__":
    unittest.main()
