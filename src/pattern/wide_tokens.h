// JsonTokenizer's way for processors with AVX-512 (VBMI2), 64 bytes a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace setpoint::pattern {

bool has_wide_tokens();  // on this processor

struct WideTokens {
  std::uint32_t* positions;  // room for a token each byte, and kWideSlack more
  std::uint8_t* kinds;       // likewise
  std::size_t count = 0;
  bool escapes = false;       // a backslash somewhere
  bool beyond_ascii = false;  // UTF-8 is still to be checked

  // False for a control character or half a character in a string, for a quote that is not closed, and where a byte
  // beyond ASCII stands outside of strings.
  bool read(std::string_view text);
};
inline constexpr std::size_t kWideSlack = 64;

}  // namespace setpoint::pattern
