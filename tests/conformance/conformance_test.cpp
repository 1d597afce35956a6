#include "core/host/check.hpp"

#include <set>

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace host = freshet::host;
using freshet::testing::built_plugins;
using freshet::testing::fixture;
using host::Kind;
using host::Verdict;

namespace {

constexpr base::Millis limit{20'000};

host::CaseResult run(Kind kind, const std::string& offer, const std::string& name,
                     base::Millis most = limit) {
  return host::run_case(
             {fixture("faulty") + "/faulty.plugin.json", kind, offer, name, "", "a sample of text"},
             most)
      .value();
}

host::CaseResult load(const std::string& name, base::Millis most = limit) {
  return host::run_case({fixture(name) + "/" + name + ".plugin.json", {}, "", "loads", "", ""},
                        most)
      .value();
}

std::vector<host::Case> cases_of(std::optional<Kind> kind) {
  std::vector<host::Case> cases = host::list_cases().value();
  std::erase_if(cases, [&](const host::Case& each) { return each.kind != kind; });
  return cases;
}

struct Fault {
  Kind kind;
  const char* offer;
  const char* name;
  Verdict verdict;
  const char* says;  // part of the detail
};

// Every case is proven able to fail: for each, an offer that fails it.
const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {Kind::loader, "open_null", "opens", Verdict::fail, "no instance"},
      {Kind::loader, "no_open", "opens_many", Verdict::fail, "has no open"},
      {Kind::loader, "throws_in_list", "lists", Verdict::fail, "list broke"},
      {Kind::loader, "null_uri", "lists", Verdict::fail, "an entry has no URI"},
      {Kind::loader, "bad_uri", "lists", Verdict::fail, "not UTF-8"},
      {Kind::loader, "unknown_status", "lists", Verdict::fail, "42"},
      {Kind::loader, "silent", "lists", Verdict::fail, "without saying why"},
      {Kind::loader, "throws_a_number", "lists", Verdict::fail, "threw an exception"},
      {Kind::loader, "crashes", "lists", Verdict::crash, "signal 11"},
      {Kind::loader, "exits", "lists", Verdict::crash, "ended the process with status 0"},
      {Kind::loader, "changing", "lists_the_same", Verdict::fail, "in one place"},
      {Kind::loader, "no_close", "opens", Verdict::fail, "has no close"},
      {Kind::loader, "new_versions", "lists_the_same", Verdict::fail, "the versions 1 and 2 of"},
      {Kind::loader, "unsaid", "lists", Verdict::fail, "did not say why"},
      {Kind::loader, "one_thread", "serves_threads", Verdict::fail, "when four threads list"},
      {Kind::loader, "parameters", "fetches", Verdict::fail, "text/plain; charset=utf-8"},
      {Kind::loader, "late_thread", "ends_with_its_calls", Verdict::fail, "used a sink after"},
      {Kind::loader, "late", "lists_the_same", Verdict::fail, "used a call after"},
      {Kind::loader, "hoards", "frees_memory", Verdict::fail, "more with each listing"},
      {Kind::loader, "keeps_options", "keeps_no_arguments", Verdict::crash,
       "read an argument after"},
      {Kind::loader, "keeps_known", "keeps_no_arguments", Verdict::crash, "read an argument after"},
      {Kind::loader, "late_sink", "lists_the_same", Verdict::fail, "used a sink after"},
      {Kind::loader, "late_sink", "keeps_versions", Verdict::fail, "used a sink after"},
      {Kind::loader, "long_handle", "lists", Verdict::fail, "1025 bytes"},
      {Kind::loader, "listed_garbage", "lists", Verdict::fail, "metadata of an entry"},
      {Kind::loader, "gone_unasked", "lists", Verdict::fail, "no state was handed in"},
      {Kind::loader, "odd_kind", "lists", Verdict::fail, "of the kind 7"},
      {Kind::loader, "fetched_number", "fetches_what_was_kept", Verdict::skip, "lists nothing"},
      {Kind::loader, "unchanged_and_more", "lists_since", Verdict::fail, "brought 1 entries"},
      {Kind::loader, "needs_version", "fetches_what_was_kept", Verdict::fail, "another outcome"},
      {Kind::loader, "ignores_refusal", "heeds_refusal", Verdict::fail, "went on after"},
      {Kind::loader, "throws_in_list", "ends_when_cancelled", Verdict::fail, "list broke"},
      {Kind::loader, "no_outcome", "fetches", Verdict::fail, "0 outcomes"},
      {Kind::loader, "two_outcomes", "fetches", Verdict::fail, "2 outcomes"},
      {Kind::loader, "throws_in_fetch", "fetches", Verdict::fail, "out of memory"},
      {Kind::loader, "not_modified_unasked", "fetches", Verdict::fail, "no version was known"},
      {Kind::loader, "never_modified", "keeps_versions", Verdict::fail, "another version"},
      {Kind::loader, "never_modified", "knows_its_own", Verdict::fail, "never listed"},
      {Kind::loader, "two_outcomes", "serves_threads", Verdict::fail, "2 outcomes"},
      {Kind::embedder, "no_model", "opens", Verdict::fail, "does not name its model"},
      {Kind::embedder, "too_few", "embeds", Verdict::fail,
       "neither a vector nor a rejection for 1 of 5 texts"},
      {Kind::embedder, "duplicate", "embeds", Verdict::fail, "twice"},
      {Kind::embedder, "nan", "embeds", Verdict::fail, "not finite"},
      {Kind::embedder, "infinite", "embeds", Verdict::fail, "not finite"},
      {Kind::embedder, "zero", "embeds", Verdict::fail, "all zero"},
      {Kind::embedder, "short_vector", "embeds", Verdict::fail, "3 dimensions, not 4"},
      {Kind::embedder, "bad_index", "embeds", Verdict::fail, "gave a vector 5 of 5 texts"},
      {Kind::embedder, "crashes", "embeds", Verdict::crash, "signal 6"},
      {Kind::embedder, "shuffled", "keeps_order", Verdict::fail, "in a batch than alone"},
      {Kind::embedder, "late_sink", "is_stable", Verdict::fail, "used a sink after"},
      {Kind::embedder, "unstable", "is_stable", Verdict::fail, "another vector each time"},
      {Kind::embedder, "throws", "takes_odd_texts", Verdict::fail, "cannot embed"},
      {Kind::embedder, "too_few", "takes_full_batches", Verdict::fail,
       "neither a vector nor a rejection for 1 of 8 texts"},
      {Kind::embedder, "zero", "serves_threads", Verdict::fail, "all zero"},
      {Kind::store, "no_batch", "opens", Verdict::fail, "takes no rows"},
      {Kind::store, "not_confirming", "writes", Verdict::fail, "confirmed 0 of 3"},
      {Kind::store, "loses_rows", "writes", Verdict::fail, "counts 0 rows of 3"},
      {Kind::store, "wrong_count", "writes", Verdict::fail, "counts 4 rows of 3"},
      {Kind::store, "loses_text", "writes", Verdict::fail, "as it was written"},
      {Kind::store, "reads_to_nul", "heeds_sizes", Verdict::fail, "beyond its size"},
      {Kind::store, "throws", "writes", Verdict::fail, "cannot store"},
      {Kind::store, "late_sink", "is_idempotent", Verdict::fail, "used a sink after"},
      {Kind::store, "doubles", "is_idempotent", Verdict::fail, "counts 4 rows of 2"},
      {Kind::store, "loses_text", "replaces", Verdict::fail, "kept its old text"},
      {Kind::store, "keeps_removed", "removes", Verdict::fail, "counts 2 rows of 1"},
      {Kind::store, "unordered", "lists", Verdict::fail, "says that it lists in order"},
      {Kind::store, "loops", "lists", Verdict::fail, "twice"},
      {Kind::store, "stutters", "lists", Verdict::fail, "a cursor after no rows"},
      {Kind::store, "repeats", "lists", Verdict::fail, "twice"},
      {Kind::store, "overlaps", "lists", Verdict::fail, "listed a row twice"},
      {Kind::store, "odd_metric", "opens", Verdict::fail, "its metric is 7"},
      {Kind::store, "names_twice", "names_its_namespaces", Verdict::fail, "twice"},
      {Kind::store, "leaks", "keeps_apart", Verdict::fail, "counts 1 rows of 0"},
      {Kind::store, "other_dimension", "refuses_others", Verdict::fail, "succeeded"},
      {Kind::store, "no_namespace", "misses_namespaces", Verdict::fail, "succeeded"},
      {Kind::store, "forgets_reset", "resets", Verdict::fail, "counts 1 rows of 0"},
      {Kind::store, "not_confirming", "takes_full_batches", Verdict::fail, "confirmed 0 of 100"},
      {Kind::store, "bad_score", "finds_text", Verdict::fail, "not finite"},
      {Kind::store, "loses_text", "finds_text", Verdict::fail, "not the first"},
      {Kind::store, "bad_score", "finds_vectors", Verdict::skip, "does not search vectors"},
      {Kind::store, "blind", "finds_vectors", Verdict::fail, "not the first"},
      {Kind::store, "blind", "finds_both", Verdict::fail, "not the first"},
      {Kind::store, "ignores_filter", "filters", Verdict::fail, "does not find the one row"},
      {Kind::store, "no_filters", "filters", Verdict::skip, "leaves filters to the host"},
      {Kind::store, "ignores_claims", "heeds_claims", Verdict::fail, "a claim that was lost"},
      {Kind::store, "replaces_nothing", "replaces_namespaces", Verdict::fail, "counts 2 rows of 1"},
      {Kind::store, "forgetful", "survives_reopening", Verdict::fail, "there is no such namespace"},
      {Kind::store, "bends_vectors", "keeps_vectors", Verdict::fail, "points another way"},
      {Kind::store, "cries_wolf", "finds_no_damage", Verdict::fail, "the wolf is there"},
      {Kind::store, "rotten", "finds_no_damage", Verdict::fail, "a page is gone"},
      {Kind::reader, "throws", "reads", Verdict::fail, "cannot read"},
      {Kind::reader, "bad_level", "reads", Verdict::fail, "level 9"},
      {Kind::reader, "bad_metadata", "reads", Verdict::fail, "not valid JSON"},
      {Kind::reader, "late_sink", "is_stable", Verdict::fail, "used a sink after"},
      {Kind::reader, "changing", "is_stable", Verdict::fail, "read differently"},
      {Kind::reader, "crashes", "takes_odd_bytes", Verdict::crash, "signal 11"},
      {Kind::reader, "no_instance", "opens", Verdict::fail, "no instance"},
      {Kind::transformer, "no_chunks", "opens", Verdict::fail, "takes no chunks"},
      {Kind::transformer, "bad_index", "transforms", Verdict::fail, "gave a chunk 64 of 4"},
      {Kind::transformer, "bad_text", "transforms", Verdict::fail, "is not UTF-8"},
      {Kind::transformer, "empties", "transforms", Verdict::fail, "left no text of the chunk 0"},
      {Kind::transformer, "twice", "transforms", Verdict::fail, "twice"},
      {Kind::transformer, "bad_metadata", "transforms", Verdict::fail, "no JSON object"},
      {Kind::transformer, "unstable", "is_stable", Verdict::fail, "another one each time"},
      {Kind::transformer, "throws", "takes_odd_texts", Verdict::fail, "cannot transform"},
      {Kind::transformer, "bad_index", "takes_full_requests", Verdict::fail, "64 of 64"},
      {Kind::transformer, "throws", "ends_when_cancelled", Verdict::fail, "cannot transform"},
      {Kind::transformer, "bad_index", "serves_threads", Verdict::fail, "gave a chunk 64 of 4"},
      {Kind::tokenizer, "no_name", "opens", Verdict::fail, "does not name its tokens"},
      {Kind::tokenizer, "miscounts", "counts", Verdict::fail, "counts 12 tokens and gives 11"},
      {Kind::tokenizer, "backwards", "counts", Verdict::fail, "a token ends at"},
      {Kind::tokenizer, "unstable", "is_stable", Verdict::fail, "other tokens each time"},
      {Kind::tokenizer, "throws", "takes_odd_texts", Verdict::fail, "cannot split"},
      {Kind::reader, "hoards", "frees_memory", Verdict::fail, "more with each reading"},
      {Kind::tokenizer, "hoards", "frees_memory", Verdict::fail, "more with each split"},
      {Kind::tokenizer, "beyond", "serves_threads", Verdict::fail, "a token ends at"},
  };
  return all;
}

}  // namespace

