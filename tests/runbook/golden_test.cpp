// Every semantic rule of the language has a case in tests/golden/runbook. Each case is run twice: once through, and
// once suspended at every question and replayed, as response/ does after a crash; both must end alike and ask alike.
#include <gtest/gtest.h>

#include "golden_case.h"
#include "replaying_host.h"
#include "runbook/document.h"
#include "scripted_host.h"

namespace setpoint::runbook {
namespace {

using base::Json;

const base::Timestamp kStart{1'763'755'200'000};  // 2025-11-21T20:00:00Z

ExecutionContext context() {
  ExecutionContext out;
  out.execution_id = "11111111-2222-3333-4444-555555555555";
  out.account = "111122223333";
  out.region = "eu-west-1";
  return out;
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  static std::vector<GoldenCase> cases() {
    auto read = read_cases(GetParam());
    EXPECT_TRUE(read) << (read ? "" : read.error().text());
    return read ? *read : std::vector<GoldenCase>();
  }

  static void check_refused(const GoldenCase& golden, const std::string& why) {
    ASSERT_TRUE(golden.expect.contains("refused")) << why;
    EXPECT_NE(why.find(golden.expect["refused"].get<std::string>()), std::string::npos) << why;
  }

  // Compiles and binds; nullopt where the case is one of refusal.
  static std::optional<Document> prepare(const GoldenCase& golden, Host& host, Json& parameters) {
    base::Diagnostics diagnostics;
    auto document = Document::compile({golden.name + ".yaml", golden.document}, diagnostics);
    if (!document) {
      check_refused(golden, diagnostics.render());
      return std::nullopt;
    }
    auto bound = bind_parameters(*document, golden.parameters, context(), host);
    if (!bound) {
      check_refused(golden, bound.error().text());
      return std::nullopt;
    }
    EXPECT_FALSE(golden.expect.contains("refused")) << "was not refused";
    parameters = *bound;
    return document;
  }
};

TEST_P(Golden, EndsAsTheRuleSays) {
  for (const GoldenCase& golden : cases()) {
    SCOPED_TRACE(golden.name + ": " + golden.rule);
    ScriptedHost host(golden.answers, kStart);
    Json parameters;
    auto document = prepare(golden, host, parameters);
    if (!document) continue;
    if (golden.expect.contains("parameters")) {
      EXPECT_EQ(parameters, golden.expect["parameters"]);
    }
    ExecutionReport report = run(*document, parameters, context(), host);
    for (const std::string& complaint : host.complaints()) ADD_FAILURE() << complaint;
    EXPECT_EQ(host.unused(), 0u) << "answers that nobody asked for";
    Json expect = golden.expect;
    expect.erase("parameters");
    EXPECT_EQ(observed(report, expect), expect) << render_automation_execution(*document, context(), report).dump(1);
  }
}

TEST_P(Golden, EndsAlikeWhenSuspendedAtEveryQuestion) {
  for (const GoldenCase& golden : cases()) {
    if (golden.expect.contains("refused")) continue;
    SCOPED_TRACE(golden.name);
    ScriptedHost through_host(golden.answers, kStart);
    Json parameters;
    auto document = prepare(golden, through_host, parameters);
    ASSERT_TRUE(document);
    Json through =
        render_automation_execution(*document, context(), run(*document, parameters, context(), through_host));

    ScriptedHost world(golden.answers, kStart);
    Json again;
    ASSERT_TRUE(prepare(golden, world, again));
    ReplayingHost host(world);
    ExecutionReport report;
    std::size_t runs = 0;
    do {
      host.rewind(runs == 0 ? 0 : 1);
      report = run(*document, again, context(), host);
    } while (report.suspended && ++runs < 5000);
    EXPECT_FALSE(report.suspended);
    for (const std::string& complaint : host.complaints()) ADD_FAILURE() << complaint;
    EXPECT_EQ(render_automation_execution(*document, context(), report), through);
  }
}

std::string file_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(info.param.find_last_of('/') + 1);
  name.resize(name.size() - 5);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Runbook, Golden, testing::ValuesIn(golden_files()), file_name);

}  // namespace
}  // namespace setpoint::runbook
