#include "core/sync/contents.hpp"

#include <unordered_map>

#include "core/model/record.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t most_compared = 200;  // rows whose texts are in memory at once

}  // namespace

Contents::Contents(const repository::Repository& repository, ports::Store& store,
                   repository::TargetNumber target, std::string name, std::string model,
                   const base::Cancel& cancel, OnDamaged on_damaged)
    : repository_(repository),
      store_(store),
      target_(target),
      name_(std::move(name)),
      model_(std::move(model)),
      cancel_(cancel),
      on_damaged_(std::move(on_damaged)) {}

base::Status Contents::add(const base::Digest& id) {
  batch_.push_back(id);
  return batch_.size() < most_compared ? base::Status{} : compare_batch();
}

base::Status Contents::finish() { return compare_batch(); }

base::Status Contents::compare_batch() {
  const std::vector<base::Digest> ids = std::exchange(batch_, {});
  if (ids.empty() || !able_) return {};
  std::vector<std::string> names;
  for (const base::Digest& id : ids) names.push_back(id.hex());
  auto rows = store_.get(name_, names, cancel_);
  able_ = rows || rows.error().code != base::Code::unsupported;
  if (!able_) return {};
  if (!rows) return base::fail(std::move(rows).error());
  std::unordered_map<std::string_view, const ports::Hit*> by_id;
  for (const ports::Hit& row : *rows) by_id.emplace(row.id, &row);
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = by_id.find(names[i]);
    FRESHET_ASSIGN(const bool damaged,
                   is_damaged(snapshot, ids[i], found == by_id.end() ? nullptr : found->second));
    if (damaged) FRESHET_TRY(on_damaged_(ids[i]));
  }
  compared_ += ids.size();
  return {};
}

// A row that a run has changed since it was listed is nothing to compare.
base::Result<bool> Contents::is_damaged(const repository::Snapshot& snapshot,
                                        const base::Digest& id, const ports::Hit* row) const {
  FRESHET_ASSIGN(const auto chunk, snapshot.chunk(id));
  FRESHET_ASSIGN(const auto delivered, snapshot.delivered(id, target_));
  if (!chunk || delivered != chunk->record_digest) return false;
  if (row == nullptr) return true;
  if (row->digest != delivered->hex()) return false;
  FRESHET_ASSIGN(const auto root, snapshot.root(chunk->root));
  if (!root) return false;
  const model::Record kept = {row->text, row->uri, row->title, row->url, row->path, row->metadata};
  if (!model::holds(kept, chunk->chunk, root->uri, root->title)) return true;
  if (row->vector.empty() || model_.empty()) return false;
  FRESHET_ASSIGN(const auto vector, snapshot.vector(model_, base::digest_of(chunk->chunk.text)));
  return !vector.empty() && !model::same_direction(row->vector, vector);
}

}  // namespace freshet::sync
