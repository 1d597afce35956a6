// core/net/address.hpp - which addresses may be connected to. Pure: sockaddr in, verdict out.
//
// Judged on the address that is really connected, never on a name: a name may resolve to another
// address each time it is asked for.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::net {

// IPv6, or IPv4 in the v4-mapped form, so that one comparison serves both.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v4 = false;
};

struct Network {
  Address address;
  int bits = 0;  // of the 16 bytes
};

std::optional<Address> address_of(const sockaddr* address);
std::optional<Address> address_of(std::string_view text);  // "10.0.0.1", "fe80::1%eth0"
std::string to_string(const Address& address);

// "10.1.2.0/24", "fd12::/16", "127.0.0.1". Bits below the prefix have to be zero.
base::Result<Network> parse_network(std::string_view text);

bool contains(const Network& network, const Address& address);

// The kind of special address that this is ("loopback", "link-local"); empty for a public one. IPv4
// inside IPv6 (mapped, compatible, 6to4, NAT64) is judged as the IPv4 address that it leads to.
std::string_view special_kind(const Address& address);

// True for public addresses and for those in `allowed`.
bool may_connect(const Address& address, std::span<const Network> allowed);

}  // namespace freshet::net
