// The refresh policy cases RP1 to RP15, as far as they concern what an application sees. An
// ingested document's reading is counted by the accept function of a custom policy, which is asked
// once a reading.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

class PolicyHandle {
 public:
  explicit PolicyHandle(const char* json) {
    REQUIRE_OK(freshet_policy_from_json(json, &policy_, out_error));
  }
  explicit PolicyHandle(freshet_policy* policy) : policy_(policy) {}
  ~PolicyHandle() { freshet_policy_free(policy_); }
  PolicyHandle(const PolicyHandle&) = delete;
  PolicyHandle& operator=(const PolicyHandle&) = delete;
  freshet_policy* get() const { return policy_; }

  bool should_reread(const Store& store, const char* uri) const {
    std::int32_t reread = -1;
    REQUIRE_OK(freshet_policy_should_reread(policy_, store.repository, uri, &reread, out_error));
    return reread == 1;
  }
  freshet_decision decide(const Store& store, const char* uri) const {
    freshet_decision decision = FRESHET_DECISION_INIT;
    REQUIRE_OK(freshet_policy_decide(policy_, store.repository, uri, &decision, out_error));
    return decision;
  }

 private:
  freshet_policy* policy_ = nullptr;
};

// What a custom policy is to answer, and how often it was asked.
struct Answers {
  std::function<bool(const freshet_known&)> refresh = [](const freshet_known&) { return true; };
  std::function<bool(const freshet_document*)> accept = [](const freshet_document*) {
    return true;
  };
  int decided = 0;
  int read = 0;
  int released = 0;
  std::string reason = "as told";
  freshet_status status = FRESHET_OK;

  freshet_policy* make() {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.payload = this;
    functions.decide = [](void* payload, const freshet_known* known, std::int64_t,
                          freshet_decision* out) {
      auto& self = *static_cast<Answers*>(payload);
      ++self.decided;
      out->refresh = self.refresh(*known) ? 1 : 0;
      std::memcpy(out->reason, self.reason.data(),
                  std::min(self.reason.size() + 1, sizeof out->reason));
      return self.status;
    };
    functions.accept = [](void* payload, const freshet_known*, const freshet_document* document,
                          std::int32_t* out) {
      auto& self = *static_cast<Answers*>(payload);
      ++self.read;
      *out = self.accept(document) ? 1 : 0;
      return self.status;
    };
    functions.release = [](void* payload) { ++static_cast<Answers*>(payload)->released; };
    freshet_policy* policy = nullptr;
    REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
    return policy;
  }
};

// Whether something was stored.
bool ingest(const PolicyHandle& policy, Store& store, const ReaderHandle& reader,
            const std::string& uri) {
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_policy_ingest_if_needed(policy.get(), store.repository, reader.get(),
                                             uri.c_str(), nullptr, &document, out_error));
  const bool stored = document != nullptr;
  freshet_document_free(document);
  return stored;
}

std::string text_of(const Store& store, const std::string& uri) {
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_repository_read_document(store.repository, uri.c_str(), &document, out_error));
  const char* text = nullptr;
  REQUIRE_OK(freshet_document_text(document, &text, nullptr, out_error));
  std::string copy = text;
  freshet_document_free(document);
  return copy;
}

}  // namespace

TEST_CASE("RP1 RP2 never: unknown roots are read, known ones not, documents always accepted") {
  Store store;
  store.put("known", {"Text."});
  const PolicyHandle never(R"("never")");
  CHECK(never.should_reread(store, "unknown"));
  CHECK_FALSE(never.should_reread(store, "known"));
  CHECK(never.should_reread(store, "another"));
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_repository_read_document(store.repository, "known", &document, out_error));
  for (int i = 0; i < 10; ++i) {
    std::int32_t refresh = 0;
    REQUIRE_OK(freshet_policy_should_refresh_document(never.get(), store.repository, document,
                                                      &refresh, out_error));
    CHECK(refresh == 1);
  }
  freshet_document_free(document);
}

TEST_CASE("RP3 RP4 never: a new file is ingested, and not again") {
  Store store;
  const ReaderHandle reader;
  const PolicyHandle never(R"("never")");
  const std::string path = store.folder.write("page.md", "# Page\n\nFirst.\n");
  CHECK(ingest(never, store, reader, path));
  store.folder.write("page.md", "# Page\n\nSecond.\n");
  CHECK_FALSE(ingest(never, store, reader, path));
  CHECK(text_of(store, path).find("First.") != std::string::npos);
}