TEST_CASE("every fault is found by its case, and the checker lives on") {
  for (const Fault& fault : faults()) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // whose memory is their own
    if (std::string_view(fault.name) == "frees_memory") continue;
#endif
    const auto result = run(fault.kind, fault.offer, fault.name);
    INFO(result.subject << " " << result.name << ": " << result.detail);
    CHECK(host::verdict_name(result.verdict) == host::verdict_name(fault.verdict));
    CHECK(result.detail.find(fault.says) != std::string::npos);
  }
}

TEST_CASE("there is a fault for every case") {
  for (const Kind kind : host::all_kinds) {
    std::set<std::string> proven;
    for (const Fault& fault : faults())
      if (fault.kind == kind && fault.verdict != Verdict::skip) proven.insert(fault.name);
    for (const auto& each : cases_of(kind)) {
      INFO(host::kind_name(kind) << " " << each.name);
      CHECK(proven.contains(each.name));
      CHECK_FALSE(each.says.empty());
    }
  }
}

TEST_CASE("what keeps its contract passes") {
  for (const Kind kind : host::all_kinds)
    for (const auto& each : cases_of(kind)) {
      const auto result = run(kind, "good", each.name);
      INFO(result.subject << " " << result.name << ": " << result.detail);
      CHECK((result.verdict == Verdict::pass || result.verdict == Verdict::skip));
    }
}

