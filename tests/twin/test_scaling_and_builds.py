"""Auto Scaling, CodeBuild, load balancers and ECS as their users drive them."""
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase


class Scaling(TwinCase):
    left_out = ("autoscaling: the instances that",)
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


class Builds(TwinCase):
    def test_project(self):
        codebuild = self.client("codebuild")
        source = {"type": "BITBUCKET", "location": "https://bitbucket.org/team/shop.git"}
        environment = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIA", "type": "PLAINTEXT"}]}
        made = codebuild.create_project(name="shop", source=source, artifacts={"type": "NO_ARTIFACTS"}, environment=environment, serviceRole=f"arn:aws:iam::{ACCOUNT}:role/build", tags=[{"key": "a", "value": "b"}])["project"]
        self.assertEqual((made["arn"], made["tags"], made["timeoutInMinutes"]), (f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/shop", [{"key": "a", "value": "b"}], 60))
        self.fails("ResourceAlreadyExistsException", codebuild.create_project, name="shop", source=source, artifacts={"type": "NO_ARTIFACTS"}, environment=environment, serviceRole="r")
        self.fails("InvalidInputException", codebuild.update_project, name="shop", timeoutInMinutes=3000)
        codebuild.update_project(name="shop", environment={**environment, "environmentVariables": []}, logsConfig={"cloudWatchLogs": {"status": "ENABLED"}})
        self.aws("codebuild", "update-project-visibility", "--project-arn", made["arn"], "--project-visibility", "PRIVATE")
        answer = codebuild.batch_get_projects(names=["shop", "none"])
        self.assertEqual((answer["projects"][0]["environment"]["environmentVariables"], answer["projectsNotFound"]), ([], ["none"]))
        self.assertIn("shop", codebuild.list_projects()["projects"])
        codebuild.delete_project(name="shop")
        self.fails("ResourceNotFoundException", codebuild.update_project, name="shop")


class Balancers(TwinCase):
    SUBNETS = ["subnet-0a1b2c3d4e5f60011", "subnet-0a1b2c3d4e5f60012"]

    def test_balancer(self):
        elb = self.client("elbv2")
        self.fails("ValidationError", elb.create_load_balancer, Name="web", Subnets=self.SUBNETS[:1])
        self.fails("SubnetNotFound", elb.create_load_balancer, Name="web", Subnets=["subnet-0"])
        made = elb.create_load_balancer(Name="web", Subnets=self.SUBNETS, SecurityGroups=["sg-0f0000000000000b1"], Tags=[{"Key": "a", "Value": "b"}])["LoadBalancers"][0]
        arn = made["LoadBalancerArn"]
        self.assertEqual((made["State"]["Code"], made["Scheme"], made["VpcId"], len(made["AvailabilityZones"])), ("provisioning", "internet-facing", "vpc-0a1b2c3d4e5f60001", 2))
        self.fails("DuplicateLoadBalancerName", elb.create_load_balancer, Name="web", Subnets=self.SUBNETS)
        attributes = {a["Key"]: a["Value"] for a in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]}
        self.assertEqual((attributes["deletion_protection.enabled"], attributes["routing.http.drop_invalid_header_fields.enabled"]), ("false", "false"))
        self.fails("InvalidConfigurationRequest", elb.modify_load_balancer_attributes, LoadBalancerArn=arn, Attributes=[{"Key": "access_logs.s3.enabled", "Value": "true"}])
        self.fails("InvalidConfigurationRequest", elb.modify_load_balancer_attributes, LoadBalancerArn=arn, Attributes=[{"Key": "nonsense", "Value": "true"}])
        self.aws("elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", arn, "--attributes", "Key=deletion_protection.enabled,Value=true", "Key=routing.http.drop_invalid_header_fields.enabled,Value=true")
        self.fails("OperationNotPermitted", elb.delete_load_balancer, LoadBalancerArn=arn)
        self.assertEqual(elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=["sg-0f0000000000000a2"])["SecurityGroupIds"], ["sg-0f0000000000000a2"])
        self.fails("InvalidSecurityGroup", elb.set_security_groups, LoadBalancerArn=arn, SecurityGroups=["sg-0"])
        elb.get_waiter("load_balancer_available").wait(Names=["web"], WaiterConfig={"Delay": 2, "MaxAttempts": 5})

        forward = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
        listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)["Listeners"][0]["ListenerArn"]
        self.fails("DuplicateListener", elb.create_listener, LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
        self.fails("ValidationError", elb.create_listener, LoadBalancerArn=arn, Protocol="HTTPS", Port=443, DefaultActions=forward)
        secure = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTPS", Port=443, DefaultActions=forward, Certificates=[{"CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/1"}])["Listeners"][0]
        self.assertEqual(secure["SslPolicy"], "ELBSecurityPolicy-2016-08")
        elb.modify_listener(ListenerArn=listener, DefaultActions=[{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}])
        shown = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
        self.assertEqual(sorted(entry["DefaultActions"][0]["Type"] for entry in shown), ["fixed-response", "redirect"])
        elb.delete_listener(ListenerArn=secure["ListenerArn"])
        self.fails("ListenerNotFound", elb.describe_listeners, ListenerArns=[secure["ListenerArn"]])

        elb.add_tags(ResourceArns=[arn, listener], Tags=[{"Key": "c", "Value": "d"}])
        elb.remove_tags(ResourceArns=[arn], TagKeys=["a"])
        tags = elb.describe_tags(ResourceArns=[arn, listener])["TagDescriptions"]
        self.assertEqual([entry["Tags"] for entry in tags], [[{"Key": "c", "Value": "d"}]] * 2)
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}])
        elb.delete_load_balancer(LoadBalancerArn=arn)
        self.fails("LoadBalancerNotFound", elb.describe_load_balancers, Names=["web"])
        self.assertEqual(elb.describe_listeners()["Listeners"], [])


