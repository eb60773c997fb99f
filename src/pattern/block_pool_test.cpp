#include "pattern/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace setpoint::pattern {
namespace {

struct Given {
  unsigned char* block;
  std::size_t bytes;
  unsigned char mark;

  void fill() { std::memset(block, mark, bytes); }
  bool whole() const {
    return std::all_of(block, block + bytes, [this](unsigned char byte) { return byte == mark; });
  }
};

TEST(BlockPool, blocks_of_every_size_are_aligned_and_do_not_overlap_while_others_come_and_go) {
  BlockPool pool;
  std::mt19937_64 random(3);
  std::vector<Given> given;
  for (int i = 0; i < 40'000; ++i) {
    std::size_t bytes = random() % (i % 100 == 0 ? 70'000 : 600);
    Given& one =
        given.emplace_back(Given{static_cast<unsigned char*>(pool.take(bytes)), bytes, static_cast<unsigned char>(i)});
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(one.block) % 32, 0u);
    one.fill();
    if (random() % 3 != 0) continue;
    std::swap(given[random() % given.size()], given.back());
    ASSERT_TRUE(given.back().whole());
    BlockPool::give(given.back().block);
    given.pop_back();
  }
  for (const Given& one : given) {
    ASSERT_TRUE(one.whole());
    BlockPool::give(one.block);
  }
}

TEST(BlockPool, sixty_four_bytes_are_a_line_of_cache_and_large_blocks_have_their_own_mapping) {
  BlockPool pool;
  std::vector<void*> lines;
  for (int i = 0; i < 5000; ++i) lines.push_back(pool.take(64));
  for (void* line : lines) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(line) % 64, 0u);
    BlockPool::give(line);
  }
  for (std::size_t bytes : {32'768u, 32'769u, 2u << 20, (5u << 20) + 1}) {
    auto* block = static_cast<unsigned char*>(pool.take(bytes));
    block[0] = block[bytes - 1] = 1;
    BlockPool::give(block);
  }
}

}  // namespace
}  // namespace setpoint::pattern
