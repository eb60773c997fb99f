// Eight bytes at a time in one word, on any machine: the first byte lies lowest.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace setpoint::pattern {

inline std::uint64_t eight_bytes(const void* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

// The lowest bit of each of eight bytes, as eight bits in their order.
inline std::uint64_t lowest_bits(std::uint64_t bytes) {
  return ((bytes & 0x0101010101010101u) * 0x0102040810204080u) >> 56;
}

// Bit `kBit` of each of 64 bytes, in their order.
template <int kBit>
std::uint64_t bit_plane(const std::uint8_t* bytes) {
  std::uint64_t plane = 0;
#ifdef __SSE2__
  for (int i = 0; i < 64; i += 16) {
    __m128i lanes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_slli_epi16(lanes, 7 - kBit)));
    plane |= static_cast<std::uint64_t>(bits) << i;
  }
#else
  for (int i = 0; i < 64; i += 8) plane |= lowest_bits(eight_bytes(bytes + i) >> kBit) << i;
#endif
  return plane;
}

}  // namespace setpoint::pattern
