// The refresh-policy cases of the systems that freshet succeeds, replayed as whole runs by a clock of
// their own. Each test bears its case's number, so that a reader finds it.
//
//   RP1 to RP15  the policies' own cases
//   BH, CO, MD, TR  business hours, composites, metadata, triggers
//
// Where freshet answers otherwise on purpose, docs/policies.md says so.
#include "core/sync/known.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using base::Instant;
using base::Millis;
using namespace std::chrono_literals;

// A policy made of two functions, which counts how often each is asked.
class Told : public policy::Policy {
 public:
  base::Result<policy::Decision> decide(const policy::Known& known, Instant now) const override {
    const std::lock_guard lock(mutex);
    ++decided;
    return policy::Decision{refresh(known), {}, now};
  }
  base::Result<bool> accept(const policy::Known&, const model::Document& document) const override {
    const std::lock_guard lock(mutex);
    ++accepted;
    return take(document);
  }
  Json to_json() const override { return {{"custom", "told"}}; }
  bool is_pure() const override { return false; }

  std::function<bool(const policy::Known&)> refresh = [](const policy::Known&) { return true; };
  std::function<bool(const model::Document&)> take = [](const model::Document&) { return true; };
  mutable std::mutex mutex;  // runs ask on tasks of theirs
  mutable int decided = 0, accepted = 0;
};

std::shared_ptr<Told> told() { return std::make_shared<Told>(); }

Answer titled(const std::string& title) {
  return [=](const std::string&) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.bytes = "# " + title + "\n\nA text.\n";
    fetched.media_type = "text/markdown";
    return fetched;
  };
}

Json policy_of(const char* text) { return {{"policy", Json::parse(text)}}; }

// As though `age` had passed since the last run: run() itself lets an hour pass.
void let_pass(Engine& engine, Millis age) { engine.clock.now_ = engine.clock.now_ + age + -1h; }

// A run of one page whose content has changed, `age` after it was read: is it read again?
bool rereads(Engine& engine, const Json& config, Millis age) {
  static int number = 0;
  engine.a().pages[uri_of(0)] = page("Text number " + std::to_string(++number) + ".");
  let_pass(engine, age);
  return engine.run(config).counts.refreshed == 1;
}

// The same of a page that was read that long before.
bool rereads_after(const Json& config, Millis age) {
  Engine engine(1);
  engine.run(policy_of(R"("always")"));
  return rereads(engine, config, age);
}

void set_clock(Engine& engine, const char* time) {
  engine.clock.now_ = *base::parse_instant(time) + -1h;
}

void set_flags(Engine& engine, const std::string& flags) {
  REQUIRE(engine.repository->write(
      [&](repository::Writer& writer) { return writer.set_flags(uri_of(0), flags); }));
}

}  // namespace

TEST_CASE("RP1 never: what is missing is read, what exists is not, each URI by itself") {
  Engine engine(1);
  engine.run();
  engine.a().pages[uri_of(1)] = page("New.");
  engine.a().pages[uri_of(2)] = page("New, too.");
  engine.a().list_pages(3);
  engine.run(policy_of(R"("never")"));
  CHECK(engine.fetched() == Strings{uri_of(1) + " ", uri_of(2) + " "});
  engine.run(policy_of(R"("never")"));
  CHECK(engine.fetched().empty());
}

TEST_CASE("RP1 a policy is asked once for a decision, and once more by the commit") {
  Engine engine(1);
  const auto policy = told();
  policy->refresh = [](const policy::Known& known) { return !known.exists; };
  engine.run({}, policy);
  CHECK(policy->decided == 2);
  engine.run({}, policy);
  CHECK(policy->decided == 3);
}

TEST_CASE("RP2 never: every document is accepted, ten times over") {
  Engine engine(10);
  CHECK(engine.run(policy_of(R"("never")")).counts.refreshed == 10);
}

TEST_CASE("RP3 never: a new URI is asked for once, and stored") {
  Engine engine(1);
  CHECK(engine.run(policy_of(R"("never")")).counts.refreshed == 1);
  CHECK(engine.fetched().size() == 1);
  CHECK(engine.stored() == std::set{uri_of(0)});
}

TEST_CASE("RP4 never: what exists is neither asked for nor written") {
  Engine engine(1);
  engine.run();
  const auto rows = engine.server.rows();
  CHECK_FALSE(rereads(engine, policy_of(R"("never")"), 1000h));
  CHECK(engine.fetched().empty());
  CHECK(engine.server.rows() == rows);
}

TEST_CASE("RP5 yes before and after reading: the old content goes as the new one comes") {
  Engine engine(1);
  engine.run();
  CHECK(rereads(engine, policy_of(R"("always")"), 1h));
  CHECK(engine.fetched().size() == 1);
  CHECK_FALSE(engine.holds("Page number 0."));
  CHECK(engine.server.rows().size() == 1);
  CHECK(engine.stored().size() == 1);
}

TEST_CASE("RP6 yes before and after reading: of a new page nothing is removed") {
  Engine engine(1);
  const sync::Report report = engine.run({}, told());
  CHECK(report.counts.refreshed == 1);
  CHECK(report.counts.chunks_removed == 0);
  CHECK(report.counts.removals == 0);
}

