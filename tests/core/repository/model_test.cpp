// Random operations against a plain model of what must come of them, then check().
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

struct ModelRoot {
  std::optional<Made> made;
  std::int64_t ask_again = 0;
  std::uint32_t failures = 0;
  std::string alias_of;
};

class Model {
 public:
  Model(const std::string& directory, std::uint32_t seed) : directory_(directory), random_(seed) {
    repository_ = test::open(directory_);
    put(*repository_, [](Writer& writer) {
      return writer.put_target({"store", "{}", "", "", "", 0});
    });
    for (int s = 0; s < 2; ++s) {
      Source source;
      source.id = base::digest_of("source" + std::to_string(s));
      source.name = std::to_string(s);
      put(*repository_, [&](Writer& writer) { return writer.put_source(source); });
      sources_.push_back(source.id);
    }
  }

  void step() {
    switch (pick(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return put_document();
      case 6:
      case 7:
        return fail();
      case 8:
      case 9:
        return touch();
      case 10:
        return alias();
      case 11:
      case 12:
        return remove();
      case 13:
        return ask_again();
      case 14:
      case 15:
        return see();
      case 16:
        return leave();
      case 17:
        return deliver_some();
      case 18:
        return aborted();
      default:
        return reopen();
    }
  }

  void compare() {
    const Snapshot snapshot = read(*repository_);
    std::uint64_t documents = 0, chunks = 0, failing = 0, elements = 0;
    for (const auto& [uri, expected] : roots_) {
      INFO(uri);
      const auto root = snapshot.root(model::root_id(uri));
      REQUIRE((root && *root));
      CHECK((*root)->ask_again.ms == expected.ask_again);
      CHECK((*root)->failures == expected.failures);
      CHECK((*root)->alias_of == expected.alias_of);
      CHECK((*root)->exists() == expected.made.has_value());
      failing += expected.failures > 0 ? 1 : 0;
      const auto document = snapshot.document(uri);
      REQUIRE(document);
      REQUIRE(document->has_value() == expected.made.has_value());
      const auto stored = snapshot.chunks_of(model::root_id(uri));
      REQUIRE(stored);
      if (!expected.made) {
        CHECK(stored->empty());
        continue;
      }
      ++documents;
      CHECK((*root)->length == model::text_of(expected.made->document).size());
      CHECK((*root)->handle == "of " + uri);
      CHECK((*root)->loader_metadata == R"({"size":1})");
      CHECK(model::to_json(**document) == model::to_json(expected.made->document));
      REQUIRE(stored->size() == expected.made->chunks.size());
      for (std::size_t i = 0; i < stored->size(); ++i)
        CHECK((*stored)[i].chunk.text == expected.made->chunks[i].text);
      chunks += stored->size();
      elements += snapshot.elements_of(model::root_id(uri))->size();
    }
    const auto info = snapshot.info();
    REQUIRE(info);
    CHECK(info->roots == roots_.size());
    CHECK(info->documents == documents);
    CHECK(info->chunks == chunks);
    CHECK(info->elements == elements);
    CHECK(info->failing == failing);
    compare_due(snapshot);
    compare_members(snapshot);
    check(*repository_);
  }

  // The store, brought in step, holds exactly the chunks that are there (law 5).
  void drain() {
    while (deliver(1000) > 0) {
    }
    const Snapshot snapshot = read(*repository_);
    std::map<Digest, Digest> wanted;
    for (const auto& [uri, root] : roots_) {
      const auto chunks = snapshot.chunks_of(model::root_id(uri));
      for (const StoredChunk& stored : *chunks) wanted[stored.chunk.id] = stored.record_digest;
    }
    CHECK(store_ == wanted);
  }

 private:
  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  std::string uri() { return "u:" + std::to_string(pick(30)); }
  std::int64_t time() {
    return pick(50) == 0 ? base::never.ms : static_cast<std::int64_t>(pick(1000));
  }

  void write(const std::function<Status(Writer&)>& work) { put(*repository_, work); }

  Made random_document(const std::string& name) {
    Leaves leaves;
    for (std::size_t i = pick(6); i > 0; --i)
      leaves.emplace_back(
          "t" + std::to_string(pick(4)),
          std::string(pick(20) == 0 ? 9000 : 1 + pick(40), static_cast<char>('a' + pick(3))));
    return make(name, leaves, "title" + std::to_string(pick(2)));
  }

  void put_document() {
    const std::string name = uri();
    const Made made = random_document(name);
    const std::int64_t at = time();
    put(*repository_, made, {1 + static_cast<std::int64_t>(pick(1000))}, {at});
    roots_[name] = {made, at, 0, ""};
  }

  void fail() {
    Failure failure;
    failure.uri = uri();
    const std::int64_t at = time();
    failure.ask_again = fixed({at});
    failure.now = {5};
    write([&](Writer& writer) { return writer.fail(failure); });
    ModelRoot& root = roots_[failure.uri];
    ++root.failures;
    root.ask_again = at;
  }

  void touch() {
    const std::string name = uri();
    Touch touch;
    touch.root = model::root_id(name);
    touch.now = {6};
    const std::int64_t at = time();
    touch.ask_again = fixed({at});
    const Status status = repository_->write([&](Writer& writer) { return writer.touch(touch); });
    const auto found = roots_.find(name);
    CHECK(status.has_value() == (found != roots_.end()));
    if (found == roots_.end()) return;
    found->second.failures = 0;
    found->second.ask_again = at;
  }

  void alias() {
    const std::string name = uri(), target = uri();
    if (name == target) return;
    const std::int64_t at = time();
    write([&](Writer& writer) {
      return writer.put_alias({name, target, "", {}, {7}, fixed({at}), {}});
    });
    roots_[name] = {std::nullopt, at, 0, target};
  }

  void remove() {
    const std::string name = uri();
    write([&](Writer& writer) -> Status {
      FRESHET_ASSIGN(const auto removed, writer.remove_root(model::root_id(name)));
      CHECK(removed.has_value() == roots_.contains(name));
      return {};
    });
    roots_.erase(name);
    for (const Digest& source : sources_) members_.erase({source, model::root_id(name)});
  }

  void ask_again() {
    const std::string name = uri();
    if (!roots_.contains(name)) return;
    roots_[name].ask_again = time();
    write([&](Writer& writer) {
      return writer.set_ask_again(model::root_id(name), fixed({roots_[name].ask_again}));
    });
  }

  void see() {
    const Digest source = sources_[pick(2)];
    const std::uint64_t generation = ++generation_;
    std::vector<Digest> listed;
    for (std::size_t i = pick(10); i > 0; --i) {
      const std::string name = uri();
      listed.push_back(model::root_id(name));
      members_[{source, listed.back()}] = generation;
      if (roots_.contains(name) && !roots_[name].alias_of.empty())
        members_[{source, model::root_id(roots_[name].alias_of)}] = generation;
    }
    write([&](Writer& writer) -> Status {
      FRESHET_TRY(writer.see(source, generation, listed));
      return {};
    });
  }

  void leave() {
    const Digest source = sources_[pick(2)], root = model::root_id(uri());
    members_.erase({source, root});
    const bool others = std::any_of(sources_.begin(), sources_.end(), [&](const Digest& s) {
      return members_.contains({s, root});
    });
    write([&](Writer& writer) -> Status {
      FRESHET_ASSIGN(const bool orphan, writer.leave(source, root));
      CHECK(orphan == !others);
      return {};
    });
  }

  // As a store would: applies what is right now, and confirms it; now and then the answer is lost.
  std::size_t deliver(std::size_t limit) {
    const Snapshot snapshot = read(*repository_);
    const auto rows = snapshot.deliveries(0, limit);
    std::vector<Confirmation> confirmations;
    for (const Delivery& row : *rows) {
      const auto chunk = snapshot.chunk(row.chunk);
      const Digest record = *chunk ? (*chunk)->record_digest : Digest{};
      if (*chunk)
        store_[row.chunk] = record;
      else
        store_.erase(row.chunk);
      if (pick(5) > 0) confirmations.push_back({{row.sequence, row.chunk, !*chunk}, record});
    }
    write([&](Writer& writer) { return writer.confirm(confirmations); });
    return rows->size();
  }
  void deliver_some() { deliver(1 + pick(10)); }

  void aborted() {
    const Made made = random_document(uri());
    CHECK_FALSE(repository_->write([&](Writer& writer) -> Status {
      FRESHET_TRY(writer.put_document(write_of(made)));
      return base::fail(Code::cancelled, "on purpose");
    }));
  }

  void reopen() {
    repository_.reset();
    repository_ = test::open(directory_);
  }

  void compare_due(const Snapshot& snapshot) {
    std::multiset<std::int64_t> expected, found;
    for (const auto& [name, root] : roots_)
      if (root.ask_again <= 500) expected.insert(root.ask_again);
    const auto due = snapshot.due({500}, 1000);
    REQUIRE(due);
    std::int64_t last = INT64_MIN;
    for (const Digest& id : *due) {
      const std::int64_t at = (*snapshot.root(id))->ask_again.ms;
      CHECK(at >= last);
      last = at;
      found.insert(at);
    }
    CHECK(found == expected);
    for (const std::int64_t now : {-1, 100, 500, 900, 100'000}) compare_counts(snapshot, {now});
  }

  // By whichever end of the index the counting comes to.
  void compare_counts(const Snapshot& snapshot, Instant now) {
    std::uint64_t all = 0, failing = 0;
    for (const auto& [name, root] : roots_) {
      if (root.ask_again == base::never.ms || root.ask_again > now.ms) continue;
      ++all;
      failing += root.failures > 0 ? 1 : 0;
    }
    CHECK(*snapshot.count_due(now) == all);
    const auto counted = snapshot.count_due_failing(now);
    REQUIRE(counted);
    CHECK(counted->all == all);
    CHECK(counted->failing == failing);
  }

  void compare_members(const Snapshot& snapshot) {
    for (const Digest& source : sources_) {
      std::uint64_t count = 0, unseen = 0;
      for (const auto& [member, generation] : members_) {
        if (member.first != source) continue;
        ++count;
        unseen += generation != generation_ ? 1 : 0;
        CHECK(*snapshot.is_member(source, member.second));
      }
      CHECK((*snapshot.source(source))->members == count);
      CHECK(*snapshot.count_unseen(source, generation_) == unseen);
    }
  }

  const std::string directory_;
  std::mt19937 random_;
  std::shared_ptr<Repository> repository_;
  std::vector<Digest> sources_;
  std::uint64_t generation_ = 0;
  std::map<std::string, ModelRoot> roots_;
  std::map<std::pair<Digest, Digest>, std::uint64_t> members_;
  std::map<Digest, Digest> store_;
};

}  // namespace

TEST_CASE("random operations do what a plain model says") {
  const char* const chosen = std::getenv("FRESHET_TEST_SEED");
  const auto first =
      chosen != nullptr ? static_cast<std::uint32_t>(std::strtoul(chosen, nullptr, 10)) : 1u;
  for (std::uint32_t seed = first; seed < first + 4; ++seed) {
    INFO("FRESHET_TEST_SEED=" << seed);
    TempDir dir;
    Model model(dir / "r", seed);
    for (int i = 1; i <= 1000; ++i) {
      model.step();
      if (i % 100 == 0) model.compare();
    }
    model.drain();
    model.compare();
  }
}

}  // namespace freshet::repository::test
