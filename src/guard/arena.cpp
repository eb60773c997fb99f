#include "guard/arena.h"

#include <algorithm>

namespace setpoint::guard {

namespace {
constexpr std::size_t kFirstBlockBytes = 4096;
constexpr std::size_t kBlockBytesMax = 1u << 20;
}  // namespace

void Arena::grow(std::size_t bytes) {
  std::size_t last = blocks_.empty() ? kFirstBlockBytes / 2 : blocks_.back().size;
  std::size_t size = std::max(bytes, std::min(last * 2, kBlockBytesMax));
  blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
  next_ = blocks_.back().bytes.get();
  left_ = size;
  reserved_ += size;
}

void Arena::reset() {
  used_ = 0;
  if (blocks_.empty()) return;
  auto largest =
      std::max_element(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) { return a.size < b.size; });
  std::swap(*largest, blocks_.front());
  blocks_.resize(1);
  next_ = blocks_.front().bytes.get();
  left_ = reserved_ = blocks_.front().size;
}

}  // namespace setpoint::guard