TEST_CASE("RP5 RP6 a custom policy that says yes twice replaces the old document") {
  Store store;
  const ReaderHandle reader;
  Answers answers;
  const PolicyHandle policy(answers.make());
  const std::string path = store.folder.write("page.md", "# Page\n\nFirst.\n");
  CHECK(ingest(policy, store, reader, path));
  store.folder.write("page.md", "# Page\n\nSecond.\n");
  CHECK(ingest(policy, store, reader, path));
  CHECK(answers.read == 2);
  CHECK(text_of(store, path).find("First.") == std::string::npos);
  CHECK(text_of(store, path).find("Second.") != std::string::npos);
  CHECK(store.info().documents == 1);
}

TEST_CASE("RP7 a custom policy that says no reads nothing") {
  Store store;
  const ReaderHandle reader;
  Answers answers;
  answers.refresh = [](const freshet_known&) { return false; };
  const PolicyHandle policy(answers.make());
  CHECK_FALSE(ingest(policy, store, reader, "/there/is/no/such/file"));
  CHECK(answers.read == 0);
  CHECK(answers.decided == 1);
}

TEST_CASE("RP8 what cannot be read is an error, and the old content stays") {
  Store store;
  const ReaderHandle reader;
  const PolicyHandle always(R"("always")");
  const std::string path = store.folder.write("page.md", "# Page\n\nFirst.\n");
  CHECK(ingest(always, store, reader, path));
  std::filesystem::remove(path);
  freshet_document* document = nullptr;
  Failure failure;
  CHECK(freshet_policy_ingest_if_needed(always.get(), store.repository, reader.get(), path.c_str(),
                                        nullptr, &document, failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(document == nullptr);
  CHECK(text_of(store, path).find("First.") != std::string::npos);

  store.folder.write("page.md",
                     std::string("\x7F\x45\x4C\x46\x02\x01\x01\x00\x00", 9));  // no text at all
  CHECK(freshet_policy_ingest_if_needed(always.get(), store.repository, reader.get(), path.c_str(),
                                        nullptr, &document, failure.out()) != FRESHET_OK);
  CHECK(text_of(store, path).find("First.") != std::string::npos);
}

TEST_CASE("RP9 RP10 a document may be refused after it was read") {
  Store store;
  const ReaderHandle reader;
  Answers answers;
  answers.accept = [](const freshet_document* document) {
    return std::string(freshet_document_title(document)).find("Conditional") != std::string::npos;
  };
  const PolicyHandle policy(answers.make());
  CHECK(ingest(policy, store, reader, store.folder.write("a.md", "# Conditional page\n\nText.\n")));
  const std::string other = store.folder.write("b.md", "# Other Document\n\nText.\n");
  CHECK_FALSE(ingest(policy, store, reader, other));
  CHECK(answers.read == 2);
  CHECK_FALSE(store.exists(other));
}

TEST_CASE("RP11 a custom policy may ask the repository itself") {
  Store store;
  Answers answers;
  answers.refresh = [&](const freshet_known&) { return store.info().elements < 100; };
  const PolicyHandle policy(answers.make());
  store.put("a", std::vector<std::string>(49, "Text."));
  CHECK(policy.should_reread(store, "x"));
  store.put("b", std::vector<std::string>(99, "Text."));
  CHECK_FALSE(policy.should_reread(store, "x"));
}

TEST_CASE("RP12 always: known or not") {
  Store store;
  store.put("known", {"Text."});
  const PolicyHandle always(R"("always")");
  CHECK(always.should_reread(store, "known"));
  CHECK(always.should_reread(store, "unknown"));
}

TEST_CASE("RP13 a custom policy by URL reads unknown roots and those that match") {
  Store store;
  for (const char* uri : {"https://x/refresh-me", "https://x/keep-me"}) store.put(uri, {"Text."});
  Answers answers;
  answers.refresh = [](const freshet_known& known) {
    return known.exists == 0 || std::string(known.uri).find("refresh") != std::string::npos;
  };
  const PolicyHandle policy(answers.make());
  CHECK(policy.should_reread(store, "https://x/refresh-me"));
  CHECK_FALSE(policy.should_reread(store, "https://x/keep-me"));
  CHECK(policy.should_reread(store, "https://x/unknown"));
}

namespace {

// URIs that the application looks at; `released` counts.
struct ByUrl {
  std::map<std::string, const freshet_policy*> policies;
  freshet_status status = FRESHET_OK;
  int released = 0;

  freshet_url_functions functions() {
    freshet_url_functions out = FRESHET_URL_FUNCTIONS_INIT;
    out.payload = this;
    out.select = [](void* self, const char* uri, const freshet_policy** out_policy) {
      auto& by_url = *static_cast<ByUrl*>(self);
      if (by_url.policies.count(uri) != 0) *out_policy = by_url.policies[uri];
      return by_url.status;
    };
    out.matches = [](void* self, const char* uri, std::int32_t* out_matches) {
      auto& by_url = *static_cast<ByUrl*>(self);
      *out_matches = by_url.policies.count(uri) != 0 ? 1 : 0;
      return by_url.status;
    };
    out.release = [](void* self) { ++static_cast<ByUrl*>(self)->released; };
    return out;
  }
};

}  // namespace

TEST_CASE("RP13 the application says yes or no to a URI that is known") {
  Store store;
  for (const char* uri : {"https://x/refresh-me", "https://x/keep-me"}) store.put(uri, {"Text."});
  ByUrl by_url;
  by_url.policies["https://x/refresh-me"] = nullptr;
  freshet_url_functions functions = by_url.functions();
  freshet_policy* made = nullptr;
  REQUIRE_OK(freshet_policy_matching(&functions, &made, out_error));
  {
    const PolicyHandle policy(made);
    CHECK(policy.should_reread(store, "https://x/refresh-me"));
    CHECK_FALSE(policy.should_reread(store, "https://x/keep-me"));
    CHECK(policy.should_reread(store, "https://x/unknown"));
    by_url.status = FRESHET_E_TIMEOUT;
    freshet_decision decision = FRESHET_DECISION_INIT;
    Failure failure;
    CHECK(freshet_policy_decide(policy.get(), store.repository, "https://x/keep-me", &decision,
                                failure.out()) == FRESHET_E_POLICY_FAILED);
    CHECK(failure.message() == "the policy's matches failed: returned timeout");
  }
  CHECK(by_url.released == 1);
}

TEST_CASE("RP13 the application selects the policy of a URI") {
  Store store;
  for (const char* uri : {"https://x/a", "https://x/b", "https://x/c"}) store.put(uri, {"Text."});
  const PolicyHandle always(R"("always")"), ttl(R"({"ttl":"1h"})");
  ByUrl by_url;
  by_url.policies = {{"https://x/a", always.get()}, {"https://x/b", ttl.get()}};
  freshet_url_functions functions = by_url.functions();
  freshet_policy* made = nullptr;
  REQUIRE_OK(freshet_policy_by_url(&functions, &made, out_error));
  {
    const PolicyHandle policy(made);
    CHECK(policy.should_reread(store, "https://x/a"));
    CHECK_FALSE(policy.should_reread(store, "https://x/b"));
    CHECK(policy.decide(store, "https://x/b").ask_again_ms ==
          ttl.decide(store, "https://x/b").ask_again_ms);
    CHECK(policy.decide(store, "https://x/c").ask_again_ms == FRESHET_NEVER);
    CHECK(policy.should_reread(store, "https://x/unknown"));
    by_url.policies["https://x/a"] = policy.get();  // itself, for ever
    freshet_decision decision = FRESHET_DECISION_INIT;
    Failure failure;
    CHECK(freshet_policy_decide(policy.get(), store.repository, "https://x/a", &decision,
                                failure.out()) == FRESHET_E_POLICY_FAILED);
    CHECK(failure.message() == "policies select one another without an end");
    by_url.policies["https://x/a"] = reinterpret_cast<const freshet_policy*>(&store);
    CHECK(freshet_policy_decide(policy.get(), store.repository, "https://x/a", &decision,
                                failure.out()) == FRESHET_E_POLICY_FAILED);
  }
  CHECK(by_url.released == 1);
}

TEST_CASE("functions that are not there are refused and released") {
  ByUrl by_url;
  freshet_url_functions functions = by_url.functions();
  functions.select = nullptr;
  functions.matches = nullptr;
  freshet_policy* made = nullptr;
  Failure failure;
  CHECK(freshet_policy_by_url(&functions, &made, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "functions.select");
  CHECK(freshet_policy_matching(&functions, &made, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "functions.matches");
  CHECK(by_url.released == 2);
  CHECK(freshet_policy_by_url(nullptr, &made, failure.out()) == FRESHET_E_MISUSE);
  CHECK(made == nullptr);
}

TEST_CASE("policies of several policies keep them alive") {
  Store store;
  store.put("known", {"Text."});
  freshet_policy *any = nullptr, *all = nullptr, *none = nullptr;
  {
    const PolicyHandle never(R"("never")"), always(R"("always")");
    const freshet_policy* both[] = {never.get(), always.get()};
    REQUIRE_OK(freshet_policy_any(both, 2, &any, out_error));
    REQUIRE_OK(freshet_policy_all(both, 2, &all, out_error));
    REQUIRE_OK(freshet_policy_any(nullptr, 0, &none, out_error));
    const freshet_policy* bad[] = {always.get(), nullptr};
    freshet_policy* made = nullptr;
    Failure failure;
    CHECK(freshet_policy_all(bad, 2, &made, failure.out()) == FRESHET_E_MISUSE);
    CHECK(freshet_policy_any(nullptr, 1, &made, failure.out()) == FRESHET_E_MISUSE);
    CHECK(made == nullptr);
  }
  CHECK(PolicyHandle(any).should_reread(store, "known"));
  CHECK_FALSE(PolicyHandle(all).should_reread(store, "known"));
  CHECK_FALSE(PolicyHandle(none).should_reread(store, "unknown"));
}

TEST_CASE("policies of policies nest 64 deep, and no deeper") {
  Store store;
  store.put("known", {"Text."});
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  Failure failure;
  int depth = 1;
  for (; depth < 10'000; ++depth) {
    const PolicyHandle inner(policy);
    const freshet_policy* members[] = {inner.get()};
    policy = nullptr;
    const freshet_status made = depth % 2 == 0
                                    ? freshet_policy_any(members, 1, &policy, failure.out())
                                    : freshet_policy_all(members, 1, &policy, failure.out());
    if (made == FRESHET_OK) continue;
    CHECK(made == FRESHET_E_INVALID_ARGUMENT);
    CHECK(inner.should_reread(store, "known"));
    break;
  }
  CHECK(depth == 64);
  CHECK(policy == nullptr);
  CHECK(failure.subject() == "policies[0]");
  CHECK(failure.message() == "more than 64 policies lie one inside another");
}

TEST_CASE("hours and priorities have the meaning of their JSON forms") {
  freshet_business_hours hours = FRESHET_BUSINESS_HOURS_INIT;
  hours.ttl_ms = 8 * 3'600'000;
  hours.from = "22:00";
  hours.to = "06:00";
  hours.days = "mon-fri";
  hours.timezone = "Europe/Berlin";
  hours.unknown_waits = 1;
  freshet_policy* made = nullptr;
  char* json = nullptr;
  REQUIRE_OK(freshet_policy_business_hours(&hours, &made, out_error));
  REQUIRE_OK(freshet_policy_to_json(PolicyHandle(made).get(), &json, out_error));
  CHECK(Json::parse(take(json)) ==
        Json::parse(R"({"business_hours":{"ttl":"8h","from":"22:00","to":"06:00",
          "days":"mon,tue,wed,thu,fri","timezone":"Europe/Berlin","unknown_waits":true}})"));
  hours.timezone = "Mars/Olympus";
  Failure failure;
  CHECK(freshet_policy_business_hours(&hours, &made, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "business_hours.timezone");
  hours.from = nullptr;
  CHECK(freshet_policy_business_hours(&hours, &made, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_policy_business_hours(nullptr, &made, failure.out()) == FRESHET_E_MISUSE);

  freshet_priorities priorities = FRESHET_PRIORITIES_INIT;
  priorities.low_ms = 3'600'000;
  REQUIRE_OK(freshet_policy_metadata(&priorities, &made, out_error));
  REQUIRE_OK(freshet_policy_to_json(PolicyHandle(made).get(), &json, out_error));
  CHECK(Json::parse(take(json))["metadata"]["priorities"]["low"] == "1h");
  REQUIRE_OK(freshet_policy_metadata(nullptr, &made, out_error));
  REQUIRE_OK(freshet_policy_to_json(PolicyHandle(made).get(), &json, out_error));
  CHECK(Json::parse(take(json))["metadata"]["priorities"]["low"] == "7d");
}

TEST_CASE("an adaptive policy is made of its terms, and refuses what cannot be") {
  freshet_policy* made = nullptr;
  char* json = nullptr;
  freshet_adaptive terms = FRESHET_ADAPTIVE_INIT;
  terms.requests_a_day = 1000;
  terms.max_staleness_ms = 30LL * 86'400'000;
  REQUIRE_OK(freshet_policy_adaptive(&terms, &made, out_error));
  REQUIRE_OK(freshet_policy_to_json(PolicyHandle(made).get(), &json, out_error));
  CHECK(Json::parse(take(json))["adaptive"] ==
        Json({{"budget", "1000/d"}, {"max_staleness", "30d"}, {"min_interval", "6h"}}));
  Failure failure;
  const auto refused = [&](const freshet_adaptive& wrong) {
    return freshet_policy_adaptive(&wrong, &made, failure.out()) == FRESHET_E_INVALID_ARGUMENT;
  };
  freshet_adaptive wrong = terms;
  wrong.budget_ttl_ms = 86'400'000;  // two budgets
  CHECK(refused(wrong));
  wrong = terms;
  wrong.requests_a_day = 0;
  CHECK(refused(wrong));
  wrong.requests_a_day = std::nan("");
  CHECK(refused(wrong));
  wrong = terms;
  wrong.min_interval_ms = terms.max_staleness_ms;
  CHECK(refused(wrong));
  CHECK(freshet_policy_adaptive(nullptr, &made, failure.out()) == FRESHET_E_MISUSE);
}

TEST_CASE("RP14 RP15 ttl: what was just stored is fresh for that long, and a ttl of 0 is always") {
  Store store;
  store.put("known", {"Text."});
  freshet_policy* made = nullptr;
  REQUIRE_OK(freshet_policy_ttl(30 * 60 * 1000, &made, out_error));
  const PolicyHandle ttl(made);
  CHECK(ttl.should_reread(store, "unknown"));
  const freshet_decision decision = ttl.decide(store, "known");
  CHECK(decision.refresh == 0);
  freshet_root* root = nullptr;
  REQUIRE_OK(freshet_repository_find_root(store.repository, "known", &root, out_error));
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  CHECK(decision.ask_again_ms == info.checked_ms + 30 * 60 * 1000);
  freshet_root_free(root);
  for (const std::int64_t none : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
    REQUIRE_OK(freshet_policy_ttl(none, &made, out_error));
    CHECK(PolicyHandle(made).should_reread(store, "known"));
  }
}

TEST_CASE("a policy survives its JSON form, and a wrong one is refused at its path") {
  char* json = nullptr;
  const PolicyHandle ttl(R"({"ttl":"24h"})");
  REQUIRE_OK(freshet_policy_to_json(ttl.get(), &json, out_error));
  const std::string text = take(json);
  const PolicyHandle again(text.c_str());
  REQUIRE_OK(freshet_policy_to_json(again.get(), &json, out_error));
  CHECK(take(json) == text);
  freshet_policy* policy = nullptr;
  Failure failure;
  CHECK(freshet_policy_from_json(R"({"ttl":5})", &policy, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "policy.ttl");
  CHECK(freshet_policy_from_json("\"sometimes\"", &policy, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(policy == nullptr);
}

TEST_CASE("a custom policy is told what is known, its reason is kept, and it is released once") {
  Store store;
  store.put("known", {"Text."});
  REQUIRE_OK(
      freshet_repository_set_flags(store.repository, "known", R"({"priority":"high"})", out_error));
  Answers answers;
  answers.refresh = [](const freshet_known& known) {
    CHECK(known.struct_size == sizeof(freshet_known));
    CHECK(known.uri == std::string("known"));
    CHECK(known.exists == 1);
    CHECK(known.ingested_ms > 0);
    CHECK(Json::parse(known.flags)["priority"] == "high");
    CHECK(known.listed_modified_ms == INT64_MIN);
    return false;
  };
  {
    const PolicyHandle policy(answers.make());
    const freshet_decision first = policy.decide(store, "known");
    answers.reason = "another";
    CHECK(policy.decide(store, "known").reason == std::string("another"));
    CHECK(first.reason == std::string("as told"));
    CHECK(first.ask_again_ms == FRESHET_NEVER);
    char* json = nullptr;
    REQUIRE_OK(freshet_policy_to_json(policy.get(), &json, out_error));
    CHECK(take(json) == "{\"custom\":true}");
    CHECK(answers.released == 0);
  }
  CHECK(answers.released == 1);
}

TEST_CASE("a custom policy without a decision is refused and released") {
  int released = 0;
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.payload = &released;
  functions.release = [](void* payload) { ++*static_cast<int*>(payload); };
  freshet_policy* policy = nullptr;
  Failure failure;
  CHECK(freshet_policy_custom(&functions, &policy, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "functions.decide");
  CHECK(released == 1);
}

}  // namespace freshet::capi_test
