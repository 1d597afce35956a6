// core/serve/hooks.hpp - deliveries of webhooks: signed, heard once, and turned into triggers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/serve/http.hpp"
#include "core/serve/push.hpp"
#include "core/service/service.hpp"

namespace freshet::serve {

enum class HookKind { github, gitlab, generic };
const char* name_of(HookKind kind);

// A delivery that is whom it says it is from.
struct Delivery {
  std::vector<base::Digest> names;  // by which it is known again
  bool is_push = false;             // else there is nothing to do
  Push push;
};
// Checks the signature before it reads anything else. Fails with denied where that or the time is
// wrong, with parse where the body is. Pure.
base::Result<Delivery> read_delivery(HookKind kind, const Request& request,
                                     const std::string& secret, base::Instant now);

// Thread-safe.
class Hooks {
 public:
  Hooks(std::shared_ptr<service::Session> session, std::shared_ptr<service::Service> service)
      : session_(std::move(session)), service_(std::move(service)) {}

  // {"triggers","sources"}, or {"ignored"} with the reason. Fails with busy where it was heard before.
  base::Result<base::Json> take(HookKind kind, const Request& request, const std::string& secret);
  base::Json counts() const;  // {"github":{"accepted","refused"},…}

 private:
  base::Result<base::Json> act(HookKind kind, const Delivery& delivery);

  const std::shared_ptr<service::Session> session_;
  const std::shared_ptr<service::Service> service_;
  struct Count {
    std::uint64_t accepted = 0, refused = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

}  // namespace freshet::serve
