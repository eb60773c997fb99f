#include "intake/intake.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>

#include "intake/config_item.h"
#include "intake/reading.h"

namespace setpoint::intake {
namespace {

using base::ErrorCode;
using base::Json;
using model::Knowledge;

std::string item(const std::string& id) {
  return R"({"resourceType":"AWS::EC2::SecurityGroup","resourceId":")" + id +
         R"(","accountId":"111122223333","awsRegion":"eu-west-1","configurationItemStatus":"OK",)" +
         R"("configurationItemCaptureTime":"2026-01-02T03:04:05Z","configuration":{"groupId":")" + id + R"("}})";
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Batch read(const std::string& text) {
  auto batch = Intake().read(text, "in.json");
  EXPECT_TRUE(batch) << batch.error().text();
  return batch ? std::move(*batch) : Batch();
}

std::vector<std::string> ids(const Batch& batch) {
  std::vector<std::string> out;
  for (const auto& resource : batch.resources) out.push_back(resource.key.id);
  return out;
}

using Ids = std::vector<std::string>;

TEST(Intake, TakesAValueALineAnArrayAndASnapshotAlike) {
  EXPECT_EQ(ids(read(item("sg-1"))), Ids{"sg-1"});
  EXPECT_EQ(ids(read(item("sg-1") + "\n" + item("sg-2") + "\n")), (Ids{"sg-1", "sg-2"}));
  EXPECT_EQ(ids(read("[" + item("sg-1") + ",\n" + item("sg-2") + "]")), (Ids{"sg-1", "sg-2"}));
  EXPECT_EQ(
      ids(read(R"({"fileVersion":"1.0","configurationItems":[)" + item("sg-1") + "," + item("sg-2") + R"(],"x":1})")),
      (Ids{"sg-1", "sg-2"}));
  EXPECT_EQ(ids(read("\xef\xbb\xbf" + item("sg-1"))), Ids{"sg-1"});
}

TEST(Intake, GzipIsUndoneMemberByMember) {
  EXPECT_EQ(ids(read(gzip(item("sg-1") + "\n") + gzip(item("sg-2")))), (Ids{"sg-1", "sg-2"}));
}

TEST(Intake, AGzipStreamThatEndsTooEarlyKeepsWhatCameBefore) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += item("sg-" + std::to_string(i * 7919)) + "\n";
  std::string packed = gzip(lines);
  Batch batch = read(packed.substr(0, packed.size() * 2 / 3));
  EXPECT_GT(batch.resources.size(), 1000u);
  ASSERT_TRUE(batch.stopped.has_value());
  EXPECT_NE(batch.stopped->message.find("ends too early"), std::string::npos);
}

TEST(Intake, ABrokenLineIsRefusedAndItsNeighboursAreTaken) {
  for (const char* broken :
       {R"({"resourceType":"AWS::EC2::Sec)", R"({"resourceType":"x","a":)", R"({"resourceType":"x",)", R"({"a":tru})",
        R"({"a":"\ud800"})", "nonsense", "{\"a\":\"\xff\"}", "12", "\"text\""}) {
    Batch batch = read(item("sg-1") + "\n" + broken + "\n" + item("sg-2") + "\n" + item("sg-3") + "\n");
    ASSERT_EQ(batch.refused.size(), 1u) << broken;
    EXPECT_EQ(batch.refused[0].where.rfind("in.json:2", 0), 0u) << batch.refused[0].where;
    std::size_t lost = std::string(broken).ends_with(":") ? 1 : 0;  // the next line completes it: {"a":{...}
    EXPECT_EQ(batch.resources.size(), 3 - lost) << broken;
    EXPECT_FALSE(batch.stopped.has_value());
  }
}

TEST(Intake, ATextThatEndsInsideAValueKeepsTheGoodOnes) {
  Batch batch = read(R"({"configurationItems":[)" + item("sg-1") + ",\n" + item("sg-2").substr(0, 90));
  EXPECT_EQ(ids(batch), Ids{"sg-1"});
  ASSERT_TRUE(batch.stopped.has_value());
  EXPECT_EQ(batch.stopped->where, "in.json:2");
  EXPECT_EQ(batch.stopped->message, "the text ends inside the value that begins on line 2");
}

TEST(Intake, WhatCannotBeReadAtAllIsAnErrorWithItsPlace) {
  auto broken = Intake().read("{\n \"a\": tru\n}", "x.json");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where, "x.json:2:10");
  auto cut = Intake().read("{\"a\": [1,", "x.json");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().where, "x.json:1");
  EXPECT_FALSE(Intake().read("MZ\x90 a program", "x.exe"));
}

TEST(Intake, HostileDepthIsRefusedAndReadingGoesOn) {
  std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  Batch batch = read(deep + "\n" + item("sg-1"));
  EXPECT_EQ(ids(batch), Ids{"sg-1"});
  ASSERT_EQ(batch.refused.size(), 1u);
  EXPECT_EQ(batch.refused[0].code, ErrorCode::limit_exceeded);
}

TEST(Intake, AnOversizedValueIsRefusedAndReadingGoesOn) {
  std::string huge = R"({"resourceType":"X","pad":")" + std::string(kValueBytesMax + 10, 'x') + "\"}";
  Batch batch = read(item("sg-1") + "\n" + huge + "\n" + item("sg-2"));
  EXPECT_EQ(ids(batch), (Ids{"sg-1", "sg-2"}));
  ASSERT_EQ(batch.refused.size(), 1u);
  EXPECT_EQ(batch.refused[0].where, "in.json:2");
  EXPECT_EQ(batch.refused[0].code, ErrorCode::limit_exceeded);
}

