"""What the twin does not take into account it says: a change that it ignored must never look made."""
import unittest

from twin_case import TwinCase

HEADER = "x-setpoint-unmodelled"


class Unmodelled(TwinCase):
    left_out = ("rds: ModifyDBInstance: the parameter NetworkType", "rds: ModifyDBInstance: the parameter OptionGroupName", "ec2:DescribeSpotFleetRequests")

    def noted(self, answer):
        return answer["ResponseMetadata"]["HTTPHeaders"].get(HEADER, "")

    def test_a_parameter_that_nobody_looked_at(self):
        rds = self.client("rds")
        rds.create_db_instance(DBInstanceIdentifier="d", DBInstanceClass="db.t3.micro", Engine="mysql", MasterUsername="a", MasterUserPassword="secret-secret", AllocatedStorage=20)
        answer = rds.modify_db_instance(DBInstanceIdentifier="d", OptionGroupName="og", NetworkType="DUAL", DeletionProtection=True)
        self.assertEqual(self.noted(answer), "rds: ModifyDBInstance: the parameter NetworkType, rds: ModifyDBInstance: the parameter OptionGroupName")
        self.assertEqual(self.noted(rds.modify_db_instance(DBInstanceIdentifier="d", DeletionProtection=False, ApplyImmediately=True)), "")

    def test_a_refused_call_ignores_nothing(self):
        answer = self.fails("DBInstanceNotFound", self.client("rds").modify_db_instance, DBInstanceIdentifier="none", NetworkType="DUAL")
        self.assertEqual(self.noted(answer), "")

    def test_tokens_and_checksums_change_nothing_at_aws_either(self):
        self.assertEqual(self.noted(self.client("ec2").create_volume(AvailabilityZone="eu-west-1a", Size=1, ClientToken="t")), "")
        self.assertEqual(self.noted(self.client("ec2").describe_vpcs(MaxResults=5)), "")

    def test_an_operation_that_is_not_there(self):
        answer = self.fails("InvalidAction", self.client("ec2").describe_spot_fleet_requests)
        self.assertEqual(self.noted(answer), "ec2:DescribeSpotFleetRequests")


if __name__ == "__main__":
    unittest.main()
