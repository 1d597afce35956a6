// core/serve/api.hpp - what operators may ask, and what they are answered.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/serve/gatekeeper.hpp"
#include "core/serve/hooks.hpp"
#include "core/serve/http.hpp"
#include "core/serve/live.hpp"
#include "core/service/service.hpp"

namespace freshet::serve {

// The secrets themselves, read when the configuration was.
struct Settings {
  Gatekeeper gatekeeper;
  std::string github, gitlab, generic;  // empty: such hooks are not taken

  const std::string& secret(HookKind kind) const {
    return kind == HookKind::github ? github : kind == HookKind::gitlab ? gitlab : generic;
  }
};

// Thread-safe.
class Api : public Answers {
 public:
  Api(std::shared_ptr<service::Session> session, std::shared_ptr<service::Service> service,
      std::shared_ptr<Live> live, Settings settings);

  void use(Settings settings);

  Response admit(const Request& head) override;
  Response answer(const Request& request) override;
  Response refuse(int status) override;

 private:
  using Handler = base::Result<Response> (Api::*)(const Request&);
  struct Route {
    std::string_view path;  // one that ends with "/" has a last step behind it
    std::string_view method;
    bool open;  // whoever reaches it may ask, without the token
    Handler handler;
  };
  static const std::vector<Route>& routes();
  static const Route* find_route(const Request& request, bool any_method);
  std::shared_ptr<const Settings> settings() const;

  base::Result<Response> health(const Request& request);
  base::Result<Response> metrics(const Request& request);
  base::Result<Response> status(const Request& request);
  base::Result<Response> sources(const Request& request);
  base::Result<Response> runs(const Request& request);
  base::Result<Response> run(const Request& request);
  base::Result<Response> roots(const Request& request);
  base::Result<Response> explain(const Request& request);
  base::Result<Response> events(const Request& request);
  base::Result<Response> trigger(const Request& request);
  base::Result<Response> github(const Request& request);
  base::Result<Response> gitlab(const Request& request);
  base::Result<Response> generic(const Request& request);
  base::Result<Response> hook(HookKind kind, const Request& request);
  base::Result<Response> page(const Request& request);
  base::Result<base::Json> ask(const base::Json& body);

  const std::shared_ptr<service::Session> session_;
  const std::shared_ptr<service::Service> service_;
  const std::shared_ptr<Live> live_;
  Hooks hooks_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace freshet::serve
