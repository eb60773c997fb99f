#include "pattern/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace setpoint::pattern {

namespace {

constexpr std::size_t kAddressTextMax = 45;  // the longest form, an IPv4 tail included
constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Address unmapped(Address address) {
  if (address.v4 || !std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin())) return address;
  Address out{.v4 = true, .bytes = {}};
  std::copy(address.bytes.begin() + 12, address.bytes.end(), out.bytes.begin());
  return out;
}

std::optional<Address> parse_as_written(std::string_view text) {
  char buffer[kAddressTextMax + 1] = {};
  if (text.empty() || text.size() > kAddressTextMax || text.find('\0') != std::string_view::npos) return std::nullopt;
  text.copy(buffer, text.size());
  Address out;
  out.v4 = text.find(':') == std::string_view::npos;
  if (inet_pton(out.v4 ? AF_INET : AF_INET6, buffer, out.bytes.data()) != 1) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  std::optional<Address> written = parse_as_written(text);
  return written ? std::optional(unmapped(*written)) : std::nullopt;
}

Address masked(Address address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8u) : 0;
    address.bytes[i] &= static_cast<std::uint8_t>(0xff00u >> kept);
  }
  return address;
}

Network::Network(const Address& base, unsigned bits) : base_(masked(base, bits)), bits_(bits) {}

bool Network::contains(const Address& address) const {
  return address.v4 == base_.v4 && masked(address, bits_).bytes == base_.bytes;
}

std::optional<Network> parse_network(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::optional<Address> base = parse_as_written(text.substr(0, slash));
  std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && digits.size() <= 3;
  if (!base || !whole || bits > (base->v4 ? 32u : 128u)) return std::nullopt;
  Address plain = unmapped(*base);
  if (plain.v4 && !base->v4 && bits < 96) return Network(*base, bits);  // wider than the mapped block: an IPv6 network
  return Network(plain, plain.v4 && !base->v4 ? bits - 96 : bits);
}

}  // namespace setpoint::pattern
