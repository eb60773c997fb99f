// Golden cases: tests/golden/intake/<name>.json|ndjson -> <name>.expected.json, what intake makes of it to the last
// field. SETPOINT_UPDATE_GOLDEN=1 writes the expectations anew; read every difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "intake/intake.h"

namespace setpoint::intake {
namespace {

namespace fs = std::filesystem;
using base::Json;

const fs::path kFolder = fs::path(SETPOINT_SOURCE_DIR) / "tests/golden/intake";

Json resource_json(const model::Resource& resource) {
  Json relations = Json::array();
  for (const model::Relation& relation : resource.relations)
    relations.push_back(relation.name + " " + relation.type + " " + relation.id);
  return {{"key", resource.key.text()},
          {"arn", resource.arn},
          {"name", resource.name},
          {"knowledge", to_string(resource.knowledge)},
          {"because", resource.unknown_because},
          {"captured_at", base::to_iso8601(resource.captured_at)},
          {"tags", resource.tags},
          {"relations", relations},
          {"item", resource.item}};
}

Json finding_json(const model::Finding& finding) {
  Json out = finding.json();
  out.erase("raw");
  return out;
}

Json batch_json(const Batch& batch) {
  Json out = {
      {"events", Json::array()}, {"resources", Json::array()}, {"findings", Json::array()}, {"refused", Json::array()}};
  for (const model::Event& event : batch.events) out["events"].push_back(event.envelope());
  for (const model::Resource& resource : batch.resources) out["resources"].push_back(resource_json(resource));
  for (const model::Finding& finding : batch.findings) out["findings"].push_back(finding_json(finding));
  for (const Refused& refused : batch.refused) out["refused"].push_back(refused.where + ": " + refused.why);
  out["stopped"] = batch.stopped ? batch.stopped->text() : "";
  return out;
}

std::vector<fs::path> inputs() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().string().find(".expected.") == std::string::npos) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(IntakeGolden, EveryFileGivesWhatItGave) {
  std::size_t count = 0;
  for (const fs::path& input : inputs()) {
    std::string bytes = base::read_file(input.string()).value();
    auto batch = Intake().read(bytes, input.filename().string());
    ASSERT_TRUE(batch) << input << batch.error().text();
    std::string made = batch_json(*batch).dump(1) + "\n";
    std::string expected = (kFolder / input.stem()).string() + ".expected.json";
    if (std::getenv("SETPOINT_UPDATE_GOLDEN") != nullptr) {
      ASSERT_TRUE(base::write_file_durably(expected, made));
    }
    EXPECT_EQ(made, base::read_file(expected).value()) << input;
    ++count;
  }
  EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace setpoint::intake
