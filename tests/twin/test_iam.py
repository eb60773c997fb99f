"""IAM as its users drive it."""
import json
import unittest

from twin_case import ACCOUNT, TwinCase

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


class Iam(TwinCase):
    def setUp(self):
        self.iam = self.client("iam", region="us-east-1")

    def test_users(self):
        self.assertEqual([u["UserName"] for u in self.aws("iam", "list-users")["Users"] if not u["UserName"].startswith("t-")], ["akua.mansa", "deploy"])
        made = self.iam.create_user(UserName="t-1", Tags=[{"Key": "a", "Value": "b"}])["User"]
        self.assertEqual(made["Arn"], f"arn:aws:iam::{ACCOUNT}:user/t-1")
        self.fails("EntityAlreadyExists", self.iam.create_user, UserName="t-1")
        self.iam.tag_user(UserName="t-1", Tags=[{"Key": "c", "Value": "d"}])
        self.iam.untag_user(UserName="t-1", TagKeys=["a"])
        self.assertEqual(self.iam.list_user_tags(UserName="t-1")["Tags"], [{"Key": "c", "Value": "d"}])
        self.iam.put_user_policy(UserName="t-1", PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))
        self.assertEqual(self.iam.list_user_policies(UserName="t-1")["PolicyNames"], ["p"])
        self.assertEqual(self.iam.get_user_policy(UserName="t-1", PolicyName="p")["PolicyDocument"], DOCUMENT)
        self.fails("MalformedPolicyDocument", self.iam.put_user_policy, UserName="t-1", PolicyName="p", PolicyDocument="{")
        self.fails("DeleteConflict", self.iam.delete_user, UserName="t-1")
        self.iam.delete_user_policy(UserName="t-1", PolicyName="p")
        self.fails("NoSuchEntity", self.iam.get_user_policy, UserName="t-1", PolicyName="p")
        self.iam.put_user_permissions_boundary(UserName="t-1", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
        self.assertEqual(self.iam.get_user(UserName="t-1")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], "arn:aws:iam::aws:policy/ReadOnlyAccess")
        self.iam.delete_user_permissions_boundary(UserName="t-1")
        self.iam.delete_user(UserName="t-1")
        self.fails("NoSuchEntity", self.iam.get_user, UserName="t-1")

    def test_access_keys(self):
        keys = self.iam.list_access_keys(UserName="deploy")["AccessKeyMetadata"]
        self.assertEqual(len(keys), 2)
        self.fails("LimitExceeded", self.iam.create_access_key, UserName="deploy")
        self.iam.update_access_key(UserName="deploy", AccessKeyId="AKIAEXAMPLEDEPLOYOLD", Status="Inactive")
        status = {k["AccessKeyId"]: k["Status"] for k in self.iam.list_access_keys(UserName="deploy")["AccessKeyMetadata"]}
        self.assertEqual(status, {"AKIAEXAMPLEDEPLOYOLD": "Inactive", "AKIAEXAMPLEDEPLOYNEW": "Active"})
        self.assertEqual(self.iam.get_access_key_last_used(AccessKeyId="AKIAEXAMPLEDEPLOYOLD")["UserName"], "deploy")
        self.iam.delete_access_key(UserName="deploy", AccessKeyId="AKIAEXAMPLEDEPLOYOLD")
        made = self.iam.create_access_key(UserName="deploy")["AccessKey"]
        who = self.client("sts", key=made["AccessKeyId"], secret=made["SecretAccessKey"]).get_caller_identity()
        self.assertEqual(who["Arn"], f"arn:aws:iam::{ACCOUNT}:user/deploy")
        self.fails("NoSuchEntity", self.iam.delete_access_key, UserName="deploy", AccessKeyId="AKIAEXAMPLEDEPLOYOLD")

    def test_login_profiles_and_mfa(self):
        self.assertFalse(self.iam.get_login_profile(UserName="akua.mansa")["LoginProfile"]["PasswordResetRequired"])
        self.iam.update_login_profile(UserName="akua.mansa", PasswordResetRequired=True)
        self.assertTrue(self.iam.get_login_profile(UserName="akua.mansa")["LoginProfile"]["PasswordResetRequired"])
        self.iam.delete_login_profile(UserName="akua.mansa")
        self.fails("NoSuchEntity", self.iam.get_login_profile, UserName="akua.mansa")
        self.fails("PasswordPolicyViolation", self.iam.create_login_profile, UserName="akua.mansa", Password="short")
        self.iam.create_login_profile(UserName="akua.mansa", Password="correct horse battery", PasswordResetRequired=True)
        self.assertEqual(self.iam.list_mfa_devices(UserName="akua.mansa")["MFADevices"], [])
        self.fails("NoSuchEntity", self.iam.deactivate_mfa_device, UserName="akua.mansa", SerialNumber="arn:aws:iam::1:mfa/x")

    def test_groups_and_roles(self):
        self.iam.create_group(GroupName="g")
        self.iam.create_user(UserName="t-2")
        self.iam.add_user_to_group(GroupName="g", UserName="t-2")
        self.assertEqual([u["UserName"] for u in self.iam.get_group(GroupName="g")["Users"]], ["t-2"])
        self.assertEqual([g["GroupName"] for g in self.iam.list_groups_for_user(UserName="t-2")["Groups"]], ["g"])
        self.iam.remove_user_from_group(GroupName="g", UserName="t-2")
        self.iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))
        self.assertEqual(self.iam.get_group_policy(GroupName="g", PolicyName="p")["PolicyDocument"], DOCUMENT)
        self.assertEqual(self.iam.list_group_policies(GroupName="g")["PolicyNames"], ["p"])
        self.iam.delete_group_policy(GroupName="g", PolicyName="p")
        self.iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.assertEqual(len(self.iam.list_attached_group_policies(GroupName="g")["AttachedPolicies"]), 1)
        self.iam.detach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.iam.delete_group(GroupName="g")
        self.assertNotIn("g", [g["GroupName"] for g in self.iam.list_groups()["Groups"]])
        role = self.iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        self.assertEqual(role["AssumeRolePolicyDocument"], TRUST)
        self.iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps(DOCUMENT))
        self.assertEqual(self.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"], DOCUMENT)
        self.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))
        self.assertEqual(self.iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"], DOCUMENT)
        self.assertEqual(self.iam.list_role_policies(RoleName="r")["PolicyNames"], ["p"])
        self.iam.delete_role_policy(RoleName="r", PolicyName="p")
        self.iam.tag_role(RoleName="r", Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(self.iam.list_role_tags(RoleName="r")["Tags"], [{"Key": "a", "Value": "b"}])
        self.iam.untag_role(RoleName="r", TagKeys=["a"])
        self.iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
        self.iam.delete_role_permissions_boundary(RoleName="r")
        self.iam.delete_role(RoleName="r")
        self.assertNotIn("r", [r["RoleName"] for r in self.iam.list_roles()["Roles"]])

    def test_managed_policies(self):
        arn = self.iam.create_policy(PolicyName="m", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
        self.iam.attach_user_policy(UserName="deploy", PolicyArn=arn)
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"], 1)
        self.assertEqual([u["UserName"] for u in self.iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]], ["deploy"])
        self.assertEqual(self.iam.list_attached_user_policies(UserName="deploy")["AttachedPolicies"], [{"PolicyName": "m", "PolicyArn": arn}])
        self.fails("DeleteConflict", self.iam.delete_policy, PolicyArn=arn)
        self.iam.detach_user_policy(UserName="deploy", PolicyArn=arn)
        self.fails("NoSuchEntity", self.iam.detach_user_policy, UserName="deploy", PolicyArn=arn)
        self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(TRUST), SetAsDefault=True)
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"], TRUST)
        self.fails("DeleteConflict", self.iam.delete_policy_version, PolicyArn=arn, VersionId="v2")
        self.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        self.assertEqual([v["IsDefaultVersion"] for v in self.iam.list_policy_versions(PolicyArn=arn)["Versions"]], [True, False])
        self.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
        self.assertIn(arn, [p["Arn"] for p in self.iam.list_policies(Scope="Local")["Policies"]])
        self.iam.attach_role_policy(RoleName="SetpointRemediation", PolicyArn=arn)
        self.assertEqual(len(self.iam.list_attached_role_policies(RoleName="SetpointRemediation")["AttachedPolicies"]), 1)
        self.iam.detach_role_policy(RoleName="SetpointRemediation", PolicyArn=arn)
        self.iam.delete_policy(PolicyArn=arn)

    def test_everything_in_one_answer(self):
        details = self.iam.get_account_authorization_details(Filter=["User", "Role"])
        self.assertNotIn("Policies", [k for k, v in details.items() if v and k == "Policies"])
        deploy = [u for u in details["UserDetailList"] if u["UserName"] == "deploy"][0]
        self.assertEqual(deploy["UserPolicyList"][0]["PolicyName"], "everything")
        self.assertEqual(deploy["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"], "*")
        self.assertIn("SetpointRemediation", [r["RoleName"] for r in details["RoleDetailList"]])

    def test_password_policy(self):
        self.fails("NoSuchEntity", self.iam.get_account_password_policy)
        self.aws("iam", "update-account-password-policy", "--minimum-password-length", "14", "--require-symbols", "--max-password-age", "90")
        policy = self.iam.get_account_password_policy()["PasswordPolicy"]
        self.assertEqual((policy["MinimumPasswordLength"], policy["RequireSymbols"], policy["RequireNumbers"], policy["ExpirePasswords"]), (14, True, False, True))
        self.fails("ValidationError", self.iam.update_account_password_policy, MinimumPasswordLength=129)
        self.fails("ValidationError", self.iam.update_account_password_policy, MaxPasswordAge=1096)
        self.fails("ValidationError", self.iam.update_account_password_policy, PasswordReusePrevention=25)
        self.iam.delete_account_password_policy()
        self.fails("NoSuchEntity", self.iam.delete_account_password_policy)
        self.assertEqual(self.iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"], 0)


if __name__ == "__main__":
    unittest.main()
