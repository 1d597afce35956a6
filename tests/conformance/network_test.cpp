// What a plugin that is checked may reach.
#include "core/base/json.hpp"
#include "core/host/check.hpp"
#include "tests/core/host/support.hpp"
#include "tests/core/net/server.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace host = freshet::host;
namespace net = freshet::net::test;
using freshet::testing::fixture;
using host::Verdict;

namespace {

struct NetworkFixture {
  host::CaseResult fetch(std::vector<std::string> network) {
    const host::Json options = {{"url", server.url("/page")}};
    return host::run_case({fixture("faulty") + "/faulty.plugin.json", host::Kind::loader, "asks",
                           "fetches", options.dump(), "", std::move(network)},
                          base::Millis(20'000))
        .value();
  }
  net::Server server{[](net::Connection& connection, const net::Request&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
    return false;
  }};
};

}  // namespace

TEST_CASE_METHOD(NetworkFixture, "a plugin reaches the origins that are allowed, and no other") {
  const auto reached = fetch({"http://other.example", server.origin()});
  INFO(reached.detail);
  CHECK(reached.verdict == Verdict::pass);
  CHECK(server.count("/page") == 1);

  const auto other = fetch({"http://other.example"});
  CHECK(other.verdict == Verdict::skip);
  CHECK(other.detail.find("is none of http://other.example") != std::string::npos);
  // An origin is the whole of it: nothing that merely begins like it.
  CHECK(fetch({server.origin().substr(0, server.origin().size() - 1)}).verdict == Verdict::skip);
  CHECK(fetch({}).detail.find("there is no network") != std::string::npos);
  CHECK(server.count("/page") == 1);
}
