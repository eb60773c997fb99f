#include "pattern/block_pool.h"

#include <sys/mman.h>

#include <bit>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SETPOINT_PLAIN_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SETPOINT_PLAIN_BLOCKS 1
#endif
#endif

namespace setpoint::pattern {

namespace {

#ifdef SETPOINT_PLAIN_BLOCKS
constexpr bool kPlain = true;
#else
constexpr bool kPlain = false;
#endif

constexpr auto kPlainAlignment = std::align_val_t{64};

}  // namespace

// Sizes in units: 1, 2, 3, 4, then 5 to 8, 10 to 16 by 2, 20 to 32 by 4, and so on.
std::size_t BlockPool::class_of(std::size_t bytes) {
  std::size_t last = (bytes + kUnit - 1) / kUnit - 1;  // the last unit's number
  if (last < 4) return last;
  auto shift = static_cast<std::size_t>(std::bit_width(last)) - 3;
  return 4 * shift + (last >> shift);
}

std::size_t BlockPool::bytes_of(std::size_t size_class) {
  if (size_class < 4) return (size_class + 1) * kUnit;
  std::size_t shift = (size_class - 4) / 4;
  return ((size_class - 4 * shift + 1) << shift) * kUnit;
}

BlockPool::Chunk* BlockPool::chunk_of(void* block) {
  return reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(block) & ~(kChunk - 1));
}

// A mapping starts at a multiple of its huge pages only if it is cut to do so.
BlockPool::Chunk* BlockPool::map(std::size_t bytes, bool huge, bool large) {
  void* got = mmap(nullptr, bytes + kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (got == MAP_FAILED) throw std::bad_alloc();
  auto* from = static_cast<std::byte*>(got);
  auto* start = reinterpret_cast<std::byte*>(chunk_of(from + kChunk - 1));
  auto before = static_cast<std::size_t>(start - from);
  if (before > 0) munmap(from, before);
  if (before < kChunk) munmap(start + bytes, kChunk - before);
  if (huge) madvise(start, bytes, MADV_HUGEPAGE);  // where it is refused, pages stay small
  bytes_ += bytes;
  return ::new (start) Chunk{.owner = this, .bytes = bytes, .large = large, .size_class = {}};
}

BlockPool::~BlockPool() {
  for (Chunk* chunk : chunks_) munmap(chunk, kChunk);
}

void* BlockPool::take(std::size_t bytes) {
  if (kPlain) return ::operator new(bytes, kPlainAlignment);
  if (bytes > kLargest) return take_large(bytes);
  std::size_t size_class = class_of(bytes == 0 ? 1 : bytes);
  if (Free* block = free_[size_class]) {
    free_[size_class] = block->next;
    return block;
  }
  std::size_t size = bytes_of(size_class);
  if (open_[size_class].left < size) open_span(size_class);
  Stretch& open = open_[size_class];
  open.left -= size;
  return std::exchange(open.at, open.at + size);
}

void* BlockPool::take_large(std::size_t bytes) {
  std::size_t whole = (bytes + sizeof(Chunk) + kChunk - 1) / kChunk * kChunk;
  return map(whole, bytes >= kChunk / 2, true) + 1;
}

void BlockPool::open_span(std::size_t size_class) {
  if (spans_ == kChunk / kSpan) {
    chunks_.reserve(chunks_.size() + 1);
    chunks_.push_back(map(kChunk, !chunks_.empty(), false));
    spans_ = 0;
  }
  Chunk* chunk = chunks_.back();
  chunk->size_class[spans_] = static_cast<std::uint8_t>(size_class);
  std::size_t taken = spans_ == 0 ? sizeof(Chunk) : 0;
  open_[size_class] = {reinterpret_cast<std::byte*>(chunk) + spans_ * kSpan + taken, kSpan - taken};
  ++spans_;
}

void BlockPool::give(void* block) {
  if (kPlain) return ::operator delete(block, kPlainAlignment);
  if (!block) return;
  Chunk* chunk = chunk_of(block);
  if (chunk->large) {
    chunk->owner->bytes_ -= chunk->bytes;
    munmap(chunk, chunk->bytes);
    return;
  }
  std::size_t span =
      static_cast<std::size_t>(static_cast<std::byte*>(block) - reinterpret_cast<std::byte*>(chunk)) / kSpan;
  auto& free = chunk->owner->free_[chunk->size_class[span]];
  free = ::new (block) Free{free};
}

}  // namespace setpoint::pattern
