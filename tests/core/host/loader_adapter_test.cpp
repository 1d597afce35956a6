#include <thread>

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::World;

namespace {

struct LoaderFixture : World {
  LoaderFixture() : World({fixture("faulty")}) {}

  std::unique_ptr<ports::Loader> open(const std::string& name,
                                      const Json& options = Json::object()) {
    auto loader = plugins.open_loader(name, options);
    REQUIRE(loader);
    return *std::move(loader);
  }
  base::Result<ports::Listing> list(const std::string& name, const Json& options = Json::object()) {
    return list_since({}, name, options);
  }
  base::Result<ports::Listing> list_since(const std::string& state, const std::string& name,
                                          const Json& options = Json::object()) {
    entries.clear();
    left.clear();
    ports::ListingSink sink;
    sink.entry = [&](ports::Entry entry) {
      entries.push_back(std::move(entry));
      return base::Status();
    };
    sink.gone = [&](std::string uri) {
      left.push_back(std::move(uri));
      return base::Status();
    };
    return open(name, options)->list(state, sink, {});
  }
  base::Result<ports::Fetched> fetch(const std::string& name, const std::string& uri = "fixture:/a",
                                     const std::string& known = "",
                                     const Json& options = Json::object()) {
    ports::Entry entry;
    entry.uri = uri;
    return open(name, options)->fetch(entry, known, {});
  }
  // The message of a listing that broke its contract.
  std::string broken_list(const std::string& name) { return broken(list(name)); }
  std::string broken_fetch(const std::string& name) { return broken(fetch(name)); }

  template <typename T>
  std::string broken(const base::Result<T>& result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::plugin);
    CHECK(result.error().subject == "faulty");
    return result.error().message;
  }

  std::vector<ports::Entry> entries;
  std::vector<std::string> left;
};

}  // namespace

TEST_CASE_METHOD(LoaderFixture, "a loader lists and fetches") {
  CHECK(list("good")->kind == ports::ListingKind::whole);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].uri == "fixture:/a");
  CHECK(entries[0].title == "Entry");
  CHECK_FALSE(entries[0].size);
  const auto fetched = *fetch("good");
  CHECK(fetched.bytes == "text of fixture:/a");
  CHECK(fetched.media_type == "text/plain");
  CHECK(fetched.charset == "utf-8");
  CHECK(fetched.version == "v1");
  CHECK(fetched.attempts == 2);
  CHECK(fetch("good", "fixture:/a", "v1")->outcome == ports::FetchOutcome::not_modified);
  const auto gone = *fetch("good", "fixture:/zzz");
  CHECK(gone.outcome == ports::FetchOutcome::gone);
  CHECK_FALSE(gone.confirmed);
}

TEST_CASE_METHOD(LoaderFixture, "an incomplete listing says why") {
  const auto listing = *list("incomplete");
  CHECK_FALSE(listing.complete());
  CHECK(listing.note == "the second page is missing");
  CHECK(entries.size() == 3);
}

TEST_CASE_METHOD(LoaderFixture, "what a plugin throws is an error with its own words", "[X04]") {
  const auto loader = plugins.open_loader("throws_in_open", Json::object());
  REQUIRE_FALSE(loader);
  CHECK(loader.error().code == Code::denied);
  CHECK(loader.error().message == "the door is shut");
  CHECK(loader.error().subject == "door");
  CHECK(loader.error().retry_after_ms == 1500);
  CHECK(broken_list("throws_in_list") == "list broke");
  CHECK(fetch("throws_in_fetch").error().code == Code::out_of_memory);
  CHECK(broken_list("throws_a_number") == "list threw an exception of an unknown type");
}

TEST_CASE_METHOD(LoaderFixture, "what a plugin hands over is checked", "[X05]") {
  CHECK(broken_list("null_uri") == "an entry has no URI");
  CHECK(broken_list("bad_uri") == "the URI of an entry is not UTF-8");
  CHECK(broken_fetch("no_outcome") == "fetch gave 0 outcomes, not one");
  CHECK(broken_fetch("two_outcomes") == "fetch gave 2 outcomes, not one");
  CHECK(mentions(broken_fetch("not_modified_unasked"), "where no version was known"));
  CHECK(broken_fetch("null_bytes") == "the content has a size and no bytes");
  CHECK(mentions(broken_fetch("sizeless"), "content.struct_size is 0, at least "));
  CHECK(mentions(broken_list("sizeless"), "entry.struct_size is 0, at least "));
  CHECK(fetch("huge_size").error().code == Code::limit);
  CHECK(broken_list("unknown_status") == "returned 42, which is no status");
  const auto silent = list("silent");
  CHECK(silent.error().code == Code::network);
  CHECK(silent.error().message == "failed without saying why");
}

