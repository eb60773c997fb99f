"""GuardDuty and Security Hub as their users drive them."""
import unittest

from twin_case import ACCOUNT, REGION, TwinCase

PRODUCT = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"


class GuardDuty(TwinCase):
    def test_detector_and_findings(self):
        guardduty = self.client("guardduty", region="eu-central-1")
        self.assertEqual(guardduty.list_detectors()["DetectorIds"], [])
        detector = guardduty.create_detector(Enable=True, FindingPublishingFrequency="ONE_HOUR", Tags={"a": "b"})["DetectorId"]
        self.fails("BadRequestException", guardduty.create_detector, Enable=True)
        shown = guardduty.get_detector(DetectorId=detector)
        self.assertEqual((shown["Status"], shown["FindingPublishingFrequency"], shown["Tags"]), ("ENABLED", "ONE_HOUR", {"a": "b"}))
        guardduty.update_detector(DetectorId=detector, Enable=False)
        self.assertEqual(guardduty.get_detector(DetectorId=detector)["Status"], "DISABLED")
        arn = f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/{detector}"
        guardduty.tag_resource(ResourceArn=arn, Tags={"c": "d"})
        guardduty.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.assertEqual(guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"], {"c": "d"})

        guardduty.create_sample_findings(DetectorId=detector, FindingTypes=["Recon:EC2/PortProbeUnprotectedPort", "Policy:S3/BucketAnonymousAccessGranted"])
        ids = guardduty.list_findings(DetectorId=detector)["FindingIds"]
        self.assertEqual(len(ids), 2)
        s3 = guardduty.list_findings(DetectorId=detector, FindingCriteria={"Criterion": {"type": {"Equals": ["Policy:S3/BucketAnonymousAccessGranted"]}, "severity": {"GreaterThanOrEqual": 4}}})["FindingIds"]
        finding = guardduty.get_findings(DetectorId=detector, FindingIds=s3)["Findings"][0]
        self.assertEqual((finding["Resource"]["ResourceType"], finding["Service"]["Archived"]), ("S3Bucket", False))
        guardduty.archive_findings(DetectorId=detector, FindingIds=s3)
        live = {"Criterion": {"service.archived": {"Eq": ["false"]}}}
        self.assertEqual(guardduty.list_findings(DetectorId=detector, FindingCriteria=live)["FindingIds"], [i for i in ids if i not in s3])
        guardduty.unarchive_findings(DetectorId=detector, FindingIds=s3)
        self.assertEqual(len(guardduty.list_findings(DetectorId=detector, FindingCriteria=live)["FindingIds"]), 2)
        guardduty.update_findings_feedback(DetectorId=detector, FindingIds=s3, Feedback="USEFUL")
        self.assertEqual(guardduty.get_findings(DetectorId=detector, FindingIds=s3)["Findings"][0]["Service"]["UserFeedback"], "USEFUL")
        self.assertEqual(guardduty.get_findings(DetectorId=detector, FindingIds=["none"])["Findings"], [])
        self.fails("BadRequestException", guardduty.list_findings, DetectorId="none")
        guardduty.delete_detector(DetectorId=detector)
        self.fails("BadRequestException", guardduty.get_detector, DetectorId=detector)


class SecurityHub(TwinCase):
    def finding(self, number, **more):
        return {"SchemaVersion": "2018-10-08", "Id": f"f{number}", "ProductArn": PRODUCT, "GeneratorId": "g", "AwsAccountId": ACCOUNT, "Types": ["Software and Configuration Checks"],
                "CreatedAt": "2026-01-01T00:00:00.000Z", "UpdatedAt": f"2026-01-0{number}T00:00:00.000Z", "Severity": {"Label": "HIGH"}, "Title": f"finding {number}", "Description": "d",
                "Resources": [{"Type": "AwsEc2SecurityGroup", "Id": f"sg-{number}"}], **more}

    def test_hub_and_findings(self):
        hub = self.client("securityhub")
        self.fails("InvalidAccessException", hub.describe_hub)
        self.fails("InvalidAccessException", hub.get_findings)
        hub.enable_security_hub()
        self.fails("ResourceConflictException", hub.enable_security_hub)
        arn = hub.describe_hub()["HubArn"]
        hub.update_security_hub_configuration(AutoEnableControls=False)
        self.assertFalse(hub.describe_hub()["AutoEnableControls"])
        hub.tag_resource(ResourceArn=arn, Tags={"a": "b", "c": "d"})
        hub.untag_resource(ResourceArn=arn, TagKeys=["c"])
        self.assertEqual(hub.list_tags_for_resource(ResourceArn=arn)["Tags"], {"a": "b"})
        answer = hub.batch_import_findings(Findings=[self.finding(1), self.finding(2, Severity={"Normalized": 95}), self.finding(3, AwsAccountId="444455556666")])
        self.assertEqual((answer["SuccessCount"], answer["FailedCount"], answer["FailedFindings"][0]["Id"]), (2, 1, "f3"))
        found = hub.get_findings(Filters={"SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}], "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}]})["Findings"]
        self.assertEqual([(f["Id"], f["Workflow"]["Status"]) for f in found], [("f2", "NEW")])
        found = hub.get_findings(Filters={"ResourceId": [{"Value": "sg-", "Comparison": "PREFIX"}], "Id": [{"Value": "f2", "Comparison": "NOT_EQUALS"}]})["Findings"]
        self.assertEqual([f["Id"] for f in found], ["f1"])
        answer = hub.batch_update_findings(FindingIdentifiers=[{"Id": "f1", "ProductArn": PRODUCT}, {"Id": "none", "ProductArn": PRODUCT}], Workflow={"Status": "RESOLVED"}, Note={"Text": "done", "UpdatedBy": "setpoint"}, Severity={"Label": "LOW"})
        self.assertEqual([f["Id"] for f in answer["ProcessedFindings"]], ["f1"])
        self.assertEqual(answer["UnprocessedFindings"][0]["ErrorCode"], "FindingNotFound")
        one = {"Id": [{"Value": "f1", "Comparison": "EQUALS"}]}
        finding = hub.get_findings(Filters=one)["Findings"][0]
        self.assertEqual((finding["Workflow"]["Status"], finding["Note"]["Text"], finding["Severity"]), ("RESOLVED", "done", {"Label": "LOW", "Normalized": 1}))
        hub.batch_import_findings(Findings=[self.finding(1, Title="again")])
        finding = hub.get_findings(Filters=one)["Findings"][0]
        self.assertEqual((finding["Title"], finding["Workflow"]["Status"]), ("again", "RESOLVED"))
        self.aws("securityhub", "batch-update-findings", "--finding-identifiers", f"Id=f2,ProductArn={PRODUCT}", "--workflow", "Status=SUPPRESSED")
        self.assertEqual(len(hub.get_findings(Filters={"WorkflowStatus": [{"Value": "SUPPRESSED", "Comparison": "EQUALS"}]})["Findings"]), 1)

    def test_standards(self):
        hub = self.client("securityhub", region="eu-central-1")
        hub.enable_security_hub(EnableDefaultStandards=False)
        self.assertEqual(hub.get_enabled_standards()["StandardsSubscriptions"], [])
        arn = [s["StandardsArn"] for s in hub.describe_standards()["Standards"] if "CIS" in s["Name"]][0]
        subscription = hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])["StandardsSubscriptions"][0]
        self.assertEqual(subscription["StandardsStatus"], "READY")
        hub.batch_disable_standards(StandardsSubscriptionArns=[subscription["StandardsSubscriptionArn"]])
        self.assertEqual(hub.get_enabled_standards()["StandardsSubscriptions"], [])
        self.fails("ResourceNotFoundException", hub.batch_disable_standards, StandardsSubscriptionArns=["none"])
        hub.disable_security_hub()
        self.fails("InvalidAccessException", hub.describe_hub)


if __name__ == "__main__":
    unittest.main()
