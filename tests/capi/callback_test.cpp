// What the callbacks of a run may call: everything, and what would wait for itself is refused.
#include <atomic>
#include <functional>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// A policy made of functions; what is due is refreshed.
struct Functions {
  std::function<void()> on_decide = [] {};
  std::function<void()> on_accept = [] {};
  std::atomic<bool> released{false};

  freshet_policy* make() {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.payload = this;
    functions.decide = [](void* self, const freshet_known*, std::int64_t, freshet_decision* out) {
      static_cast<Functions*>(self)->on_decide();
      out->refresh = 1;
      return freshet_status{FRESHET_OK};
    };
    functions.accept = [](void* self, const freshet_known*, const freshet_document*,
                          std::int32_t* out) {
      static_cast<Functions*>(self)->on_accept();
      *out = 1;
      return freshet_status{FRESHET_OK};
    };
    functions.release = [](void* self) { static_cast<Functions*>(self)->released = true; };
    freshet_policy* policy = nullptr;
    REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
    return policy;
  }
};

// A run whose handle its own callbacks know.
struct Own {
  std::atomic<freshet_refresh*> refresh{nullptr};
  freshet_refresh* get() const {
    freshet_refresh* handle = nullptr;
    while ((handle = refresh) == nullptr) std::this_thread::yield();
    return handle;
  }
  void start(Site& site, const freshet_policy* policy,
             const freshet_call_options* options = nullptr) {
    freshet_refresh* handle = nullptr;
    REQUIRE_OK(freshet_refresh_start(site.store.repository, site.config().c_str(), policy, options,
                                     &handle, out_error));
    refresh = handle;
  }
  freshet_status wait(std::int64_t timeout_ms = -1) const {
    return freshet_refresh_wait(get(), timeout_ms, nullptr);
  }
};

void wait_until(const std::atomic<bool>& so) {
  while (!so) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a policy that waits for its own run is refused, and the run goes on") {
  Site site;
  Own own;
  std::atomic<freshet_status> decided{FRESHET_OK}, looked{FRESHET_OK}, polled{FRESHET_OK};
  std::atomic<freshet_status> accepted{FRESHET_OK};
  Functions functions;
  functions.on_decide = [&] {
    freshet_event event = FRESHET_EVENT_INIT;
    decided = own.wait();
    looked = own.wait(0);
    polled = freshet_refresh_next_event(own.get(), -1, &event, nullptr);
  };
  functions.on_accept = [&] { accepted = own.wait(60'000); };
  freshet_policy* const policy = functions.make();
  own.start(site, policy);
  CHECK(own.wait() == FRESHET_OK);
  freshet_refresh_free(own.get());
  CHECK(decided == FRESHET_E_MISUSE);
  CHECK(looked == FRESHET_E_TIMEOUT);
  CHECK(polled == FRESHET_E_MISUSE);
  site.write(0, "Another text altogether, so that there is something to accept.");
  own.refresh = nullptr;
  own.start(site, policy);
  CHECK(own.wait() == FRESHET_OK);
  CHECK(accepted == FRESHET_E_MISUSE);
  freshet_refresh_free(own.get());
  freshet_policy_free(policy);
}

TEST_CASE("a run that its own policy frees ends by itself") {
  for (const bool in_accept : {false, true}) {
    Site site;
    site.run();
    site.write(0, "Another text altogether, so that there is something to accept.");
    Own own;
    Functions functions;
    std::atomic<bool> once{false};
    (in_accept ? functions.on_accept : functions.on_decide) = [&] {
      if (!once.exchange(true)) freshet_refresh_free(own.get());
    };
    freshet_policy* const policy = functions.make();
    own.start(site, policy);
    freshet_policy_free(policy);
    wait_until(functions.released);  // the run was the last to hold it
  }
}

TEST_CASE("a policy may close the repository of its run") {
  Site site;
  Own own;
  Functions functions;
  functions.on_decide = [&] { freshet_repository_close(site.store.repository); };
  freshet_policy* const policy = functions.make();
  own.start(site, policy);
  CHECK(own.wait() == FRESHET_OK);
  freshet_refresh_free(own.get());
  freshet_policy_free(policy);
  CHECK(functions.released);
}

TEST_CASE("runs that wait for each other from their policies: one of them is refused") {
  Site first, second;
  Own a, b;
  std::atomic<bool> entered_a{false}, entered_b{false};
  std::atomic<int> refused{0};
  const auto cross = [&](std::atomic<bool>& here, std::atomic<bool>& there, const Own& other) {
    return [&] {
      here = true;
      wait_until(there);
      if (other.wait() == FRESHET_E_MISUSE) ++refused;
    };
  };
  Functions of_a, of_b;
  of_a.on_decide = cross(entered_a, entered_b, b);
  of_b.on_decide = cross(entered_b, entered_a, a);
  freshet_policy* const policy_a = of_a.make();
  freshet_policy* const policy_b = of_b.make();
  a.start(first, policy_a);
  b.start(second, policy_b);
  CHECK(a.wait() == FRESHET_OK);
  CHECK(b.wait() == FRESHET_OK);
  CHECK(refused >= 1);
  freshet_refresh_free(a.get());
  freshet_refresh_free(b.get());
  freshet_policy_free(policy_a);
  freshet_policy_free(policy_b);
}

TEST_CASE("an event's callback waits for a run whose policy waits for the first") {
  Site first, second;
  Own a, b;
  std::atomic<freshet_status> in_policy{FRESHET_OK};
  Functions of_b;
  of_b.on_decide = [&] { in_policy = a.wait(); };
  freshet_policy* const policy = of_b.make();
  std::function<void()> on_event = [&] {
    if (b.refresh == nullptr) b.start(second, policy);
    CHECK(b.wait() == FRESHET_OK);
  };
  freshet_call_options options = FRESHET_CALL_OPTIONS_INIT;
  options.payload = &on_event;
  options.on_event = [](void* body, const freshet_event*) {
    (*static_cast<std::function<void()>*>(body))();
  };
  a.start(first, nullptr, &options);
  CHECK(a.wait() == FRESHET_OK);
  CHECK(in_policy == FRESHET_E_MISUSE);
  freshet_refresh_free(a.get());
  freshet_refresh_free(b.get());
  freshet_policy_free(policy);
}

TEST_CASE("a policy may write, and run and wait for another run") {
  Site site, other;
  std::atomic<int> failures{0}, runs{0};
  Functions functions;
  functions.on_decide = [&] {
    const freshet_status flagged = freshet_repository_set_flags(
        site.store.repository, ("file://" + site.path(0)).c_str(), R"({"seen":true})", nullptr);
    if (flagged != FRESHET_OK && flagged != FRESHET_E_NOT_FOUND) ++failures;
    if (runs++ == 0 && freshet_refresh_run(other.store.repository, other.config().c_str(), nullptr,
                                           nullptr, nullptr, nullptr) != FRESHET_OK)
      ++failures;
  };
  freshet_policy* const policy = functions.make();
  site.run(Json::object(), policy);
  site.run(Json::object(), policy);  // unchanged by its version: asked when to ask again
  freshet_policy_free(policy);
  CHECK(failures == 0);
}

}  // namespace freshet::capi_test
