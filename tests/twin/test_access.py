"""IAM evaluation: a role with too little gets the service's own refusal."""
import json
import unittest

from twin_case import ACCOUNT, TwinCase

HOLE = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
WEB = "sg-0f0000000000000a1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SetpointRemediation"


class Access(TwinCase):
    arguments = ("--enforce-iam",)

    def assumed(self, **parameters):
        keys = self.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run", **parameters)["Credentials"]
        return dict(key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])

    def test_a_role_may_do_what_it_may(self):
        inside = self.assumed()
        ec2 = self.client("ec2", **inside)
        ec2.describe_security_groups(GroupIds=[WEB])
        ec2.revoke_security_group_ingress(GroupId=WEB, IpPermissions=HOLE)
        answer = self.fails("UnauthorizedOperation", ec2.delete_security_group, GroupId=WEB)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
        self.assertIn("assumed-role/SetpointRemediation/run is not authorized to perform: ec2:DeleteSecurityGroup", answer["Error"]["Message"])
        self.fails("AccessDenied", self.client("s3", **inside).list_buckets)
        self.fails("AccessDenied", self.client("iam", **inside).list_users)
        self.fails("AccessDeniedException", self.client("kms", **inside).list_keys)
        self.assertEqual(self.client("sts", **inside).get_caller_identity()["Account"], ACCOUNT)

    def test_a_session_policy_narrows(self):
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}
        ec2 = self.client("ec2", **self.assumed(Policy=json.dumps(policy)))
        ec2.describe_vpcs()
        self.assertIn("session policy", self.fails("UnauthorizedOperation", ec2.describe_security_groups)["Error"]["Message"])

    def test_root_may_everything_and_users_what_their_policies_say(self):
        self.client("s3").list_buckets()
        self.client("s3", key="AKIAEXAMPLEDEPLOYNEW").list_buckets()


class ByTags(TwinCase):
    """Attribute-based access: who is of the shop's team may change what is of the shop's team, and tag as the team asks."""
    arguments = ("--enforce-iam",)
    STATEMENTS = [
        {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
        {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": ["shop"]}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}},
        {"Effect": "Deny", "Action": "ec2:DeleteSecurityGroup", "Resource": "*", "Condition": {"StringEquals": {"ec2:ResourceTag/stage": "production"}}}]
    seed_text = json.dumps({"accounts": {ACCOUNT: {
        "global": {"AWS::IAM::User": [{"UserName": "akua", "Tags": [{"Key": "team", "Value": "shop"}], "Policies": {"abac": {"Version": "2012-10-17", "Statement": STATEMENTS}}}],
                   "AWS::IAM::AccessKey": [{"AccessKeyId": "AKIAEXAMPLEAKUA00001", "UserName": "akua"}]},
        "eu-west-1": {"AWS::EC2::VPC": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
                      "AWS::EC2::SecurityGroup": [{"GroupId": f"sg-{team}", "VpcId": "vpc-1", "GroupName": team, "Tags": [{"Key": "team", "Value": team}, {"Key": "stage", "Value": stage}],
                                                   "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}
                                                  for team, stage in (("shop", "production"), ("bank", "test"))] + [{"GroupId": "sg-bare", "VpcId": "vpc-1", "GroupName": "bare"}]}}}})

    def test_tags_decide(self):
        ec2 = self.client("ec2", key="AKIAEXAMPLEAKUA00001")
        ec2.revoke_security_group_ingress(GroupId="sg-shop", IpPermissions=HOLE)
        self.fails("UnauthorizedOperation", ec2.revoke_security_group_ingress, GroupId="sg-bank", IpPermissions=HOLE)
        self.fails("UnauthorizedOperation", ec2.delete_security_group, GroupId="sg-bare")
        self.assertIn("explicit deny", self.fails("UnauthorizedOperation", ec2.delete_security_group, GroupId="sg-shop")["Error"]["Message"])
        self.fails("UnauthorizedOperation", ec2.create_tags, Resources=["sg-bare"], Tags=[{"Key": "team", "Value": "bank"}])
        self.fails("UnauthorizedOperation", ec2.create_tags, Resources=["sg-bare"], Tags=[{"Key": "team", "Value": "shop"}, {"Key": "owner", "Value": "x"}])
        ec2.create_tags(Resources=["sg-bare"], Tags=[{"Key": "team", "Value": "shop"}])
        ec2.delete_security_group(GroupId="sg-bare")


if __name__ == "__main__":
    unittest.main()
