// IP addresses and networks for `cidr`. Only a valid textual address is one (RFC 4291, RFC 5952, dotted IPv4 without
// leading zeros); nothing is ever looked up. An IPv4 address in IPv6 clothes (::ffff:10.0.0.1) is that IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace setpoint::pattern {

struct Address {
  bool v4 = false;
  std::array<std::uint8_t, 16> bytes{};  // the first four for IPv4
};

std::optional<Address> parse_address(std::string_view text);

// Host bits of the base are ignored: 10.0.0.77/24 is 10.0.0.0/24. A network holds addresses of its own family only.
class Network {
 public:
  Network(const Address& base, unsigned bits);
  bool contains(const Address& address) const;
  bool v4() const { return base_.v4; }
  unsigned bits() const { return bits_; }
  const Address& base() const { return base_; }  // host bits cleared

 private:
  Address base_;
  unsigned bits_;
};

// "10.0.0.0/8"; nullopt where it is not `address/bits` with bits within the family's width.
std::optional<Network> parse_network(std::string_view text);

// The address with all but the first `bits` cleared.
Address masked(Address address, unsigned bits);

}  // namespace setpoint::pattern
