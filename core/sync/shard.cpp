#include "core/sync/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/model/document.hpp"
#include "core/sync/other_listing.hpp"

namespace freshet::sync {
namespace {

using base::Status;

constexpr std::int64_t most_shards = 65'536;

class ShardLoader final : public OtherListing {
 public:
  ShardLoader(std::unique_ptr<ports::Loader> loader, const Shard& shard, WholeCount whole)
      : OtherListing(std::move(loader)), shard_(shard), whole_(std::move(whole)) {}

  base::Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                                    const base::Cancel& cancel) override {
    *whole_ = 0;
    ports::ListingSink own;
    own.entry = [&](ports::Entry entry) -> Status {
      ++*whole_;
      if (!shard_.has(model::root_id(entry.uri))) return {};
      return sink.entry(std::move(entry));
    };
    own.gone = [&](std::string uri) -> Status {
      if (!shard_.has(model::root_id(uri))) return {};
      return sink.gone(std::move(uri));
    };
    return loader_->list(state, own, cancel);
  }

 private:
  const Shard shard_;
  const WholeCount whole_;
};

// What was filled without a word of shards has all roots. Nothing: it has none yet.
base::Result<std::optional<repository::ShardMark>> shard_of(const repository::Snapshot& snapshot) {
  FRESHET_ASSIGN(const auto mark, snapshot.shard());
  if (mark) return mark;
  FRESHET_ASSIGN(const auto spaces, snapshot.name_spaces());
  const bool filled =
      std::any_of(spaces.begin(), spaces.end(), [](const auto& space) { return space.roots > 0; });
  return filled ? std::optional(repository::ShardMark{}) : std::nullopt;
}

}  // namespace

std::uint32_t Shard::index_of(const base::Digest& id, std::uint32_t count) {
  std::uint64_t leading = 0;
  for (std::size_t i = 0; i < 4; ++i) leading = leading << 8 | id.bytes[i];
  return static_cast<std::uint32_t>((leading * count) >> 32);
}

std::string Shard::text() const { return fmt::format("{}/{}", index, count); }

base::Result<Shard> parse_shard(const base::Json& json, const std::string& path) {
  std::int64_t index = 0, count = 0;
  base::ObjectReader in(json, path);
  in.integer("count", count, 1, most_shards);
  in.integer("index", index, 0, most_shards - 1);
  in.require("index");
  in.require("count");
  FRESHET_TRY(in.finish());
  if (index >= count)
    return base::fail(
        base::Code::invalid_argument,
        fmt::format("is {}: of {} shards the last one has the index {}", index, count, count - 1),
        base::join_path(path, "index"));
  Shard shard;
  shard.index = static_cast<std::uint32_t>(index);
  shard.count = static_cast<std::uint32_t>(count);
  return shard;
}

std::unique_ptr<ports::Loader> take_shard(std::unique_ptr<ports::Loader> loader, const Shard& shard,
                                          WholeCount whole) {
  return std::make_unique<ShardLoader>(std::move(loader), shard, std::move(whole));
}

Status settle_shard(repository::Repository& repository, const Shard& shard, bool dry_run) {
  const auto settle = [&](const repository::Snapshot& snapshot) -> base::Result<bool> {
    FRESHET_TRY(snapshot.check_settled());
    FRESHET_ASSIGN(const auto filled, shard_of(snapshot));
    if (!filled) return !shard.is_all();
    if (*filled == shard) return false;
    const Shard before{*filled};
    return base::fail(
        base::Code::invalid_argument,
        fmt::format("is {}, and the repository {} was filled as shard {}: name that one; another "
                    "number of shards is made by freshet reshard",
                    shard.text(), repository.directory(), before.text()),
        "shard");
  };
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
    FRESHET_ASSIGN(const bool is_new, settle(snapshot));
    if (!is_new || dry_run) return {};
  }
  return repository.write([&](repository::Writer& writer) -> Status {
    FRESHET_ASSIGN(const bool is_new, settle(writer.read()));
    return is_new ? writer.put_shard(shard) : Status{};
  });
}

Status refuse_to_empty(const repository::Repository& repository, const std::string& what) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto mark, snapshot.shard());
  if (!mark || mark->count == 1) return {};
  return base::fail(
      base::Code::invalid_argument,
      fmt::format(
          "{} would empty the namespace, and this is shard {}: the rows of the other shards "
          "would go, too",
          what, Shard{*mark}.text()),
      "namespace " + repository.name_space());
}

}  // namespace freshet::sync
