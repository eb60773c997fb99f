// The policies beside our runbooks are the least that their cases work with: without any one action some case fails.
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "response/cases/mutation.h"
#include "response/cases/runbook_policy.h"
#include "response/scripts.h"

namespace setpoint::response {
namespace {

using base::Json;

const std::string kRunbooks = std::string(SETPOINT_SOURCE_DIR) + "/content/runbooks";

class NoDocuments final : public Library {
 public:
  base::Result<runbook::Document> document(const std::string& name) const override {
    return base::fail(base::ErrorCode::not_found, "no runbook '{}'", name);
  }
};

class RunbookPolicies : public ::testing::Test {
 protected:
  RunbookPolicies() {
    base::Diagnostics diagnostics;
    folders_ = read_runbook_folders(kRunbooks, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.render();
    catalog_ = cloud::aws::ModelCatalog::open_default({}).value();
    scripts_ = std::make_unique<Scripts>(catalog_, random_);
  }
  CaseRunner runner() { return CaseRunner({catalog_, &library_, scripts_.get()}); }

  // The first case that a session with this policy does not get through as it should, or "".
  std::string first_to_fail(const RunbookFolder& folder, const Json& policy) {
    for (const RunbookCase& one : folder.cases) {
      auto seen = runner().run(folder.document, one, policy);
      if (!seen || base::member(seen->seen, "status") != base::member(one.expect, "status") ||
          base::member(seen->seen, "calls") != base::member(one.expect, "calls"))
        return one.name;
    }
    return {};
  }

  std::vector<RunbookFolder> folders_;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  base::SystemRandom random_;
  NoDocuments library_;
  std::unique_ptr<Scripts> scripts_;
};

std::set<std::string> actions_of(const Json& policy) {
  std::set<std::string> out;
  for (const model::Permission& permission : permissions_of(policy)) out.insert(permission.action);
  return out;
}

TEST_F(RunbookPolicies, AreThereAndNameNoWholeService) {
  EXPECT_GE(folders_.size(), 46u);
  for (const RunbookFolder& folder : folders_) {
    EXPECT_TRUE(folder.about) << folder.name;
    EXPECT_FALSE(permissions_of(folder.policy).empty()) << folder.name;
    for (const std::string& action : actions_of(folder.policy)) EXPECT_FALSE(action.ends_with('*')) << folder.name;
  }
}

TEST_F(RunbookPolicies, AreEnoughAndNothingOfThemIsTooMuch) {
  std::size_t taken_away = 0;
  for (const RunbookFolder& folder : folders_) {
    EXPECT_EQ(first_to_fail(folder, folder.policy), "") << folder.name;
    for (const std::string& action : actions_of(folder.policy)) {
      std::set<model::Permission> fewer = permissions_of(folder.policy);
      std::erase_if(fewer, [&](const model::Permission& one) { return one.action == action; });
      EXPECT_NE(first_to_fail(folder, policy_document(fewer)), "") << folder.name << " works without " << action;
      ++taken_away;
    }
  }
  EXPECT_GE(taken_away, 90u);
}

// A write on another resource than the policy's is denied as well: the resources count, not the actions alone.
TEST_F(RunbookPolicies, AreBoundToTheirResources) {
  for (const RunbookFolder& folder : folders_) {
    if (folder.name != "Setpoint-EnableS3Versioning") continue;
    std::set<model::Permission> elsewhere;
    for (model::Permission permission : permissions_of(folder.policy))
      elsewhere.insert({permission.action, "arn:aws:s3:::another"});
    EXPECT_NE(first_to_fail(folder, policy_document(elsewhere)), "");
  }
}

}  // namespace
}  // namespace setpoint::response
