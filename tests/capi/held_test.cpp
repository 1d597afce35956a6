// A plugin that does not return cannot hold a run, and finds nothing to break when it comes back
// after everything was closed. See the fixture.
#include <sys/stat.h>

#include <iterator>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

const std::string with_held = R"({"plugin_timeout":"1s","plugin_directories":[")" +
                              testing::build_path("fixtures/held") + R"("]})";

struct HeldRun {
  HeldRun() {
    ::mkfifo(folder.path("go").c_str(), 0600);
    ::mkfifo(folder.path("closed").c_str(), 0600);
  }
  std::string config(const char* function) const {
    return Json({{"sources",
                  {{{"loader", "held"},
                    {"options", {{"folder", folder.path()}, {"in", function}}}}}}})
        .dump();
  }
  // Lets the call go on, and returns what it said when its instance was closed.
  std::string let_go() const {
    { const std::ofstream opened(folder.path("go")); }
    std::ifstream file(folder.path("closed"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Folder folder;
};

}  // namespace

TEST_CASE("a run goes on without a plugin that does not return, and so does the process") {
  const HeldRun held;
  {
    const Store store(with_held.c_str());
    freshet_refresh* refresh = nullptr;
    REQUIRE_OK(freshet_refresh_run(store.repository, held.config("list").c_str(), nullptr, nullptr,
                                   &refresh, out_error));
    const Json source = Site::report_of(refresh)["sources"][0];
    CHECK(source["error"]["code"] == "timeout");
    CHECK(source["error"]["message"] ==
          "held: list did not return, and showed no sign of life for 1s");
    CHECK(source["error"]["subject"] == "held");
    freshet_refresh_free(refresh);
  }
  CHECK(held.let_go() == "refused, cancelled");
}

TEST_CASE("a plugin's time without a sign of life is checked when a repository is opened") {
  const Folder folder;
  for (const char* options : {R"({"plugin_timeout":"1ms"})", R"({"plugin_timeout":"8d"})"}) {
    freshet_repository* repository = nullptr;
    Failure failure;
    CHECK(freshet_repository_open(folder.path("r").c_str(), options, &repository, failure.out()) ==
          FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == "plugin_timeout");
    CHECK(failure.message().find("not from 1s to 7d") != std::string::npos);
  }
}

}  // namespace freshet::capi_test
