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


if __name__ == "__main__":
    unittest.main()
