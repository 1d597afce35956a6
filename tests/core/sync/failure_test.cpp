// Law 1: what fails changes nothing but the root's error record and its time to ask again.
#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using base::Code;

// Long enough to be missed where it goes.
const std::string whole = [] {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "This is the sentence number " + std::to_string(i) + ". ";
  return text;
}();

const Json embedded = {{"embedder", "size"}};

struct Fault {
  const char* what;
  Answer answer;
  Code code;
};

Answer with_media_type(const std::string& bytes, const std::string& media_type) {
  return [=](const std::string&) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.bytes = bytes;
    fetched.media_type = media_type;
    return fetched;
  };
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"the network is down", refusing(Code::network), Code::network},
      {"it takes too long", refusing(Code::timeout), Code::timeout},
      {"it is refused", refusing(Code::denied), Code::denied},
      {"it is not to be asked now", refusing(Code::rate_limited, 1000), Code::rate_limited},
      {"nobody reads it", with_media_type("\x7F\x45\x4C\x46\x02\x01", "application/x-unheard-of"),
       Code::unsupported},
      {"a text of it is not embedded", page(whole + "This is poison."), Code::invalid_argument},
      {"the embedder is down", page(whole + "This is an outage."), Code::network},
      {"it shrank to a stump", page("x"), Code::held},
  };
  return all;
}

}  // namespace

TEST_CASE("a page that fails keeps what is stored of it") {
  for (const Fault& fault : faults()) {
    INFO(fault.what);
    Engine engine(3);
    engine.a().pages[uri_of(0)] = page(whole);
    engine.run(embedded);
    const repository::Root before = engine.root(0);
    const auto rows = engine.server.rows();
    engine.a().pages[uri_of(0)] = fault.answer;
    const sync::Report report = engine.run(embedded);
    CHECK(engine.outcome(0) == "failed: " + std::string(base::code_name(fault.code)));
    CHECK(report.counts.failed == 1);
    CHECK(report.counts.unchanged == 2);
    CHECK(report.exit_code() == 1);
    CHECK(engine.server.rows() == rows);
    const repository::Root after = engine.root(0);
    CHECK(after.failures == 1);
    CHECK(after.error_code == fault.code);
    CHECK_FALSE(after.error.empty());
    CHECK(after.failed == engine.clock.now());
    CHECK(after.ask_again > engine.clock.now());
    CHECK(after.ingested == before.ingested);
    CHECK(after.checked == before.checked);
    CHECK(after.version == before.version);
    CHECK(after.content_digest == before.content_digest);
    CHECK(after.chunks == before.chunks);
  }
}

TEST_CASE("a page that is good again has no error any more") {
  for (const Fault& fault : faults()) {
    INFO(fault.what);
    Engine engine(2);
    engine.a().pages[uri_of(0)] = page(whole);
    engine.run(embedded);
    engine.a().pages[uri_of(0)] = fault.answer;
    engine.run(embedded);
    engine.run(embedded);
    engine.a().pages[uri_of(0)] = page(whole + "Once more.");
    engine.clock.now_ = engine.clock.now_ + base::Millis(86'400'000);
    CHECK(engine.run(embedded).exit_code() == 0);
    CHECK(engine.outcome(0) == "refreshed");
    CHECK(engine.root(0).failures == 0);
    CHECK(engine.root(0).error.empty());
    CHECK(engine.holds("Once more"));
  }
}

TEST_CASE("a page that was never stored and fails leaves no document") {
  for (const Fault& fault : faults()) {
    if (fault.code == Code::held) continue;  // there is nothing to shrink from
    INFO(fault.what);
    Engine engine(2);
    engine.a().pages[uri_of(0)] = fault.answer;
    CHECK(engine.run(embedded).counts.failed == 1);
    CHECK(engine.stored() == std::set<std::string>{uri_of(1)});
    CHECK(engine.server.rows().size() == 1);
    CHECK(engine.root(0).failures == 1);
    engine.run(embedded);
    CHECK(engine.root(0).failures <= 2);
  }
}

TEST_CASE("failures in a row are counted") {
  Engine engine(1);
  engine.a().pages[uri_of(0)] = refusing(Code::network);
  for (std::uint32_t times = 1; times < 4; ++times) {
    engine.run({{"force", true}});
    CHECK(engine.root(0).failures == times);
  }
}

TEST_CASE("one poisoned page costs its neighbours nothing") {
  Engine engine(9);
  engine.a().pages[uri_of(4)] = page("This is poison.");
  const sync::Report report = engine.run(embedded);
  CHECK(report.counts.refreshed == 8);
  CHECK(report.counts.failed == 1);
  CHECK(engine.server.rows().size() == 8);
  CHECK(report.counts.embedded_texts == 8);
}

TEST_CASE("a text that has a vector is not embedded again, wherever it stands") {
  Engine engine(2);
  CHECK(engine.run(embedded).counts.embedded_texts == 2);
  engine.a().pages[uri_of(2)] = page("Page number 0.");
  engine.a().list_pages(3);
  const sync::Report report = engine.run(embedded);
  CHECK(report.counts.refreshed == 1);
  CHECK(report.counts.embedded_texts == 0);
  CHECK(report.counts.embedded_cached == 1);
}

TEST_CASE("the same text under another version is no change") {
  Engine engine(1);
  engine.run();
  engine.a().pages[uri_of(0)] = [](const std::string&) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.version = "another";
    fetched.bytes = "Page number 0.";
    fetched.media_type = "text/plain";
    return fetched;
  };
  const sync::Report report = engine.run();
  CHECK(engine.outcome(0) == "unchanged");
  CHECK(report.counts.upserts == 0);
  CHECK(engine.root(0).version == "another");
}

TEST_CASE(
    "a shrunken page is taken when three runs over a day have seen it, or at a person's word") {
  Engine engine(1);
  engine.a().pages[uri_of(0)] = page(whole);
  engine.run();
  engine.a().pages[uri_of(0)] = page("x");
  SECTION("three runs over a day") {
    for (int times = 0; times < 3; ++times) {
      engine.run();
      CHECK(engine.outcome(0) == "failed: held");
    }
    engine.clock.now_ = engine.clock.now_ + base::Millis(86'400'000);
    engine.run();
    CHECK(engine.outcome(0) == "refreshed");
  }
  SECTION("by the operator's word") {
    engine.run({{"accept_shrink", true}});
    CHECK(engine.outcome(0) == "refreshed");
  }
  SECTION("it grows again") {
    engine.run();
    engine.a().pages[uri_of(0)] = page(whole);
    engine.run();
    CHECK(engine.outcome(0) == "unchanged");
    CHECK(engine.root(0).failures == 0);
  }
}

}  // namespace freshet::tests
