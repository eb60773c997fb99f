#include "pattern/shape_memory.h"

#include <cstring>
#include <utility>

#include "pattern/byte_lanes.h"
#include "pattern/hashing.h"

namespace setpoint::pattern {

// A kind is three bits, so sixteen of them fit into a word without loss.
std::uint64_t ShapeMemory::hash(const std::uint8_t* kinds, std::size_t count) {
  std::uint64_t even = kHashA ^ count, odd = kHashB;
  std::size_t at = 0;
  auto sixteen = [&](std::size_t from) { return eight_bytes(kinds + from) | eight_bytes(kinds + from + 8) << 4; };
  for (; at + 32 <= count; at += 32) {
    even = fold(even ^ sixteen(at), kHashA);
    odd = fold(odd ^ sixteen(at + 16), kHashB);
  }
  std::uint8_t rest[32] = {};
  std::memcpy(rest, kinds + at, count - at);
  kinds = rest;
  return fold(even ^ sixteen(0), odd ^ sixteen(16) ^ kHashB) | 1;
}

Shape* ShapeMemory::find(const std::uint8_t* kinds, std::size_t count) {
  asked_ = 0;
  if (count > kTokensMax) return nullptr;
  asked_ = hash(kinds, count);
  if (slots_.empty()) return nullptr;
  Shape* shape = slots_[asked_ / 2 % kShapesMax].shape.get();
  bool same = shape && shape->kinds.size() == count && std::memcmp(shape->kinds.data(), kinds, count) == 0;
  return same ? shape : nullptr;
}

Shape* ShapeMemory::learn(const std::uint8_t* kinds, std::size_t count) {
  if (asked_ == 0 || std::exchange(fresh_, false)) return nullptr;
  if (slots_.empty()) slots_.resize(kShapesMax);
  Slot& slot = slots_[asked_ / 2 % kShapesMax];
  if (slot.coming != asked_) {
    slot.coming = asked_;
    return nullptr;
  }
  slot.shape = std::make_unique<Shape>();
  slot.shape->kinds.assign(kinds, kinds + count);
  return slot.shape.get();
}

}  // namespace setpoint::pattern
