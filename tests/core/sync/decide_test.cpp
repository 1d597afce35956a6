// Laws 4 and 7: what is fetched, and with what is known of it.
#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

struct Fetches {
  const char* what;
  Json options;                            // of the run that is looked at
  std::function<void(Engine&)> meanwhile;  // what becomes of the page since it was stored
  const char* asked;                       // "": not at all, "-": without a version, else with it
  const char* outcome;
};

const Json hourly = {{"policy", {{"ttl", "1h"}}}}, daily = {{"policy", {{"ttl", "24h"}}}};

const Json heeding_triggers = {{"policy", {{"any", {"triggered", {{"ttl", "24h"}}}}}}};

Json with(Json options, const char* key, const Json& value) {
  options[key] = value;
  return options;
}

void list_version(Engine& engine, const std::string& version) {
  engine.a().entries[0].version = version;
}

const std::vector<Fetches>& fetches() {
  static const std::vector<Fetches> all = {
      {"it is due", hourly, [](Engine&) {}, "v:Page number 0.", "unchanged"},
      {"it is not due", daily, [](Engine&) {}, "", ""},
      {"it has changed and is due", hourly,
       [](Engine& engine) { engine.a().pages[uri_of(0)] = page("Another text."); },
       "v:Page number 0.", "refreshed"},
      {"it has changed and is not due", daily,
       [](Engine& engine) { engine.a().pages[uri_of(0)] = page("Another text."); }, "", ""},
      {"its listing bears the version that is stored", hourly,
       [](Engine& engine) { list_version(engine, "v:Page number 0."); }, "", "unchanged"},
      {"its listing bears another version", hourly,
       [](Engine& engine) { list_version(engine, "v:2"); }, "v:Page number 0.", "unchanged"},
      {"its listing bears another version, and it is not due", daily,
       [](Engine& engine) { list_version(engine, "v:2"); }, "", ""},
      {"it is forced", with(daily, "force", true), [](Engine&) {}, "-", "refreshed"},
      {"it is forced, and its listing bears the version that is stored", with(daily, "force", true),
       [](Engine& engine) { list_version(engine, "v:Page number 0."); }, "-", "refreshed"},
      {"it was asked for from outside", heeding_triggers, [](Engine& engine) { engine.trigger(0); },
       "v:Page number 0.", "unchanged"},
      {"it was asked for, and its listing bears the version that is stored", heeding_triggers,
       [](Engine& engine) {
         engine.trigger(0);
         list_version(engine, "v:Page number 0.");
       },
       "v:Page number 0.", "unchanged"},
      {"its listing gives it another title, and it is due", hourly,
       [](Engine& engine) { engine.a().entries[0].title = "A title"; }, "-", "refreshed"},
      {"its listing gives it another title and a version, and it is due", hourly,
       [](Engine& engine) {
         engine.a().entries[0].title = "A title";
         list_version(engine, "v:Page number 0.");
       },
       "-", "refreshed"},
      {"its listing gives it another title, and it is not due", daily,
       [](Engine& engine) { engine.a().entries[0].title = "A title"; }, "", ""},
      {"the chunker has changed",
       with(daily, "chunker", {{"max_chunk_size", 100}, {"overlap_size", 0}}), [](Engine&) {}, "-",
       "refreshed"},
      {"the policy is never", {{"policy", "never"}}, [](Engine&) {}, "", ""},
      {"the policy is always",
       {{"policy", "always"}},
       [](Engine&) {},
       "v:Page number 0.",
       "unchanged"},
  };
  return all;
}

// Answers what it is told to.
class Told : public policy::Policy {
 public:
  base::Result<policy::Decision> decide(const policy::Known& known,
                                        base::Instant at) const override {
    if (known.uri == uri_of(failing))
      return base::fail(base::Code::policy_failed, "no idea", std::string(known.uri));
    return policy::Decision{true, "told", at};
  }
  nlohmann::json to_json() const override { return "told"; }
  bool is_pure() const override { return false; }
  int failing = -1;
};

}  // namespace

