#include "guard/key_hash.h"

#include <random>

namespace setpoint::guard {

KeySeed draw_key_seed() {
  std::random_device device;
  auto word = [&device] { return std::uint64_t{device()} << 32 | device(); };
  return {word(), word()};
}

}  // namespace setpoint::guard
