// A FieldTest as the index keeps it: with a prefilter beside the pointer, so that most values are judged from half a
// line of cache. A set of 100,000 patterns holds tens of thousands of tests that few events ever meet again; to follow
// each of them to its operator, its string and that string's bytes would cost three trips to memory for a "no".
//
//   switch (test.about(value, hash_of_text)) {
//     case Prefilter::unsure: ... test.full().matches(value) ...
//
// What is kept, by the test's shape: a range's bounds as doubles (rounding keeps order, so values that differ from them
// are decided); the two ends of a string, a prefix or a suffix (all of it up to 16 bytes); of a list of strings, or of
// strings that are excluded, two sets of 64 bits in which each member's hash sets one bit. Everything else: unsure.
//
// A test of which each value is one token (tokens.h) keeps those tokens' ids instead, and no value needs to be looked at:
//   if (test.by_tokens()) ... holds where one of test.tokens() is live
#pragma once

#include <cstdint>
#include <span>

#include "pattern/operators.h"

namespace setpoint::pattern {

enum class Prefilter : std::uint8_t { no, yes, unsure };

std::uint64_t prefilter_hash(std::string_view text);

class alignas(32) IndexedTest {
 public:
  IndexedTest() = default;
  IndexedTest(const FieldTest& test, std::uint32_t path);
  // More tokens than kTokensInside stay where they are.
  IndexedTest(const FieldTest& test, std::uint32_t path, std::span<const std::uint32_t> tokens);

  const FieldTest& full() const { return *test_; }
  std::uint32_t path() const { return path_; }
  bool by_tokens() const { return shape_ == Shape::tokens; }
  std::span<const std::uint32_t> tokens() const { return {size_ > kTokensInside ? outside_ : inside_, size_}; }
  bool has_prefilter() const { return shape_ != Shape::other; }  // then it needs a value: absence is no match

  // `hash()` gives prefilter_hash(value.text); it is called where it is needed only.
  template <class Hash>
  Prefilter about(const Value& value, Hash hash) const {
    switch (shape_) {
      case Shape::other:
      case Shape::tokens:
        return Prefilter::unsure;
      case Shape::range:
        return about_number(value);
      case Shape::any_of:
        return value.kind == ValueKind::string && among(hash()) ? Prefilter::unsure : Prefilter::no;
      case Shape::none_of:
        return value.kind == ValueKind::string && among(hash()) ? Prefilter::unsure : Prefilter::yes;
      default:
        return value.kind == ValueKind::string ? about_text(value.text) : Prefilter::no;
    }
  }

 private:
  enum class Shape : std::uint8_t { other, tokens, range, whole, prefix, suffix, any_of, none_of };
  static constexpr std::size_t kTokensInside = 4;
  static constexpr std::size_t kSizeMax = UINT16_MAX;

  bool describe(const Operator& only);
  bool describe_text(Shape shape, std::string_view text);
  bool describe_list(Shape shape, const std::vector<Operator>& members);
  Prefilter about_number(const Value& value) const {
    if (value.kind != ValueKind::number || value.nearest < bounds_.low || value.nearest > bounds_.high)
      return Prefilter::no;
    return value.nearest > bounds_.low && value.nearest < bounds_.high ? Prefilter::yes : Prefilter::unsure;
  }
  Prefilter about_text(std::string_view text) const;
  bool among(std::uint64_t hash) const {
    return (words_.first >> (hash & 63) & words_.second >> (hash >> 6 & 63) & 1) != 0;
  }

  const FieldTest* test_ = nullptr;
  struct Words {
    std::uint64_t first, second;
  };
  struct Bounds {
    double low, high;
  };
  union {
    Words words_ = {0, 0};  // the first and the last eight bytes at most; or two sets
    Bounds bounds_;
    std::uint32_t inside_[kTokensInside];
    const std::uint32_t* outside_;
  };
  std::uint32_t path_ = 0;
  std::uint16_t size_ = 0;
  Shape shape_ = Shape::other;
};
static_assert(sizeof(IndexedTest) == 32);

}  // namespace setpoint::pattern
