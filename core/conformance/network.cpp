#include "core/conformance/network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/net/client.hpp"

namespace freshet::conformance {
namespace {

using base::Code;
using base::fail;

// One attempt each: a check has to end.
net::ClientOptions manners() {
  net::ClientOptions options;
  options.attempts = 1;
  return options;
}

class Network : public ports::Http {
 public:
  explicit Network(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  base::Result<ports::HttpResponse> send(const ports::HttpRequest& request,
                                         const base::Cancel& cancel) override {
    if (allows(request.url)) return client_->send(request, cancel);
    if (origins_.empty())
      return fail(Code::network, "there is no network while a plugin is checked", request.url);
    return fail(Code::network, fmt::format("is none of {}", fmt::join(origins_, ", ")),
                request.url);
  }
  void send_many(
      std::span<const ports::HttpRequest> requests, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override {
    for (std::size_t i = 0; i < requests.size(); ++i) done(i, send(requests[i], cancel));
  }
  base::Result<std::string> resolve(std::string_view base_url,
                                    std::string_view reference) const override {
    return client_->resolve(base_url, reference);
  }
  ports::HttpCounters counters() const override { return client_->counters(); }

 private:
  bool allows(const std::string& url) const {
    const auto whole = resolve({}, url);
    return whole && std::any_of(origins_.begin(), origins_.end(), [&](const std::string& origin) {
             const auto root = resolve({}, origin + "/");
             return root && whole->starts_with(*root);
           });
  }

  const std::vector<std::string> origins_;
  const std::unique_ptr<ports::Http> client_ = net::make_client(manners(), ports::system_clock());
};

}  // namespace

std::shared_ptr<ports::Http> make_network(std::vector<std::string> origins) {
  return std::make_shared<Network>(std::move(origins));
}

}  // namespace freshet::conformance
