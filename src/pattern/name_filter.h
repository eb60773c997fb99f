// Which names of buckets may exist: a Bloom filter in front of the table. An event asks for many more names than there
// are buckets for, and the table of a large set is in no cache; the filter, two bytes a name, is.
//
// Each name sets three bits in one word. Bits are only ever set, so readers may look while the writer adds: a bit too
// many costs them a look-up. Names that went leave their bits behind until the filter grows.
//
// Threads: may_have() beside anything; everything else is the writer's alone. Copies share the bits.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pattern/persistent.h"

namespace setpoint::pattern {

class NameFilter {
 public:
  bool may_have(std::uint64_t hash) const {
    if (!bits_) return false;
    std::uint64_t wanted = bits_of(hash);
    return ((*bits_)[word_of(hash)].load(std::memory_order_relaxed) & wanted) == wanted;
  }

  void prefetch(std::uint64_t hash) const {
    if (bits_) __builtin_prefetch(bits_->data() + word_of(hash));
  }

  bool has_room_for(std::size_t more) const { return names_ + more <= capacity(); }
  void add(std::uint64_t hash) {
    if (may_have(hash)) return;
    (*bits_)[word_of(hash)].fetch_or(bits_of(hash), std::memory_order_relaxed);
    ++names_;
  }
  // Empty, with room for at least so many names: all must be added anew.
  void reset(std::size_t names, Graveyard& graves) {
    std::size_t words = 16;
    while (words * kNamesOfWord < names) words *= 2;
    if (bits_) graves.bury(bits_);
    bits_ = new Bits(words);
    names_ = 0;
  }
  // At the end of everything: no reader is left.
  void destroy() { delete bits_; }

 private:
  using Bits = std::vector<std::atomic<std::uint64_t>>;
  static constexpr std::size_t kNamesOfWord = 4;

  static std::uint64_t bits_of(std::uint64_t hash) {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63) |
           std::uint64_t{1} << (hash >> 12 & 63);
  }
  std::size_t word_of(std::uint64_t hash) const { return (hash >> 20) & (bits_->size() - 1); }
  std::size_t capacity() const { return bits_ ? bits_->size() * kNamesOfWord : 0; }

  Bits* bits_ = nullptr;
  std::size_t names_ = 0;
};

}  // namespace setpoint::pattern
