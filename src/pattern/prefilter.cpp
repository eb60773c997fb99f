#include "pattern/prefilter.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "pattern/hashing.h"

namespace setpoint::pattern {

namespace {

constexpr std::size_t kEnd = 8;

// Up to eight bytes as a number that differs where they differ; overlapping loads instead of a loop.
std::uint64_t few_bytes(const char* from, std::size_t size) {
  auto load = [&]<class Part>(Part) {
    Part front, back;
    std::memcpy(&front, from, sizeof front);
    std::memcpy(&back, from + size - sizeof back, sizeof back);
    return static_cast<std::uint64_t>(front) | static_cast<std::uint64_t>(back) << 32;
  };
  if (size == kEnd || size >= 4) return load(std::uint32_t{});
  if (size >= 2) return load(std::uint16_t{});
  return size == 0 ? 0 : static_cast<unsigned char>(*from);
}

bool is_text(const Operator& op) {
  const auto* literal = std::get_if<Literal>(&op);
  return literal && literal->kind == ValueKind::string;
}

}  // namespace

std::uint64_t prefilter_hash(std::string_view text) { return hash_bytes(text, kHashB); }

IndexedTest::IndexedTest(const FieldTest& test, std::uint32_t path) : test_(&test), path_(path) {
  if (test.any().size() == 1 && describe(test.any().front())) return;
  describe_list(Shape::any_of, test.any());
}

IndexedTest::IndexedTest(const FieldTest& test, std::uint32_t path, std::span<const std::uint32_t> tokens)
    : test_(&test), path_(path), size_(static_cast<std::uint16_t>(tokens.size())), shape_(Shape::tokens) {
  if (tokens.size() > kTokensInside) {
    outside_ = tokens.data();
  } else {
    std::copy(tokens.begin(), tokens.end(), inside_);
  }
}

bool IndexedTest::describe(const Operator& only) {
  if (const auto* op = std::get_if<Affix>(&only))
    return describe_text(op->suffix ? Shape::suffix : Shape::prefix, op->text);
  if (const auto* op = std::get_if<AnythingBut>(&only)) return describe_excluded(*op->excluded);
  if (const auto* op = std::get_if<CidrTest>(&only)) return describe_network(*op->network);
  if (std::holds_alternative<Exists>(only) || std::holds_alternative<Absent>(only)) {
    shape_ = std::holds_alternative<Exists>(only) ? Shape::present : Shape::absent;
    return true;
  }
  if (is_text(only)) return describe_text(Shape::whole, std::get<Literal>(only).text);
  const auto* range = std::get_if<Range>(&only);
  if (!range) return false;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  bounds_.low = range->low ? range->low->view().nearest : -kInfinity;
  bounds_.high = range->high ? range->high->view().nearest : kInfinity;
  shape_ = Shape::range;
  return true;
}

bool IndexedTest::describe_excluded(const std::vector<Operator>& excluded) {
  const Affix* only = excluded.size() == 1 ? std::get_if<Affix>(&excluded.front()) : nullptr;
  if (only) return describe_text(only->suffix ? Shape::not_suffix : Shape::not_prefix, only->text);
  return describe_list(Shape::none_of, excluded);
}

bool IndexedTest::describe_network(const Network& network) {
  std::copy(network.base().bytes.begin(), network.base().bytes.end(), network_);
  size_ = static_cast<std::uint16_t>(network.bits() * 2 + (network.v4() ? 1 : 0));
  shape_ = Shape::network;
  return true;
}

bool IndexedTest::describe_text(Shape shape, std::string_view text) {
  if (text.size() > kSizeMax) return false;
  std::size_t end = std::min(text.size(), kEnd);
  words_.first = few_bytes(text.data(), end);
  words_.second = few_bytes(text.data() + text.size() - end, end);
  size_ = static_cast<std::uint16_t>(text.size());
  shape_ = shape;
  return true;
}

bool IndexedTest::describe_list(Shape shape, const std::vector<Operator>& members) {
  if (!std::all_of(members.begin(), members.end(), is_text)) return false;
  for (const Operator& op : members) {
    std::uint64_t hash = prefilter_hash(std::get<Literal>(op).text);
    words_.first |= std::uint64_t{1} << (hash & 63);
    words_.second |= std::uint64_t{1} << (hash >> 6 & 63);
  }
  shape_ = shape;
  return true;
}

Prefilter IndexedTest::about_text(std::string_view text) const {
  if (text.size() < size_ || (shape_ == Shape::whole && text.size() != size_)) return Prefilter::no;
  const char* from = from_the_end() ? text.data() + text.size() - size_ : text.data();
  std::size_t end = std::min<std::size_t>(size_, kEnd);
  if (few_bytes(from, end) != words_.first || few_bytes(from + size_ - end, end) != words_.second) return Prefilter::no;
  return size_ <= 2 * kEnd ? Prefilter::yes : Prefilter::unsure;
}

// The first bits of both must be the same; those of a network behind them are 0.
Prefilter IndexedTest::about_address(const Address* address) const {
  if (!address || address->v4 != ((size_ & 1) != 0)) return Prefilter::no;
  unsigned bits = size_ / 2u, whole = bits / 8;
  if (std::memcmp(address->bytes.data(), network_, whole) != 0) return Prefilter::no;
  if (bits % 8 == 0) return Prefilter::yes;
  bool same = (address->bytes[whole] & (0xff00u >> bits % 8) & 0xffu) == network_[whole];
  return same ? Prefilter::yes : Prefilter::no;
}

}  // namespace setpoint::pattern
