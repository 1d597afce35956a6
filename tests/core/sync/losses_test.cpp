// What is lost elsewhere when policies are put together and a refresh then fails: the wish to refresh
// (retry around a trigger), the content (a condition on what exists), or the end of refreshing (a trigger
// inside any, which nobody spends). A source fails here at each stage in turn, twice, and is mended.
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using base::Millis;
using namespace std::chrono_literals;

const std::string whole = [] {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "This is the sentence number " + std::to_string(i) + ". ";
  return text;
}();

Answer of_type(const std::string& bytes, const std::string& media_type) {
  return [=](const std::string&) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.bytes = bytes;
    fetched.media_type = media_type;
    return fetched;
  };
}

// Where a refresh goes wrong. `answer` is the page's, where the fault is in it.
struct Stage {
  const char* name;
  Answer answer;
  void (*set)(Engine&, bool broken) = [](Engine&, bool) {};
};

const std::vector<Stage>& stages() {
  static const std::vector<Stage> all = {
      {"list",
       {},
       [](Engine& engine, bool broken) {
         engine.a().failure.reset();
         if (broken) engine.a().failure = base::make_error(base::Code::network, "is down");
       }},
      {"fetch: no connection", refusing(base::Code::network)},
      {"fetch: too slow", refusing(base::Code::timeout)},
      {"fetch: too many requests", refusing(base::Code::rate_limited, 60'000)},
      {"fetch: a server's error", refusing(base::Code::remote)},
      {"fetch: not found", gone(false)},
      {"read: of no known type", of_type("\x7F\x45\x4C\x46\x02\x01", "application/x-unheard-of")},
      {"read: shrunk to a stump", page("x")},
      {"embed: a text is refused", page(whole + "This is poison.")},
      {"embed: the embedder is down", page(whole + "This is an outage.")},
      {"deliver: the store refuses",
       {},
       [](Engine& engine, bool broken) { engine.server.refuses = broken; }},
  };
  return all;
}

// Also wrapped once more, so that what is inside is reached through both kinds.
struct Composed {
  const char* name;
  const char* policy;
  bool stays_quiet;  // with nothing asked for, nothing is fetched in the hour after a refresh
};
constexpr Composed composed[] = {
    {"a trigger, tried again", R"("triggered")", true},
    {"a condition on what exists", R"({"when":[{"exists":true},{"older_than":"30m"}]})", false},
    {"a trigger inside any", R"({"any":["triggered",{"ttl":"52w"}]})", true},
    {"a trigger inside any inside all", R"({"all":["always",{"any":["triggered","never"]}]})",
     true},
};

// Fails with what is lost, where something is.
class Story {
 public:
  Story(const Composed& policy, const Stage& stage) : stage_(stage) {
    config_ = {{"policy", Json::parse(policy.policy)}, {"embedder", "size"}};
    engine_.a().pages[uri_of(0)] = page(whole + "It is old.");
    engine_.run({{"embedder", "size"}});
    before_ = engine_.root(0).content_digest;
    change("It is new.");
    engine_.trigger(0);
  }
  void fail() {
    stage_.set(engine_, true);
    const Answer good = engine_.a().pages[uri_of(0)];
    if (stage_.answer) engine_.a().pages[uri_of(0)] = stage_.answer;
    later();
    engine_.run(config_);
    engine_.a().pages[uri_of(0)] = good;
    stage_.set(engine_, false);
  }
  void mended() {
    later();
    engine_.run(config_);
  }
  void change(const std::string& text) { engine_.a().pages[uri_of(0)] = page(whole + text); }
  // Waits after failures are over.
  void later() { engine_.clock.now_ = engine_.clock.now_ + Millis(48h); }
  bool pending() {
    return engine_.repository->read()->trigger(model::root_id(uri_of(0)))->has_value();
  }
  bool committed() { return engine_.root(0).content_digest != before_; }

  Engine engine_{2};
  Json config_;

 private:
  const Stage& stage_;
  base::Digest before_;
};

}  // namespace

TEST_CASE("compound losses: neither the wish nor the content is lost, and the wish has an end") {
  for (const Composed& policy : composed)
    for (const Stage& stage : stages()) {
      INFO(policy.name << "; " << stage.name);
      Story story(policy, stage);
      Engine& engine = story.engine_;
      for (int i = 0; i < 2; ++i) {
        story.fail();
        CHECK(engine.stored().contains(uri_of(0)));  // never without content
        CHECK((engine.holds("It is old.") || (story.committed() && engine.holds("It is new."))));
        CHECK(story.pending() != story.committed());  // asked for until it is answered
      }
      story.mended();
      CHECK(engine.holds("It is new."));
      CHECK_FALSE(engine.holds("It is old."));
      CHECK_FALSE(story.pending());
      if (!policy.stays_quiet) continue;
      engine.run(story.config_);
      CHECK(engine.fetched().empty());
    }
}

}  // namespace freshet::tests
