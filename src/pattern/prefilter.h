// A FieldTest as the index keeps it: with a prefilter beside the pointer, so that most values are judged from half a
// line of cache. A set of 100,000 patterns holds tens of thousands of tests that few events ever meet again; to follow
// each of them to its operator, its string and that string's bytes would cost three trips to memory for a "no".
//
//   switch (test.about(value, hash_of_text, address)) {
//     case Prefilter::unsure: ... test.full().matches(value) ...
//
// What is kept, by the test's shape: a range's bounds as doubles (rounding keeps order, so values that differ from them
// are decided); the two ends of a string, a prefix or a suffix, excluded or not (all of it up to 16 bytes); a network; of
// a list of strings, or of strings that are excluded, two sets of 64 bits in which each member's hash sets one bit; for
// presence and absence nothing. Everything else: unsure.
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
  bool has_prefilter() const { return shape_ != Shape::other; }  // then, but for absence, it needs a value
  bool is_absence() const { return shape_ == Shape::absent; }    // and nothing else; about() does not know it

  // `hash()` gives prefilter_hash(value.text), `address()` its address or null; they are called where they are needed.
  template <class Hash, class AddressOf>
  Prefilter about(const Value& value, Hash hash, AddressOf address) const {
    bool text = value.kind == ValueKind::string;
    switch (shape_) {
      case Shape::other:
      case Shape::tokens:
      case Shape::absent:
        return Prefilter::unsure;
      case Shape::present:
        return Prefilter::yes;
      case Shape::range:
        return about_number(value);
      case Shape::network:
        return text ? about_address(address()) : Prefilter::no;
      case Shape::any_of:
        return text && among(hash()) ? Prefilter::unsure : Prefilter::no;
      case Shape::none_of:
        return text && among(hash()) ? Prefilter::unsure : Prefilter::yes;
      case Shape::not_prefix:
      case Shape::not_suffix:
        return text ? opposite(about_text(value.text)) : Prefilter::yes;
      default:
        return text ? about_text(value.text) : Prefilter::no;
    }
  }

 private:
  enum class Shape : std::uint8_t {
    other,
    tokens,
    present,
    absent,
    range,
    network,
    whole,
    prefix,
    suffix,
    not_prefix,
    not_suffix,
    any_of,
    none_of
  };
  static constexpr std::size_t kTokensInside = 4;
  static constexpr std::size_t kSizeMax = UINT16_MAX;

  bool describe(const Operator& only);
  bool describe_text(Shape shape, std::string_view text);
  bool describe_network(const Network& network);
  bool describe_excluded(const std::vector<Operator>& excluded);
  bool describe_list(Shape shape, const std::vector<Operator>& members);
  Prefilter about_number(const Value& value) const {
    if (value.kind != ValueKind::number || value.nearest < bounds_.low || value.nearest > bounds_.high)
      return Prefilter::no;
    return value.nearest > bounds_.low && value.nearest < bounds_.high ? Prefilter::yes : Prefilter::unsure;
  }
  Prefilter about_text(std::string_view text) const;
  Prefilter about_address(const Address* address) const;
  static Prefilter opposite(Prefilter says) {
    return says == Prefilter::unsure ? says : says == Prefilter::yes ? Prefilter::no : Prefilter::yes;
  }
  bool from_the_end() const { return shape_ == Shape::suffix || shape_ == Shape::not_suffix; }
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
    std::uint8_t network_[16];
    std::uint32_t inside_[kTokensInside];
    const std::uint32_t* outside_;
  };
  std::uint32_t path_ = 0;
  std::uint16_t size_ = 0;
  Shape shape_ = Shape::other;
};
static_assert(sizeof(IndexedTest) == 32);

}  // namespace setpoint::pattern
