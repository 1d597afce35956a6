// When a root is asked about again: by what is true of it in the commit.
#include "core/sync/schedule.hpp"

#include "core/base/json.hpp"
#include "core/sync/known.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Instant;
using base::Millis;
using repository::Writer;

constexpr Instant now{1'700'000'000'000};
const std::string uri = "https://example.org/a", target = "https://example.org/b";

// Answers what it is told to, and counts. `pure` or not.
class Fake : public policy::Policy {
 public:
  explicit Fake(bool pure) : pure_(pure) {}
  base::Result<policy::Decision> decide(const policy::Known& known, Instant) const override {
    ++asked;
    flags = known.flags;
    if (fails) return base::fail(base::Code::policy_failed, "no idea");
    return policy::Decision{false, "", again};
  }
  nlohmann::json to_json() const override { return "fake"; }
  bool is_pure() const override { return pure_; }

  mutable int asked = 0;
  mutable std::string flags;
  bool fails = false;
  Instant again = now + Millis(5000);

 private:
  const bool pure_;
};

struct Change {
  const char* what;
  // What is expected of the root, and the change itself.
  std::function<policy::OwnedKnown(const KnownRoot&)> expect;
  std::function<base::Status(Writer&, const repository::Schedule&)> apply;
};

base::Status store(Writer& writer, const model::Document& document, Instant at,
                   const repository::Schedule& ask_again) {
  const std::vector<model::Chunk> chunks = tests::chunks_of(document);
  repository::DocumentWrite write;
  write.document = &document;
  write.chunks = &chunks;
  write.content_digest = model::content_digest(document);
  write.now = at;
  write.ask_again = ask_again;
  return writer.put_document(write).map([](auto&&) {});
}

model::Document document(const char* text) {
  model::Document made = tests::document(uri, {text});
  made.metadata["lang"] = text;
  return made;
}

Change storing(const char* what, const char* text) {
  return {what,
          [=](const KnownRoot& root) {
            const model::Document made = document(text);
            return when_stored(root, made, model::content_digest(made), now);
          },
          [=](Writer& writer, const repository::Schedule& ask_again) {
            return store(writer, document(text), now, ask_again);
          }};
}

Change naming(const char* what, const std::string& other) {
  return {what, [=](const KnownRoot& root) { return when_alias(root, other, now); },
          [=](Writer& writer, const repository::Schedule& ask_again) {
            return writer.put_alias({uri, other, "", {}, now, ask_again, {}});
          }};
}

const std::vector<Change>& changes() {
  const auto confirmed = [](const KnownRoot& root) { return when_confirmed(root, now); };
  static const std::vector<Change> all{
      storing("stored", "one"),
      storing("other content", "two"),
      naming("an alias", target),
      naming("an alias of another", "https://example.org/c"),
      {"declined", confirmed,
       [](Writer& writer, const repository::Schedule& ask_again) {
         return writer.decline({uri, now, ask_again, {}});
       }},
      {"confirmed", confirmed, [](Writer& writer, const repository::Schedule& ask_again) {
         repository::Touch touch;
         touch.root = model::root_id(uri);
         touch.now = now;
         touch.ask_again = ask_again;
         return writer.touch(touch);
       }}};
  return all;
}

struct State {
  const char* what;
  std::function<base::Status(Writer&)> make;
};

// All that a root can be, dated before and, by a clock that was ahead, after.
std::vector<State> states(Instant at) {
  return {
      {"unknown", [](Writer&) { return base::Status(); }},
      {"declined",
       [=](Writer& writer) {
         return writer.decline({uri, at, {}, {}});
       }},
      {"stored", [=](Writer& writer) { return store(writer, document("one"), at, {}); }},
      {"flagged",
       [=](Writer& writer) -> base::Status {
         FRESHET_TRY(store(writer, document("one"), at, {}));
         return writer.set_flags(uri, R"({"priority":"high"})");
       }},
      {"an alias",
       [=](Writer& writer) -> base::Status {
         FRESHET_TRY(store(writer, tests::document(target, {"text"}), at, {}));
         return writer.put_alias({uri, target, "", {}, at, {}, {}});
       }},
  };
}

void commit(repository::Repository& repository, const std::function<base::Status(Writer&)>& work) {
  const base::Status status = repository.write(work);
  if (!status) FAIL(base::to_string(status.error()));
}

}  // namespace

TEST_CASE("what is expected of a root is what the commit makes of it") {
  for (const Instant at : {now + Millis(-1000), now + Millis(1000)})
    for (const State& state : states(at))
      for (const Change& change : changes()) {
        if (state.what == std::string("unknown") && change.what == std::string("confirmed"))
          continue;
        INFO(state.what << ", then " << change.what);
        tests::Folder folder;
        const auto repository = tests::open_repository(folder / "r");
        commit(*repository, state.make);
        const auto before = know(*repository, uri);
        REQUIRE(before);
        const policy::OwnedKnown expected = change.expect(*before);
        policy::OwnedKnown found;
        commit(*repository, [&](Writer& writer) {
          return change.apply(writer, [&](const repository::Root& after) {
            found = policy::owned(known_of(after));
            return now;
          });
        });
        CHECK(found.exists == expected.exists);
        CHECK(found.ingested.ms == expected.ingested.ms);
        CHECK(found.changed.ms == expected.changed.ms);
        CHECK(found.metadata == expected.metadata);
        CHECK(found == expected);
      }
}

TEST_CASE("a pure policy is asked in the commit, an application's before it") {
  tests::Folder folder;
  const auto repository = tests::open_repository(folder / "r");
  commit(*repository, [](Writer& writer) { return store(writer, document("one"), now, {}); });
  for (const bool pure : {true, false})
    for (const bool flagged : {false, true}) {
      INFO("pure " << pure << ", flagged meanwhile " << flagged);
      const auto fake = std::make_shared<Fake>(pure);
      const auto root = know(*repository, uri);
      const repository::Schedule ask_again = schedule(fake, when_confirmed(*root, now), now);
      CHECK(fake->asked == (pure ? 0 : 1));
      if (flagged)
        commit(*repository, [&](Writer& writer) {
          return writer.set_flags(uri, pure ? R"({"by":"one"})" : R"({"by":"another"})");
        });
      Instant found;
      commit(*repository, [&](Writer& writer) {
        return changes().back().apply(
            writer, [&](const repository::Root& after) { return found = ask_again(after); });
      });
      CHECK(fake->asked == 1);
      CHECK(found == (pure || !flagged ? fake->again : now));
      if (pure && flagged) CHECK(fake->flags == R"({"by":"one"})");
    }
}

TEST_CASE("where a policy fails, it is asked again soon") {
  const auto fake = std::make_shared<Fake>(false);
  fake->fails = true;
  policy::OwnedKnown known;
  known.uri = uri;
  repository::Root root;
  root.uri = uri;
  CHECK(schedule(fake, known, now)(root) == now + Millis(60'000));
}

TEST_CASE("failures in a row are tried again later and later, a day at most") {
  const auto wait = [](std::uint32_t failures, std::int64_t hint = -1) {
    repository::Root root;
    root.failures = failures;
    return retry_schedule({base::Code::network, "", "", hint, 0, nullptr}, now)(root) - now;
  };
  CHECK(wait(1) == Millis(60'000));
  CHECK(wait(2) == Millis(120'000));
  CHECK(wait(40) == Millis(86'400'000));
  CHECK(wait(UINT32_MAX) == Millis(86'400'000));
  CHECK(wait(1, 600'000) == Millis(600'000));
  CHECK(wait(1, INT64_MAX) == longest_hold);
}

}  // namespace freshet::sync
