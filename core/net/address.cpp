#include "core/net/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace freshet::net {
namespace {

using base::Code;
using V4 = std::array<std::uint8_t, 4>;

struct V4Range {
  V4 address;
  int bits;
  std::string_view kind;
};

// The IANA IPv4 special-purpose registry, and multicast.
constexpr std::array<V4Range, 16> v4_ranges{{{{0, 0, 0, 0}, 8, "this-network"},
                                             {{10, 0, 0, 0}, 8, "private"},
                                             {{100, 64, 0, 0}, 10, "shared"},
                                             {{127, 0, 0, 0}, 8, "loopback"},
                                             {{169, 254, 0, 0}, 16, "link-local"},
                                             {{172, 16, 0, 0}, 12, "private"},
                                             {{192, 0, 0, 0}, 24, "reserved"},
                                             {{192, 0, 2, 0}, 24, "documentation"},
                                             {{192, 88, 99, 0}, 24, "6to4-relay"},
                                             {{192, 168, 0, 0}, 16, "private"},
                                             {{198, 18, 0, 0}, 15, "benchmarking"},
                                             {{198, 51, 100, 0}, 24, "documentation"},
                                             {{203, 0, 113, 0}, 24, "documentation"},
                                             {{224, 0, 0, 0}, 4, "multicast"},
                                             {{255, 255, 255, 255}, 32, "broadcast"},
                                             {{240, 0, 0, 0}, 4, "reserved"}}};

struct V6Range {
  std::array<std::uint8_t, 8> head;  // the first eight bytes; no range here is narrower
  int bits;
  std::string_view kind;
};

// Ranges within and beside 2000::/3, outside of which nothing is public.
constexpr std::array<V6Range, 9> v6_ranges{{{{0xfc}, 7, "private"},
                                            {{0xfe, 0x80}, 10, "link-local"},
                                            {{0xfe, 0xc0}, 10, "site-local"},
                                            {{0xff}, 8, "multicast"},
                                            {{0x01}, 64, "discard"},
                                            {{0x20, 0x01, 0x00}, 23, "reserved"},  // Teredo too
                                            {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
                                            {{0x3f, 0xff}, 20, "documentation"},
                                            {{0x5f}, 16, "segment-routing"}}};

bool same_bits(const std::uint8_t* a, const std::uint8_t* b, int bits) {
  const int whole = bits / 8;
  if (std::memcmp(a, b, static_cast<std::size_t>(whole)) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (a[whole] & mask) == (b[whole] & mask);
}

std::string_view v4_kind(const V4& address) {
  for (const V4Range& range : v4_ranges)
    if (same_bits(address.data(), range.address.data(), range.bits)) return range.kind;
  return {};
}

std::string_view v6_kind(const Address& address) {
  for (const V6Range& range : v6_ranges)
    if (same_bits(address.bytes.data(), range.head.data(), range.bits)) return range.kind;
  return (address.bytes[0] & 0xe0) == 0x20 ? "" : "reserved";
}

Address from_v4(const std::uint8_t* bytes) {
  Address address;
  address.v4 = true;
  address.bytes[10] = address.bytes[11] = 0xff;
  std::copy_n(bytes, 4, address.bytes.begin() + 12);
  return address;
}

V4 v4_at(const Address& address, std::size_t at) {
  V4 inner;
  std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.begin());
  return inner;
}

bool starts_with(const Address& address, std::initializer_list<std::uint8_t> head) {
  return std::equal(head.begin(), head.end(), address.bytes.begin());
}

// The IPv4 address that an IPv6 one stands for, if it does.
std::optional<V4> inner_v4(const Address& address) {
  constexpr std::uint8_t o = 0;
  if (starts_with(address, {o, o, o, o, o, o, o, o, o, o, 0xff, 0xff})) return v4_at(address, 12);
  if (starts_with(address, {o, o, o, o, o, o, o, o, o, o, o, o})) return v4_at(address, 12);
  if (starts_with(address, {0x00, 0x64, 0xff, 0x9b, o, o, o, o, o, o, o, o}))
    return v4_at(address, 12);
  if (starts_with(address, {0x20, 0x02})) return v4_at(address, 2);
  return std::nullopt;
}

bool is_loopback_v6(const Address& address) {
  return std::all_of(address.bytes.begin(), address.bytes.end() - 1,
                     [](auto b) { return b == 0; }) &&
         address.bytes[15] == 1;
}

bool low_bits_clear(const Network& network) {
  for (int bit = network.bits; bit < 128; ++bit)
    if (network.address.bytes[static_cast<std::size_t>(bit / 8)] & (0x80 >> bit % 8)) return false;
  return true;
}

}  // namespace

std::optional<Address> address_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return from_v4(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    Address result;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
    return result;
  }
  return std::nullopt;
}

std::optional<Address> address_of(std::string_view text) {
  const std::string plain(text.substr(0, text.find('%')));  // a zone is no part of the address
  std::uint8_t v4[4];
  if (inet_pton(AF_INET, plain.c_str(), v4) == 1) return from_v4(v4);
  Address address;
  if (inet_pton(AF_INET6, plain.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = address.v4 ? AF_INET : AF_INET6;
  inet_ntop(family, address.bytes.data() + (address.v4 ? 12 : 0), text, sizeof text);
  return text;
}

base::Result<Network> parse_network(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return base::fail(Code::invalid_argument,
                      fmt::format("\"{}\" {}: write 10.1.2.0/24 or fd12::/16", text, why));
  };
  const std::size_t slash = text.find('/');
  const auto address = address_of(text.substr(0, slash));
  if (!address || text.find('%') != std::string_view::npos) return bad("is not a network");
  const int most = address->v4 ? 32 : 128;
  int bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most)
      return bad("has no prefix length that fits");
  }
  const Network network{*address, address->v4 ? bits + 96 : bits};
  if (!low_bits_clear(network)) return bad("has bits set below its prefix");
  return network;
}

bool contains(const Network& network, const Address& address) {
  return network.address.v4 == address.v4 &&
         same_bits(network.address.bytes.data(), address.bytes.data(), network.bits);
}

std::string_view special_kind(const Address& address) {
  if (!address.v4 && is_loopback_v6(address)) return "loopback";
  if (const auto inner = inner_v4(address)) return v4_kind(*inner);
  return v6_kind(address);
}

bool may_connect(const Address& address, std::span<const Network> allowed) {
  if (special_kind(address).empty()) return true;
  Address plain = address;
  if (const auto inner = inner_v4(address); inner && !is_loopback_v6(address))
    plain = from_v4(inner->data());
  return std::any_of(allowed.begin(), allowed.end(), [&](const Network& network) {
    return contains(network, address) || contains(network, plain);
  });
}

}  // namespace freshet::net
