// Hashes of keys: of documents' members and of the keys that queries ask for. Seeded anew in each process, so that nobody
// can write a document whose keys all fall into one slot. Never stored or shown.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace setpoint::guard {

struct KeySeed {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};
KeySeed draw_key_seed();
inline const KeySeed key_seed = draw_key_seed();

template <class Word>
std::uint64_t load_word(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A full product folded: each bit of the result hangs on all bits of both.
inline std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Words overlap where the length is no multiple of theirs: the length itself goes into the hash.
inline std::uint32_t hash_key(std::string_view key) {
  const char* at = key.data();
  std::size_t left = key.size();
  std::uint64_t hash = key_seed.first ^ left;
  for (; left > 16; at += 16, left -= 16)
    hash = folded_product(load_word<std::uint64_t>(at) ^ key_seed.second, load_word<std::uint64_t>(at + 8) ^ hash);
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  if (left >= 8) {
    head = load_word<std::uint64_t>(at);
    tail = load_word<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    head = load_word<std::uint32_t>(at);
    tail = load_word<std::uint32_t>(at + left - 4);
  } else if (left > 0) {
    head = load_word<std::uint8_t>(at) | load_word<std::uint8_t>(at + left / 2) << 8;
    tail = load_word<std::uint8_t>(at + left - 1);
  }
  hash = folded_product(head ^ key_seed.second, tail ^ hash);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace setpoint::guard
