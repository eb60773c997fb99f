// The outline of a JSON text: where its tokens stand, that they follow each other as JSON has it, and which bracket
// closes which. It is the whole check of an event, done once for all of it in few instructions a token; whoever reads
// values afterwards (event_reader.h) steps over what nobody asks for without a look.
//
//   JsonOutline outline;
//   if (!outline.read(text, depth_max)) ...  // not one JSON object, or deeper; json_reader.h says what and where
//   for (std::size_t key = 1; key < outline.partner(0); ...) outline.quoted(key), outline.kind(key + 2)
//
// How: json_tokenizer.h finds the tokens, and sees to UTF-8, control characters and closed quotes. Each token's kind is
// three bits; three bit planes hold 64 tokens a word, so what may follow what is judged for 64 tokens by a
// handful of ANDs. Only brackets, numbers and words are then visited one by one. What neighbours cannot tell is whether
// a comma stands in an object or in an array: the walk over the brackets knows, and judges each stretch between two.
// A sequence of kinds that was judged before is not judged again (shape_memory.h): then numbers and words are all that is
// left to check.
//
// Ownership: keeps buffers from text to text; does not own the text, which must outlive the use. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pattern/json_tokenizer.h"
#include "pattern/shape_memory.h"

namespace setpoint::pattern {

class JsonOutline {
 public:
  using Kind = JsonTokenizer::Kind;
  using enum JsonTokenizer::Kind;

  explicit JsonOutline(JsonTokenizer::Way way = JsonTokenizer::Way::best) : tokenizer_(way) {}

  // Room for a text of that size; false where there is none to be had.
  bool reserve(std::size_t bytes) { return tokenizer_.reserve(bytes); }
  // False where the text is not one JSON object, or is nested deeper than `depth_max`. Ask for room first.
  bool read(std::string_view text, std::size_t depth_max);

  // Tokens count from 0, the opening brace.
  Kind kind(std::size_t token) const { return static_cast<Kind>(kinds_[token]); }
  std::size_t position(std::size_t token) const { return positions_[token]; }  // its first byte
  // Of an opening bracket: the token that closes it.
  std::size_t partner(std::size_t token) const { return partners_[token]; }
  // What is kept of events like this one; null where nothing is. For the walk to leave notes in.
  Shape* shape() const { return shape_; }
  // The bytes from this token to the next one, without the space between them.
  std::string_view span(std::size_t token) const {
    std::size_t from = positions_[token], to = positions_[token + 1];
    while (is_space(text_[to - 1])) --to;
    return text_.substr(from, to - from);
  }
  // A string's content as written. Behind its last quote there is space at most.
  std::string_view quoted(std::size_t token) const {
    std::size_t from = positions_[token] + 1, to = positions_[token + 1] - 1;
    while (text_[to] != '"') --to;
    return text_.substr(from, to - from);
  }
  std::string_view text() const { return text_; }
  bool has_escapes() const { return tokenizer_.has_escapes(); }  // anywhere in the text

 private:
  struct Planes;

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  bool check();
  void make_room();
  void keep();
  bool check_tokens();
  bool check_brackets(const Planes& planes, std::size_t base);
  bool check_scalars(std::uint64_t scalars, std::size_t base) const;
  bool check_scalar(std::size_t token) const;

  std::string_view text_;
  std::size_t depth_max_ = 0;
  const std::uint32_t* positions_ = nullptr;  // the tokens' offsets; behind the last, the text's size
  const std::uint8_t* kinds_ = nullptr;       // a whole number of words of 64 tokens may be read
  std::size_t count_ = 0;
  const std::uint32_t* partners_ = nullptr;  // of opening brackets only
  Shape* shape_ = nullptr;
  std::vector<std::uint32_t> own_partners_;  // where no shape has them
  std::vector<std::uint32_t> open_;          // the opening brackets around, from [1]
  std::size_t depth_ = 0;
  bool in_object_ = false;
  JsonTokenizer tokenizer_;
  ShapeMemory shapes_;
};

}  // namespace setpoint::pattern
