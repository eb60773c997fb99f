// Both verifiers on the same damaged exports: they must fail, name the same entry and say the same of it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "journal/journal.h"
#include "journal/limits.h"
#include "journal/memory_log.h"

namespace setpoint::journal {
namespace {

using base::Json;

constexpr const char* kVerifier = SETPOINT_SOURCE_DIR "/tools/journal_verify.py";

struct Answer {
  int exit_code = -1;
  Json report;
};

Answer run(const std::string& arguments) {
  Answer out;
  FILE* pipe = ::popen(fmt::format("/usr/bin/python3 {} {} 2>&1", kVerifier, arguments).c_str(), "r");
  std::string text;
  char buffer[4096];
  while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  out.exit_code = WEXITSTATUS(::pclose(pipe));
  out.report = base::parse_json(text).value_or(Json(text));
  return out;
}

// Many exports in one process of Python: starting one for each flipped byte would take minutes.
std::vector<Json> run_all(const std::vector<std::string>& exports, const std::string& folder) {
  std::string script = folder + "/all.py";
  std::ofstream(script)
      << "import sys, json, types, os\n"
      << "sys.path.insert(0, os.path.dirname(sys.argv[1]))\nsys.dont_write_bytecode = True\n"
      << "import journal_verify as v\n"
      << "for i in range(int(sys.argv[3])):\n"
      << "  o = types.SimpleNamespace(journal=f'{sys.argv[2]}/{i}', checkpoint=None, public_key=None)\n"
      << "  print(json.dumps(v.verify(o)))\n";
  for (std::size_t i = 0; i < exports.size(); ++i) {
    std::ofstream(fmt::format("{}/{}", folder, i), std::ios::binary) << exports[i];
  }
  FILE* pipe =
      ::popen(fmt::format("/usr/bin/python3 {} {} {} {}", script, kVerifier, folder, exports.size()).c_str(), "r");
  std::vector<Json> out;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) out.push_back(base::parse_json(buffer).value_or(Json()));
  EXPECT_EQ(::pclose(pipe), 0);
  return out;
}

class AgreementTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "journal_agreement_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    append("finding.opened", {{"title", "Port 22 is open — to everyone"}, {"score", 7.25}});
    append("approval.given", Json::array({nullptr, true, -1, 1e300}));
    append("call.intent", Json::object());
    append("call.outcome", "done\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void append(const char* kind, Json body) { ASSERT_TRUE(journal.append(kind, "user:ada", "f-1", std::move(body))); }

  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    EXPECT_TRUE(journal.export_to([&](std::string_view line) -> base::Status {
      out.emplace_back(line);
      return {};
    }));
    return out;
  }
  static std::string join(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
  }
  static Json ours(const std::string& text) {
    std::istringstream in(text);
    return verify_export(in).json();
  }
  // What must be equal: everything but the sentence for people.
  static Json essence(Json report) {
    if (report.contains("fault")) report["fault"].erase("text");
    return report;
  }
  void expect_agreement(const std::vector<std::string>& exports,
                        const std::function<void(const Json&, std::size_t)>& check) {
    std::vector<Json> theirs = run_all(exports, folder);
    ASSERT_EQ(theirs.size(), exports.size());
    for (std::size_t i = 0; i < exports.size(); ++i) {
      Json mine = ours(exports[i]);
      EXPECT_EQ(essence(mine), essence(theirs[i])) << "export " << i;
      check(mine, i);
    }
  }
  // A line whose hash is right, whatever its bytes are: what a forger would write.
  static std::string line_of(const std::string& bytes) { return base::sha256(bytes).hex() + " " + bytes + "\n"; }

  std::string folder;
  MemoryLog log;
  base::ManualClock clock{{1'795'000'000'000}};
  Journal journal{log, clock};
};

TEST_F(AgreementTest, AnyFlippedByteIsFoundAtItsEntry) {
  std::vector<std::string> whole = lines();
  std::string text = join(whole);
  std::vector<std::string> exports{text};
  std::vector<std::uint64_t> entry_of{0};
  std::size_t start = 0;
  for (std::size_t n = 0; n < whole.size(); start += whole[n++].size()) {
    for (std::size_t i = 0; i < whole[n].size(); ++i) {
      exports.push_back(text);
      exports.back()[start + i] ^= static_cast<char>(1 << (i % 8));
      entry_of.push_back(n + 1);
    }
  }
  expect_agreement(exports, [&](const Json& report, std::size_t i) {
    EXPECT_EQ(report["ok"], i == 0);
    if (i > 0) {
      EXPECT_EQ(report["fault"]["seq"], entry_of[i]) << report;
    }
  });
}