class Containers(TwinCase):
    CONTAINER = {"name": "app", "image": "shop/frontend:1", "privileged": True, "memory": 128}

    def test_task_definitions(self):
        ecs = self.client("ecs")
        self.fails("ClientException", ecs.register_task_definition, family="web", containerDefinitions=[])
        self.fails("ClientException", ecs.register_task_definition, family="web", containerDefinitions=[self.CONTAINER], requiresCompatibilities=["FARGATE"])
        first = ecs.register_task_definition(family="web", containerDefinitions=[self.CONTAINER], tags=[{"key": "a", "value": "b"}])["taskDefinition"]
        second = ecs.register_task_definition(family="web", containerDefinitions=[{**self.CONTAINER, "privileged": False}])["taskDefinition"]
        self.assertEqual((first["revision"], second["revision"]), (1, 2))
        self.assertFalse(ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"][0]["privileged"])
        self.assertEqual(ecs.describe_task_definition(taskDefinition="web:1", include=["TAGS"])["tags"], [{"key": "a", "value": "b"}])
        self.fails("InvalidParameterException", ecs.deregister_task_definition, taskDefinition="web")
        self.aws("ecs", "deregister-task-definition", "--task-definition", "web:1")
        self.assertEqual(ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"], [second["taskDefinitionArn"]])
        self.assertEqual(ecs.list_task_definitions(status="INACTIVE")["taskDefinitionArns"], [first["taskDefinitionArn"]])
        self.fails("ClientException", ecs.describe_task_definition, taskDefinition="none")
        ecs.tag_resource(resourceArn=second["taskDefinitionArn"], tags=[{"key": "c", "value": "d"}, {"key": "e", "value": "f"}])
        ecs.untag_resource(resourceArn=second["taskDefinitionArn"], tagKeys=["e"])
        self.assertEqual(ecs.list_tags_for_resource(resourceArn=second["taskDefinitionArn"])["tags"], [{"key": "c", "value": "d"}])

    def test_clusters_and_services(self):
        ecs = self.client("ecs", region="eu-central-1")
        cluster = ecs.create_cluster(clusterName="shop")["cluster"]
        self.assertEqual(cluster["settings"], [{"name": "containerInsights", "value": "disabled"}])
        ecs.update_cluster_settings(cluster="shop", settings=[{"name": "containerInsights", "value": "enabled"}])
        ecs.update_cluster(cluster="shop", configuration={"executeCommandConfiguration": {"logging": "DEFAULT"}})
        shown = ecs.describe_clusters(clusters=["shop", "none"])
        self.assertEqual((shown["clusters"][0]["settings"][0]["value"], shown["failures"][0]["reason"]), ("enabled", "MISSING"))
        self.assertEqual(ecs.list_clusters()["clusterArns"], [cluster["clusterArn"]])
        ecs.register_task_definition(family="web", containerDefinitions=[self.CONTAINER], networkMode="awsvpc")
        network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}
        self.fails("ClientException", ecs.create_service, cluster="shop", serviceName="web", taskDefinition="none")
        ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1, launchType="FARGATE", networkConfiguration=network)
        self.fails("ClusterContainsServicesException", ecs.delete_cluster, cluster="shop")
        network["awsvpcConfiguration"]["assignPublicIp"] = "DISABLED"
        service = ecs.update_service(cluster="shop", service="web", networkConfiguration=network, platformVersion="1.4.0")["service"]
        self.assertEqual((service["platformVersion"], service["runningCount"]), ("1.4.0", 1))
        shown = ecs.describe_services(cluster="shop", services=["web", "none"])
        self.assertEqual(shown["services"][0]["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "DISABLED")
        self.assertEqual(len(shown["failures"]), 1)
        self.assertEqual(ecs.list_services(cluster="shop")["serviceArns"], [service["serviceArn"]])
        self.fails("InvalidParameterException", ecs.delete_service, cluster="shop", service="web")
        self.fails("ServiceNotFoundException", ecs.update_service, cluster="shop", service="none")
        ecs.delete_service(cluster="shop", service="web", force=True)
        ecs.delete_cluster(cluster="shop")
        self.fails("ClusterNotFoundException", ecs.list_services, cluster="shop")


if __name__ == "__main__":
    unittest.main()
