#include "pattern/json_outline.h"

#include <bit>

#include "pattern/byte_lanes.h"
#include "pattern/json_reader.h"
#include "pattern/number.h"

namespace setpoint::pattern {

namespace {

constexpr std::size_t kWord = 64;

bool is_word(std::string_view text) {
  switch (text.front()) {
    case 't':
      return text == "true";
    case 'f':
      return text == "false";
    default:
      return text == "null";
  }
}

}  // namespace

// 64 tokens: a bit each in every plane. What is "before" a token may stand in the word before this one.
struct JsonOutline::Planes {
  std::uint64_t commas = 0, colons = 0, object_opens = 0, array_opens = 0, closes = 0, strings = 0, scalars = 0;
  std::uint64_t values = 0, brackets = 0;
  std::uint64_t bad = 0;       // may not stand behind its neighbours, whatever is around them
  std::uint64_t in_array = 0;  // only in an array: the sign of a comma without a key behind it

  Planes() = default;
  Planes(const std::uint8_t* kinds, std::uint64_t valid, const Planes& last) {
    std::uint64_t bit0 = bit_plane<0>(kinds), bit1 = bit_plane<1>(kinds), bit2 = bit_plane<2>(kinds);
    std::uint64_t small = ~bit2 & valid, large = bit2 & valid;
    commas = small & ~bit1 & ~bit0;
    colons = small & ~bit1 & bit0;
    object_opens = small & bit1 & ~bit0;
    array_opens = small & bit1 & bit0;
    closes = large & ~bit1;
    strings = large & bit1 & ~bit0;
    scalars = large & bit1 & bit0;
    values = bit1 & valid;
    brackets = (bit1 ^ bit2) & valid;
    judge(large & ~bit1 & ~bit0, valid, last);
  }

 private:
  void judge(std::uint64_t object_closes, std::uint64_t valid, const Planes& last) {
    auto behind = [&](std::uint64_t Planes::*plane) { return this->*plane << 1 | last.*plane >> 63; };
    auto two_behind = [&](std::uint64_t Planes::*plane) { return this->*plane << 2 | last.*plane >> 62; };
    std::uint64_t ends = commas | closes, after_string = behind(&Planes::strings);
    bad = behind(&Planes::object_opens) & ~(strings | object_closes);
    bad |= behind(&Planes::array_opens) & ~(values | (closes & ~object_closes));
    bad |= (behind(&Planes::colons) | behind(&Planes::commas)) & ~values;
    bad |= after_string & ~(colons | ends);
    bad |= (behind(&Planes::scalars) | behind(&Planes::closes)) & ~ends;
    bad |= after_string & two_behind(&Planes::object_opens) & ~colons;
    bad |= after_string & (two_behind(&Planes::colons) | two_behind(&Planes::array_opens)) & colons;
    bad &= valid;
    in_array = (behind(&Planes::commas) & values & ~strings) | (after_string & two_behind(&Planes::commas) & ~colons);
    in_array &= valid;
  }
};

bool JsonOutline::read(std::string_view text, std::size_t depth_max) {
  text_ = text;
  if (depth_max != depth_max_) shapes_.forget();
  depth_max_ = depth_max;
  if (text.empty() || !tokenizer_.read(text)) return false;
  if (has_escapes() && !escapes_are_valid(text)) return false;
  positions_ = tokenizer_.positions();
  kinds_ = tokenizer_.kinds();
  count_ = tokenizer_.count();
  shape_ = shapes_.find(kinds_, count_);
  if (!shape_) return check();
  partners_ = shape_->partners.data();
  return std::all_of(shape_->scalars.begin(), shape_->scalars.end(), [&](std::size_t i) { return check_scalar(i); });
}

bool JsonOutline::check() {
  make_room();
  partners_ = own_partners_.data();
  if (kinds_[0] != object_open || !check_tokens()) return false;
  shape_ = shapes_.learn(kinds_, count_);
  if (shape_) keep();
  return true;
}

void JsonOutline::keep() {
  shape_->partners.assign(own_partners_.begin(), own_partners_.begin() + static_cast<std::ptrdiff_t>(count_));
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (kinds_[i] == scalar) shape_->scalars.push_back(i);
  }
}

void JsonOutline::make_room() {
  if (own_partners_.size() < count_) own_partners_.resize(count_ + count_ / 2);
  std::size_t levels = std::min(depth_max_, count_) + 2;
  if (open_.size() < levels) open_.resize(levels);
}

bool JsonOutline::check_tokens() {
  depth_ = 0;
  open_[0] = 0;
  Planes last;
  for (std::size_t base = 0; base < count_; base += kWord) {
    std::size_t left = count_ - base;
    Planes planes(kinds_ + base, left >= kWord ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1, last);
    if (planes.bad || !check_brackets(planes, base) || !check_scalars(planes.scalars, base)) return false;
    last = planes;
  }
  return depth_ == 0;
}

// Each bracket ends a stretch of tokens that stand in the same object or array; signs of the other kind are wrong
// there. A bracket itself still counts to the stretch before it: that is where its neighbours' signs fall.
//
// Whether a bracket opens or closes is as good as random to the processor, so both go the same way, without a branch:
// what opens is the innermost bracket, what closes looks it up, and either is noted at the innermost one.
bool JsonOutline::check_brackets(const Planes& planes, std::size_t base) {
  const std::uint8_t* kinds = kinds_;
  std::uint32_t* open = open_.data();
  std::uint64_t rest = ~std::uint64_t{0}, wrong = 0, foreign = in_object_ ? planes.in_array : planes.colons;
  std::size_t depth = depth_;
  for (std::uint64_t left = planes.brackets; left != 0; left &= left - 1) {
    std::uint64_t up_to_here = left ^ (left - 1);
    wrong |= foreign & up_to_here & rest;
    rest &= ~up_to_here;
    auto token = static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(std::countr_zero(left));
    std::uint32_t kind = kinds[token], opens = kind < object_close ? 1 : 0;
    if ((depth += opens) > depth_max_) return false;
    std::uint32_t around = open[depth], innermost = opens ? token : around;
    open[depth] = innermost;
    own_partners_[innermost] = token;
    wrong |= (kinds[innermost] + 2 * (1 - opens)) ^ kind;
    depth -= 1 - opens;
    if (depth == 0 && token + 1 != count_) return false;
    foreign = kinds[open[depth]] == object_open ? planes.in_array : planes.colons;
  }
  depth_ = depth;
  in_object_ = kinds[open[depth]] == object_open;
  return (wrong | (foreign & rest)) == 0;
}

bool JsonOutline::check_scalars(std::uint64_t scalars, std::size_t base) const {
  for (; scalars != 0; scalars &= scalars - 1) {
    if (!check_scalar(base + static_cast<std::size_t>(std::countr_zero(scalars)))) return false;
  }
  return true;
}

bool JsonOutline::check_scalar(std::size_t token) const {
  std::string_view word = span(token);
  if (word.front() >= 'a') return is_word(word);
  bool roomy = positions_[token] + kPlainNumberReach <= text_.size();
  return (roomy && is_plain_number(word)) || check_number(word) == NumberFault::none;
}

}  // namespace setpoint::pattern
