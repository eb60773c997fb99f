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

#include "pattern/persistent.h"

namespace setpoint::pattern {

class NameFilter {
 public:
  bool may_have(std::uint64_t hash) const {
    if (!bits_) return false;
    std::uint64_t wanted = bits_of(hash);
    return (bits_->word(hash).load(std::memory_order_relaxed) & wanted) == wanted;
  }
  void prefetch(std::uint64_t hash) const {
    if (bits_) __builtin_prefetch(&bits_->word(hash));
  }

  bool has_room_for(std::size_t more) const { return names_ + more <= capacity(); }
  void add(std::uint64_t hash) {
    if (may_have(hash)) return;
    bits_->word(hash).fetch_or(bits_of(hash), std::memory_order_relaxed);
    ++names_;
  }
  // Empty, with room for at least so many names: all must be added anew.
  void reset(std::size_t names, Graveyard& graves) {
    graves.bury(bits_);
    bits_ = Bits::make(names / kNamesOfWord + 16, graves.pool());
    names_ = 0;
  }
  // At the end of everything: no reader is left.
  void destroy() { delete bits_; }

 private:
  using Word = std::atomic<std::uint64_t>;
  // The words lie behind it.
  struct Bits : Pooled {
    static Bits* make(std::size_t count, BlockPool& pool) {
      auto* made = ::new (pool.take(sizeof(Bits) + count * sizeof(Word))) Bits{{}, count};
      for (std::size_t i = 0; i < count; ++i) ::new (made->words() + i) Word(0);
      return made;
    }
    Word* words() { return reinterpret_cast<Word*>(this + 1); }
    Word& word(std::uint64_t hash) { return words()[(hash >> 32) * count >> 32]; }

    std::size_t count;
  };
  static constexpr std::size_t kNamesOfWord = 4;

  static std::uint64_t bits_of(std::uint64_t hash) {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63) |
           std::uint64_t{1} << (hash >> 12 & 63);
  }
  std::size_t capacity() const { return bits_ ? bits_->count * kNamesOfWord : 0; }

  Bits* bits_ = nullptr;
  std::size_t names_ = 0;
};

}  // namespace setpoint::pattern