TEST_CASE_METHOD(LoaderFixture, "a title is mended, since it names nothing", "[X05]") {
  REQUIRE(list("bad_title"));
  CHECK(entries[0].title == "tit\xEF\xBF\xBDle");
}

TEST_CASE_METHOD(LoaderFixture, "an instance or a table that is not there is an error", "[X05]") {
  const auto open_problem = [&](const char* name) {
    return broken(plugins.open_loader(name, Json::object()));
  };
  CHECK(open_problem("open_null") == "open returned FRESHET_OK and no instance");
  CHECK(mentions(open_problem("no_open"), "has no open"));
  CHECK(mentions(open_problem("not_there"), "its library does not have it"));
}

TEST_CASE_METHOD(LoaderFixture, "what a failed open leaves behind is not closed") {
  CHECK(plugins.open_loader("open_fails", Json::object()).error().code == Code::denied);
}

TEST_CASE_METHOD(LoaderFixture, "a table without a member that it may lack, and one cut short") {
  CHECK(list("no_fetch"));
  const auto fetched = fetch("no_fetch");
  CHECK(fetched.error().code == Code::unsupported);
  CHECK(fetched.error().message == "this plugin has no fetch");
  CHECK(broken(plugins.open_loader("short_table", Json::object())) ==
        "freshet.loader/1 table.struct_size is 24, at least 40");
}

TEST_CASE_METHOD(LoaderFixture,
                 "a listing ends with the failure of its sink, whatever the plugin returns") {
  for (const char* name : {"good", "ignores_refusal"}) {
    int calls = 0;
    ports::ListingSink sink;
    sink.entry = [&](const ports::Entry&) -> base::Status {
      ++calls;
      return base::fail(Code::cancelled, "enough");
    };
    const auto listing = open(name)->list({}, sink, {});
    CHECK(listing.error().message == "enough");
    CHECK(calls == 1);
  }
}

TEST_CASE_METHOD(LoaderFixture, "a plugin sees the host's clock, client and URLs") {
  http.answers["http://example.org/x"] = {
      200, {{"server", "s"}, {"etag", "\"1\""}}, "the body", "http://example.org/x", 0, 1, false};
  http.answers["http://example.org/x"].last_modified = base::Instant{1000};
  REQUIRE(list("echo"));
  CHECK(entries[0].uri == "http://example.org/b");
  CHECK(entries[0].version == "7");
  CHECK(entries[0].last_modified->ms == 5);
  CHECK(*entries[0].size == 6);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].plugin == "faulty");
  CHECK(lines[0].level == 2);
  CHECK(lines[0].message == "listing\\u{a}at 1800000000000");  // one line
  const auto fetched = *fetch("echo", "http://example.org/x");
  CHECK(fetched.bytes == "the body");
  CHECK(fetched.version == "\"1\"");
  CHECK(fetched.charset == "1000 of -1");
  REQUIRE(http.requests[0].headers.size() == 2);
  CHECK(http.requests[0].headers[1].name == "X-Other");
  CHECK(http.requests[0].headers[1].value == "2");
  CHECK(http.requests[0].robots);
}

TEST_CASE_METHOD(LoaderFixture,
                 "a failed request is the failure of the call, with the client's words") {
  const auto fetched = fetch("echo", "http://example.org/none");
  CHECK(fetched.error().code == Code::network);
  CHECK(fetched.error().message == "no such host");
  CHECK(fetched.error().subject == "http://example.org/none");
  CHECK(fetched.error().retry_after_ms == 250);
  http.answers["http://example.org/403"] = {403, {}, "", "http://example.org/403", 0, 1, false};
  CHECK(fetch("echo", "http://example.org/403").error().code == Code::denied);
}

TEST_CASE_METHOD(LoaderFixture, "many requests are told apart by their index") {
  http.answers["http://example.org/1"] = {200, {}, "one", "http://example.org/1", 0, 1, false};
  REQUIRE(list("fetches"));
  REQUIRE(entries.size() == 3);
  std::map<std::string, std::string> titles;
  for (const auto& each : entries) titles[each.uri] = each.title;
  CHECK(titles["fixture:/1"] == "one");
  CHECK(mentions(titles["fixture:/0"], "no such host"));
}

TEST_CASE_METHOD(LoaderFixture, "only origins that the options name may be private", "[security]") {
  const Json options = {{"a", {{"b", {"https://intra.example:8443/path?q", "not a url", "HTTP"}}}},
                        {"c", "http://10.0.0.1/x"},
                        {"d", "http://10.0.0.1/y"}};
  static_cast<void>(fetch("echo", "http://example.org/x", "", options));
  CHECK(http.requests[0].private_origins ==
        std::vector<std::string>{"https://intra.example:8443", "http://10.0.0.1"});
  static_cast<void>(fetch("echo", "http://example.org/x"));
  CHECK(http.requests[1].private_origins.empty());
}