TEST_CASE("RP7 no before reading: nothing is asked for") {
  Engine engine(2);
  const auto policy = told();
  policy->refresh = [](const policy::Known&) { return false; };
  engine.run({}, policy);
  CHECK(engine.fetched().empty());
  CHECK(policy->accepted == 0);
  CHECK(engine.stored().empty());
}

TEST_CASE("RP8 what cannot be read is an error, and the old content stays") {
  Engine engine(1);
  engine.run();
  const auto rows = engine.server.rows();
  engine.a().pages[uri_of(0)] = refusing(base::Code::parse);
  engine.run();
  CHECK(engine.outcome(0) == "failed: parse");
  CHECK(engine.server.rows() == rows);
  CHECK(engine.holds("Page number 0."));
}

TEST_CASE("RP9 what was read is stored by its title, or not") {
  Engine engine(2);
  engine.a().pages[uri_of(0)] = titled("Conditional document");
  engine.a().pages[uri_of(1)] = titled("Other Document");
  const auto policy = told();
  policy->take = [](const model::Document& document) {
    return document.title.find("Conditional") != std::string::npos;
  };
  engine.run({}, policy);
  CHECK(engine.fetched().size() == 2);
  CHECK(policy->accepted == 2);
  CHECK(engine.stored() == std::set{uri_of(0)});
}

TEST_CASE("RP10 what is too large is read once, and not written") {
  Engine engine(1);
  engine.a().pages[uri_of(0)] = titled("A Large document");
  const auto policy = told();
  policy->take = [](const model::Document& document) {
    return document.title.find("Large") == std::string::npos;
  };
  engine.run({}, policy);
  CHECK(engine.fetched().size() == 1);
  CHECK(engine.stored().empty());
  CHECK(engine.server.rows().empty());
}

TEST_CASE("RP11 a policy that looks at the repository's size") {
  for (const int documents : {50, 150}) {
    Engine engine(documents);
    engine.run();
    const auto policy = told();
    policy->refresh = [&](const policy::Known&) {
      return engine.repository->read()->info()->documents < 100;
    };
    engine.run({}, policy);
    CHECK(engine.fetched().size() == (documents == 50 ? 50 : 0));
  }
}

TEST_CASE("RP12 always: known or not, and of what is new nothing is removed") {
  Engine engine(1);
  CHECK(engine.run().counts.chunks_removed == 0);
  CHECK(rereads(engine, policy_of(R"("always")"), 1ms));
}

TEST_CASE("RP13 by URL: a pattern decides for what is known, and what is missing is read") {
  const char* text = R"({"by_url":[{"contains":"keep-me","policy":"never"},
    {"contains":["refresh","news","blog"],"policy":"always"},{"regex":".*\\.html$","policy":"always"}]})";
  const std::pair<const char*, bool> cases[] = {
      {"test:/refresh-me", true},        {"test:/keep-me", false},   {"test:/page.html", true},
      {"test:/page.json", false},        {"test:/news/today", true}, {"test:/blog/post", true},
      {"test:/folder/index.html", true}, {"test:/static/x", false}};
  Engine engine(0);
  for (const auto& [uri, rereads] : cases) {
    engine.a().entries.emplace_back().uri = uri;
    engine.a().pages[uri] = page("A text.");
  }
  CHECK(engine.run(policy_of(text)).counts.refreshed == std::size(cases));
  engine.run(policy_of(text));
  for (const auto& [uri, rereads] : cases) {
    INFO(uri);
    const Strings fetched = engine.fetched();
    const std::string asked = std::string(uri) + " v:A text.";
    CHECK((std::find(fetched.begin(), fetched.end(), asked) != fetched.end()) == rereads);
  }
}

TEST_CASE("RP14 a TTL of 30 minutes: missing, 60, 10, 30 and a little, 5 minutes old") {
  const Json half = policy_of(R"({"ttl":"30m"})");
  Engine engine(1);
  CHECK(engine.run(half).counts.refreshed == 1);
  CHECK(rereads_after(half, 60min));
  CHECK_FALSE(rereads_after(half, 10min));
  CHECK(rereads_after(half, 30min + 100ms));
  CHECK_FALSE(rereads_after(half, 5min));
  CHECK_FALSE(rereads_after(policy_of(R"({"ttl":"1h"})"), 30min));
  CHECK(rereads_after(policy_of(R"({"ttl":"1h"})"), 90min));
}

// At the very same tick the policy says yes, too; a run then finds that another one has just been there.
TEST_CASE("RP15 a TTL of 0 is always, even at once") {
  CHECK(rereads_after(policy_of(R"({"ttl":"0s"})"), 1ms));
  Engine engine(1);
  engine.run();
  const repository::Root root = engine.root(0);
  CHECK(policy::ttl(0ms)->decide(sync::known_of(root), root.checked)->refresh);
}