TEST_CASE("what is fetched, and on what condition, of a page that is stored") {
  for (const Fetches& one : fetches()) {
    INFO(one.what);
    Engine engine(1);
    engine.run(daily);
    CHECK(engine.fetched() == Strings{"test:/0 "});
    CHECK(engine.outcome(0) == "refreshed");
    one.meanwhile(engine);
    const sync::Report report = engine.run(one.options);
    const std::string asked = one.asked;
    if (asked.empty())
      CHECK(engine.fetched().empty());
    else
      CHECK(engine.fetched() == Strings{"test:/0 " + (asked == "-" ? std::string() : asked)});
    CHECK(engine.outcome(0) == one.outcome);
    CHECK(report.counts.skipped == (*one.outcome == 0 ? 1 : 0));
    CHECK(report.exit_code() == 0);
  }
}

TEST_CASE("a page that is confirmed is checked now, and was ingested then") {
  Engine engine(1);
  engine.run();
  const base::Instant then = engine.clock.now();
  engine.run();
  CHECK(engine.outcome(0) == "unchanged");
  CHECK(engine.root(0).ingested == then);
  CHECK(engine.root(0).checked == engine.clock.now());
}

TEST_CASE("a page that failed is asked for again though its listing bears the version stored") {
  Engine engine(1);
  engine.run();
  list_version(engine, "v:2");
  engine.a().pages[uri_of(0)] = refusing(base::Code::network);
  engine.run();
  CHECK(engine.outcome(0) == "failed: network");
  list_version(engine, "v:Page number 0.");
  engine.a().pages[uri_of(0)] = page("Page number 0.");
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Page number 0."});
  CHECK(engine.root(0).failures == 0);
}

TEST_CASE("a page that named a time is not asked for before, whatever the policy says") {
  Engine engine(1);
  engine.run();
  engine.a().pages[uri_of(0)] = refusing(base::Code::rate_limited, 90 * 60'000);
  engine.run();
  CHECK(engine.outcome(0) == "failed: rate_limited");
  engine.a().pages[uri_of(0)] = page("Another text.");
  engine.run();
  CHECK(engine.fetched().empty());
  engine.run({{"force", true}});  // a person's word
  CHECK(engine.outcome(0) == "refreshed");
}

TEST_CASE("a time to wait that is longer than any may be is cut, and passes") {
  Engine engine(1);
  engine.run();
  engine.a().pages[uri_of(0)] = refusing(base::Code::rate_limited, 1000LL * 86'400'000);
  engine.run();
  engine.a().pages[uri_of(0)] = page("Another text.");
  engine.run();
  CHECK(engine.fetched().empty());
  engine.clock.now_ = engine.clock.now_ + base::Millis(8LL * 86'400'000);
  engine.run();
  CHECK(engine.outcome(0) == "refreshed");
}

TEST_CASE("a policy that fails is a no that is told, of that root alone") {
  Engine engine(3);
  const auto told = std::make_shared<Told>();
  engine.run(Json::object(), told);
  CHECK(engine.stored().size() == 3);
  told->failing = 1;
  const sync::Report report = engine.run(Json::object(), told);
  CHECK(engine.outcome(1) == "failed: policy_failed");
  CHECK(engine.fetched().size() == 2);
  CHECK(report.exit_code() == 1);
  CHECK(engine.stored().size() == 3);
  told->failing = -1;
  CHECK(engine.run(Json::object(), told).exit_code() == 0);
  CHECK(engine.outcome(1) == "unchanged");
}

TEST_CASE("a listing stands as long as it may, and the due index alone says what is due") {
  Engine engine(3);
  const Json standing = {{"policy", {{"ttl", "90m"}}}, {"list_every", "default"}};
  engine.run(standing);
  CHECK(engine.a().asked.front() == "list ");
  engine.a().list_pages(5);
  CHECK(engine.run(standing).counts.skipped == 3);
  CHECK(engine.a().asked.empty());
  engine.run(standing);  // two hours: both are due
  CHECK(engine.a().asked.front() == "list ");
}

TEST_CASE("what is named twice is fetched once") {
  Engine engine(2);
  engine.a().entries.push_back(engine.a().entries[0]);
  const sync::Report report = engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 ", "test:/1 "});
  CHECK(report.counts.listed == 2);
  CHECK(report.counts.refreshed == 2);
}

TEST_CASE("two sources with one page fetch it once a run, and it is due for the second no more") {
  Engine engine(1);
  engine.b().list_pages(1);
  engine.b().pages = engine.a().pages;
  const sync::Report report = engine.run(hourly);
  CHECK(engine.fetched().size() == 1);
  CHECK(report.counts.refreshed == 1);
}

}  // namespace freshet::tests
