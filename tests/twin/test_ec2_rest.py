"""EC2's network ACLs, addresses, images, interfaces and the region's settings."""
import json
import re
import unittest
import urllib.request

from twin_case import ACCOUNT, REGION, TwinCase


class Rest(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {
        "AWS::EC2::VPC": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "AWS::EC2::SecurityGroup": [{"GroupId": "sg-1", "GroupName": "one", "VpcId": "vpc-1"}, {"GroupId": "sg-2", "GroupName": "two", "VpcId": "vpc-1"}],
        "AWS::EC2::NetworkInterface": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-1", "GroupName": "one"}]}],
        "AWS::EC2::NetworkAcl": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [
            {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": "0.0.0.0/0"}]}],
        "AWS::EC2::RouteTable": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1"}],
        "AWS::EC2::InternetGateway": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "AWS::EC2::EIP": [{"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.1", "AssociationId": "eipassoc-1", "InstanceId": "i-1"}],
        "AWS::EC2::Image": [{"ImageId": "ami-1", "Public": True, "LaunchPermissions": [{"Group": "all"}]}],
        "AWS::EC2::Instance": [{"InstanceId": "i-1"}],
        "AWS::EC2::Volume": [{"VolumeId": "vol-1", "Encrypted": False}]}}}})

    def setUp(self):
        self.ec2 = self.client("ec2")

    def test_network_acls(self):
        entry = dict(NetworkAclId="acl-1", RuleNumber=90, Protocol="6", RuleAction="deny", Egress=False, CidrBlock="0.0.0.0/0", PortRange={"From": 22, "To": 22})
        self.ec2.create_network_acl_entry(**entry)
        self.fails("NetworkAclEntryAlreadyExists", self.ec2.create_network_acl_entry, **entry)
        self.ec2.replace_network_acl_entry(**{**entry, "CidrBlock": "192.0.2.0/24"})
        entries = self.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": ["vpc-1"]}])["NetworkAcls"][0]["Entries"]
        self.assertEqual([(e["RuleNumber"], e["CidrBlock"]) for e in entries], [(90, "192.0.2.0/24"), (100, "0.0.0.0/0")])
        self.ec2.delete_network_acl_entry(NetworkAclId="acl-1", RuleNumber=90, Egress=False)
        self.fails("InvalidNetworkAclEntry.NotFound", self.ec2.delete_network_acl_entry, NetworkAclId="acl-1", RuleNumber=90, Egress=False)

    def test_interfaces_hold_groups(self):
        self.fails("DependencyViolation", self.ec2.delete_security_group, GroupId="sg-1")
        self.ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-1", Groups=["sg-2"])
        interface = self.ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": ["sg-2"]}])["NetworkInterfaces"][0]
        self.assertEqual(interface["Groups"], [{"GroupId": "sg-2", "GroupName": "two"}])
        self.ec2.delete_security_group(GroupId="sg-1")

    def test_addresses(self):
        self.assertEqual(self.ec2.describe_addresses()["Addresses"][0]["PublicIp"], "198.51.100.1")
        self.fails("InvalidIPAddress.InUse", self.ec2.release_address, AllocationId="eipalloc-1")
        self.ec2.disassociate_address(AssociationId="eipassoc-1")
        self.fails("InvalidAssociationID.NotFound", self.ec2.disassociate_address, AssociationId="eipassoc-1")
        self.ec2.release_address(AllocationId="eipalloc-1")
        self.assertEqual(self.ec2.describe_addresses()["Addresses"], [])

    def test_images(self):
        self.assertTrue(self.ec2.describe_images(Filters=[{"Name": "is-public", "Values": ["true"]}])["Images"][0]["Public"])
        self.ec2.modify_image_attribute(ImageId="ami-1", LaunchPermission={"Remove": [{"Group": "all"}], "Add": [{"UserId": "222233334444"}]})
        shared = self.ec2.describe_image_attribute(ImageId="ami-1", Attribute="launchPermission")
        self.assertEqual(shared["LaunchPermissions"], [{"UserId": "222233334444"}])
        self.assertFalse(self.ec2.describe_images(ImageIds=["ami-1"])["Images"][0]["Public"])

    def test_the_others(self):
        self.assertEqual(self.ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"], "rtb-1")
        self.assertEqual(self.ec2.describe_internet_gateways()["InternetGateways"][0]["Attachments"][0]["VpcId"], "vpc-1")
        self.assertEqual(self.ec2.describe_volumes(Filters=[{"Name": "encrypted", "Values": ["false"]}])["Volumes"][0]["VolumeId"], "vol-1")
        self.ec2.monitor_instances(InstanceIds=["i-1"])
        self.assertEqual(self.ec2.unmonitor_instances(InstanceIds=["i-1"])["InstanceMonitorings"][0]["Monitoring"]["State"], "disabled")

    def test_the_regions_settings(self):
        self.ec2.enable_ebs_encryption_by_default()
        self.assertFalse(self.ec2.disable_ebs_encryption_by_default()["EbsEncryptionByDefault"])
        self.assertEqual(self.ec2.get_ebs_default_kms_key_id()["KmsKeyId"], "alias/aws/ebs")
        self.ec2.modify_ebs_default_kms_key_id(KmsKeyId="alias/mine")
        self.assertEqual(self.ec2.get_ebs_default_kms_key_id()["KmsKeyId"], "alias/mine")
        self.assertEqual(self.ec2.reset_ebs_default_kms_key_id()["KmsKeyId"], "alias/aws/ebs")

    def newer(self, operation, **parameters):
        """Operations that Debian's clients of 2022 do not know yet, as a newer client writes them."""
        body = "&".join([f"Action={operation}", "Version=2016-11-15", *(f"{k}={v}" for k, v in parameters.items())])
        scope = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261121/{REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0"
        request = urllib.request.Request(self.endpoint, body.encode(), {"Authorization": scope, "Content-Type": "application/x-www-form-urlencoded"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return re.search(r"<(?:state|imageBlockPublicAccessState)>(.*?)</", answer.read().decode()).group(1)

    def test_blocks_on_public_access(self):
        self.assertEqual(self.newer("GetSnapshotBlockPublicAccessState"), "unblocked")
        self.assertEqual(self.newer("EnableSnapshotBlockPublicAccess", State="block-all-sharing"), "block-all-sharing")
        self.assertEqual(self.newer("GetSnapshotBlockPublicAccessState"), "block-all-sharing")
        self.assertEqual(self.newer("DisableSnapshotBlockPublicAccess"), "unblocked")
        self.assertEqual(self.newer("EnableImageBlockPublicAccess", ImageBlockPublicAccessState="block-new-sharing"), "block-new-sharing")
        self.assertEqual(self.newer("GetImageBlockPublicAccessState"), "block-new-sharing")
        self.assertEqual(self.newer("DisableImageBlockPublicAccess"), "unblocked")


if __name__ == "__main__":
    unittest.main()
