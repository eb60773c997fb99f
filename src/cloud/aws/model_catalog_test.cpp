#include "cloud/aws/model_catalog.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace setpoint::cloud::aws {
namespace {

std::shared_ptr<ModelCatalog> catalog() {
  static std::shared_ptr<ModelCatalog> shared = *ModelCatalog::open_default({});
  return shared;
}

TEST(ModelCatalog, KnowsServicesByTheirClientNames) {
  EXPECT_GT(catalog()->services().size(), 330u);
  for (const char* name :
       {"ec2", "s3", "s3control", "iam", "sts", "logs", "events", "cloudwatch", "stepfunctions", "config", "elbv2",
        "ses", "resourcegroupstaggingapi", "securityhub", "autoscaling", "ssm", "secretsmanager"}) {
    EXPECT_NE(catalog()->metadata(name), nullptr) << name;
  }
  EXPECT_EQ(catalog()->metadata("cloudwatch")->endpoint_prefix, "monitoring");
  EXPECT_EQ(catalog()->metadata("ses")->endpoint_prefix, "email");
  EXPECT_EQ(catalog()->metadata("s3control")->signing_name, "s3");
}

TEST(ModelCatalog, ReadsShapesWithTheirTraits) {
  const OperationModel* revoke = *catalog()->operation("ec2", "RevokeSecurityGroupIngress");
  const Member* permissions = revoke->input.shape->find("IpPermissions");
  ASSERT_NE(permissions, nullptr);
  EXPECT_EQ(permissions->shape->type, ShapeType::list);
  EXPECT_EQ(permissions->shape->element().location_name, "item");
  const Member* ranges = permissions->shape->element().shape->find("IpRanges");
  ASSERT_NE(ranges, nullptr);
  EXPECT_EQ(ranges->wire_name(), "ipRanges");

  const OperationModel* block = *catalog()->operation("s3control", "PutPublicAccessBlock");
  EXPECT_EQ(block->http_method, "PUT");
  EXPECT_EQ(block->host_prefix, "{AccountId}.");
  EXPECT_TRUE(block->input.shape->find("AccountId")->is(Member::host_label));
  EXPECT_EQ(block->input.shape->payload, "PublicAccessBlockConfiguration");
  EXPECT_EQ((*catalog()->operation("ec2", "CreateVolume"))->idempotency_member()->name, "ClientToken");
}

TEST(ModelCatalog, HasPaginatorsAndWaiters) {
  const ServiceModel* ec2 = *catalog()->service("ec2");
  ASSERT_NE(ec2->paginator("DescribeSecurityGroups"), nullptr);
  EXPECT_EQ(ec2->paginator("DescribeSecurityGroups")->result_keys.at(0), "SecurityGroups");
  ASSERT_NE(ec2->waiter("InstanceRunning"), nullptr);
  EXPECT_EQ(ec2->waiter("InstanceRunning")->operation, "DescribeInstances");
}

TEST(ModelCatalog, SuggestsTheNameThatWasMeant) {
  auto missing = catalog()->operation("ec2", "RevokeSecurityGroupIngres");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::ErrorCode::not_found);
  EXPECT_NE(missing.error().hint.find("RevokeSecurityGroupIngress"), std::string::npos);
  EXPECT_FALSE(catalog()->service("s4"));
}

TEST(ModelFile, RefusesEveryShortenedFileAndSurvivesEveryFlippedByte) {
  auto everything = *ModelFile::open(*find_model_file({}));
  auto sts = std::find_if(everything->entries().begin(), everything->entries().end(),
                          [](const ModelFileEntry& entry) { return entry.metadata.name == "sts"; });
  const std::vector<std::shared_ptr<ServiceModel>> one = {*everything->load(*sts)};
  const std::string whole = write_model_file("test", one);
  auto again = *ModelFile::from_bytes(whole);
  EXPECT_EQ((*again->load(again->entries().at(0)))->operations.size(), one[0]->operations.size());
  for (std::size_t length = 0; length < whole.size(); length += 11) {
    EXPECT_FALSE(ModelFile::from_bytes(whole.substr(0, length))) << length;
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bent = whole;
    bent[i] = static_cast<char>(bent[i] ^ 0x95);
    auto file = ModelFile::from_bytes(std::move(bent));
    if (!file || (*file)->entries().empty() || !(*file)->load((*file)->entries().at(0))) ++refused;
  }
  EXPECT_GT(refused, whole.size() / 20);
}

TEST(ModelCatalog, LaysASitesOwnModelOverTheCompiledOne) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "setpoint-models-test";
  std::filesystem::create_directories(folder / "sts" / "2030-01-01");
  std::ofstream(folder / "sts" / "2030-01-01" / "service-2.json")
      << R"({"metadata":{"protocol":"query","endpointPrefix":"sts","serviceId":"STS","apiVersion":"2030-01-01"},
            "operations":{"NewOperation":{"name":"NewOperation","http":{"method":"POST","requestUri":"/"}}},"shapes":{}})";
  auto own = *ModelCatalog::open_default({});
  ASSERT_TRUE(own->add_folder(folder.string()));
  EXPECT_TRUE(own->operation("sts", "NewOperation"));
  EXPECT_FALSE(own->operation("sts", "AssumeRole"));
  EXPECT_TRUE(own->operation("ec2", "DescribeVpcs"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace setpoint::cloud::aws
