#include "tests/simulation/web.hpp"

#include "core/net/address.hpp"
#include "core/net/exchange.hpp"

namespace freshet::simulation {
namespace {

struct Place {
  const char* origin;
  const char* address;
  bool is_private;
};

// Where the sites lie; the second one in the house of whoever runs freshet.
constexpr Place sites[] = {{"https://a.test", "8.8.8.8", false},
                           {"https://b.test", "10.1.2.3", true}};

// Where a redirect may lead.
constexpr Place others[] = {{"https://elsewhere.test", "9.9.9.9", false},
                            {"http://a.test", "8.8.8.8", false},
                            {"https://a.test:8443", "8.8.8.8", false},
                            {"https://b.test:8443", "10.1.2.3", true},
                            {"https://six.test", "2606:4700::1111", false},
                            {"https://intern.test", "10.0.0.7", true},
                            {"https://office.test", "192.168.1.1", true},
                            {"https://carrier.test", "100.64.0.1", true},
                            {"http://127.0.0.1", "127.0.0.1", true},
                            {"http://169.254.169.254", "169.254.169.254", true},
                            {"http://0.0.0.0", "0.0.0.0", true},
                            {"http://[::1]", "::1", true},
                            {"https://unique.test", "fd00:ec2::254", true},
                            {"https://mapped.test", "::ffff:10.0.0.7", true},
                            {"https://translated.test", "64:ff9b::a00:7", true}};

const Place& place_of(World& world, const std::string& origin) {
  for (const Place& place : sites)
    if (origin == place.origin) return place;
  for (const Place& place : others)
    if (origin == place.origin) return place;
  world.fail("there is no such place: " + origin);
}

// One request, and what each hop of it may be.
class Asking {
 public:
  Asking(World& world, const std::string& uri) : world_(world) {
    request_.url = uri;
    request_.headers = {{"Authorization", "Bearer of the site"}, {"Accept", "text/markdown"}};
    own_ = net::origin_of(uri);
    if (place_of(world, own_).is_private) request_.private_origins = {own_};
  }

  void run() {
    net::Exchange exchange(request_, cancel_, options_);
    if (const base::Status begun = exchange.begin(); !begun)
      world_.fail("cannot be asked for: " + base::to_string(begun.error()));
    net::Next next = net::Next::redirect;
    while (next != net::Next::done) {
      const double draw = static_cast<double>(world_.dice.below(1000)) / 1000;
      next = exchange.advance(hop(exchange.hop()), Millis(10), world_.now(), draw);
    }
    const auto result = exchange.take_result();
    world_.say("the web says of {}: {}", request_.url,
               result ? std::to_string(result->status) : base::to_string(result.error()));
  }

 private:
  net::Outcome hop(const net::Hop& hop) {
    const Place& place = place_of(world_, hop.url->origin());
    if (!hop.may_private && !net::may_connect(*net::address_of(place.address), {}))
      return {base::fail(base::Code::blocked, "is a private address", hop.url->text), false, 0};
    check(hop, place);
    net::Reply reply;
    reply.status = 200;
    reply.body = "a page";
    if (world_.lucky(60)) redirect(reply, *hop.url);
    return {std::move(reply), true, 6};
  }

  void check(const net::Hop& hop, const Place& place) {
    const bool own = place.origin == own_;
    if (place.is_private && !own)
      world_.fail(fmt::format("law 9: a request for {} reaches the private address {}",
                              request_.url, place.address));
    for (const ports::HttpHeader& header : *hop.headers)
      if (!own && header.name == "Authorization")
        world_.fail(
            fmt::format("law 9: the credentials of {} are told to {}", own_, hop.url->origin()));
  }

  void redirect(net::Reply& reply, const net::Url& from) {
    constexpr int statuses[] = {301, 302, 303, 307, 308};
    reply.status = statuses[world_.dice.below(std::size(statuses))];
    const std::string origin =
        world_.lucky(30) ? from.origin() : others[world_.dice.below(std::size(others))].origin;
    reply.headers.push_back({"location", fmt::format("{}/{}", origin, world_.dice.below(1000))});
    reply.body.clear();
  }

  World& world_;
  const net::ClientOptions options_;
  const base::Cancel cancel_;
  ports::HttpRequest request_;
  std::string own_;
};

}  // namespace

void ask_the_web(World& world, const std::string& uri) { Asking(world, uri).run(); }

}  // namespace freshet::simulation