TEST_CASE_METHOD(LoaderFixture, "a secret is found by reference and said by nobody", "[I6]") {
  ::setenv("FRESHET_TEST_SECRET", "correct horse", 1);
  const auto fetched = fetch("tells_secret", "env:FRESHET_TEST_SECRET");
  CHECK(fetched.error().message == "not with ***");
  CHECK(fetched.error().subject == "https://***@example.org/?token=***");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].message == "my secret is ***");
  ::unsetenv("FRESHET_TEST_SECRET");
}

TEST_CASE_METHOD(LoaderFixture, "a secret stands in a longer text as a word", "[I6]") {
  ::setenv("FRESHET_TEST_SECRET", "correct horse", 1);
  ::setenv("FRESHET_TEST_OTHER", "battery staple", 1);
  const auto said = [&](const std::string& reference) {
    return fetch("tells_secret", reference).error().message;
  };
  CHECK(said("Bearer secret:env:FRESHET_TEST_SECRET") == "not with Bearer ***");
  CHECK(said("secret:env:FRESHET_TEST_OTHER") == "not with ***");
  CHECK(said("a=secret:env:FRESHET_TEST_SECRET; b=secret:env:FRESHET_TEST_OTHER; c") ==
        "not with a=***; b=***; c");
  CHECK(base::to_string(fetch("tells_secret", "Bearer secret:env:FRESHET_NO_SUCH").error()) ==
        "env:FRESHET_NO_SUCH: the environment variable is not set");
  const auto refused = fetch("tells_secret", "Bearer:secret:env:FRESHET_TEST_SECRET").error();
  CHECK(refused.code == Code::denied);
  CHECK(mentions(refused.message, "not a reference to a secret"));
  ::unsetenv("FRESHET_TEST_SECRET");
  ::unsetenv("FRESHET_TEST_OTHER");
}

TEST_CASE_METHOD(LoaderFixture, "a secret too short to be kept out of logs is refused", "[I6]") {
  ::setenv("FRESHET_TEST_SHORT", "abc", 1);
  const auto error = fetch("tells_secret", "env:FRESHET_TEST_SHORT").error();
  CHECK(error.code == Code::denied);
  CHECK(error.subject == "env:FRESHET_TEST_SHORT");
  CHECK(mentions(error.message, "less than 4 characters"));
  ::unsetenv("FRESHET_TEST_SHORT");
}

TEST_CASE_METHOD(LoaderFixture, "a failure's causes are cleaned as its message is", "[I6]") {
  ::setenv("FRESHET_TEST_SECRET", "S3cr3tCanary", 1);
  static_cast<void>(fetch("tells_secret", "env:FRESHET_TEST_SECRET"));
  base::Error redirect{Code::parse, "cannot be followed", "http://h/", -1, 0, nullptr};
  redirect.cause = std::make_shared<const base::Error>(base::Error{
      Code::invalid_argument, "s3cr3tcanary", "ftp://x/?a=S3cr3tCanary", -1, 0, nullptr});
  http.errors["http://h/"] = redirect;
  const auto error = fetch("echo", "http://h/").error();
  CHECK(base::to_string(error) == "http://h/: cannot be followed: ftp://x/?a=***: ***");
  ::unsetenv("FRESHET_TEST_SECRET");
}

TEST_CASE_METHOD(
    LoaderFixture,
    "a secret in a file loses its line break, and a file open to others is warned of") {
  const freshet::testing::Folder folder;
  folder.write("secret", "battery staple\n");
  std::filesystem::permissions(folder.file("secret"), std::filesystem::perms(0644));
  CHECK(fetch("tells_secret", "file:" + folder.file("secret")).error().message == "not with ***");
  REQUIRE(lines.size() == 2);
  CHECK(mentions(lines[0].message, "others may read this secret (mode 0644)"));
  CHECK(lines[0].level == 2);
}

TEST_CASE_METHOD(LoaderFixture, "a secret that is not there is named by its reference", "[C04]") {
  const auto problem = [&](const std::string& reference) {
    const auto error = fetch("tells_secret", reference).error();
    CHECK(error.code == Code::denied);
    return base::to_string(error);
  };
  CHECK(problem("env:FRESHET_NO_SUCH") ==
        "env:FRESHET_NO_SUCH: the environment variable is not set");
  ::setenv("FRESHET_EMPTY", "", 1);
  CHECK(problem("env:FRESHET_EMPTY") == "env:FRESHET_EMPTY: the environment variable is empty");
  CHECK(problem("file:/no/such/file") ==
        "file:/no/such/file: cannot be opened: no such file or directory");
  CHECK(problem("file:relative") == "file:relative: the path of a secret is absolute");
  CHECK(problem("file:/dev/zero") == "file:/dev/zero: not a regular file");
  const std::string inline_secret = problem("hunter2hunter2");
  CHECK_FALSE(mentions(inline_secret, "hunter2"));
}

