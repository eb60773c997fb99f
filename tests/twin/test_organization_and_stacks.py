"""Organizations, tags over all services, CloudFormation stacks, and what runs code, as their users drive them."""
import json
import time
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

MEMBER = "444455556666"


class Organization(TwinCase):
    seed_text = json.dumps({"accounts": {
        ACCOUNT: {"global": {"AWS::Organizations::Organization": [{"Id": "o-exampleorg1"}]}},
        MEMBER: {REGION: {"AWS::EC2::VPC": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}}}})

    def test_tree(self):
        organizations = self.client("organizations")
        self.assertEqual(organizations.describe_organization()["Organization"]["MasterAccountId"], ACCOUNT)
        self.assertEqual(self.client("organizations", key=MEMBER).describe_organization()["Organization"]["Id"], "o-exampleorg1")
        self.fails("AccessDeniedException", self.client("organizations", key=MEMBER).list_accounts)
        root = organizations.list_roots()["Roots"][0]["Id"]
        self.assertEqual([a["Id"] for a in organizations.list_accounts()["Accounts"]], [ACCOUNT, MEMBER])
        self.assertEqual(self.aws("organizations", "describe-account", "--account-id", MEMBER)["Account"]["Status"], "ACTIVE")
        self.fails("AccountNotFoundException", organizations.describe_account, AccountId="999999999999")
        unit = organizations.create_organizational_unit(ParentId=root, Name="Quarantine", Tags=[{"Key": "a", "Value": "b"}])["OrganizationalUnit"]["Id"]
        self.fails("DuplicateOrganizationalUnitException", organizations.create_organizational_unit, ParentId=root, Name="Quarantine")
        self.fails("ParentNotFoundException", organizations.create_organizational_unit, ParentId="ou-none-12345678", Name="x")
        self.fails("SourceParentNotFoundException", organizations.move_account, AccountId=MEMBER, SourceParentId=unit, DestinationParentId=root)
        organizations.move_account(AccountId=MEMBER, SourceParentId=root, DestinationParentId=unit)
        self.assertEqual(organizations.list_parents(ChildId=MEMBER)["Parents"], [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}])
        self.assertEqual(organizations.list_parents(ChildId=unit)["Parents"], [{"Id": root, "Type": "ROOT"}])
        self.assertEqual([a["Id"] for a in organizations.list_accounts_for_parent(ParentId=unit)["Accounts"]], [MEMBER])
        self.assertEqual(organizations.list_children(ParentId=unit, ChildType="ACCOUNT")["Children"], [{"Id": MEMBER, "Type": "ACCOUNT"}])
        self.fails("ChildNotFoundException", organizations.list_parents, ChildId="999999999999")
        self.assertEqual(len(organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]), 1)
        organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="Isolated")
        self.assertEqual(organizations.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]["Name"], "Isolated")
        organizations.tag_resource(ResourceId=MEMBER, Tags=[{"Key": "owner", "Value": "x"}, {"Key": "y", "Value": "z"}])
        organizations.untag_resource(ResourceId=MEMBER, TagKeys=["y"])
        self.assertEqual(organizations.list_tags_for_resource(ResourceId=MEMBER)["Tags"], [{"Key": "owner", "Value": "x"}])
        self.fails("TargetNotFoundException", organizations.list_tags_for_resource, ResourceId="999999999999")
        self.fails("OrganizationalUnitNotEmptyException", organizations.delete_organizational_unit, OrganizationalUnitId=unit)
        organizations.move_account(AccountId=MEMBER, SourceParentId=unit, DestinationParentId=root)
        organizations.delete_organizational_unit(OrganizationalUnitId=unit)
        self.fails("OrganizationalUnitNotFoundException", organizations.describe_organizational_unit, OrganizationalUnitId=unit)


