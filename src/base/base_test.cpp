#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/digest.h"
#include "base/document.h"
#include "base/file.h"
#include "base/json.h"
#include "base/junit.h"
#include "base/random.h"

namespace setpoint::base {
namespace {

TEST(Iso8601, ReadsWhatCloudsWrite) {
  EXPECT_EQ(to_iso8601(*parse_iso8601("2026-11-21T19:23:00Z")), "2026-11-21T19:23:00.000Z");
  EXPECT_EQ(to_iso8601(*parse_iso8601("2020-05-20T05:56:58.526Z")), "2020-05-20T05:56:58.526Z");
  EXPECT_EQ(to_iso8601(*parse_iso8601("2020-05-20T05:56:58.526987+02:00")), "2020-05-20T03:56:58.526Z");
  EXPECT_EQ(to_iso8601(*parse_iso8601("2020-02-29 00:00:00-0130")), "2020-02-29T01:30:00.000Z");
}

TEST(Iso8601, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
                           "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

TEST(Junit, CountsAndEscapes) {
  JunitSuite suites[] = {JunitSuite("a & b", *parse_iso8601("2026-11-21T10:00:00Z"))};
  suites[0].add({.classname = "c", .name = "holds", .seconds = 0.25});
  suites[0].add(
      {.classname = "c", .name = "\x01<x>", .outcome = JunitOutcome::failure, .message = "\"no\"", .text = "one\ntwo"});
  suites[0].add({.classname = "c", .name = "who knows", .outcome = JunitOutcome::error, .type = "high"});
  EXPECT_EQ(junit_head(suites),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"setpoint\" tests=\"3\" failures=\"1\" errors=\"1\">\n");
  EXPECT_EQ(suites[0].xml(),
            "  <testsuite name=\"a &amp; b\" tests=\"3\" failures=\"1\" errors=\"1\" "
            "timestamp=\"2026-11-21T10:00:00.000Z\">\n"
            "    <testcase classname=\"c\" name=\"holds\" time=\"0.250\"/>\n"
            "    <testcase classname=\"c\" name=\"&lt;x&gt;\">\n"
            "      <failure message=\"&quot;no&quot;\">one&#10;two</failure>\n    </testcase>\n"
            "    <testcase classname=\"c\" name=\"who knows\">\n      <error type=\"high\"></error>\n    </testcase>\n"
            "  </testsuite>\n");
}

TEST(Duration, NumberAndUnit) {
  EXPECT_EQ(parse_duration("90d"), base::Milliseconds(7'776'000'000));
  for (const char* text : {"", "5", "m", "-1s", "1w", "1 s", "99999999999s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Json, CanonicalBytesDoNotDependOnOrderOrSpace) {
  EXPECT_EQ(canonical(*parse_json(R"({"b": [1, 2.50], "a": "é"})")),
            canonical(*parse_json("{\"a\":\"\\u00e9\",\"b\":[1,2.5]}")));
}

TEST(Json, ErrorsNameThePlace) {
  auto result = parse_json("{\"a\": 1,\n  \"b\": tru}");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where.substr(0, 2), "2:");
}

TEST(Json, RefusesHostileInput) {
  EXPECT_EQ(parse_json(std::string(300, '[') + std::string(300, ']')).error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(parse_json(std::string(128, '[') + std::string(128, ']')));
  EXPECT_FALSE(parse_json(std::string(129, '[') + std::string(129, ']')));
  EXPECT_EQ(parse_json("[1,2,3]", {.bytes_max = 3}).error().code, ErrorCode::limit_exceeded);
  for (const char* text :
       {"", "{", "{}{}", "\"\xff\"", "\"\\ud800\"", "123456789012345678901234567890", "1e999", "nan"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(Digest, KnownAnswers) {
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?").hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_sha256("", "").hex(), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(*parse_digest(sha256("abc").hex()), sha256("abc"));
  EXPECT_FALSE(parse_digest("ba78"));
  EXPECT_EQ(*from_base64(to_base64("any carnal pleas")), "any carnal pleas");
  EXPECT_FALSE(from_base64("a"));
}

TEST(Random, SeededIsRepeatableAndIdsHaveTheirForm) {
  SeededRandom one(7);
  SeededRandom two(7);
  EXPECT_EQ(new_uuid(one), new_uuid(two));
  SystemRandom system;
  std::string uuid = new_uuid(system);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(uuid, new_uuid(system));
}

TEST(File, DurableWriteReplacesWhole) {
  auto folder = std::filesystem::temp_directory_path() / "setpoint_file_test";
  std::filesystem::create_directories(folder);
  std::string path = folder / "x";
  ASSERT_TRUE(write_file_durably(path, "one"));
  ASSERT_TRUE(write_file_durably(path, "two"));
  EXPECT_EQ(*read_file(path), "two");
  EXPECT_EQ(read_file(path, 2).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(read_file(folder).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(read_file(path + "-none").error().code, ErrorCode::not_found);
  std::filesystem::remove_all(folder);
}

TEST(Suggestion, NearestOnlyWhereNear) {
  std::string_view names[] = {"title", "severity", "resources"};
  EXPECT_EQ(did_you_mean("tilte", names), "did you mean 'title'?");
  EXPECT_EQ(did_you_mean("zzzzz", names), "");
}

std::optional<Node> yaml(std::string_view text, Diagnostics& diagnostics) {
  return parse_yaml({"t.yaml", text}, diagnostics);
}

TEST(Yaml, TellsQuotedFromPlain) {
  Diagnostics diagnostics;
  auto root = yaml("a: 1\nb: '1'\nc: yes\nd: true\ne: ~\nf: 1.5\ng: [x, 0x1F]\nh: 2026-01-01\n", diagnostics);
  ASSERT_TRUE(root) << diagnostics.render();
  EXPECT_EQ(canonical(root->json()),
            R"({"a":1,"b":"1","c":"yes","d":true,"e":null,"f":1.5,"g":["x",31],"h":"2026-01-01"})");
  EXPECT_EQ(root->find("g")->at.line, 7);
}

TEST(Yaml, ReadsJson) {
  Diagnostics diagnostics;
  auto root = yaml(R"({"a": {"b": [1, "x", null, false]}})", diagnostics);
  ASSERT_TRUE(root) << diagnostics.render();
  EXPECT_EQ(canonical(root->json()), R"({"a":{"b":[1,"x",null,false]}})");
}

TEST(Yaml, MistakesNameThePlace) {
  struct Case {
    const char* text;
    const char* code;
    int line;
  };
  for (const Case& c : {Case{"a: 1\na: 2\n", "duplicate-key", 2}, Case{"a: [1\n", "yaml-syntax", 2},
                        Case{"a: 1\n--- \nb: 1\n", "yaml-syntax", 0}, Case{"", "yaml-syntax", 0},
                        Case{"a: {<<: 1}\n", "yaml-syntax", 1}, Case{"\xff\xfe", "yaml-syntax", 0}}) {
    Diagnostics diagnostics;
    EXPECT_FALSE(yaml(c.text, diagnostics)) << c.text;
    ASSERT_FALSE(diagnostics.empty()) << c.text;
    EXPECT_EQ(diagnostics.items()[0].code, c.code) << c.text;
    if (c.line > 0) {
      EXPECT_EQ(diagnostics.items()[0].at.line, c.line) << c.text;
    }
  }
}

TEST(Yaml, AliasBombEndsInALimit) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    std::string ref = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + ref;
    for (int k = 0; k < 9; ++k) bomb += "," + ref;
    bomb += "]\n";
  }
  Diagnostics diagnostics;
  EXPECT_FALSE(yaml(bomb, diagnostics));
  EXPECT_EQ(diagnostics.items()[0].code, "yaml-limit");
}

TEST(Yaml, DeepNestingEndsInALimit) {
  for (std::size_t depth : {200u, 5000u, 200000u}) {
    Diagnostics diagnostics;
    EXPECT_FALSE(yaml(std::string(depth, '['), diagnostics));
    EXPECT_TRUE(diagnostics.has_errors());
  }
}

TEST(MapReader, ReportsMissingWrongAndUnknownFields) {
  Diagnostics diagnostics;
  auto root = yaml("tilte: x\nseverity: [high]\ncount: many\n", diagnostics);
  ASSERT_TRUE(root);
  MapReader reader(*root, "t.yaml", diagnostics);
  reader.required_string("title");
  reader.optional_string("severity");
  reader.optional_integer("count");
  reader.finish();
  std::string text = diagnostics.render();
  EXPECT_NE(text.find("the field 'title' is missing"), std::string::npos) << text;
  EXPECT_NE(text.find("'severity' must be text, found a list"), std::string::npos) << text;
  EXPECT_NE(text.find("t.yaml:3:8: error: 'count' must be an integer, found text"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown field 'tilte' [unknown-field]\n    hint: did you mean 'title'?"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace setpoint::base
