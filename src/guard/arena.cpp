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

// Several blocks become one of their size, so that the next document of that size fits without growing.
void Arena::reset() {
  used_ = 0;
  if (blocks_.size() > 1) {
    std::size_t size = reserved_;
    blocks_.clear();
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
  }
  next_ = blocks_.empty() ? nullptr : blocks_.front().bytes.get();
  left_ = reserved_;
}

}  // namespace setpoint::guard
