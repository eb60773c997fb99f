// SHA-256, HMAC and the text forms of bytes. Source: FIPS 180-4, RFC 2104, RFC 4648, by OpenSSL 3.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::base {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
  std::string hex() const;
  bool zero() const { return *this == Digest{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

Digest sha256(std::string_view data);
Digest hmac_sha256(std::string_view key, std::string_view data);
Result<Digest> parse_digest(std::string_view hex);  // 64 hexadecimal digits

std::string to_hex(std::string_view bytes);
std::string to_base64(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);

}  // namespace setpoint::base