TEST_CASE(
    "a store may list in any order, leave filters to the host, and take small requests only") {
  for (const char* offer : {"any_order", "no_filters", "small_requests", "by_distance"})
    for (const auto& each : cases_of(Kind::store)) {
      const auto result = run(Kind::store, offer, each.name);
      INFO(result.subject << " " << result.name << ": " << result.detail);
      CHECK((result.verdict == Verdict::pass || result.verdict == Verdict::skip));
    }
}

TEST_CASE("what does not end is a timeout, also while it is loaded") {
  const auto listing = run(Kind::loader, "hangs", "lists", base::Millis(300));
  CHECK(listing.verdict == Verdict::timeout);
  CHECK(listing.detail == "did not end within 300 ms");
  CHECK(load("constructor_hangs", base::Millis(300)).verdict == Verdict::timeout);
}

TEST_CASE("a case that dies leaves nothing behind") {
  const freshet::testing::Folder temporary;
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  CHECK(run(Kind::loader, "crashes", "lists").verdict == Verdict::crash);
  CHECK(run(Kind::loader, "hangs", "lists", base::Millis(100)).verdict == Verdict::timeout);
  ::unsetenv("TMPDIR");
  CHECK(std::filesystem::is_empty(temporary.path()));
}

TEST_CASE("a library that cannot be loaded fails or crashes in its own process", "[X01][X04]") {
  for (const char* name : {"missing", "not_elf", "no_symbol", "newer_abi", "no_abi", "zero_size",
                           "small_size", "wrong_name", "wrong_version", "no_get", "null_name"}) {
    const auto result = load(name);
    INFO(name << ": " << result.detail);
    CHECK(result.verdict == Verdict::fail);
    CHECK_FALSE(result.detail.empty());
  }
  CHECK(load("constructor_crashes").verdict == Verdict::crash);
  CHECK(load("constructor_exits").verdict == Verdict::crash);
}

