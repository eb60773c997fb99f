#include "base/random.h"

#include <openssl/rand.h>

#include "base/digest.h"
#include "base/result.h"

namespace setpoint::base {

std::string SystemRandom::bytes(std::size_t count) {
  std::string out(count, '\0');
  SETPOINT_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1);
  return out;
}

std::string SeededRandom::bytes(std::size_t count) {
  std::lock_guard lock(mutex_);
  std::string out(count, '\0');
  for (char& byte : out) byte = static_cast<char>(engine_() >> 56);
  return out;
}

std::string new_uuid(Random& random) {
  std::string raw = random.bytes(16);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string hex = to_hex(raw);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

std::string new_id(Random& random, const char* prefix) { return std::string(prefix) + "-" + to_hex(random.bytes(6)); }

}  // namespace setpoint::base
