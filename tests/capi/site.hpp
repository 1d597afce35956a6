// tests/capi/site.hpp - a folder of Markdown pages, and runs over it.
#pragma once

#include <string>
#include <vector>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {

class Site {
 public:
  explicit Site(int pages = 3, const char* options = nullptr) : store(options) {
    for (int i = 0; i < pages; ++i)
      write(i, "Page number " + std::to_string(i) + " is about rivers.");
  }
  void write(int number, const std::string& text) {
    const std::string name = std::to_string(number);
    store.folder.write("site/page" + name + ".md", "# Page " + name + "\n\n" + text + "\n");
  }
  std::string path(int number) const {
    return store.folder.path("site/page" + std::to_string(number) + ".md");
  }
  Json source() const {
    return {{"loader", "files"}, {"options", {{"path", store.folder.path("site")}}}};
  }
  std::string config(Json more = Json::object()) const {
    if (!more.contains("sources")) more["sources"] = Json::array({source()});
    if (!more.contains("embedder")) more["embedder"] = "hash";
    if (!more.contains("store")) more["store"] = "sqlite";
    return more.dump();
  }
  freshet_refresh* start(const Json& more = Json::object(),
                         const freshet_call_options* options = nullptr) {
    freshet_refresh* refresh = nullptr;
    REQUIRE_OK(freshet_refresh_start(store.repository, config(more).c_str(), nullptr, options,
                                     &refresh, out_error));
    return refresh;
  }
  // The report of a whole run.
  Json run(const Json& more = Json::object(), const freshet_policy* policy = nullptr) {
    freshet_refresh* refresh = nullptr;
    REQUIRE_OK(freshet_refresh_run(store.repository, config(more).c_str(), policy, nullptr,
                                   &refresh, out_error));
    const Json report = report_of(refresh);
    freshet_refresh_free(refresh);
    return report;
  }
  static Json report_of(freshet_refresh* refresh) {
    const char* text = nullptr;
    std::size_t size = 0;
    REQUIRE_OK(freshet_refresh_report(refresh, &text, &size, out_error));
    CHECK(std::string_view(text).size() == size);
    return Json::parse(text, text + size);
  }

  // The texts that answer `question`, best first.
  std::vector<std::string> answers(const std::string& question) const {
    freshet_hits* hits = nullptr;
    REQUIRE_OK(freshet_query_run(store.repository, question.c_str(), R"({"mode":"text"})", nullptr,
                                 &hits, out_error));
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < freshet_hits_count(hits); ++i) {
      freshet_hit hit = FRESHET_HIT_INIT;
      REQUIRE_OK(freshet_hits_get(hits, i, &hit, out_error));
      texts.emplace_back(hit.text);
    }
    freshet_hits_free(hits);
    return texts;
  }
  // What `freshet check` looks at: the repository's own order, and the store against it.
  void check() const {
    char* json = nullptr;
    REQUIRE_OK(freshet_repository_check(store.repository, nullptr, &json, out_error));
    INFO(json);
    CHECK(Json::parse(take(json))["ok"] == true);
    REQUIRE_OK(freshet_store_verify(store.repository, nullptr, nullptr, &json, out_error));
    INFO(json);
    CHECK(Json::parse(take(json))["in_step"] == true);
  }

  Store store;
};

}  // namespace freshet::capi_test
