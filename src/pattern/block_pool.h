// Memory for the many small blocks of a large set: blocks of like size lie together in huge pages (2 MiB). An event
// touches a few dozen places all over some 50 MB, and with pages of 4 KiB the processor waits nearly as long for the
// addresses as for the contents.
//
//   BlockPool pool;
//   void* block = pool.take(100);
//   BlockPool::give(block);  // back to its pool
//
// Blocks are aligned to 32 bytes, those of a multiple of 64 bytes to a line of cache. What is given back is kept for
// blocks of its size, and returned to the system with the pool only; so a pool is as large as its set once was. The
// first chunk is not made of a huge page: most sets are small.
//
// Built with a sanitizer, every block is malloc's, so that a use after give() is found. One thread at a time: the
// writer's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace setpoint::pattern {

class BlockPool {
 public:
  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  void* take(std::size_t bytes);  // throws std::bad_alloc
  static void give(void* block);
  std::size_t bytes() const { return bytes_; }  // of the system's memory

 private:
  static constexpr std::size_t kChunk = 2u << 20, kSpan = 64u << 10, kUnit = 32;
  static constexpr std::size_t kClasses = 36;  // up to 32 KiB, four sizes for each doubling
  static constexpr std::size_t kLargest = 32u << 10;

  struct Free {
    Free* next;
  };
  struct Stretch {  // of a span: not given out yet
    std::byte* at = nullptr;
    std::size_t left = 0;
  };
  // At the beginning of a chunk. Each of its spans holds blocks of one size.
  struct alignas(64) Chunk {
    BlockPool* owner;
    std::size_t bytes;  // of the mapping
    bool large;         // one block and nothing else
    std::array<std::uint8_t, kChunk / kSpan> size_class{};
  };

  static std::size_t class_of(std::size_t bytes);
  static std::size_t bytes_of(std::size_t size_class);
  static Chunk* chunk_of(void* block);
  Chunk* map(std::size_t bytes, bool huge, bool large);
  void* take_large(std::size_t bytes);
  void open_span(std::size_t size_class);

  std::array<Free*, kClasses> free_{};
  std::array<Stretch, kClasses> open_{};
  std::size_t bytes_ = 0;
  std::vector<Chunk*> chunks_;
  std::size_t spans_ = kChunk / kSpan;  // of the last chunk, in use
};

}  // namespace setpoint::pattern
