#include "core/net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <vector>

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

std::vector<Network> networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> list;
  for (const auto text : texts) list.push_back(parse_network(text).value());
  return list;
}

}  // namespace

TEST_CASE("addresses that are not public are blocked by default") {
  const auto text = GENERATE(
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
      "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
      "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
      "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
      "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1",
      "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
      "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "3fff::1",
      "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fe80::1%eth0", "febf::1",
      "fec0::1", "ff02::1", "1::1", "4000::1", "8000::1", "e000::1");
  const auto address = address_of(std::string_view(text));
  REQUIRE(address);
  INFO(text);
  CHECK_FALSE(special_kind(*address).empty());
  CHECK_FALSE(may_connect(*address, {}));
}

TEST_CASE("public addresses may be connected to, also inside IPv6") {
  const auto text =
      GENERATE("1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
               "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
               "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
               "223.255.255.255", "2001:200::1", "2606:4700:4700::1111", "2a00:1450::1",
               "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1");
  const auto address = address_of(std::string_view(text));
  REQUIRE(address);
  INFO(text);
  CHECK(special_kind(*address).empty());
  CHECK(may_connect(*address, {}));
}

TEST_CASE("a network that is allowed opens its addresses and no others") {
  const auto allowed = networks({"10.1.2.0/24", "fd12::/16", "127.0.0.1"});
  CHECK(may_connect(*address_of("10.1.2.3"), allowed));
  CHECK(may_connect(*address_of("::ffff:10.1.2.3"), allowed));
  CHECK(may_connect(*address_of("fd12:3::1"), allowed));
  CHECK(may_connect(*address_of("127.0.0.1"), allowed));
  CHECK_FALSE(may_connect(*address_of("10.1.3.3"), allowed));
  CHECK_FALSE(may_connect(*address_of("fd13::1"), allowed));
  CHECK_FALSE(may_connect(*address_of("127.0.0.2"), allowed));
  CHECK_FALSE(may_connect(*address_of("::1"), allowed));
  // An IPv4 network never opens IPv6 addresses that merely begin with the same bits.
  CHECK_FALSE(may_connect(*address_of("::1"), networks({"0.0.0.0/0"})));
  CHECK(may_connect(*address_of("::1"), networks({"::/0"})));
}

TEST_CASE("what is no network is refused, saying what would be") {
  const auto text = GENERATE("", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x",
                             "10.0.0.1/8", "localhost", "fd00::/129", "fd00::1/16", "10.0.0",
                             "fe80::1%eth0/64", "010.0.0.1/32");
  const auto network = parse_network(text);
  INFO(text);
  REQUIRE_FALSE(network);
  CHECK(network.error().code == base::Code::invalid_argument);
  CHECK(network.error().message.find("10.1.2.0/24") != std::string::npos);
}

TEST_CASE("socket addresses are read as what will be connected to") {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  inet_pton(AF_INET, "192.168.7.9", &v4.sin_addr);
  const auto four = address_of(reinterpret_cast<const sockaddr*>(&v4));
  REQUIRE(four);
  CHECK(to_string(*four) == "192.168.7.9");
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "fe80::2", &v6.sin6_addr);
  const auto six = address_of(reinterpret_cast<const sockaddr*>(&v6));
  REQUIRE(six);
  CHECK(to_string(*six) == "fe80::2");
  sockaddr other{};
  other.sa_family = AF_UNIX;
  CHECK_FALSE(address_of(&other));
}

}  // namespace freshet::net
