// Excluding through the C API: all or nothing, and nobody writes it again.
#include <vector>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

using Uris = std::vector<const char*>;

std::uint64_t exclude(const Store& store, const Uris& uris, const char* why = nullptr) {
  std::uint64_t removed = 0;
  REQUIRE_OK(freshet_repository_exclude(store.repository, uris.data(), uris.size(), why, &removed,
                                        out_error));
  return removed;
}

Json excluded(const Store& store) {
  char* json = nullptr;
  REQUIRE_OK(freshet_repository_list_excluded(store.repository, &json, out_error));
  return Json::parse(take(json))["excluded"];
}

}  // namespace

TEST_CASE("what is excluded is removed, listed, and refused") {
  Store store;
  store.put("u:a", {"one", "two"});
  store.put("u:b", {"three"});
  CHECK(exclude(store, {"u:a", "u:unknown"}, "why not") == 4);
  CHECK_FALSE(store.exists("u:a"));
  const Json list = excluded(store);
  REQUIRE(list.size() == 2);
  for (const Json& each : list) {
    CHECK(each["why"] == "why not");
    CHECK(each["since_ms"].get<std::int64_t>() > 0);
  }
  Failure failure;
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_new("u:a", "Title", &document, out_error));
  REQUIRE_OK(freshet_document_finish(document, out_error));
  CHECK(freshet_repository_write_document(store.repository, document, nullptr, nullptr, nullptr,
                                          failure.out()) == FRESHET_E_EXCLUDED);
  CHECK(failure.subject() == "u:a");
  freshet_document_free(document);
  const Uris both = {"u:a", "u:unknown"};
  REQUIRE_OK(freshet_repository_include(store.repository, both.data(), 2, out_error));
  CHECK(excluded(store).empty());
  store.put("u:a", {"one"});
}

TEST_CASE("exclusions are made and ended all together, or not at all") {
  Store store;
  store.put("u:a", {"one"});
  Failure failure;
  const Uris with_empty = {"u:a", ""};
  CHECK(freshet_repository_exclude(store.repository, with_empty.data(), 2, nullptr, nullptr,
                                   failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  const std::string wordy(1025, 'x');
  CHECK(freshet_repository_exclude(store.repository, with_empty.data(), 1, wordy.c_str(), nullptr,
                                   failure.out()) == FRESHET_E_LIMIT);
  CHECK(failure.subject() == "why");
  CHECK(store.exists("u:a"));
  exclude(store, {"u:a"});
  const Uris with_other = {"u:a", "u:b"};
  CHECK(freshet_repository_include(store.repository, with_other.data(), 2, failure.out()) ==
        FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == "u:b");
  CHECK(excluded(store).size() == 1);
  CHECK(freshet_repository_exclude(store.repository, nullptr, 1, nullptr, nullptr, failure.out()) ==
        FRESHET_E_MISUSE);
  CHECK(exclude(store, {}) == 0);
}

TEST_CASE("what is excluded is not even read when an application asks for it") {
  const Store store;
  const ReaderHandle reader;
  const char* const uri = "file:///no/such/page.md";
  exclude(store, {uri});
  freshet_policy* policy = nullptr;
  freshet_document* document = nullptr;
  Failure failure;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  CHECK(freshet_policy_ingest_if_needed(policy, store.repository, reader.get(), uri, nullptr,
                                        &document, failure.out()) == FRESHET_E_EXCLUDED);
  freshet_policy_free(policy);
}

TEST_CASE("what is pending is delivered when it is asked for") {
  Site site;
  char* json = nullptr;
  Failure failure;
  CHECK(freshet_store_deliver(site.store.repository, nullptr, &json, failure.out()) ==
        FRESHET_E_NOT_FOUND);
  site.run();
  const std::string uri = site.run()["roots"][0]["uri"];
  exclude(site.store, {uri.c_str()});
  site.store.put("u:new", {"Words about mountains."});
  REQUIRE_OK(freshet_store_deliver(site.store.repository, nullptr, &json, out_error));
  const Json done = Json::parse(take(json));
  CHECK(done["upserts"] == 1);
  CHECK(done["removals"] == 1);
  CHECK(done["embedded_texts"] == 1);
  CHECK(done["pending"] == 0);
  CHECK(site.answers("mountains").size() == 1);
  site.check();
  const Json report = site.run();
  CHECK(report["excluded"] == 1);
  CHECK(report["unchanged"] == 2);
  site.check();
}

TEST_CASE("a run that is at work does not bring back what is excluded meanwhile") {
  Site site;
  site.run();
  const std::string uri = site.run()["roots"][0]["uri"];
  struct Meanwhile {
    const Store& store;
    const std::string& uri;
  } meanwhile{site.store, uri};
  // The policy is asked after the listing was looked through, and before anything is fetched.
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.payload = &meanwhile;
  functions.decide = [](void* payload, const freshet_known* known, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    const auto& [store, excluded_uri] = *static_cast<Meanwhile*>(payload);
    out->refresh = 1;
    if (known->uri != excluded_uri) return FRESHET_OK;
    const char* const uris[] = {known->uri};
    return freshet_repository_exclude(store.repository, uris, 1, nullptr, nullptr, nullptr);
  };
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  for (int i = 0; i < 3; ++i) site.write(i, "Other words, number " + std::to_string(i));
  const Json report = site.run({{"max_shrink", 1}}, policy);
  freshet_policy_free(policy);
  INFO(report.dump());
  CHECK(report["excluded"] == 1);
  CHECK(report["refreshed"] == 2);
  CHECK(report["failed"] == 0);
  CHECK_FALSE(site.store.exists(uri));
  site.check();
}

}  // namespace freshet::capi_test
