"""Auto Scaling groups as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase


class Scaling(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::AutoScaling::AutoScalingGroup": [
        {"AutoScalingGroupName": "web", "MinSize": 0, "MaxSize": 2, "DesiredCapacity": 1, "TargetGroupARNs": ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1"],
         "Instances": [{"InstanceId": "i-0f0000000000000a1", "AvailabilityZone": "eu-west-1a", "LifecycleState": "InService", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False}]}]}}}})

    def setUp(self):
        self.scaling = self.client("autoscaling")

    def group(self, name="web"):
        return self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]

    def test_health_check(self):
        self.aws("autoscaling", "update-auto-scaling-group", "--auto-scaling-group-name", "web", "--health-check-type", "ELB", "--health-check-grace-period", "300")
        self.assertEqual((self.group()["HealthCheckType"], self.group()["HealthCheckGracePeriod"]), ("ELB", 300))
        self.fails("ValidationError", self.scaling.update_auto_scaling_group, AutoScalingGroupName="web", HealthCheckType="NONE")
        self.fails("ValidationError", self.scaling.update_auto_scaling_group, AutoScalingGroupName="none", HealthCheckType="ELB")
        self.fails("ValidationError", self.scaling.update_auto_scaling_group, AutoScalingGroupName="web", MinSize=3)

    def test_a_life(self):
        self.scaling.create_launch_configuration(LaunchConfigurationName="old", ImageId="ami-1", InstanceType="t3.micro", MetadataOptions={"HttpTokens": "required"})
        made = self.scaling.describe_launch_configurations(LaunchConfigurationNames=["old"])["LaunchConfigurations"][0]
        self.assertEqual((made["KernelId"], made["RamdiskId"]), ("", ""))
        self.fails("AlreadyExists", self.scaling.create_launch_configuration, LaunchConfigurationName="old", ImageId="ami-1", InstanceType="t3.micro")
        self.fails("ValidationError", self.scaling.create_launch_configuration, LaunchConfigurationName="bare")
        self.fails("ValidationError", self.scaling.create_auto_scaling_group, AutoScalingGroupName="jobs", MinSize=0, MaxSize=1)
        self.scaling.create_auto_scaling_group(AutoScalingGroupName="jobs", MinSize=0, MaxSize=1, LaunchConfigurationName="old", AvailabilityZones=["eu-west-1a"], Tags=[{"Key": "team", "Value": "x", "PropagateAtLaunch": False}])
        self.assertEqual(self.group("jobs")["DesiredCapacity"], 0)
        self.fails("ResourceInUse", self.scaling.delete_launch_configuration, LaunchConfigurationName="old")
        self.scaling.update_auto_scaling_group(AutoScalingGroupName="jobs", LaunchTemplate={"LaunchTemplateName": "new", "Version": "1"})
        self.assertNotIn("LaunchConfigurationName", self.group("jobs"))
        self.scaling.set_desired_capacity(AutoScalingGroupName="jobs", DesiredCapacity=1)
        self.fails("ValidationError", self.scaling.set_desired_capacity, AutoScalingGroupName="jobs", DesiredCapacity=9)
        self.scaling.create_or_update_tags(Tags=[{"ResourceId": "jobs", "ResourceType": "auto-scaling-group", "Key": "owner", "Value": "y", "PropagateAtLaunch": True}])
        tags = {t["Key"]: (t["Value"], t["PropagateAtLaunch"]) for t in self.scaling.describe_tags(Filters=[{"Name": "auto-scaling-group", "Values": ["jobs"]}])["Tags"]}
        self.assertEqual(tags, {"team": ("x", False), "owner": ("y", True)})
        self.scaling.delete_tags(Tags=[{"ResourceId": "jobs", "ResourceType": "auto-scaling-group", "Key": "team"}])
        self.assertEqual([t["Key"] for t in self.group("jobs")["Tags"]], ["owner"])
        self.scaling.delete_auto_scaling_group(AutoScalingGroupName="jobs")
        self.scaling.delete_launch_configuration(LaunchConfigurationName="old")
        self.assertEqual(self.scaling.describe_launch_configurations()["LaunchConfigurations"], [])

    def test_isolating_an_instance(self):
        self.scaling.suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["ReplaceUnhealthy"])
        self.assertEqual([p["ProcessName"] for p in self.group()["SuspendedProcesses"]], ["ReplaceUnhealthy"])
        self.fails("ValidationError", self.scaling.suspend_processes, AutoScalingGroupName="web", ScalingProcesses=["Sleep"])
        self.assertEqual(self.scaling.describe_auto_scaling_instances(InstanceIds=["i-0f0000000000000a1"])["AutoScalingInstances"][0]["AutoScalingGroupName"], "web")
        self.fails("ResourceInUse", self.scaling.delete_auto_scaling_group, AutoScalingGroupName="web")
        activity = self.scaling.detach_instances(AutoScalingGroupName="web", InstanceIds=["i-0f0000000000000a1"], ShouldDecrementDesiredCapacity=True)["Activities"][0]
        self.assertIn("Detaching", activity["Description"])
        self.assertEqual((self.group()["Instances"], self.group()["DesiredCapacity"]), ([], 0))
        self.fails("ValidationError", self.scaling.detach_instances, AutoScalingGroupName="web", InstanceIds=["i-0f0000000000000a1"], ShouldDecrementDesiredCapacity=True)
        self.scaling.resume_processes(AutoScalingGroupName="web")
        self.assertEqual(self.group()["SuspendedProcesses"], [])


if __name__ == "__main__":
    unittest.main()