TEST_F(AgreementTest, DroppedSwappedDoubledAndCutEntriesAreNamed) {
  std::vector<std::string> whole = lines();
  std::vector<std::string> exports;
  std::vector<std::string> expected;
  auto expect = [&](std::vector<std::string> changed, std::string fault) {
    exports.push_back(join(changed));
    expected.push_back(std::move(fault));
  };
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    auto dropped = whole, swapped = whole, doubled = whole;
    dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
    std::swap(swapped[i], swapped[i + 1]);
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), doubled[i]);
    expect(dropped, fmt::format("{} sequence", i + 1));
    expect(swapped, fmt::format("{} sequence", i + 1));
    expect(doubled, fmt::format("{} sequence", i + 2));
  }
  auto cut = whole;
  cut.back().resize(cut.back().size() - 1);
  expect(cut, "4 malformed-line");
  cut.back().resize(30);
  expect(cut, "4 malformed-line");
  auto empty_line = whole;
  empty_line.insert(empty_line.begin() + 1, "\n");
  expect(empty_line, "2 malformed-line");
  expect_agreement(exports, [&](const Json& report, std::size_t i) {
    EXPECT_EQ(fmt::format("{} {}", report["fault"]["seq"].get<int>(), report["fault"]["code"].get<std::string>()),
              expected[i]);
  });
}

TEST_F(AgreementTest, ForgedEntriesWithRightHashesAreMalformedForBoth) {
  std::string good = lines()[0].substr(65);
  good.pop_back();
  auto with = [&](const std::string& from, const std::string& to) {
    std::string out = good;
    std::size_t at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return line_of(out.replace(at, from.size(), to));
  };
  std::string deep = R"({"body":)" + std::string(300, '[') + std::string(300, ']') + "}";
  std::vector<std::string> exports{
      with("\"seq\":1", "\"seq\":1.0"),
      with("\"seq\":1", "\"seq\":\"1\""),
      with("\"seq\":1", "\"seq\":-1"),
      with("\"seq\":1", "\"seq\":true"),
      with("7.25", "NaN"),
      with("7.25", "1e999"),
      with("7.25", "18446744073709551616"),
      with("7.25", "-9223372036854775809"),
      with("user:ada", "\\ud800"),
      with("user:ada", "\xff"),
      with("\"actor\"", "\"Actor\""),
      with("\"kind\":", "\"kind\":3,\"x\":"),
      with("\"time\":\"2026", "\"time\":\"26"),
      with(".000Z", "Z"),
      with("2026-", "2026"),
      with("{", "[{"),
      line_of(""),
      line_of("{}"),
      line_of("[]"),
      line_of("\"x\""),
      line_of(deep),
      with("\"prev\":\"00", "\"prev\":\"0"),
      with("\"prev\":\"00", "\"prev\":\"0A"),
  };
  expect_agreement(exports, [&](const Json& report, std::size_t i) {
    ASSERT_TRUE(report.contains("fault")) << i << " " << exports[i];
    EXPECT_EQ(report["fault"]["seq"], 1) << i;
  });
}

TEST_F(AgreementTest, NestingIsCountedAlike) {
  std::string good = lines()[0].substr(65);
  good.pop_back();
  std::size_t at = good.find("7.25");
  std::vector<std::string> exports;
  // The entry's object and the body's are two of the 256 levels.
  for (std::size_t levels : {253u, 254u, 255u, 256u}) {
    for (const char* inside : {"", "1"}) {
      std::string bytes = good;
      exports.push_back(line_of(bytes.replace(at, 4, std::string(levels, '[') + inside + std::string(levels, ']'))));
    }
  }
  expect_agreement(exports, [](const Json& report, std::size_t i) { EXPECT_EQ(report["ok"], i < 4) << i; });
}

