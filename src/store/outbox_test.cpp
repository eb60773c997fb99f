#include "store/outbox.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "journal/journal.h"
#include "notify/courier.h"
#include "store/database.h"

namespace setpoint::store {
namespace {

using base::Milliseconds;
using notify::Delivery;
using notify::DeliveryStatus;

// Fails as often as it is told to.
class Fickle final : public notify::Notifier {
 public:
  base::Result<notify::Receipt> deliver(const Delivery& delivery, base::Timestamp) override {
    sent.push_back(delivery.id);
    if (failures-- > 0) return base::fail(base::ErrorCode::unavailable, "not today");
    return notify::Receipt{"250 ok"};
  }
  int failures = 0;
  std::vector<std::string> sent;
};

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    path = testing::TempDir() + "outbox_test_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    reopen();
  }
  void TearDown() override {
    outbox.reset();
    database.reset();
    std::filesystem::remove_all(path);
  }
  void reopen() {
    outbox.reset();
    database.reset();
    database = std::move(*Database::open({.path = path + "/setpoint.db"}, clock, random));
    outbox = std::make_unique<StoredOutbox>(database->log(), database->documents(), database->queue());
  }
  Delivery delivery(const std::string& occasion) {
    Delivery out =
        notify::new_delivery(occasion, "mail", "ada@example.org", {"Subject", "Text", {{"a", 1}}}, clock.now());
    out.about = "f-1";
    return out;
  }
  notify::Courier courier() { return {*outbox, {{"mail", fickle}}, clock}; }

  std::string path;
  base::ManualClock clock{{1'795'255'200'000}};
  base::SeededRandom random{1};
  std::unique_ptr<Database> database;
  std::unique_ptr<StoredOutbox> outbox;
  std::shared_ptr<Fickle> fickle = std::make_shared<Fickle>();
};

TEST_F(OutboxTest, DeliversOnceOverFailuresAndRestarts) {
  fickle->failures = 3;
  ASSERT_TRUE(outbox->add({delivery("a"), delivery("a")}));
  ASSERT_TRUE(outbox->add({delivery("a")}));
  for (int i = 0; i < 20; ++i, clock.advance(Milliseconds(300'000))) {
    ASSERT_TRUE(courier().run_once());
    reopen();
  }
  Delivery after = **outbox->get(delivery("a").id);
  EXPECT_EQ(after.status, DeliveryStatus::delivered);
  EXPECT_EQ(after.attempts.size(), 4u);
  EXPECT_EQ(after.attempts[0].response, "not today");
  EXPECT_EQ(fickle->sent.size(), 4u);
  EXPECT_EQ(outbox->about("f-1")->size(), 1u);
  EXPECT_EQ(outbox->with_status(DeliveryStatus::pending)->size(), 0u);
  EXPECT_EQ(database->queue().depth(kDeliveryQueue)->waiting, 0u);
}

TEST_F(OutboxTest, AFailedOneStaysInSightAndCanBeSentAgain) {
  fickle->failures = 1000;
  ASSERT_TRUE(outbox->add({delivery("a")}));
  for (int i = 0; i < 60; ++i, clock.advance(Milliseconds(2 * 3'600'000))) ASSERT_TRUE(courier().run_once());
  ASSERT_EQ(outbox->with_status(DeliveryStatus::failed)->size(), 1u);
  EXPECT_EQ(database->queue().depth(kDeliveryQueue)->dead, 1u);
  fickle->failures = 0;
  ASSERT_TRUE(database->queue().revive(kDeliveryQueue, delivery("a").id));
  EXPECT_EQ(courier().run_once()->delivered, 1u);
  EXPECT_EQ((*outbox->get(delivery("a").id))->status, DeliveryStatus::delivered);
}

TEST_F(OutboxTest, GoesIntoTheTransactionThatRecordsTheOccasion) {
  journal::Journal journal(database->log(), clock);
  auto append = [&](std::uint64_t expected) {
    journal::Batch batch{.entries = {{"finding.opened", "setpoint", "f-1", {}}},
                         .state = *outbox->writes_for({delivery("a")})};
    batch.state.documents.push_back({"other", "key", base::Json(1), expected, {}});
    return journal.append(std::move(batch));
  };
  EXPECT_FALSE(append(7));
  EXPECT_FALSE(outbox->get(delivery("a").id)->has_value());
  ASSERT_TRUE(append(0));
  EXPECT_TRUE(outbox->get(delivery("a").id)->has_value());
  EXPECT_EQ(courier().run_once()->delivered, 1u);
}

TEST_F(OutboxTest, ACourierThatDiedAfterSendingDoesNotSendWhatIsRecorded) {
  ASSERT_TRUE(outbox->add({delivery("a")}));
  auto claimed = outbox->claim(1, Milliseconds(1000));
  ASSERT_EQ(claimed->size(), 1u);
  // Recorded as delivered; the task is still there, as after a crash between the two.
  Delivery done = notify::after_attempt(claimed->at(0).delivery, notify::Receipt{"250 ok"}, clock.now());
  ASSERT_TRUE(database->documents().put({kDeliverySpace, done.id, done.json(), {}, {}}));
  clock.advance(Milliseconds(1001));
  EXPECT_EQ(courier().run_once()->claimed, 0u);
  EXPECT_TRUE(fickle->sent.empty());
  EXPECT_EQ(database->queue().depth(kDeliveryQueue)->waiting, 0u);
}

}  // namespace
}  // namespace setpoint::store
