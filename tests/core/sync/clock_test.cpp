// A clock that was ahead costs at most one extra refresh: a time in the future never counts as
// done, fresh or owned, in whatever record it stands.
#include <atomic>

#include "core/sync/engine.hpp"
#include "tests/core/host/support.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Instant;
using base::Millis;

constexpr Instant start{1'700'000'000'000};
constexpr Millis minute{60'000}, hour{3'600'000}, ten_years{3650LL * 24 * 3'600'000};
constexpr std::uint64_t pages = 5;
const Json always = "always", day = {{"ttl", "24h"}}, second = {{"ttl", "1s"}},
           day_stored = {{"ttl", "24h"}, {"from", "ingested"}};

class WallClock : public ports::Clock {
 public:
  Instant now() const override { return {wall.load()}; }
  Millis monotonic() const override { return Millis(ticks.load()); }
  // What a clock shows that is `by` ahead of the right one.
  void set(Millis since_start, Millis by = Millis(0)) {
    wall = (start + since_start + by).ms;
    ticks = 1'000'000 + (since_start + by).count();
  }
  std::atomic<std::int64_t> wall{start.ms}, ticks{1'000'000};
};

// A folder of five pages, its repository, and runs at a time that the test sets.
class Site {
 public:
  Site() : world_({testing::built_plugins()}) {
    std::filesystem::create_directory(folder_ / "docs");
    repository_ = open(clock_);
    publish(1);
  }

  std::shared_ptr<repository::Repository> open(const ports::Clock& clock) const {
    auto opened = repository::Repository::open(folder_ / "r", {}, clock);
    if (!opened) FAIL(base::to_string(opened.error()));
    return *opened;
  }
  void publish(int edition) const {
    for (std::uint64_t i = 0; i < pages; ++i)
      page(i, "# Page " + std::to_string(i) + "\n\nThis is edition" + std::to_string(edition) +
                  " of it.\n");
  }
  void page(std::uint64_t number, const std::string& text) const {
    std::ofstream(folder_ / ("docs/" + std::to_string(number) + ".md")) << text;
  }
  Report run(const Json& policy, const char* flag = nullptr) {
    Json json{{"policy", policy},
              {"sources", {{{"loader", "files"}, {"options", {{"path", folder_ / "docs"}}}}}}};
    if (flag != nullptr) json[flag] = true;
    auto config = parse_run(json);
    if (!config) FAIL(base::to_string(config.error()));
    auto report = sync::run({*repository_, world_.plugins, world_.http}, *config, {}, {});
    if (!report) FAIL(base::to_string(report.error()));
    for (const base::Error& error : report->errors) UNSCOPED_INFO(base::to_string(error));
    CHECK(report->errors.empty());
    CHECK(report->counts.pending == 0);
    return *std::move(report);
  }
  std::vector<repository::Root> roots() const { return *repository_->read()->list_roots({}, 100); }
  // How many pages are stored as this edition.
  std::uint64_t stored(int edition) const {
    std::uint64_t count = 0;
    const auto snapshot = repository_->read();
    for (const auto& root : roots()) {
      const auto chunks = *snapshot->chunks_of(root.id);
      for (const auto& chunk : chunks)
        count += chunk.chunk.text.find("edition" + std::to_string(edition)) != std::string::npos;
    }
    return count;
  }

  tests::Folder folder_;
  WallClock clock_;
  testing::World world_;
  std::shared_ptr<repository::Repository> repository_;
};

void write(repository::Repository& repository,
           const std::function<base::Status(repository::Writer&)>& work) {
  const base::Status status = repository.write(work);
  if (!status) FAIL(base::to_string(status.error()));
}

}  // namespace

TEST_CASE("after a run while the clock was ahead, everything is refreshed once, and then no more") {
  const char* const flags[] = {nullptr, "force", "rebuild"};
  for (const Millis ahead : {hour * 2, ten_years})
    for (const Json& policy : {always, second, day, day_stored})
      for (const char* flag : flags) {
        INFO("ahead by " << base::format_duration(ahead) << ", policy " << policy.dump() << ", "
                         << (flag != nullptr ? flag : "plain"));
        Site site;
        site.run(policy);
        site.clock_.set(minute, ahead);
        site.publish(2);
        CHECK(site.run(policy, "force").counts.refreshed == pages);
        site.clock_.set(minute * 2);
        site.publish(3);
        const Counts counts = site.run(policy, flag).counts;
        CHECK(counts.refreshed == pages);
        CHECK(counts.busy + counts.skipped + counts.failed == 0);
        CHECK(site.stored(3) == pages);
        site.clock_.set(minute * 2 + Millis(500));
        const Counts after = site.run(policy).counts;
        CHECK(after.refreshed + after.busy + after.failed == 0);
        CHECK((policy == always ? after.unchanged : after.skipped) == pages);
      }
}

TEST_CASE("what is unchanged after the clock was ahead is confirmed once, and then fresh") {
  for (const Json& policy : {day, day_stored}) {
    INFO(policy.dump());
    Site site;
    site.clock_.set(minute, ten_years);
    site.run(policy);
    site.clock_.set(minute * 2);
    CHECK(site.run(policy).counts.unchanged == pages);
    site.clock_.set(minute * 3);
    const Report after = site.run(policy);
    CHECK(after.counts.skipped == pages);
    CHECK_FALSE(after.sources[0].listed);
    for (const auto& root : site.roots()) {
      CHECK(root.ask_again > site.clock_.now());
      CHECK(root.ask_again <= site.clock_.now() + hour * 24);
      CHECK(root.ingested <= site.clock_.now());
      CHECK(root.changed <= site.clock_.now());
    }
  }
}