TEST_F(AgreementTest, CheckpointsCountForBoth) {
  base::SeededRandom random(3);
  auto key = SigningKey::load_or_create(folder + "/journal.key", random);
  ASSERT_TRUE(key) << key.error().text();
  Head head = *journal.head();
  SignedCheckpoint good = key->sign({head.seq, head.hash, clock.now()});
  auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder + "/" + name) << text; };
  write("journal.pub", public_key_pem(key->public_key()));
  write("journal.hex", base::to_hex(key->public_key()) + "\n");
  write("good.json", good.text());
  std::vector<std::string> whole = lines();
  write("whole", join(whole));
  whole.pop_back();
  write("cut", join(whole));
  SignedCheckpoint other = good;
  other.checkpoint.time = other.checkpoint.time + base::Milliseconds(1);
  write("altered.json", other.text());
  SignedCheckpoint rewritten = key->sign({head.seq, base::sha256("another"), clock.now()});
  write("rewritten.json", rewritten.text());

  auto answer = [&](const char* file, const char* checkpoint, const char* public_key) {
    Answer got =
        run(fmt::format("{0}/{1} --checkpoint {0}/{2} --public-key {0}/{3}", folder, file, checkpoint, public_key));
    EXPECT_EQ(got.exit_code, got.report.value("ok", false) ? 0 : 1) << got.report;
    if (got.report.value("ok", false)) return std::string("ok");
    return fmt::format("{} {}", got.report["fault"]["seq"].get<int>(), got.report["fault"]["code"].get<std::string>());
  };
  EXPECT_EQ(answer("whole", "good.json", "journal.pub"), "ok");
  EXPECT_EQ(answer("whole", "good.json", "journal.hex"), "ok");
  EXPECT_EQ(answer("cut", "good.json", "journal.pub"), "4 truncated");
  EXPECT_EQ(answer("whole", "altered.json", "journal.pub"), "4 checkpoint-signature");
  EXPECT_EQ(answer("whole", "rewritten.json", "journal.pub"), "4 checkpoint-mismatch");
  EXPECT_EQ(run(folder + "/none").exit_code, 2);

  EXPECT_TRUE(check_signature(good, key->public_key()));
  EXPECT_EQ(check_signature(other, key->public_key()).error().code, base::ErrorCode::corrupted);
  EXPECT_EQ(journal.verify(rewritten.checkpoint)->fault->code, "checkpoint-mismatch");
}

TEST_F(AgreementTest, AFlippedBitOfASignatureOrKeyNeverPasses) {
  base::SeededRandom random(5);
  auto key = SigningKey::load_or_create(folder + "/journal.key", random);
  SignedCheckpoint good = key->sign({4, journal.head()->hash, clock.now()});
  ASSERT_TRUE(check_signature(good, key->public_key()));
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    SignedCheckpoint bad = good;
    bad.signature[i] = static_cast<char>(bad.signature[i] ^ 1);
    EXPECT_FALSE(check_signature(bad, key->public_key())) << i;
  }
  EXPECT_EQ(parse_checkpoint(good.text())->text(), good.text());
  EXPECT_FALSE(parse_checkpoint("{}"));
  EXPECT_FALSE(parse_checkpoint("not json"));
}

TEST(SigningKey, IsMadeOnceKeptPrivateAndRefusedWhereOthersCanReadIt) {
  std::string path = testing::TempDir() + "signing_key_test.key";
  std::filesystem::remove(path);
  base::SeededRandom random(11);
  auto first = SigningKey::load_or_create(path, random);
  ASSERT_TRUE(first);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(SigningKey::load_or_create(path, random)->public_key(), first->public_key());
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  EXPECT_EQ(SigningKey::load_or_create(path, random).error().code, base::ErrorCode::access_denied);
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  std::ofstream(path) << "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n";
  EXPECT_EQ(SigningKey::load_or_create(path, random).error().code, base::ErrorCode::corrupted);
  EXPECT_EQ(parse_public_key(public_key_pem(first->public_key())).value_or(""), first->public_key());
  EXPECT_EQ(parse_public_key(base::to_hex(first->public_key())).value_or(""), first->public_key());
  EXPECT_FALSE(parse_public_key("abc"));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace setpoint::journal
