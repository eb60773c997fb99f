#include "pattern/wide_tokens.h"

#include <array>
#include <bit>

#include "pattern/json_tokenizer.h"

#ifdef __x86_64__
// GCC 12 warns of its own header at -O1 and -Og: registers that are left undefined there on purpose.
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif

// Only these functions are compiled for the wide processors, so that the program runs on every other.
#define SETPOINT_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,pclmul,bmi,bmi2,popcnt")))

namespace setpoint::pattern {

namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kAhead = 8 * kStep;  // what the memory is asked for beforehand
constexpr std::uint8_t kOperator = 1, kSpace = 2;

using Table = std::array<std::uint8_t, 128>;  // of the ASCII bytes

alignas(64) constexpr Table kClasses = [] {
  Table classes{};
  for (unsigned char c : {',', ':', '{', '[', '}', ']'}) classes[c] = kOperator;
  for (unsigned char c : {' ', '\t', '\n', '\r'}) classes[c] = kSpace;
  return classes;
}();

alignas(64) constexpr Table kKinds = [] {
  Table kinds{};
  for (unsigned c = 0; c < kinds.size(); ++c) kinds[c] = JsonTokenizer::kind_of(static_cast<unsigned char>(c));
  return kinds;
}();

alignas(64) constexpr std::array<std::uint8_t, kStep> kOffsets = [] {
  std::array<std::uint8_t, kStep> offsets{};
  for (unsigned i = 0; i < kStep; ++i) offsets[i] = static_cast<std::uint8_t>(i);
  return offsets;
}();

struct Lookup {
  __m512i low, high;
  SETPOINT_WIDE explicit Lookup(const Table& table)
      : low(_mm512_load_si512(table.data())), high(_mm512_load_si512(table.data() + kStep)) {}
  SETPOINT_WIDE __m512i operator()(__m512i bytes) const { return _mm512_permutex2var_epi8(low, bytes, high); }
};

// What one step leaves to the next.
struct Carry {
  std::uint64_t escaped = 0;    // the next byte is
  std::uint64_t in_string = 0;  // all ones inside
  std::uint64_t in_scalar = 0;  // the last byte belonged to a number or a word
  std::uint64_t bad = 0, backslashes = 0, beyond_ascii = 0;
};

// Bytes behind an odd number of backslashes.
std::uint64_t find_escaped(std::uint64_t backslashes, std::uint64_t& carry) {
  constexpr std::uint64_t kEven = 0x5555555555555555u;
  backslashes &= ~carry;
  std::uint64_t behind = backslashes << 1 | carry;
  std::uint64_t odd_starts = backslashes & ~kEven & ~behind, even_sequences;
  carry = __builtin_add_overflow(odd_starts, backslashes, &even_sequences) ? 1 : 0;
  return (kEven ^ (even_sequences << 1)) & behind;
}

// Bit i: whether bits 0 to i hold an odd number of ones.
SETPOINT_WIDE inline std::uint64_t running_parity(std::uint64_t bits) {
  __m128i ones = _mm_set1_epi8(-1);
  __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), ones, 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

// Which of the 64 bytes begin a token.
SETPOINT_WIDE inline std::uint64_t starts(__m512i bytes, const Lookup& classes, Carry& carry) {
  std::uint64_t quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
  std::uint64_t backslashes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
  std::uint64_t controls = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20));
  std::uint64_t beyond_ascii = _mm512_movepi8_mask(bytes);
  __m512i kind = classes(bytes);
  std::uint64_t operators = _mm512_test_epi8_mask(kind, _mm512_set1_epi8(kOperator));
  std::uint64_t spaces = _mm512_test_epi8_mask(kind, _mm512_set1_epi8(kSpace));
  if ((backslashes | carry.escaped) != 0) quotes &= ~find_escaped(backslashes, carry.escaped);
  std::uint64_t inside = running_parity(quotes) ^ carry.in_string;  // from an opening quote to before the closing one
  carry.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
  carry.backslashes |= backslashes;
  carry.beyond_ascii |= beyond_ascii;
  carry.bad |= (controls & inside) | (beyond_ascii & ~inside);
  std::uint64_t values = ~(operators | spaces), scalars = values & ~quotes;
  std::uint64_t first_of_values = values & ~(scalars << 1 | carry.in_scalar);
  carry.in_scalar = scalars >> 63;
  return (operators | first_of_values) & ~(inside ^ quotes);
}

SETPOINT_WIDE inline void write_sixteen(std::uint32_t* out, __m128i offsets, __m512i base) {
  _mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(offsets)));
}

SETPOINT_WIDE void write_many(std::uint32_t* positions, __m512i offsets, __m512i base) {
  alignas(kStep) std::array<std::uint8_t, kStep> spread;
  _mm512_store_si512(spread.data(), offsets);
  for (std::size_t from = 16; from < kStep; from += 16) {
    write_sixteen(positions + from, _mm_load_si128(reinterpret_cast<const __m128i*>(spread.data() + from)), base);
  }
}

// Text seldom has more than a token every fourth byte.
SETPOINT_WIDE inline std::size_t read_step(__m512i bytes, std::size_t base, const Lookup& classes, const Lookup& kinds,
                                           Carry& carry, std::uint32_t* positions, std::uint8_t* kinds_out) {
  std::uint64_t tokens = starts(bytes, classes, carry);
  auto count = static_cast<std::size_t>(_mm_popcnt_u64(tokens));
  __m512i found = kinds(_mm512_maskz_compress_epi8(tokens, bytes));
  __m512i offsets = _mm512_maskz_compress_epi8(tokens, _mm512_load_si512(kOffsets.data()));
  __m512i from = _mm512_set1_epi32(static_cast<int>(base));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(kinds_out), _mm512_castsi512_si128(found));
  write_sixteen(positions, _mm512_castsi512_si128(offsets), from);
  if (count > 16) [[unlikely]] {
    _mm512_storeu_si512(kinds_out, found);
    write_many(positions, offsets, from);
  }
  return count;
}

}  // namespace

bool has_wide_tokens() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                          __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("pclmul") &&
                          __builtin_cpu_supports("bmi2");
  return has;
}

SETPOINT_WIDE bool WideTokens::read(std::string_view text) {
  Lookup classes(kClasses), kinds_of(kKinds);
  Carry carry;
  std::size_t base = 0, found = 0;
  for (std::size_t at = 0; at < kAhead && at < text.size(); at += kStep) __builtin_prefetch(text.data() + at);
  for (; base + kStep <= text.size(); base += kStep) {
    __builtin_prefetch(text.data() + base + kAhead);
    __m512i bytes = _mm512_loadu_si512(text.data() + base);
    found += read_step(bytes, base, classes, kinds_of, carry, positions + found, kinds + found);
  }
  if (std::size_t left = text.size() - base; left > 0) {
    __m512i bytes = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), _bzhi_u64(~0ull, static_cast<unsigned>(left)),
                                           text.data() + base);
    found += read_step(bytes, base, classes, kinds_of, carry, positions + found, kinds + found);
  }
  count = found;
  escapes = carry.backslashes != 0;
  beyond_ascii = carry.beyond_ascii != 0;
  return carry.bad == 0 && carry.in_string == 0;
}

}  // namespace setpoint::pattern

#else

namespace setpoint::pattern {

bool has_wide_tokens() { return false; }
bool WideTokens::read(std::string_view) { return false; }

}  // namespace setpoint::pattern

#endif