TEST_CASE("BH1 business hours 9 to 17 inclusive: no at 8, yes at 9 and 17, no at 18") {
  const Json hours = policy_of(R"({"business_hours":{"ttl":"8h","from":"09:00","to":"18:00"}})");
  for (const auto& [time, expected] : {std::pair{"2027-01-15T08:30:00Z", false},
                                       {"2027-01-15T09:00:00Z", true},
                                       {"2027-01-15T17:30:00Z", true},
                                       {"2027-01-15T18:00:00Z", false}}) {
    INFO(time);
    Engine engine(1);
    set_clock(engine, "2027-01-14T09:00:00Z");
    engine.run();
    engine.a().pages[uri_of(0)] = page("Another text.");
    set_clock(engine, time);
    CHECK((engine.run(hours).counts.refreshed == 1) == expected);
  }
}

TEST_CASE("BH2 business hours: what is fresh is left alone inside the window, too") {
  Engine engine(1);
  set_clock(engine, "2027-01-15T09:00:00Z");
  engine.run();
  const Json hours = policy_of(R"({"business_hours":{"ttl":"8h","from":"09:00","to":"18:00"}})");
  CHECK_FALSE(rereads(engine, hours, 7h));
}

TEST_CASE("BH3 business hours: what is missing at 03:00 is read, unless it is to wait") {
  Engine engine(1);
  set_clock(engine, "2027-01-15T03:00:00Z");
  const char* waits =
      R"({"business_hours":{"ttl":"8h","from":"09:00","to":"17:00","unknown_waits":true}})";
  CHECK(engine.run(policy_of(waits)).counts.refreshed == 0);
  set_clock(engine, "2027-01-15T03:30:00Z");
  const char* at_once = R"({"business_hours":{"ttl":"8h","from":"09:00","to":"17:00"}})";
  CHECK(engine.run(policy_of(at_once)).counts.refreshed == 1);
}

TEST_CASE("CO1 any: one yes is enough; CO2 all: every member has to say it") {
  CHECK(rereads_after(policy_of(R"({"any":["never",{"ttl":"1h"}]})"), 2h));
  CHECK_FALSE(rereads_after(policy_of(R"({"any":["never",{"ttl":"3h"}]})"), 2h));
  CHECK(rereads_after(policy_of(R"({"all":["always",{"ttl":"1h"}]})"), 2h));
  CHECK_FALSE(rereads_after(policy_of(R"({"all":["never",{"ttl":"1h"}]})"), 2h));
}

TEST_CASE("CO3 any of none is no; CO4 all of none is yes") {
  CHECK_FALSE(rereads_after(policy_of(R"({"any":[]})"), 1000h));
  CHECK(rereads_after(policy_of(R"({"all":[]})"), 1ms));
}

TEST_CASE("CO5 conditions: all have to hold") {
  const char* text = R"({"when":[{"exists":true},{"older_than":"2h"}]})";
  CHECK(rereads_after(policy_of(text), 2h));
  CHECK_FALSE(rereads_after(policy_of(text), 1h));
}

TEST_CASE("MD1 metadata: force, then no_refresh, then a TTL of its own, then the priority") {
  const Json metadata = policy_of(R"("metadata")");
  const auto after = [&](const char* flags, Millis age) {
    Engine engine(1);
    engine.run();
    set_flags(engine, flags);
    return rereads(engine, metadata, age);
  };
  CHECK(after(R"({"force_refresh":true,"no_refresh":true})", 1s));
  CHECK_FALSE(after(R"({"no_refresh":true,"refresh_ttl_hours":1})", 99h));
  CHECK(after(R"({"refresh_ttl_hours":2,"priority":"low"})", 2h));
  CHECK_FALSE(after(R"({"refresh_ttl_hours":3,"priority":"critical"})", 2h));
  CHECK(after(R"({"priority":"critical"})", 1h));
  CHECK_FALSE(after(R"({"priority":"high"})", 5h));
  CHECK(after(R"({"priority":"high"})", 6h));
  CHECK(after(R"({"priority":"normal"})", 24h));
  CHECK_FALSE(after(R"({"priority":"low"})", 6 * 24h));
  CHECK(after(R"({"priority":"low"})", 7 * 24h));
  CHECK(after(R"({"priority":"whatever"})", 24h));
}

TEST_CASE("MD2 metadata: a flag stays with its root and keeps its type; force is spent") {
  Engine engine(1);
  engine.run();
  set_flags(engine, R"({"force_refresh":true,"priority":"low"})");
  const Json metadata = policy_of(R"("metadata")");
  CHECK(rereads(engine, metadata, 1h));
  CHECK(Json::parse(engine.root(0).flags) == Json{{"priority", "low"}});
  CHECK_FALSE(rereads(engine, metadata, 1h));
}

TEST_CASE("TR1 a trigger is for exactly its URI, and spent by the refresh that it caused") {
  Engine engine(2);
  const Json triggered = policy_of(R"("triggered")");
  engine.run();
  engine.trigger(0);
  CHECK(rereads(engine, triggered, 1h));
  CHECK(engine.fetched().size() == 1);
  CHECK_FALSE(rereads(engine, triggered, 1h));
}

}  // namespace freshet::tests