TEST(Intake, GivesUpOnAFileOfNothingButRefusals) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "{\"line\":1}\n";
  auto batch = Intake().read(text, "x");
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().where, "x");
}

TEST(Intake, TheSinksErrorEndsTheReading) {
  int calls = 0;
  base::Status status = Intake().read(item("a") + "\n" + item("b"), "in", [&](Batch&&) {
    ++calls;
    return base::Status(base::fail(ErrorCode::unavailable, "disk full"));
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(status.error().code, ErrorCode::unavailable);
  EXPECT_EQ(status.error().where, "");
}

TEST(Intake, MessagesAreUnwrappedThroughSnsSqsAndLambda) {
  Json message = {{"messageType", "ConfigurationItemChangeNotification"},
                  {"configurationItem", Json::parse(item("sg-1"))}};
  Json sns = {{"Type", "Notification"}, {"TopicArn", "arn:aws:sns:r:1:t"}, {"Message", message.dump()}};
  Json lambda_sns = {{"Records", {{{"EventSource", "aws:sns"}, {"Sns", sns}}}}};
  Json sqs = {{"Records", {{{"messageId", "m"}, {"body", sns.dump()}}}}};
  Json rule = {{"invokingEvent", message.dump()}, {"configRuleName", "r"}};
  for (const Json& form : {message, sns, lambda_sns, sqs, rule}) {
    Batch batch = read(form.dump());
    EXPECT_EQ(ids(batch), Ids{"sg-1"}) << form.dump();
    ASSERT_EQ(batch.events.size(), 1u);
    EXPECT_EQ(batch.events[0].detail_type, "Config Configuration Item Change");
    EXPECT_EQ(batch.events[0].account, "111122223333");
  }
}

TEST(Intake, EndlessNestingOfMessagesIsRefused) {
  Json inner = {{"TopicArn", "t"}, {"Message", item("sg-1")}};
  for (int i = 0; i < 10; ++i) inner = {{"TopicArn", "t"}, {"Message", inner.dump()}};
  auto batch = Intake().read(inner.dump(), "in");
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, ErrorCode::limit_exceeded);
}

TEST(ConfigItem, OldAndNewSpellingsGiveOneResource) {
  Json old_form = Json::parse(item("sg-1"));
  Json new_form = old_form;
  new_form.erase("accountId");
  new_form["awsAccountId"] = "111122223333";
  new_form["ARN"] = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1";
  new_form["configurationItemVersion"] = "1.3";
  new_form["configuration"] = old_form["configuration"].dump();
  new_form["configurationItemCaptureTime"] = 1767323045.0;
  old_form["arn"] = new_form["ARN"];
  old_form["version"] = "1.3";
  model::Resource a = resource_from_config_item(old_form).value();
  model::Resource b = resource_from_config_item(new_form).value();
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.state_digest(), b.state_digest());
  EXPECT_EQ(a.captured_at, b.captured_at);
  EXPECT_EQ(b.item["arn"], new_form["ARN"]);
  EXPECT_FALSE(b.item.contains("awsAccountId"));
}

TEST(ConfigItem, DeletedAndUnrecordedItemsAreNotEmptyOnes) {
  auto with_status = [](const char* status) {
    Json json = Json::parse(item("sg-1"));
    json["configurationItemStatus"] = status;
    return resource_from_config_item(json).value().knowledge;
  };
  EXPECT_EQ(with_status("ResourceDeleted"), Knowledge::deleted);
  EXPECT_EQ(with_status("ResourceDeletedNotRecorded"), Knowledge::deleted);
  EXPECT_EQ(with_status("ResourceNotRecorded"), Knowledge::unknown);
  EXPECT_EQ(with_status("SomethingNew"), Knowledge::unknown);
  Json bare = Json::parse(item("sg-1"));
  bare["configuration"] = nullptr;
  EXPECT_EQ(resource_from_config_item(bare).value().knowledge, Knowledge::unknown);
}

TEST(ConfigItem, WhatIdentifiesAResourceMustBeThere) {
  for (const char* name : {"resourceType", "resourceId", "accountId", "awsRegion"}) {
    Json json = Json::parse(item("sg-1"));
    json.erase(name);
    EXPECT_FALSE(resource_from_config_item(json)) << name;
  }
  Json text = Json::parse(item("sg-1"));
  text["configuration"] = "{not json";
  EXPECT_FALSE(resource_from_config_item(text));
}

TEST(Reading, TimesInEveryFormAreOneTime) {
  for (const Json& form : {Json("2026-01-02T03:04:05Z"), Json(1767323045), Json(1767323045.0), Json(1767323045000)}) {
    EXPECT_EQ(read_time(form).value().ms, 1767323045000) << form;
  }
  EXPECT_FALSE(read_time(Json("yesterday")));
  EXPECT_FALSE(read_time(Json(-5)));
  EXPECT_FALSE(read_time(Json(true)));
  EXPECT_FALSE(read_time(Json(nullptr)).value().known());
}

TEST(Intake, TenThousandItemsAreQuickAndComplete) {
  std::string text = R"({"configurationItems":[)";
  for (int i = 0; i < 10000; ++i) text += (i ? "," : "") + item("sg-" + std::to_string(i));
  text += "]}";
  EXPECT_EQ(read(text).resources.size(), 10000u);
}

}  // namespace
}  // namespace setpoint::intake
