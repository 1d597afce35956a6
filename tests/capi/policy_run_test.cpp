// What a policy's answers do to the roots of a run.
#include <functional>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// A policy made of functions.
struct Told {
  std::function<void(const freshet_known&, std::int64_t now, freshet_decision&)> decide =
      [](const freshet_known&, std::int64_t, freshet_decision& out) { out.refresh = 1; };
  std::function<bool(const freshet_known&, const freshet_document*)> accept =
      [](const freshet_known&, const freshet_document*) { return true; };

  Told() {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.payload = this;
    functions.decide = [](void* self, const freshet_known* known, std::int64_t now,
                          freshet_decision* out) {
      static_cast<Told*>(self)->decide(*known, now, *out);
    };
    functions.accept = [](void* self, const freshet_known* known,
                          const freshet_document* document) -> std::int32_t {
      return static_cast<Told*>(self)->accept(*known, document) ? 1 : 0;
    };
    REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  }
  ~Told() { freshet_policy_free(policy); }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  freshet_policy* policy = nullptr;
};

}  // namespace

TEST_CASE("a policy's no to a page that is not known yet is a skip") {
  for (const std::int64_t wait : {std::int64_t{60'000}, std::int64_t{FRESHET_NEVER}}) {
    Site site;
    Told told;
    told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
      out.refresh = known.uri != "file://" + site.path(1);
      out.ask_again_ms = wait == FRESHET_NEVER ? wait : now + wait;
    };
    const Json report = site.run(Json::object(), told.policy);
    CHECK(report["exit_code"] == 0);
    CHECK(report["refreshed"] == 2);
    CHECK(report["skipped"] == 1);
    CHECK(report["sources"][0].value("error", Json()).is_null());
    CHECK_FALSE(site.store.exists("file://" + site.path(1)));
    CHECK(site.run()["refreshed"] == 1);  // and the next run asks again
    site.check();
  }
}

TEST_CASE("a root that is deleted while its policy is asked holds nobody up") {
  Site site;
  site.run();
  Told told;
  told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
    out.ask_again_ms = now + 60'000;
    if (known.uri != "file://" + site.path(1)) return;
    REQUIRE_OK(freshet_repository_delete_root_and_descendants(site.store.repository, known.uri,
                                                              nullptr, out_error));
  };
  const Json report = site.run(Json::object(), told.policy);
  CHECK(report["exit_code"] == 0);
  CHECK(report["skipped"] == 3);
  site.check();
}

}  // namespace freshet::capi_test
