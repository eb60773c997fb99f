#include "blueprint/blueprint.h"

#include <gtest/gtest.h>

#include "blueprint/table.h"
#include "guard/unknown.h"

namespace setpoint::blueprint {
namespace {

constexpr char kMapping[] = R"(
types:
  - config: AWS::X::Thing
    terraform: aws_thing
    attached:
      more: {cloudformation: {AWS::X::More: Thing}, terraform: {aws_more: thing}}
    item:
      /configuration/on: {from: Switch.On, as: boolean, default: false}
      /configuration/keyId: {from: KeyId}
      /configuration/rules: {from: [Rules, "@more.Rule"], terraform: [rules, "@more.rule"], as: list, default: []}
      /configuration/mode: {from: Mode, values: {a: A, b: B}, absent: nobody knows}
)";

const Mapping& mapping() {
  static const Mapping loaded = [] {
    base::Diagnostics diagnostics;
    auto out = Mapping::load({"mapping.yaml", kMapping}, diagnostics);
    EXPECT_TRUE(out) << diagnostics.render();
    return *out;
  }();
  return loaded;
}

Declared one(const std::string& properties, const Options& options = {}, const std::string& rest = "") {
  std::string text = "Parameters: {P: {Type: String, Default: d}, N: {Type: Number}}\n" + rest +
                     "Resources:\n  T:\n    Type: AWS::X::Thing\n    Properties:\n" + properties;
  base::Diagnostics diagnostics;
  auto out = read_blueprint({"t.yaml", text}, mapping(), options, diagnostics);
  EXPECT_TRUE(out) << diagnostics.render() << text;
  return out && !out->resources.empty() ? out->resources[0] : Declared();
}

base::Json configuration(const std::string& properties, const Options& options = {}, const std::string& rest = "") {
  return one(properties, options, rest).resource.item["configuration"];
}

bool unknown(const base::Json& value) { return value.is_string() && guard::has_mark(value.get<std::string>()); }

TEST(Blueprint, AbsentPropertiesTakeTheDefaultWhereItIsKnown) {
  base::Json found = configuration("      Mode: a\n");
  EXPECT_EQ(found["on"], false);
  EXPECT_EQ(found["mode"], "A");
  EXPECT_FALSE(found.contains("keyId"));
  EXPECT_TRUE(unknown(configuration("      Switch: {On: 'true'}\n")["mode"]));
  EXPECT_TRUE(unknown(configuration("      Mode: z\n")["mode"])) << "a value that the table does not know";
  EXPECT_EQ(configuration("      Switch: {On: 'true'}\n")["on"], true);
}

Options given(const std::string& value) {
  Options out;
  out.parameters["P"] = value;
  return out;
}

TEST(Blueprint, FunctionsAreResolvedWhereTheTemplateTells) {
  Options defaults;
  defaults.parameter_defaults = true;
  auto key = [](const std::string& value, const Options& options = {}) {
    return configuration(
        "      KeyId: " + value + "\n", options,
        "Mappings: {M: {a: {b: found}}}\nConditions: {Yes: !Equals [x, x], Prod: !Equals [!Ref P, prod]}\n")["keyId"];
  };
  EXPECT_EQ(key("!Sub 'a-${!literal}'"), "a-${literal}");
  EXPECT_EQ(key("!Join ['-', [a, b]]"), "a-b");
  EXPECT_EQ(key("!Select [1, [a, b]]"), "b");
  EXPECT_EQ(key("!Select [1, !Split [',', 'a,b']]"), "b");
  EXPECT_EQ(key("!FindInMap [M, a, b]"), "found");
  EXPECT_EQ(key("!If [Yes, a, b]"), "a");
  EXPECT_EQ(key("!If [Prod, same, same]"), "same");
  EXPECT_EQ(key("{'Fn::Sub': ['${V}', {V: x}]}"), "x");
  EXPECT_EQ(key("!Ref P", given("given")), "given");
  EXPECT_EQ(key("!Ref P", defaults), "d");
  EXPECT_EQ(key("!If [Prod, a, b]", given("prod")), "a");
  for (const char* hidden :
       {"!Ref P", "!GetAtt T.Arn", "!If [Prod, a, b]", "!Sub 'x-${P}'", "!ImportValue y", "!Select [!Ref N, [a]]",
        "!FindInMap [M, !Ref P, b]", "'{{resolve:ssm:x}}'", "!Select [7, [a]]"})
    EXPECT_TRUE(unknown(key(hidden))) << hidden;
}

TEST(Blueprint, PresenceIsWhatTheTemplateGuarantees) {
  auto presence = [](const std::string& value) {
    return guard::presence_of(
        configuration("      KeyId: " + value + "\n", {}, "Conditions: {C: !Equals [!Ref P, x]}\n")["keyId"]
            .get<std::string>());
  };
  EXPECT_EQ(presence("!GetAtt T.Arn"), guard::Presence::filled);
  EXPECT_EQ(presence("!Ref P"), guard::Presence::present) << "a text parameter may be empty";
  EXPECT_EQ(presence("!If [C, a, !Ref 'AWS::NoValue']"), guard::Presence::perhaps);
  EXPECT_FALSE(configuration("      KeyId: !Ref AWS::NoValue\n").contains("keyId"));
}

TEST(Blueprint, AttachedResourcesAndPlaces) {
  std::string text =
      "Resources:\n  T: {Type: 'AWS::X::Thing', Properties: {Rules: [own]}}\n  M:\n    Type: AWS::X::More\n    "
      "Properties:\n"
      "      Thing: !GetAtt T.Arn\n      Rule: other\n  S: {Type: 'Custom::S'}\n";
  base::Diagnostics diagnostics;
  auto found = read_blueprint({"t.yaml", text}, mapping(), {}, diagnostics);
  ASSERT_TRUE(found) << diagnostics.render();
  ASSERT_EQ(found->resources.size(), 1u);
  const Declared& thing = found->resources[0];
  EXPECT_EQ(thing.resource.item["configuration"]["rules"], (base::Json{"own", "other"}));
  EXPECT_EQ(thing.place_of("/configuration/rules/1").at.line, 7);
  EXPECT_EQ(thing.place_of("/configuration/rules/0").property, "Resources/T/Properties/Rules/0");
  EXPECT_EQ(thing.place_of("/configuration/on").at.line, 2) << "where nothing was written, the resource";
  ASSERT_EQ(found->uncovered.size(), 1u);
  EXPECT_EQ(found->uncovered[0].type, "Custom::S");
}

TEST(Blueprint, WhatTheTableDoesNotTranslateIsNotTold) {
  auto tells = [](std::vector<std::string> path, bool deep = false) {
    return mapping().tells(Language::cloudformation, "AWS::X::Thing", path, deep);
  };
  EXPECT_TRUE(tells({"configuration", "rules", "*", "x"}, true));
  EXPECT_TRUE(tells({"resourceType"}));
  EXPECT_TRUE(tells({"configuration"}));
  EXPECT_FALSE(tells({"configuration"}, true)) << "all of it is more than is told";
  EXPECT_FALSE(tells({"configuration", "other"}));
}

TEST(Blueprint, MistakesHaveTheirPlace) {
  for (const char* text : {"Resources: [1", "a: b", "", "{\"terraform_version\": 1"}) {
    base::Diagnostics diagnostics;
    EXPECT_FALSE(read_blueprint({"t", text}, mapping(), {}, diagnostics)) << text;
    EXPECT_TRUE(diagnostics.has_errors()) << text;
  }
  base::Diagnostics diagnostics;
  EXPECT_FALSE(Mapping::load({"m", "types: [{config: X, item: {/a: {as: txt}}}]"}, diagnostics));
  EXPECT_NE(diagnostics.render().find("did you mean 'text'?"), std::string::npos) << diagnostics.render();
}

TEST(Blueprint, NestingIsBounded) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{'Fn::Sub': [a, {V: ";
  deep += "x";
  for (int i = 0; i < 100; ++i) deep += "}]}";
  base::Diagnostics diagnostics;
  std::string text = "Resources: {T: {Type: 'AWS::X::Thing', Properties: {KeyId: " + deep + "}}}";
  (void)read_blueprint({"t", text}, mapping(), {}, diagnostics);
  std::string loops =
      "Conditions: {A: !Not [!Condition B], B: !Condition A}\nResources: {T: {Type: 'AWS::X::Thing', Condition: A}}";
  base::Diagnostics none;
  EXPECT_TRUE(read_blueprint({"t", loops}, mapping(), {}, none)) << none.render();
}

TEST(Blueprint, NamesBecomeTerraforms) {
  EXPECT_EQ(snake_case("KMSKeyId"), "kms_key_id");
  EXPECT_EQ(snake_case("MultiAZ"), "multi_az");
  EXPECT_EQ(snake_case("DBClusterIdentifier"), "db_cluster_identifier");
  EXPECT_EQ(snake_case("StorageEncrypted"), "storage_encrypted");
  EXPECT_EQ(pascal_case("readonly_root_filesystem"), "ReadonlyRootFilesystem");
  EXPECT_EQ(camel_case("LaunchTemplateId"), "launchTemplateId");
}

}  // namespace
}  // namespace setpoint::blueprint