TEST_CASE_METHOD(LoaderFixture, "a call that is over is misuse, not somebody's memory", "[X05]") {
  REQUIRE(list("late"));
  CHECK(entries[0].title == "0 0");  // its own call, still running
  const auto other = list("late");   // the one kept from before is over
  REQUIRE(other);
  CHECK(entries[0].title == "1 1002");
}

TEST_CASE_METHOD(LoaderFixture, "cancellation is seen by the plugin") {
  const base::Cancel cancel;
  int calls = 0;
  ports::ListingSink sink;
  sink.entry = [&](const ports::Entry&) {
    if (++calls == 5) cancel.request();
    return base::Status();
  };
  const auto listing = open("ignores_cancel")->list({}, sink, cancel);
  REQUIRE_FALSE(listing);
  CHECK(listing.error().code == Code::cancelled);
  CHECK(calls == 5);  // whether the plugin looks or not: its sink takes no more
}

TEST_CASE_METHOD(LoaderFixture, "a call that the host cancelled needs no reason") {
  const base::Cancel cancel;
  const auto list_it = [&] { return open("cancelled")->list({}, {}, cancel); };
  CHECK(list_it().error().message == "failed without saying why");  // nobody cancelled
  cancel.request();
  CHECK(list_it().error().code == Code::cancelled);
  CHECK(list_it().error().message == "cancelled");
}

TEST_CASE_METHOD(LoaderFixture, "without a state there is nothing to be the same as", "[X05]") {
  CHECK(list("whole")->state == "state");
  CHECK(broken_list("unchanged") == "its listing is of the kind 2 where no state was handed in");
  CHECK(broken_list("gone_unasked") == "said what is gone where no state was handed in");
  CHECK(broken_list("odd_kind") == "its listing is of the kind 7, which is none");
}

TEST_CASE_METHOD(LoaderFixture, "a listing goes on from its state, and is what it is said to be",
                 "[X05]") {
  const auto changes = list_since("one", "since");
  REQUIRE(changes);
  CHECK(changes->kind == ports::ListingKind::changes);
  CHECK(changes->state == "one and more");
  CHECK(left == std::vector<std::string>{"fixture:/b"});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].uri == "fixture:/d");
  CHECK(list_since("state", "unchanged")->kind == ports::ListingKind::unchanged);
  CHECK(broken(list_since("one", "unchanged_and_more")) ==
        "its listing is unchanged, and brought 1 entries");
  CHECK(broken(list_since("one", "whole_and_gone")) ==
        "said what is gone in a listing that is whole");
  CHECK(broken(list_since("one", "nothing_gone")) == "what is gone has no URI");
  CHECK(broken_list("long_state") == "the state of the listing has 4194305 bytes, at most 4194304");
}

TEST_CASE_METHOD(LoaderFixture, "a handle, a title and metadata come through, both ways") {
  REQUIRE(list("described"));
  CHECK(entries[0].handle == "blob 1");
  CHECK(entries[0].title == "Listed");
  CHECK(entries[0].metadata == R"({"labels":["a","b"]})");
  const auto fetched = open("described")->fetch(entries[0], "", {});
  REQUIRE(fetched);
  CHECK(fetched->bytes == R"(blob 1 Listed {"labels":["a","b"]})");
  CHECK(fetched->title == "Fetched");
  CHECK(fetched->metadata == R"({"author":"Ann"})");
  CHECK(fetch("described")->metadata.empty());  // of an empty object nothing is kept
}

TEST_CASE_METHOD(LoaderFixture, "what is wrong with a handle or metadata is said", "[X05]") {
  CHECK(broken_list("long_handle") == "the handle of an entry has 1025 bytes, at most 1024");
  CHECK(broken_list("listed_number") == "the metadata of an entry is no JSON object");
  CHECK(mentions(broken_list("listed_garbage"), "the metadata of an entry is not valid JSON"));
  CHECK(broken_list("listed_too_much") ==
        "the metadata of an entry has 16386 bytes, at most 16384");
  CHECK(broken_fetch("fetched_number") == "the metadata of the content is no JSON object");
}

TEST_CASE_METHOD(LoaderFixture, "a loader serves many threads at once") {
  const auto loader = open("good");
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        ports::Entry entry;
        entry.uri = "fixture:/b";
        if (loader->fetch(entry, "", {})->bytes == "text of fixture:/b") ++good;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(good == 400);
}