TEST_CASE("a plugin that has a table for everything is found out") {
  const std::string path = fixture("answers_anything") + "/answers_anything.plugin.json";
  CHECK(host::run_case({path, {}, "", "loads", "", ""}, limit)->verdict == Verdict::pass);
  CHECK(host::run_case({path, {}, "", "unknown_names", "", ""}, limit)->verdict == Verdict::fail);
}

TEST_CASE("a check runs all cases of all offers, by the manifest or by the library") {
  for (const char* path : {"/embedder_hash.plugin.json", "/embedder_hash.so"}) {
    const auto report = host::check_plugin(built_plugins() + path);
    REQUIRE(report);
    CHECK(report->plugin == "embedder_hash");
    CHECK(report->good());
    CHECK(report->results.size() == cases_of({}).size() + cases_of(Kind::embedder).size());
    const auto json = host::to_json(*report);
    CHECK(json["good"] == true);
    CHECK(json["cases"][0]["case"] == "loads");
    CHECK(json["cases"][0]["verdict"] == "pass");
    CHECK(json["cases"][2]["subject"] == "embedder hash");
  }
}

TEST_CASE("the plugins that come with freshet keep their contract") {
  for (const char* name : {"store_sqlite", "embedder_hash", "template"}) {
    const auto report = host::check_plugin(built_plugins() + "/" + name + ".plugin.json");
    REQUIRE(report);
    for (const auto& each : report->results) {
      INFO(name << " " << each.subject << " " << each.name << ": " << each.detail);
      CHECK(host::verdict_name(each.verdict) == "pass");
    }
  }
}

TEST_CASE("after a library that does not load, its offers are not tried") {
  const auto report = host::check_plugin(fixture("newer_abi") + "/newer_abi.plugin.json");
  REQUIRE(report);
  CHECK_FALSE(report->good());
  CHECK(report->results.size() == cases_of({}).size());
}

TEST_CASE("what is no plugin cannot be checked") {
  CHECK(host::check_plugin("/no/such.plugin.json").error().code == base::Code::plugin);
  const auto result = run(Kind::loader, "good", "no_such_case");
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.detail == "there is no such case");
}

TEST_CASE("what needs options or a network is skipped, not failed") {
  const auto echo = run(Kind::loader, "echo", "fetches");
  CHECK(echo.verdict == Verdict::skip);
  CHECK(echo.detail.find("no network") != std::string::npos);
}
