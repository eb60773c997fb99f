"""STS, temporary credentials, and what a role may do."""
import json
import unittest

from twin_case import ACCOUNT, TwinCase

OTHER = "222233334444"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}
WITH_ID = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole",
                                                  "Condition": {"StringEquals": {"sts:ExternalId": "secret-id"}}}]}
SEED = json.dumps({"accounts": {
    ACCOUNT: {"eu-west-1": {"AWS::EC2::VPC": [{"VpcId": "vpc-11111111", "CidrBlock": "10.0.0.0/16"}]}},
    OTHER: {"global": {"AWS::IAM::Role": [{"RoleName": "Open", "RoleId": "AROAOPEN", "AssumeRolePolicyDocument": TRUST},
                                          {"RoleName": "WithId", "RoleId": "AROAID", "AssumeRolePolicyDocument": WITH_ID}]},
            "eu-west-1": {"AWS::EC2::VPC": [{"VpcId": "vpc-22222222", "CidrBlock": "10.1.0.0/16"}]}}}})


class Roles(TwinCase):
    seed_text = SEED

    def setUp(self):
        self.sts = self.client("sts")

    def test_who_am_i(self):
        who = self.aws("sts", "get-caller-identity")
        self.assertEqual(who, {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"})

    def test_a_role_selects_its_account(self):
        answer = self.sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/Open", RoleSessionName="me")
        keys = answer["Credentials"]
        inside = dict(key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])
        self.assertEqual(self.client("sts", **inside).get_caller_identity()["Arn"], f"arn:aws:sts::{OTHER}:assumed-role/Open/me")
        self.assertEqual([v["VpcId"] for v in self.client("ec2", **inside).describe_vpcs()["Vpcs"]], ["vpc-22222222"])
        self.assertEqual([v["VpcId"] for v in self.client("ec2").describe_vpcs()["Vpcs"]], ["vpc-11111111"])

    def test_trust_is_checked(self):
        arn = f"arn:aws:iam::{OTHER}:role/WithId"
        self.fails("AccessDenied", self.sts.assume_role, RoleArn=arn, RoleSessionName="me")
        self.fails("AccessDenied", self.sts.assume_role, RoleArn=arn, RoleSessionName="me", ExternalId="wrong")
        self.sts.assume_role(RoleArn=arn, RoleSessionName="me", ExternalId="secret-id")
        self.fails("AccessDenied", self.sts.assume_role, RoleArn=f"arn:aws:iam::{OTHER}:role/None", RoleSessionName="me")
        self.fails("ValidationError", self.sts.assume_role, RoleArn=arn, RoleSessionName="me", ExternalId="secret-id", DurationSeconds=43200)

    def test_session_token(self):
        keys = self.sts.get_session_token()["Credentials"]
        who = self.client("sts", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]).get_caller_identity()
        self.assertEqual(who["Account"], ACCOUNT)


if __name__ == "__main__":
    unittest.main()
