#include <gtest/gtest.h>

#include <set>

#include "notify/compose.h"
#include "notify/courier.h"
#include "notify/escalation.h"
#include "notify/loopback_servers.h"
#include "notify/mail.h"
#include "notify/owner.h"
#include "notify/webhook.h"

namespace setpoint::notify {
namespace {

using base::ErrorCode;
using base::Json;
using base::Milliseconds;
using base::Timestamp;
using loopback::HttpServer;
using loopback::SmtpServer;

constexpr Timestamp kNow{1'795'255'200'000};  // Saturday 2026-11-21T10:00:00Z
constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
constexpr char kError[] = "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\nConnection: close\r\n\r\nouch";
const TransferTimeouts kQuick{Milliseconds(300), Milliseconds(300)};

Delivery delivery_to(std::string to) {
  Message message{"Port 22 — geöffnet",
                  "Hello\n.\n..dots\n.QUIT\nümläut = 100%\n" + std::string(200, 'x') + "\ntrailing \n",
                  {{"a", 1}}};
  std::string channel = to.empty() ? "hook" : "mail";
  return new_delivery("finding-opened/f-1", std::move(channel), std::move(to), std::move(message), kNow);
}

bool has_header(const loopback::HttpSeen& seen, const std::string& header) {
  return std::find(seen.headers.begin(), seen.headers.end(), header) != seen.headers.end();
}

TEST(Webhook, PostsSignedJsonUnderAnIdempotencyKey) {
  HttpServer server([](int) { return kOk; });
  Webhook webhook({server.url(), "s3cret", {}});
  Delivery delivery = delivery_to("");
  auto receipt = webhook.deliver(delivery, kNow);
  ASSERT_TRUE(receipt) << receipt.error().text();
  EXPECT_EQ(receipt->response, "HTTP 200 ok");
  auto seen = server.seen().at(0);
  EXPECT_EQ(seen.request_line, "POST /hook HTTP/1.1");
  EXPECT_TRUE(has_header(seen, "Content-Type: application/json"));
  EXPECT_TRUE(has_header(seen, "Idempotency-Key: " + delivery.id));
  auto expected = base::hmac_sha256("s3cret", "1795255200." + seen.body).hex();
  EXPECT_TRUE(has_header(seen, "Setpoint-Signature: t=1795255200,v1=" + expected));
  Json body = *base::parse_json(seen.body);
  EXPECT_EQ(body["subject"], "Port 22 — geöffnet");
  EXPECT_EQ(body["detail"], Json({{"a", 1}}));
}

TEST(Webhook, SaysWhatWentWrong) {
  auto code_after = [](const std::string& answer) {
    HttpServer server([&](int) { return answer; });
    auto receipt = Webhook({server.url(), "", kQuick}).deliver(delivery_to(""), kNow);
    EXPECT_FALSE(receipt);
    return receipt.error().code;
  };
  EXPECT_EQ(code_after(kError), ErrorCode::unavailable);
  EXPECT_EQ(code_after("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), ErrorCode::refused);
  EXPECT_EQ(code_after("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), ErrorCode::access_denied);
  EXPECT_EQ(code_after("HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n"), ErrorCode::throttled);
  EXPECT_EQ(code_after("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
            ErrorCode::unavailable);
  EXPECT_EQ(code_after(""), ErrorCode::timed_out) << "a server that says nothing";
  EXPECT_EQ(code_after("gibberish\r\n\r\n"), ErrorCode::unavailable);
}

TEST(Webhook, NobodyThereAndNoProtocolOfOurs) {
  int port = loopback::Server([](loopback::Peer&) {}).port();
  auto down = Webhook({fmt::format("http://127.0.0.1:{}/", port), "", kQuick}).deliver(delivery_to(""), kNow);
  EXPECT_EQ(down.error().code, ErrorCode::unreachable);
  EXPECT_EQ(Webhook({"file:///etc/passwd", "", kQuick}).deliver(delivery_to(""), kNow).error().code,
            ErrorCode::invalid_input);
}

TEST(Webhook, AHugeDetailIsLeftOutAndTheMessageStays) {
  Delivery delivery = delivery_to("");
  delivery.message.json = std::string(kJsonBytesMax, 'x');
  Json body = *base::parse_json(webhook_body(delivery));
  EXPECT_FALSE(body.contains("detail"));
  EXPECT_EQ(body["subject"], delivery.message.subject);
}

// Python's own mail parser reads what we wrote: another's eyes.
Json parsed_by_python(const std::string& mail) {
  std::string path = testing::TempDir() + "notify_mail.eml";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  std::fwrite(mail.data(), 1, mail.size(), file);
  std::fclose(file);
  std::string script =
      "import email, email.policy, json, sys; m = email.message_from_binary_file(open(sys.argv[1], 'rb'), "
      "policy=email.policy.default); print(json.dumps({'subject': m['Subject'], 'from': m['From'], 'to': m['To'], "
      "'date': m['Date'], 'id': m['Message-ID'], 'body': m.get_content(), 'keys': m.keys(), 'defects': "
      "[str(d) for d in m.defects]}))";
  std::FILE* pipe = ::popen(fmt::format("/usr/bin/python3 -c \"{}\" {}", script, path).c_str(), "r");
  std::string out;
  char buffer[4096];
  while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, got);
  EXPECT_EQ(::pclose(pipe), 0);
  return base::parse_json(out).value_or(Json(out));
}

TEST(Mail, ArrivesAsWrittenOverSmtp) {
  SmtpServer server;
  Mail mail({.url = server.url(),
             .from = "setpoint@example.org",
             .username = {},
             .password = {},
             .require_tls = false,
             .timeouts = {}});
  Delivery delivery = delivery_to("ada@example.org");
  auto receipt = mail.deliver(delivery, kNow);
  ASSERT_TRUE(receipt) << receipt.error().text();
  EXPECT_EQ(receipt->response, "250 2.0.0 queued as 4F2");
  auto seen = server.seen().at(0);
  EXPECT_TRUE(seen.from.starts_with("<setpoint@example.org>"));
  EXPECT_EQ(seen.to, "<ada@example.org>");
  Json parsed = parsed_by_python(seen.data);
  EXPECT_EQ(parsed["subject"], delivery.message.subject);
  EXPECT_EQ(parsed["to"], "ada@example.org");
  EXPECT_EQ(parsed["date"], "Sat, 21 Nov 2026 10:00:00 +0000");
  EXPECT_EQ(parsed["id"], "<" + delivery.id + "@example.org>");
  EXPECT_EQ(parsed["body"], delivery.message.text);
  EXPECT_TRUE(parsed["defects"].empty()) << parsed["defects"];
}

TEST(Mail, NothingOfAMessageBecomesAHeader) {
  Delivery delivery = delivery_to("ada@example.org");
  delivery.message.subject = "innocent\r\nBcc: eve@example.org\r\n\r\nhello";
  Json parsed = parsed_by_python(mail_text(delivery, "setpoint@example.org"));
  EXPECT_EQ(parsed["keys"].size(), 9u) << parsed["keys"];
  EXPECT_EQ(std::count(parsed["keys"].begin(), parsed["keys"].end(), Json("Bcc")), 0);
  delivery.message.subject = std::string(300, 'u') + "ü";
  EXPECT_EQ(parsed_by_python(mail_text(delivery, "setpoint@example.org"))["subject"], delivery.message.subject);
  for (const char* address : {"ada@example.org\r\nBcc: eve@example.org", "ada@example.org, eve@example.org",
                              "ada@ex ample.org", "<a@b.c>", ""}) {
    delivery.to = address;
    auto sent = Mail({.url = "smtp://127.0.0.1:1",
                      .from = "s@example.org",
                      .username = {},
                      .password = {},
                      .require_tls = false,
                      .timeouts = kQuick})
                    .deliver(delivery, kNow);
    EXPECT_EQ(sent.error().code, ErrorCode::invalid_input) << address;
  }
}

TEST(Mail, SaysWhatWentWrong) {
  auto error_with = [](SmtpServer::Answer answer) {
    SmtpServer server(std::move(answer));
    Mail mail({.url = server.url(),
               .from = "s@example.org",
               .username = {},
               .password = {},
               .require_tls = false,
               .timeouts = kQuick});
    auto sent = mail.deliver(delivery_to("ada@example.org"), kNow);
    EXPECT_FALSE(sent);
    EXPECT_TRUE(server.seen().empty());
    return sent.error();
  };
  auto at = [](std::string which, std::string answer) {
    return [=](const std::string& command, int) { return command == which ? answer : std::string(); };
  };
  EXPECT_EQ(error_with(at("RCPT", "550 5.1.1 no such user")).code, ErrorCode::refused);
  EXPECT_NE(error_with(at("RCPT", "550 5.1.1 no such user")).text().find("no such user"), std::string::npos);
  EXPECT_EQ(error_with(at("RCPT", "451 4.7.1 greylisted")).code, ErrorCode::unavailable);
  EXPECT_EQ(error_with(at(".", "554 5.6.0 not this")).code, ErrorCode::refused);
  EXPECT_EQ(error_with(at("MAIL", "drop")).worth_retrying(), true);
  SmtpServer plain;
  Mail strict({.url = plain.url(),
               .from = "s@example.org",
               .username = {},
               .password = {},
               .require_tls = true,
               .timeouts = kQuick});
  EXPECT_FALSE(strict.deliver(delivery_to("ada@example.org"), kNow)) << "no TLS where TLS is required";
  EXPECT_TRUE(plain.seen().empty());
}

// Keeps deliveries in memory as store/outbox.h keeps them on disk.
class MemoryOutbox final : public Outbox {
 public:
  explicit MemoryOutbox(base::Clock& clock) : clock_(clock) {}
  base::Status add(const std::vector<Delivery>& deliveries) override {
    for (const Delivery& each : deliveries) held.try_emplace(each.id, each);
    return {};
  }
  base::Result<std::vector<ClaimedDelivery>> claim(std::size_t limit, Milliseconds) override {
    std::vector<ClaimedDelivery> out;
    for (const auto& [id, each] : held) {
      if (out.size() < limit && each.status == DeliveryStatus::pending && each.next_at <= clock_.now())
        out.push_back({each, 1});
    }
    return out;
  }
  base::Status record(const ClaimedDelivery& claimed) override {
    held[claimed.delivery.id] = claimed.delivery;
    return {};
  }
  base::Result<std::optional<Delivery>> get(const std::string& id) const override {
    auto found = held.find(id);
    return found == held.end() ? std::nullopt : std::optional(found->second);
  }
  base::Result<std::vector<Delivery>> about(const std::string&) const override { return std::vector<Delivery>(); }
  std::map<std::string, Delivery> held;

 private:
  base::Clock& clock_;
};

TEST(Courier, AFlappingReceiverGetsItOnceItIsUpAndEveryAttemptIsKept) {
  HttpServer server([](int count) { return count < 3 ? kError : kOk; });
  base::ManualClock clock(kNow);
  MemoryOutbox outbox(clock);
  Courier courier(outbox, {{"hook", std::make_shared<Webhook>(WebhookSettings{server.url(), "", {}})}}, clock);
  Delivery delivery = delivery_to("");
  ASSERT_TRUE(outbox.add({delivery, delivery}));
  EXPECT_EQ(courier.run_once()->retried, 1u);
  EXPECT_EQ(courier.run_once()->claimed, 0u) << "not before its time";
  for (int i = 0; i < 10; ++i, clock.advance(Milliseconds(120'000))) (void)courier.run_once();
  Delivery after = **outbox.get(delivery.id);
  EXPECT_EQ(after.status, DeliveryStatus::delivered);
  ASSERT_EQ(after.attempts.size(), 3u);
  EXPECT_TRUE(after.attempts[0].response.ends_with("HTTP 500 ouch")) << after.attempts[0].response;
  EXPECT_TRUE(after.attempts[2].delivered);
  EXPECT_EQ(server.seen().size(), 3u) << "and not once more";
  EXPECT_EQ(*delivery_from_json(after.json()), after);
}

TEST(Courier, AFailedNotifierNeverCountsAsDone) {
  base::ManualClock clock(kNow);
  MemoryOutbox outbox(clock);
  SmtpServer server([](const std::string& command, int) {
    return command == "RCPT" ? std::string("550 no such user") : std::string();
  });
  Courier courier(outbox,
                  {{"mail", std::make_shared<Mail>(MailSettings{server.url(), "s@example.org", "", "", false, kQuick})},
                   {"hook", std::make_shared<Webhook>(WebhookSettings{"http://127.0.0.1:1/", "", kQuick})}},
                  clock, {.first = Milliseconds(1000), .longest = Milliseconds(4000), .attempts_max = 5});
  Delivery refused = delivery_to("ada@example.org"), down = delivery_to(""), unknown = delivery_to("");
  unknown.id = "d-unknown";
  unknown.channel = "nowhere";
  ASSERT_TRUE(outbox.add({refused, down, unknown}));
  for (int i = 0; i < 20; ++i, clock.advance(Milliseconds(5000))) {
    auto report = courier.run_once();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->delivered, 0u);
  }
  EXPECT_EQ((*outbox.get(refused.id))->status, DeliveryStatus::failed);
  EXPECT_EQ((*outbox.get(refused.id))->attempt_count, 1u) << (*outbox.get(refused.id))->json()["attempts"];
  EXPECT_EQ((*outbox.get(down.id))->status, DeliveryStatus::failed);
  EXPECT_EQ((*outbox.get(down.id))->attempt_count, 5u);
  EXPECT_EQ((*outbox.get(unknown.id))->status, DeliveryStatus::failed);
}

TEST(Backoff, DoublesUpToTheLongestAndSpreads) {
  RetryPolicy policy;
  for (std::size_t attempt = 1; attempt < 40; ++attempt) {
    auto base_wait = std::min<std::int64_t>(30'000LL << std::min<std::size_t>(attempt - 1, 20), 3'600'000);
    Milliseconds wait = backoff(policy, attempt, "d-1");
    EXPECT_GE(wait.count(), base_wait);
    EXPECT_LT(wait.count(), base_wait + base_wait / 5 + 1);
  }
  EXPECT_NE(backoff(policy, 5, "d-1"), backoff(policy, 5, "d-2"));
}

TEST(Delivery, TheSameOccasionForTheSameRecipientIsOneDelivery) {
  EXPECT_EQ(delivery_to("ada@example.org").id, delivery_to("ada@example.org").id);
  EXPECT_NE(delivery_to("ada@example.org").id, delivery_to("ben@example.org").id);
  EXPECT_NE(delivery_to("").id, new_delivery("other", "hook", "", {}, kNow).id);
}

TEST(Owner, TagThenCreatorThenAccountContactWithTheReason) {
  OwnerFacts facts;
  facts.account_contact = "cloud@example.org";
  EXPECT_EQ(resolve_owner(facts).address, "cloud@example.org");
  facts.creator = "arn:aws:sts::111122223333:assumed-role/Admin/ben@example.org";
  EXPECT_EQ(resolve_owner(facts).address, "ben@example.org");
  EXPECT_EQ(resolve_owner(facts).because, "created it, says CloudTrail");
  facts.tags["owner"] = "Ada <ada@example.org>";
  EXPECT_EQ(resolve_owner(facts).address, "ada@example.org");
  EXPECT_EQ(resolve_owner(facts).because, "tag owner");
  facts.tags["Owner"] = "team-red";
  Owner owner = resolve_owner(facts);
  EXPECT_EQ(owner.address, "ada@example.org");
  ASSERT_EQ(owner.skipped.size(), 1u);
  EXPECT_NE(owner.skipped[0].find("team-red"), std::string::npos);
  facts.directory["team-red"] = "red@example.org";
  EXPECT_EQ(resolve_owner(facts).because, "tag Owner");
  EXPECT_EQ(resolve_owner(facts).address, "red@example.org");
  EXPECT_FALSE(resolve_owner({}).known());
  EXPECT_EQ(resolve_owner({}).because, "nobody is known");
}

TEST(Owner, OnlyPlainMailboxesAreAddresses) {
  EXPECT_EQ(mailbox_of(" mailto:a.b+c@ex-ample.org "), "a.b+c@ex-ample.org");
  for (const char* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\nBcc: x@y", "a@b,c@d", "a@.b", "ä@b.de", "a@b;c", "\"a b\"@c"}) {
    EXPECT_EQ(mailbox_of(bad), "") << bad;
  }
}

TEST(Escalation, TellsEachStepOnceUntilSomeoneTakesIt) {
  std::vector<EscalationStep> steps{{Milliseconds(3'600'000), "head"}, {Milliseconds(900'000), "on-call"}};
  EscalationState state{kNow, {}, {}};
  EXPECT_TRUE(due_steps(steps, state, kNow).empty());
  EXPECT_EQ(*next_look(steps, state), kNow + Milliseconds(900'000));
  EXPECT_EQ(due_steps(steps, state, kNow + Milliseconds(900'000)), std::vector<std::size_t>{1});
  EXPECT_EQ(due_steps(steps, state, kNow + Milliseconds(9'000'000)), (std::vector<std::size_t>{1, 0}))
      << "after a pause, in order";
  state.sent = {1};
  EXPECT_EQ(*next_look(steps, state), kNow + Milliseconds(3'600'000));
  state.taken = kNow + Milliseconds(1000);
  EXPECT_TRUE(due_steps(steps, state, kNow + Milliseconds(9'000'000)).empty());
  EXPECT_FALSE(next_look(steps, state));
}

model::Finding open_ssh() {
  model::Finding finding;
  finding.id = "f-3f9c0a12b4d7";
  finding.check = "EC2.13";
  finding.title = "Security groups should not allow ingress from 0.0.0.0/0 to port 22";
  finding.severity = model::Level::high;
  finding.resource = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
  finding.evidence.push_back(
      {"/configuration/ipPermissions/0/ipRanges/0", "0.0.0.0/0", true, "!= \"0.0.0.0/0\"", "open to everyone", "ssh"});
  finding.first_seen = finding.last_seen = kNow;
  return finding;
}

model::Plan revoke_plan() {
  model::Plan plan;
  plan.control = "EC2.13";
  plan.runbook = "Setpoint-RevokeOpenIngress";
  plan.calls.push_back({"Revoke",
                        {"111122223333", "eu-west-1", "ec2", "RevokeSecurityGroupIngress", {{"GroupId", "sg-1"}}},
                        false,
                        {},
                        {}});
  plan.undo_exact = true;
  return plan;
}

TEST(Compose, SaysWhatIsWrongHowWeKnowAndWhatToDo) {
  model::Finding finding = open_ssh();
  Message message = finding_opened(finding);
  EXPECT_EQ(message.subject, "[HIGH] Security groups should not allow ingress from 0.0.0.0/0 to port 22 (sg-1)");
  for (const char* part : {"sg-1 in account 111122223333, eu-west-1",
                           "ipRanges/0 is 0.0.0.0/0, must be !=", "open to everyone", "setpoint plan f-3f9c0a12b4d7"}) {
    EXPECT_NE(message.text.find(part), std::string::npos) << part << "\n" << message.text;
  }
  EXPECT_EQ(message.json["finding"]["id"], "f-3f9c0a12b4d7");
}

TEST(Compose, AsksForApprovalWithTheExactCallsAndReasons) {
  model::Finding finding = open_ssh();
  model::Plan plan = revoke_plan();
  model::Decision decision;
  decision.reasons = {{"autonomy-ask", "automation:close-open-ssh asks before it acts"}};
  Message message = approval_wanted({&finding, &plan, &decision});
  for (const char* part : {"ec2:RevokeSecurityGroupIngress {\"GroupId\":\"sg-1\"}", "asks before it acts",
                           "setpoint approve p-", "byte for byte"}) {
    EXPECT_NE(message.text.find(part), std::string::npos) << part << "\n" << message.text;
  }
  plan.calls.resize(100, plan.calls[0]);
  EXPECT_NE(approval_wanted({&finding, &plan, nullptr}).text.find("... and 80 more"), std::string::npos);
}

TEST(Compose, NoOutcomeSoundsBetterThanItIs) {
  model::Finding finding = open_ssh();
  model::Plan plan = revoke_plan();
  PlanStory story{&finding, &plan, nullptr};
  std::set<std::string> subjects;
  for (int i = 0; i <= static_cast<int>(model::RunStatus::refused); ++i) {
    auto status = static_cast<model::RunStatus>(i);
    Message message = run_ended(story, status, "run-1", "note of the run");
    subjects.insert(message.subject);
    EXPECT_EQ(message.subject.starts_with("Fixed"), status == model::RunStatus::effective);
    EXPECT_NE(message.text.find("note of the run"), std::string::npos);
    EXPECT_EQ(message.json["status"], model::to_string(status));
  }
  EXPECT_EQ(subjects.size(), static_cast<std::size_t>(model::RunStatus::refused) + 1);
  EXPECT_TRUE(escalated(finding_opened(finding), Milliseconds(900'000))
                  .text.starts_with("Nobody has taken this for 15 minutes."));
}

TEST(Compose, CutsWhatIsTooLongBetweenCharacters) {
  model::Finding finding = open_ssh();
  finding.title = std::string(199, 'a') + std::string("ü") + std::string(300, 'b');
  std::string subject = finding_opened(finding).subject;
  EXPECT_LE(subject.size(), kSubjectCharsMax + 3);
  EXPECT_EQ(Json(subject).dump(), Json(subject).dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace
}  // namespace setpoint::notify