class Tags(TwinCase):
    GROUP = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0f0000000000000a1"

    def test_no_organization(self):
        organizations = self.client("organizations")
        self.fails("AWSOrganizationsNotInUseException", organizations.describe_organization)
        organizations.create_organization(FeatureSet="ALL")
        self.fails("AlreadyInOrganizationException", organizations.create_organization)

    def test_over_services(self):
        tagging = self.client("resourcegroupstaggingapi")
        owner = {"Key": "Owner", "Values": ["mateo.jackson@example.com"]}
        found = [r["ResourceARN"] for r in tagging.get_resources(TagFilters=[owner], ResourceTypeFilters=["ec2:security-group"])["ResourceTagMappingList"]]
        self.assertIn(self.GROUP, found)
        self.assertTrue(all(":security-group/" in arn for arn in found))
        everywhere = [r["ResourceARN"] for p in tagging.get_paginator("get_resources").paginate(TagFilters=[owner], ResourcesPerPage=2) for r in p["ResourceTagMappingList"]]
        self.assertIn("arn:aws:s3:::demo-shop-assets-111122223333", everywhere)
        self.assertGreater(len(everywhere), len(found))
        key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        failed = tagging.tag_resources(ResourceARNList=[key, f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders", "arn:aws:s3:::none"], Tags={"team": "shop"})["FailedResourcesMap"]
        self.assertEqual(list(failed), ["arn:aws:s3:::none"])
        self.assertEqual(self.client("kms").list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "team", "TagValue": "shop"}])
        self.assertIn("team", tagging.get_tag_keys()["TagKeys"])
        self.assertEqual(tagging.get_tag_values(Key="team")["TagValues"], ["shop"])
        self.fails("InvalidParameterException", tagging.tag_resources, ResourceARNList=[key], Tags={"aws:x": "y"})
        tagging.untag_resources(ResourceARNList=[key], TagKeys=["team"])
        self.assertEqual(self.client("kms").list_resource_tags(KeyId=key)["Tags"], [])


TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: demo}
Resources:
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref Name}}
Outputs:
  Given: {Value: {Ref: Name}}
