// The first step over a JSON text: where its tokens stand, and what kind each is. Sees to UTF-8, control characters
// and closed quotes; what may follow what is json_outline.h's.
//
//   JsonTokenizer tokenizer;
//   if (!tokenizer.reserve(text.size()) || !tokenizer.read(text)) ...
//   for (std::size_t i = 0; i < tokenizer.count(); ++i) tokenizer.kinds()[i], tokenizer.positions()[i]
//
// A token is a bracket, a comma, a colon, an opening quote, or the first byte of anything else that is not space; what
// stands in a string is none. Two ways lead there: simdjson's first stage and a look at each token's byte, or, on
// processors with AVX-512 (VBMI2), one pass that takes positions and kinds from the same 64 bytes at once. Both are
// tested against each other.
//
// Sources: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (the masks, and which quotes are escaped).
//
// Ownership: keeps its buffers from text to text, not the text. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace setpoint::pattern {

class JsonTokenizer {
 public:
  // Numbered so that a value begins where bit 1 is set, and brackets are where bits 1 and 2 differ.
  enum Kind : std::uint8_t {
    comma = 0b000,
    colon = 0b001,
    object_open = 0b010,
    array_open = 0b011,
    object_close = 0b100,
    array_close = 0b101,
    string = 0b110,
    scalar = 0b111  // a number or a word
  };
  static constexpr Kind kind_of(unsigned char first_byte) {
    switch (first_byte) {
      case ',':
        return comma;
      case ':':
        return colon;
      case '{':
        return object_open;
      case '[':
        return array_open;
      case '}':
        return object_close;
      case ']':
        return array_close;
      case '"':
        return string;
      default:
        return scalar;
    }
  }
  static constexpr bool is_plain(std::uint8_t kind) { return kind >= string; }  // a value without a bracket
  static constexpr std::size_t kSlack = 128;  // bytes behind the last kind that may be read, and are no token's

  enum class Way { best, portable };
  explicit JsonTokenizer(Way way = Way::best);
  ~JsonTokenizer();

  // Room for a text of that size; false where there is none to be had.
  bool reserve(std::size_t bytes);
  bool read(std::string_view text);

  std::size_t count() const { return count_; }
  const std::uint32_t* positions() const { return positions_; }  // behind the last: the text's size
  const std::uint8_t* kinds() const { return kinds_.get(); }
  bool has_escapes() const { return escapes_; }  // anywhere in the text

 private:
  struct Stage;
  bool read_portably(std::string_view text);

  bool wide_;
  std::size_t capacity_ = 0, count_ = 0;
  bool escapes_ = false;
  const std::uint32_t* positions_ = nullptr;  // of own_positions_, or of the stage
  std::unique_ptr<std::uint32_t[]> own_positions_;
  std::unique_ptr<std::uint8_t[]> kinds_;
  std::unique_ptr<Stage> stage_;
};

}  // namespace setpoint::pattern
