// Calls of plugins that do not return: they are left, and find nothing to break when they come back.
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <iterator>

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace host = freshet::host;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::FakeHttp;
using freshet::testing::fixture;
using freshet::testing::Folder;
using freshet::testing::Json;
using freshet::testing::Line;

namespace {

// A second passes with each look.
class TickingClock : public ports::Clock {
 public:
  base::Instant now() const override { return {1'800'000'000'000}; }
  base::Millis monotonic() const override {
    const int seconds = ++looks_;
    if (at_look) at_look(seconds);
    return base::Millis(seconds * 1000);
  }
  std::function<void(int)> at_look;

 private:
  mutable std::atomic<int> looks_ = 0;
};

struct WatchFixture {
  WatchFixture() {
    ::mkfifo(folder.file("go").c_str(), 0600);
    ::mkfifo(folder.file("closed").c_str(), 0600);
  }
  Json held_in(const char* function) { return {{"folder", folder.path()}, {"in", function}}; }
  void let_go() { std::ofstream(folder.file("go")); }  // waits for the call to be held
  // What the call said when it had come back, once its instance is closed.
  std::string closed() {
    std::ifstream file(folder.file("closed"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool told(const std::string& message) {
    const std::lock_guard lock(mutex);
    for (const Line& line : lines)
      if (line.plugin == "held" && line.message == message) return true;
    return false;
  }
  static void check_left(const base::Error& error, const std::string& function) {
    CHECK(error.code == Code::timeout);
    CHECK(error.subject == "held");
    CHECK(error.message == function + " did not return, and showed no sign of life for 3s");
  }
  base::Result<ports::Listing> list(ports::Loader& loader, const base::Cancel& cancel = {}) {
    const ports::ListingSink sink{[&](const ports::Entry&) {
                                    ++entries;
                                    return base::Status();
                                  },
                                  {}};
    return loader.list({}, sink, cancel);
  }

  Folder folder;
  TickingClock clock;
  std::mutex mutex;
  std::vector<Line> lines;
  int entries = 0;
  host::Plugins plugins{
      {fixture("held")},
      host::Services{std::make_shared<FakeHttp>(),
                     clock,
                     [this](int level, std::string_view plugin, std::string_view message) {
                       const std::lock_guard lock(mutex);
                       lines.push_back({level, std::string(plugin), std::string(message)});
                     },
                     {.idle = base::Millis(3000),
                      .telling = base::Millis(1000),
                      .grace = base::Millis(2000)}}};
};

}  // namespace

TEST_CASE_METHOD(WatchFixture, "a call that does not return is told, then left") {
  auto loader = *plugins.open_loader("held", held_in("list"));
  const auto listing = list(*loader);
  REQUIRE_FALSE(listing);
  check_left(listing.error(), "list");
  CHECK(told("list has shown no sign of life for 1s; it is left after 3s"));
  CHECK(told(listing.error().message));
  ports::Entry entry;
  entry.uri = "held:/a";
  const auto fetched = loader->fetch(entry, "", {});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Code::plugin);
  CHECK(fetched.error().message == "is not called any more: list did not return");

  loader.reset();  // its close waits for the call
  let_go();
  CHECK(closed() == "refused, cancelled");
  CHECK(entries == 0);
  CHECK(told("came back"));
}

TEST_CASE_METHOD(WatchFixture, "a fetch that was left may come back to its requests") {
  auto loader = *plugins.open_loader("held", held_in("fetch"));
  ports::Entry entry;
  entry.uri = "held:/a";
  check_left(loader->fetch(entry, "", {}).error(), "fetch");
  loader.reset();
  let_go();
  CHECK(closed() == "refused, cancelled");
}

TEST_CASE_METHOD(WatchFixture, "readers and embedders are watched, and keep what they read") {
  SECTION("a reader") {
    auto reader = *plugins.open_reader("held", held_in("read"));
    {
      const std::string bytes(100'000, 'x');
      check_left(reader->read({bytes, "held:/a", "text/x-held", ""}).error(), "read");
    }
    reader.reset();
    let_go();
    CHECK(closed() == "taken, cancelled");
  }
  SECTION("an embedder") {
    auto embedder = *plugins.open_embedder("held", held_in("embed"));
    {
      const std::string text(100'000, 'x');
      const std::string_view view = text;
      check_left(embedder->embed({&view, 1}, {}).error(), "embed");
    }
    embedder.reset();
    let_go();
    CHECK(closed() == "taken, cancelled");
  }
}

TEST_CASE_METHOD(WatchFixture, "stores are watched, and confirm nothing once they were left") {
  SECTION("a write") {
    auto store = *plugins.open_store("held", held_in("upsert"));
    int confirmed = 0;
    {
      const std::string text(100'000, 'x'), id(32, 'a');
      ports::StoreRecord record;
      record.id = id;
      record.text = text;
      const auto confirm = [&](std::string_view) { ++confirmed; };
      check_left(store->upsert("ns", {&record, 1}, confirm, {}).error(), "upsert");
    }
    store.reset();
    let_go();
    CHECK(closed() == "taken, cancelled");
    CHECK(confirmed == 0);
  }
  SECTION("a listing, which goes before it comes back") {
    auto store = *plugins.open_store("held", held_in("rows"));
    check_left(store->list("ns", 10)->next({}).error(), "list");
    CHECK(store->count("ns", {}).error().code == Code::plugin);
    store.reset();
    let_go();
    CHECK(closed() == "taken, cancelled");
  }
}

TEST_CASE_METHOD(WatchFixture, "transformers are watched, and keep their chunks and documents") {
  auto transformer = *plugins.open_transformer("held", held_in("transform"));
  {
    freshet::model::Document document;
    document.uri = "held:/a";
    document.title = "Held";
    document.children.emplace_back().text = std::string(100'000, 'x');
    freshet::model::finish(document);
    freshet::model::Chunk chunk;
    chunk.text = document.children[0].text;
    const ports::Passage passages[] = {{&document, &chunk}, {&document, &chunk}};
    const auto left = transformer->transform(passages, {});
    REQUIRE_FALSE(left);
    check_left(left.error(), "transform");
    CHECK(transformer->transform(passages, {}).error().code == Code::plugin);
  }
  transformer.reset();
  let_go();
  CHECK(closed() == "taken, cancelled");
}

TEST_CASE_METHOD(WatchFixture, "tokenizers are watched, and keep their text") {
  const std::string function = GENERATE("count", "split");
  auto tokenizer = *plugins.open_tokenizer("held", held_in(function.c_str()));
  {
    const std::string text(100'000, 'x');
    if (function == "count")
      check_left(tokenizer->count(text).error(), function);
    else
      check_left(tokenizer->split(text).error(), function);
    CHECK(tokenizer->count(text).error().message ==
          "is not called any more: " + function + " did not return");
  }
  tokenizer.reset();
  let_go();
  CHECK(closed() == "taken, not cancelled");  // it had nothing to go by
}

TEST_CASE_METHOD(WatchFixture, "open and close are watched") {
  SECTION("open") {
    check_left(plugins.open_loader("held", held_in("open")).error(), "open");
    let_go();
    CHECK(closed() == "taken, not cancelled");  // it had nothing to go by
  }
  SECTION("close") {
    auto loader = *plugins.open_loader("held", held_in("close"));
    CHECK(list(*loader));
    loader.reset();
    CHECK(told("close did not return, and showed no sign of life for 3s"));
    let_go();
    CHECK(closed().empty());
  }
}

TEST_CASE_METHOD(WatchFixture, "what was cancelled and does not return is left after a grace") {
  auto loader = *plugins.open_loader("held", held_in("list"));
  const base::Cancel cancel;
  cancel.request();
  const auto listing = list(*loader, cancel);
  REQUIRE_FALSE(listing);
  CHECK(listing.error().code == Code::cancelled);
  CHECK(listing.error().message == "cancelled; list did not return within 2s");
  loader.reset();
  let_go();
  CHECK(closed() == "refused, cancelled");
}

TEST_CASE_METHOD(WatchFixture, "a call that looks whether it is cancelled is not left") {
  clock.at_look = [&](int seconds) {
    if (seconds == 20) std::ofstream(folder.file("looked"));
  };
  const auto loader = *plugins.open_loader("held", held_in("looking"));
  CHECK(list(*loader));
  CHECK(entries == 1);
}

TEST_CASE_METHOD(WatchFixture, "plugins may go while a call of theirs is under way") {
  {
    host::Plugins others(
        {fixture("held")},
        host::Services{std::make_shared<FakeHttp>(), clock, {}, {.idle = base::Millis(3000)}});
    auto loader = *others.open_loader("held", held_in("fetch"));
    ports::Entry entry;
    entry.uri = "held:/a";
    check_left(loader->fetch(entry, "", {}).error(), "fetch");
  }
  let_go();  // it sends a request now, and writes a log line
  CHECK(closed() == "refused, cancelled");
}