"""


class Stacks(TwinCase):
    left_out = ("cloudformation: the resources of the stack",)
    def test_a_life(self):
        stacks = self.client("cloudformation")
        self.fails("ValidationError", stacks.create_stack, StackName="s", TemplateBody="{}")
        self.fails("ValidationError", stacks.create_stack, StackName="s", TemplateBody=TEMPLATE, Parameters=[{"ParameterKey": "Other", "ParameterValue": "x"}])
        made = stacks.create_stack(StackName="s", TemplateBody=TEMPLATE, Parameters=[{"ParameterKey": "Name", "ParameterValue": "given"}], Tags=[{"Key": "a", "Value": "b"}])["StackId"]
        self.fails("AlreadyExistsException", stacks.create_stack, StackName="s", TemplateBody=TEMPLATE)
        self.assertEqual(stacks.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"], "CREATE_IN_PROGRESS")
        self.fails("ValidationError", stacks.update_stack, StackName="s", TemplateBody=TEMPLATE)
        stacks.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 2, "MaxAttempts": 6})
        stack = stacks.describe_stacks(StackName="s")["Stacks"][0]
        self.assertEqual((stack["Outputs"][0]["OutputValue"], stack["Tags"]), ("given", [{"Key": "a", "Value": "b"}]))
        self.assertEqual([e["ResourceStatus"] for e in stacks.describe_stack_events(StackName="s")["StackEvents"]], ["CREATE_COMPLETE", "CREATE_IN_PROGRESS"])
        self.fails("ValidationError", stacks.update_stack, StackName="s", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Name", "ParameterValue": "given"}])
        stacks.update_stack(StackName="s", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Name", "ParameterValue": "other"}])
        self.assertEqual(stacks.list_stacks(StackStatusFilter=["UPDATE_IN_PROGRESS"])["StackSummaries"][0]["StackName"], "s")
        self.assertIn("AWS::SNS::Topic", str(stacks.get_template(StackName="s")["TemplateBody"]))
        self.aws("cloudformation", "update-termination-protection", "--stack-name", "s", "--enable-termination-protection")
        self.fails("ValidationError", stacks.delete_stack, StackName="s")
        stacks.update_termination_protection(StackName="s", EnableTerminationProtection=False)
        stacks.delete_stack(StackName="s")
        stacks.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 2, "MaxAttempts": 6})
        self.assertEqual(stacks.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
        self.fails("ValidationError", stacks.describe_stacks, StackName="s")
        stacks.create_stack(StackName="s", TemplateBody=TEMPLATE)


class Executions(TwinCase):
    left_out = ("ssm: what AWS-RunShellScript does", "stepfunctions: what the state machine")
    MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:contain"
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {
        "AWS::StepFunctions::StateMachine": [{"stateMachineArn": MACHINE, "name": "contain"}],
        "AWS::EC2::Instance": [{"InstanceId": "i-0f0000000000000a1", "Tags": [{"Key": "role", "Value": "web"}]}, {"InstanceId": "i-0f0000000000000a2", "State": {"Code": 80, "Name": "stopped"}}]}}}})

    def test_state_machine(self):
        states = self.client("stepfunctions")
        self.assertEqual(states.list_state_machines()["stateMachines"][0]["name"], "contain")
        self.assertEqual(states.describe_state_machine(stateMachineArn=self.MACHINE)["status"], "ACTIVE")
        self.fails("StateMachineDoesNotExist", states.start_execution, stateMachineArn=self.MACHINE + "x")
        self.fails("InvalidExecutionInput", states.start_execution, stateMachineArn=self.MACHINE, input="{")
        arn = states.start_execution(stateMachineArn=self.MACHINE, name="one", input='{"a": 1}')["executionArn"]
        self.fails("ExecutionAlreadyExists", states.start_execution, stateMachineArn=self.MACHINE, name="one")
        self.assertEqual(states.describe_execution(executionArn=arn)["status"], "RUNNING")
        time.sleep(2.1)
        self.assertEqual(states.describe_execution(executionArn=arn)["status"], "SUCCEEDED")
        self.fails("ExecutionDoesNotExist", states.describe_execution, executionArn=arn + "x")
        stopped = states.start_execution(stateMachineArn=self.MACHINE)["executionArn"]
        states.stop_execution(executionArn=stopped)
        self.assertEqual(states.describe_execution(executionArn=stopped)["status"], "ABORTED")

    def test_commands(self):
        ssm = self.client("ssm")
        self.assertEqual([i["InstanceId"] for i in ssm.describe_instance_information()["InstanceInformationList"]], ["i-0f0000000000000a1"])
        self.fails("InvalidDocument", ssm.send_command, DocumentName="none", InstanceIds=["i-0f0000000000000a1"])
        self.fails("InvalidInstanceId", ssm.send_command, DocumentName="AWS-RunShellScript", InstanceIds=["i-0f0000000000000a2"])
        command = ssm.send_command(DocumentName="AWS-RunShellScript", Targets=[{"Key": "tag:role", "Values": ["web"]}], Parameters={"commands": ["true"]})["Command"]
        self.assertEqual((command["Status"], command["TargetCount"]), ("InProgress", 1))
        ssm.get_waiter("command_executed").wait(CommandId=command["CommandId"], InstanceId="i-0f0000000000000a1", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        done = ssm.get_command_invocation(CommandId=command["CommandId"], InstanceId="i-0f0000000000000a1")
        self.assertEqual((done["Status"], done["ResponseCode"]), ("Success", 0))
        self.fails("InvocationDoesNotExist", ssm.get_command_invocation, CommandId=command["CommandId"], InstanceId="i-0f0000000000000a2")
        self.assertEqual(ssm.list_commands(CommandId=command["CommandId"])["Commands"][0]["CompletedCount"], 1)
        self.assertEqual(len(ssm.list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]), 1)


if __name__ == "__main__":
    unittest.main()
