// Randomness as a port, and the ids made from it.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace setpoint::base {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::string bytes(std::size_t count) = 0;
};

// The operating system's generator.
class SystemRandom final : public Random {
 public:
  std::string bytes(std::size_t count) override;
};

// The same seed gives the same bytes: tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::string bytes(std::size_t count) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

std::string new_uuid(Random& random);                    // RFC 9562 version 4
std::string new_id(Random& random, const char* prefix);  // "run-3f9c0a12b4d7": short, for people to type

}  // namespace setpoint::base