TEST_CASE("no instant that a clock which was ahead has left anywhere is believed") {
  using repository::Writer;
  struct Row {
    const char* what;
    Json policy;
    std::uint64_t refreshed;  // of the five, by the next run
    std::function<base::Status(Writer&, const repository::Root&, Instant now)> leave;
  };
  const auto failing = [](base::Code code, std::int64_t hold) {
    return [=](Writer& writer, const repository::Root& root, Instant now) {
      repository::Failure failure;
      failure.uri = root.uri;
      failure.error = {code, "asked too often", "", hold, 1, nullptr};
      failure.now = now;
      failure.ask_again = repository::fixed(now + Millis(hold));
      return writer.fail(failure);
    };
  };
  const std::vector<Row> rows{
      {"checked", day, 1,
       [](Writer& writer, const auto& root, Instant now) {
         repository::Touch touch;
         touch.root = root.id;
         touch.now = now;
         touch.ask_again = repository::fixed(now + hour * 24);
         return writer.touch(touch);
       }},
      {"the time to ask again", day, 0,
       [](Writer& writer, const auto& root, Instant now) {
         return writer.set_ask_again(root.id, repository::fixed(now + hour));
       }},
      {"failed", always, pages, failing(base::Code::network, 60'000)},
      {"a hold of the server", always, pages, failing(base::Code::rate_limited, 3'600'000)},
      {"a hold without end", always, pages, failing(base::Code::rate_limited, ten_years.count())},
      {"listed", day, 0,
       [](Writer& writer, const auto&, Instant now) -> base::Status {
         FRESHET_ASSIGN(auto sources, writer.read().sources());
         sources[0].listed = now;
         return writer.put_source(sources[0]);
       }},
      {"a lease", always, pages,
       [](Writer& writer, const auto& root, Instant) {
         return writer.lease({&root.id, 1}, base::digest_of("another run"), Millis(60'000), {})
             .map([](auto&&) {});
       }},
      {"the lease of the delivery", always, pages,
       [](Writer& writer, const auto&, Instant) {
         const base::Digest delivery = base::digest_of("freshet:delivery");
         return writer.lease({&delivery, 1}, base::digest_of("another run"), Millis(60'000), {})
             .map([](auto&&) {});
       }},
  };
  for (const Row& row : rows)
    for (const Millis ahead : {hour * 2, ten_years}) {
      INFO(row.what << ", ahead by " << base::format_duration(ahead));
      Site site;
      site.run(row.policy);
      const repository::Root root = site.roots().front();
      WallClock wrong;
      wrong.set(minute, ahead);
      write(*site.open(wrong),
            [&](Writer& writer) { return row.leave(writer, root, wrong.now()); });
      site.clock_.set(minute * 2);
      site.publish(2);
      const Report report = site.run(row.policy);
      CHECK(report.sources[0].listed);
      CHECK(report.counts.refreshed == row.refreshed);
      CHECK(report.counts.skipped == pages - row.refreshed);
      CHECK(report.counts.busy + report.counts.failed == 0);
      for (const auto& each : site.roots()) CHECK(each.ask_again <= site.clock_.now() + hour * 24);
      site.clock_.set(minute * 3);
      const Counts after = site.run(row.policy).counts;
      CHECK(after.refreshed + after.busy + after.failed == 0);
    }
}

TEST_CASE("a hold that was given by a right clock is kept when the clock was ahead since") {
  Site site;
  site.run(always);
  const repository::Root root = site.roots().front();
  write(*site.repository_, [&](repository::Writer& writer) {
    repository::Failure failure;
    failure.uri = root.uri;
    failure.error = {base::Code::rate_limited, "asked too often", "", 3'600'000, 1, nullptr};
    failure.now = site.clock_.now();
    failure.ask_again = repository::fixed(site.clock_.now() + hour);
    return writer.fail(failure);
  });
  WallClock wrong;
  wrong.set(minute, ten_years);
  write(*site.open(wrong), [](repository::Writer& writer) { return writer.put_run("{}"); });
  site.clock_.set(minute * 2);
  CHECK(site.run(always).counts.skipped == 1);
}

TEST_CASE("what is never to be refreshed again stays so") {
  Site site;
  site.run("never");
  WallClock wrong;
  wrong.set(minute, ten_years);
  write(*site.open(wrong), [](repository::Writer& writer) { return writer.put_run("{}"); });
  site.clock_.set(minute * 2);
  CHECK(site.run("never").counts.skipped == pages);
  for (const auto& root : site.roots()) CHECK(root.ask_again == base::never);
}

TEST_CASE("a plan after the clock was ahead lists again, and changes nothing") {
  Site site;
  site.run(day);
  WallClock wrong;
  wrong.set(minute, ten_years);
  write(*site.open(wrong), [](repository::Writer& writer) { return writer.put_run("{}"); });
  site.clock_.set(minute * 2);
  for (int i = 0; i < 2; ++i) CHECK(site.run(day, "dry_run").sources[0].listed);
  CHECK(site.run(day).sources[0].listed);
  CHECK_FALSE(site.run(day).sources[0].listed);
}

TEST_CASE("a page that shrank after the clock was ahead is believed in the end") {
  Site site;
  const std::string heading = "# Page 0\n\n";
  site.page(0, heading + std::string(3000, 'x') + "\n");
  site.clock_.set(minute, ten_years);
  site.run(always);
  site.page(0, heading + "short\n");
  for (int i = 2; i < 4; ++i) {
    site.clock_.set(minute * i);
    CHECK(site.run(always).counts.failed == 1);
  }
  site.clock_.set(minute * 4);
  CHECK(site.run(always).counts.refreshed == 1);
}

}  // namespace freshet::sync
