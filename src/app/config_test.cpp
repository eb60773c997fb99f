#include "app/config.h"

#include <gtest/gtest.h>

namespace setpoint::app {
namespace {

TEST(Config, ReadsWhatIsConnected) {
  base::Diagnostics diagnostics;
  auto config = parse_config({"setpoint.yaml", R"(
home: state
accounts:
  - {account: "011122223333", regions: [eu-west-1, us-east-1], endpoint: "http://127.0.0.1:1", contact: a@example.org}
content: [content, /opt/more]
notify:
  channels:
    mail: {smtp: "smtp://127.0.0.1:25", from: s@example.org}
    ops: {webhook: "http://127.0.0.1/x", secret_env: S}
oversight: {approval_valid: 90m, approvals_required: 2}
serve: {poll: 30s}
)"},
                             "/etc/setpoint", diagnostics);
  ASSERT_TRUE(config) << diagnostics.render();
  EXPECT_EQ(config->home, "/etc/setpoint/state");
  EXPECT_EQ(config->accounts[0].regions.size(), 2u);
  EXPECT_EQ(config->content[1], "/opt/more");
  EXPECT_EQ(config->channels["mail"].from, "s@example.org");
  EXPECT_EQ(config->approval_valid, base::Milliseconds(5'400'000));
  EXPECT_EQ(config->poll, base::Milliseconds(30'000));
}

TEST(Config, MistakesAreAllNamedAtOnce) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(parse_config({"setpoint.yaml", R"(
acounts: []
accounts: [{account: 12, regions: []}]
notify: {channels: {x: {}}}
oversight: {approval_valid: soon}
)"},
                            "", diagnostics));
  std::string text = diagnostics.render();
  EXPECT_NE(text.find("unknown field 'acounts' [unknown-field]\n    hint: did you mean 'accounts'?"), std::string::npos)
      << text;
  EXPECT_NE(text.find("must have 12 digits"), std::string::npos) << text;
  EXPECT_NE(text.find("at least one region"), std::string::npos) << text;
  EXPECT_NE(text.find("one of 'webhook', 'smtp'"), std::string::npos) << text;
  EXPECT_NE(text.find("setpoint.yaml:5:29: error: 'soon' is not a duration"), std::string::npos) << text;
}

TEST(Config, DefaultsNeedNoFile) {
  base::Diagnostics diagnostics;
  EXPECT_EQ(load_config("", diagnostics)->approvals_required, 1);
  EXPECT_FALSE(load_config("/no/such/setpoint.yaml", diagnostics));
}

TEST(Config, ScriptsAreSandboxedUnlessThatIsSwitchedOff) {
  base::Diagnostics diagnostics;
  EXPECT_TRUE(parse_config({"setpoint.yaml", "home: x\n"}, "", diagnostics)->sandbox_scripts);
  EXPECT_FALSE(parse_config({"setpoint.yaml", "runbook: {sandbox: off}\n"}, "", diagnostics)->sandbox_scripts);
  EXPECT_FALSE(parse_config({"setpoint.yaml", "runbook: {sandbox: perhaps}\n"}, "", diagnostics));
}

}  // namespace
}  // namespace setpoint::app
