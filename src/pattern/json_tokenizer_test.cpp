#include "pattern/json_tokenizer.h"

#include <gtest/gtest.h>

#include <random>

#include "pattern/json_outline.h"
#include "pattern/wide_tokens.h"

namespace setpoint::pattern {
namespace {

// Runs of what matters to masks: quotes, backslashes, brackets, space, bytes beyond ASCII, whole and broken.
std::string random_text(std::mt19937_64& random) {
  static constexpr std::string_view kPieces[] = {
      "\"",         "\"", "\\", "\\\\", "\\\"", "{",    "}",    "[",    "]",    ":",         ",",      " ",
      "\n",         "1",  "ab", "é",    "😀",    "\xA2", "\x80", "\x01", "\x7f", "\"a\":",    "{\"k\"", "true",
      "  \t\r\n  ", "\"", "x",  "\"\"", ",,",   "-1",   "/",    ".",    "\xff", "long text "};
  std::string text;
  for (std::size_t pieces = random() % 120; pieces > 0; --pieces) text += kPieces[random() % std::size(kPieces)];
  return text;
}

bool tokenized(JsonTokenizer& tokenizer, const std::string& text) {
  return tokenizer.reserve(text.size()) && tokenizer.read(text);
}

bool beyond_ascii_outside_strings(const JsonTokenizer& tokenizer, const std::string& text) {
  for (std::size_t i = 0; i < tokenizer.count(); ++i) {
    std::size_t from = tokenizer.positions()[i], to = tokenizer.positions()[i + 1];
    if (tokenizer.kinds()[i] == JsonTokenizer::string) from = text.rfind('"', to - 1);
    for (; from < to; ++from) {
      if (static_cast<unsigned char>(text[from]) >= 0x80) return true;
    }
  }
  return false;
}

TEST(JsonTokenizer, finds_the_same_tokens_either_way) {
  if (!has_wide_tokens()) GTEST_SKIP() << "needs AVX-512 VBMI2";
  std::mt19937_64 random(5);
  JsonTokenizer best, portable(JsonTokenizer::Way::portable);
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random_text(random);
    bool portable_takes = !text.empty() && tokenized(portable, text), best_takes = tokenized(best, text);
    // The wide way refuses these at once, where the other leaves them to the look at numbers and words.
    if (portable_takes && !best_takes && beyond_ascii_outside_strings(portable, text)) continue;
    ASSERT_EQ(best_takes, portable_takes) << text;
    if (!best_takes) continue;
    ++taken;
    ASSERT_EQ(best.count(), portable.count()) << text;
    ASSERT_EQ(best.has_escapes(), portable.has_escapes()) << text;
    ASSERT_TRUE(std::equal(best.kinds(), best.kinds() + best.count(), portable.kinds())) << text;
    ASSERT_TRUE(std::equal(best.positions(), best.positions() + best.count() + 1, portable.positions())) << text;
  }
  EXPECT_GT(taken, 1000u);
}

TEST(JsonTokenizer, finds_a_token_at_every_byte_of_a_step) {
  JsonTokenizer tokenizer;
  for (std::size_t size = 1; size < 300; ++size) {
    std::string text(size, '[');
    ASSERT_TRUE(tokenized(tokenizer, text));
    ASSERT_EQ(tokenizer.count(), size);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(tokenizer.positions()[i], i);
      ASSERT_EQ(tokenizer.kinds()[i], JsonTokenizer::array_open);
    }
    EXPECT_EQ(tokenizer.positions()[size], size);
  }
}

TEST(JsonTokenizer, a_quote_is_escaped_behind_an_odd_number_of_backslashes_wherever_the_step_ends) {
  JsonTokenizer tokenizer;
  for (std::size_t before = 0; before < 70; ++before) {
    for (std::size_t backslashes = 0; backslashes < 70; ++backslashes) {
      std::string text = std::string(before, ' ') + '"' + std::string(backslashes, '\\') + "\",1";
      ASSERT_EQ(tokenized(tokenizer, text), backslashes % 2 == 0) << before << ' ' << backslashes;
      if (backslashes % 2 == 0) {
        ASSERT_EQ(tokenizer.count(), 3u);
      }
    }
  }
}

TEST(JsonTokenizer, the_portable_way_outlines_the_same_events) {
  std::mt19937_64 random(6);
  JsonOutline best, portable(JsonTokenizer::Way::portable);
  for (int i = 0; i < 50'000; ++i) {
    std::string text = "{\"k\":[" + random_text(random) + "]}";
    if (i % 2 == 0) text = R"({"a":[1,{"b":"x"},[]],"c":")" + random_text(random) + "\"}";
    ASSERT_TRUE(best.reserve(text.size()) && portable.reserve(text.size()));
    ASSERT_EQ(best.read(text, 64), portable.read(text, 64)) << text;
  }
}

}  // namespace
}  // namespace setpoint::pattern
