// A seeded source of choices for the generators.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace setpoint::bench {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed * 2 + 1) {}

  // splitmix64
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return bits() % n; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool percent(unsigned p) { return below(100) < p; }
  // Early members more often, roughly as 1/rank.
  template <class List>
  const auto& skewed(const List& list) {
    std::uint64_t n = std::size(list), at = below(n);
    for (int i = 0; i < 2 && percent(50); ++i) at = below(at + 1);
    return list[at];
  }
  template <class List>
  const auto& any(const List& list) {
    return list[below(std::size(list))];
  }
  std::string hex(std::size_t digits) { return text(digits, "0123456789abcdef"); }
  std::string letters(std::size_t count) { return text(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"); }

 private:
  std::string text(std::size_t count, const char* alphabet) {
    std::string out;
    std::size_t size = std::char_traits<char>::length(alphabet);
    while (out.size() < count) out += alphabet[below(size)];
    return out;
  }
  std::uint64_t state_;
};

}  // namespace setpoint::bench
