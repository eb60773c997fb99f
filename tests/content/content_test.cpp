// Controls and runbooks together: every remediation names a runbook that compiles, and gives it what it wants.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "runbook/document.h"
#include "runbook/lint.h"
#include "standards/standards.h"

namespace setpoint {
namespace {

namespace fs = std::filesystem;
using base::Diagnostics;
using runbook::Document;

const std::string kContent = std::string(SETPOINT_SOURCE_DIR) + "/content";

std::map<std::string, Document> runbooks() {
  std::map<std::string, Document> out;
  for (const auto& folder : fs::directory_iterator(kContent + "/runbooks")) {
    std::string path = (folder.path() / "document.yaml").string();
    std::string text = base::read_file(path).value();
    Diagnostics diagnostics;
    auto document = Document::compile({path, text}, diagnostics);
    if (document) runbook::lint(*document, path, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.render();
    if (document) out.emplace(folder.path().filename().string(), std::move(*document));
  }
  return out;
}

standards::Standards controls() {
  Diagnostics diagnostics;
  return standards::Standards::load(kContent + "/standards", diagnostics);
}

TEST(ContentRunbooks, AllCompileWithoutAWarning) { EXPECT_GE(runbooks().size(), 40u); }

TEST(ContentRunbooks, EveryOneCanActAsARole) {
  for (const auto& [name, document] : runbooks()) {
    EXPECT_EQ(document.assume_role(), "{{ AutomationAssumeRole }}") << name;
    const runbook::Parameter* role = document.parameter("AutomationAssumeRole");
    ASSERT_NE(role, nullptr) << name;
    // Mutation leaves this parameter alone, because here it is the same everywhere.
    EXPECT_EQ(role->allowed_pattern, R"(^$|^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$)") << name;
    EXPECT_EQ(role->default_value.value_or(base::Json()), base::Json("")) << name;
    EXPECT_FALSE(document.description().empty()) << name;
  }
}

// A plan is made at one time and applied at another: a call that holds the time of day would be another call by then.
TEST(ContentRunbooks, NoneDependsOnTheTime) {
  for (const auto& [name, document] : runbooks())
    EXPECT_EQ(document.content().dump().find("global:DATE"), std::string::npos) << name;
}

TEST(ContentRemediations, NameARunbookThatIsThere) {
  auto all = runbooks();
  standards::Standards loaded = controls();
  for (const model::Control& control : loaded.controls()) {
    if (!control.remediation) continue;
    EXPECT_TRUE(all.contains(control.remediation->runbook)) << control.id << " " << control.remediation->runbook;
  }
}

// A parameter that the runbook does not have would be refused at run time; one that it needs and does not get, too.
TEST(ContentRemediations, GiveTheRunbookWhatItWants) {
  auto all = runbooks();
  standards::Standards loaded = controls();
  std::size_t checked = 0;
  for (const model::Control& control : loaded.controls()) {
    if (!control.remediation || !all.contains(control.remediation->runbook)) continue;
    const Document& document = all.at(control.remediation->runbook);
    const base::Json& with = control.remediation->with;
    for (const auto& [name, value] : with.items())
      EXPECT_NE(document.parameter(name), nullptr) << control.id << " gives " << name;
    for (const runbook::Parameter& parameter : document.parameters()) {
      EXPECT_TRUE(parameter.default_value || with.contains(parameter.name))
          << control.id << " lacks " << parameter.name;
    }
    ++checked;
  }
  EXPECT_GE(checked, 40u);
}

}  // namespace
}  // namespace setpoint
