"""AWS Config's recorder and CloudWatch's alarms and metrics as their users drive them."""
import datetime
import json
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

ROLE = f"arn:aws:iam::{ACCOUNT}:role/config"


class Recorder(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {REGION: {"AWS::S3::Bucket": [{"Name": "history"}]}}}})

    def test_recorder_and_channel(self):
        config = self.client("config")
        self.assertEqual(config.describe_configuration_recorders()["ConfigurationRecorders"], [])
        self.fails("NoAvailableConfigurationRecorderException", config.put_delivery_channel, DeliveryChannel={"name": "default", "s3BucketName": "history"})
        self.fails("InvalidRoleException", config.put_configuration_recorder, ConfigurationRecorder={"name": "default"})
        self.fails("InvalidRecordingGroupException", config.put_configuration_recorder, ConfigurationRecorder={"roleARN": ROLE, "recordingGroup": {"allSupported": True, "resourceTypes": ["AWS::EC2::VPC"]}})
        self.aws("configservice", "put-configuration-recorder", "--configuration-recorder", f"name=default,roleARN={ROLE}", "--recording-group", "allSupported=true,includeGlobalResourceTypes=true")
        self.fails("MaxNumberOfConfigurationRecordersExceededException", config.put_configuration_recorder, ConfigurationRecorder={"name": "second", "roleARN": ROLE})
        self.fails("NoAvailableDeliveryChannelException", config.start_configuration_recorder, ConfigurationRecorderName="default")
        self.fails("NoSuchBucketException", config.put_delivery_channel, DeliveryChannel={"s3BucketName": "none"})
        config.put_delivery_channel(DeliveryChannel={"s3BucketName": "history", "configSnapshotDeliveryProperties": {"deliveryFrequency": "Six_Hours"}})
        self.fails("MaxNumberOfDeliveryChannelsExceededException", config.put_delivery_channel, DeliveryChannel={"name": "b", "s3BucketName": "history"})
        config.start_configuration_recorder(ConfigurationRecorderName="default")
        status = config.describe_configuration_recorder_status(ConfigurationRecorderNames=["default"])["ConfigurationRecordersStatus"][0]
        self.assertEqual((status["recording"], status["lastStatus"]), (True, "SUCCESS"))
        recorder = config.describe_configuration_recorders()["ConfigurationRecorders"][0]
        self.assertTrue(recorder["recordingGroup"]["includeGlobalResourceTypes"])
        self.assertEqual(recorder["roleARN"], ROLE)
        self.assertEqual(config.describe_delivery_channels()["DeliveryChannels"][0]["s3BucketName"], "history")
        self.assertEqual(config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]["name"], "default")
        self.fails("LastDeliveryChannelDeleteFailedException", config.delete_delivery_channel, DeliveryChannelName="default")
        config.stop_configuration_recorder(ConfigurationRecorderName="default")
        self.assertFalse(config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]["recording"])
        config.delete_delivery_channel(DeliveryChannelName="default")
        config.delete_configuration_recorder(ConfigurationRecorderName="default")
        self.fails("NoSuchConfigurationRecorderException", config.describe_configuration_recorders, ConfigurationRecorderNames=["default"])
        self.fails("NoSuchDeliveryChannelException", config.delete_delivery_channel, DeliveryChannelName="default")


class Alarms(TwinCase):
    seed_text = json.dumps({"accounts": {ACCOUNT: {}}})
    TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security"

    def alarm(self, name, **more):
        settings = {"MetricName": "RootUsage", "Namespace": "CIS", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
        return {"AlarmName": name, **settings, **more}

    def test_alarm(self):
        cloudwatch = self.client("cloudwatch")
        cloudwatch.put_metric_alarm(**self.alarm("root", AlarmActions=[self.TOPIC], Tags=[{"Key": "a", "Value": "b"}]))
        alarm = cloudwatch.describe_alarms(AlarmNames=["root"])["MetricAlarms"][0]
        self.assertEqual((alarm["StateValue"], alarm["ActionsEnabled"], alarm["AlarmActions"]), ("INSUFFICIENT_DATA", True, [self.TOPIC]))
        self.fails("ValidationError", cloudwatch.put_metric_alarm, **self.alarm("odd", Period=45))
        self.fails("ValidationError", cloudwatch.put_metric_alarm, **self.alarm("odd", DatapointsToAlarm=2))
        cloudwatch.set_alarm_state(AlarmName="root", StateValue="ALARM", StateReason="drill")
        self.aws("cloudwatch", "disable-alarm-actions", "--alarm-names", "root", "none")
        cloudwatch.put_metric_alarm(**self.alarm("root", Threshold=2.0, ActionsEnabled=False))
        alarm = cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"][0]
        self.assertEqual((alarm["Threshold"], alarm["ActionsEnabled"], alarm["AlarmActions"]), (2.0, False, []))
        cloudwatch.enable_alarm_actions(AlarmNames=["root"])
        self.assertEqual(len(cloudwatch.describe_alarms_for_metric(MetricName="RootUsage", Namespace="CIS")["MetricAlarms"]), 1)
        arn = alarm["AlarmArn"]
        cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "d"}])
        cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
        self.assertEqual(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "c", "Value": "d"}])
        self.fails("ResourceNotFound", cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="x")
        self.fails("ResourceNotFound", cloudwatch.delete_alarms, AlarmNames=["root", "none"])
        cloudwatch.delete_alarms(AlarmNames=["root"])
        self.assertEqual(cloudwatch.describe_alarms()["MetricAlarms"], [])

    def test_pages(self):
        cloudwatch = self.client("cloudwatch", region="eu-central-1")
        for i in range(5):
            cloudwatch.put_metric_alarm(**self.alarm(f"a{i}"))
        pages = list(cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["MetricAlarms"]) for page in pages], [2, 2, 1])

    def test_metrics(self):
        cloudwatch = self.client("cloudwatch")
        start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        dimensions = [{"Name": "Queue", "Value": "q"}]
        for minute, value in [(0, 1.0), (1, 3.0), (7, 10.0)]:
            cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Depth", "Dimensions": dimensions, "Value": value, "Timestamp": start + datetime.timedelta(minutes=minute)}])
        self.assertEqual(cloudwatch.list_metrics(Namespace="Shop")["Metrics"], [{"Namespace": "Shop", "MetricName": "Depth", "Dimensions": dimensions}])
        span = {"StartTime": start, "EndTime": start + datetime.timedelta(hours=1)}
        points = cloudwatch.get_metric_statistics(Namespace="Shop", MetricName="Depth", Dimensions=dimensions, Period=300, Statistics=["Average", "Maximum", "SampleCount"], **span)["Datapoints"]
        self.assertEqual([(p["Average"], p["Maximum"], p["SampleCount"]) for p in points], [(2.0, 3.0, 2.0), (10.0, 10.0, 1.0)])
        query = {"Id": "depth", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Depth", "Dimensions": dimensions}, "Period": 300, "Stat": "Sum"}}
        self.assertEqual(cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"][0]["Values"], [4.0, 10.0])
        self.fails("InvalidParameterValue", cloudwatch.put_metric_data, Namespace="AWS/EC2", MetricData=[])
        self.fails("InvalidParameterValue", cloudwatch.get_metric_statistics, Namespace="Shop", MetricName="Depth", Period=60, Statistics=["Sum"], StartTime=start, EndTime=start)


if __name__ == "__main__":
    unittest.main()
