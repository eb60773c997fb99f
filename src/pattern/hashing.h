// 64-bit hashes for the pattern index, seeded per set so that nobody outside can choose colliding keys. Equality is
// always checked after a look-up; nothing depends on a hash being unique.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace setpoint::pattern {

// Full 64x64 multiplication, folded (the mixing step of wyhash and its kin).
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ typedef unsigned __int128 Wide;
  Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kHashA = 0x9E3779B97F4A7C15u;
inline constexpr std::uint64_t kHashB = 0xD6E8FEB86659FD93u;

inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = seed ^ (bytes.size() * kHashA);
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    state = fold(state ^ word, kHashB);
  }
  std::uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, p, left);
  return fold(state ^ tail ^ kHashA, kHashA ^ seed << 1);  // odd whatever the seed: never a factor of 0
}

}  // namespace setpoint::pattern
