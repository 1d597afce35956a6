#include "core/sync/contents.hpp"

#include <algorithm>

#include "core/model/embedded.hpp"
#include "core/model/record.hpp"
#include "core/repository/target_model.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t most_compared = 200;  // rows whose texts are in memory at once
constexpr int most_waits = 3;               // in one verification, whatever is missing
constexpr base::Millis for_late_rows{300};

}  // namespace

Contents::Contents(const repository::Repository& repository, ports::Store& store,
                   repository::TargetNumber target, std::string name, const std::string& model,
                   const base::Cancel& cancel, OnFault on_fault)
    : repository_(repository),
      store_(store),
      target_(target),
      name_(std::move(name)),
      model_(repository::embedder_model(model)),
      titles_(repository::embeds_titles(model)),
      cancel_(cancel),
      on_fault_(std::move(on_fault)) {}

base::Status Contents::add(const base::Digest& id) {
  batch_.push_back(id);
  return batch_.size() < most_compared ? base::Status{} : compare_batch();
}

base::Status Contents::add_absent(const base::Digest& id) {
  absent_.insert(id);
  return add(id);
}

base::Status Contents::finish() { return compare_batch(); }

base::Status Contents::compare_batch() {
  const std::vector<base::Digest> ids = std::exchange(batch_, {});
  const std::unordered_set<base::Digest> not_listed = std::exchange(absent_, {});
  Rows rows;
  if (able_ && !ids.empty()) FRESHET_TRY(ask(ids, rows));
  while (able_ && rows.size() < ids.size() && wait_for_late_rows()) {
    std::vector<base::Digest> late;
    for (const base::Digest& id : ids)
      if (!rows.contains(id)) late.push_back(id);
    FRESHET_TRY(ask(late, rows));
  }
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  for (const base::Digest& id : ids) {
    if (!able_ && !not_listed.contains(id)) continue;
    FRESHET_ASSIGN(const auto fault, fault_of(snapshot, id, rows));
    if (fault) FRESHET_TRY(on_fault_(*fault, id));
  }
  compared_ += rows.size();
  return {};
}

// A namespace that the store lost has none of them.
base::Status Contents::ask(const std::vector<base::Digest>& ids, Rows& rows) {
  std::vector<std::string> names;
  for (const base::Digest& id : ids) names.push_back(id.hex());
  auto got = store_.get(name_, names, cancel_);
  able_ = got || got.error().code != base::Code::unsupported;
  if (!got && able_ && got.error().code != base::Code::not_found)
    return base::fail(std::move(got).error());
  if (!got) return {};
  for (ports::Hit& row : *got)
    if (const auto id = base::Digest::from_hex(row.id)) rows.emplace(*id, std::move(row));
  return {};
}

bool Contents::wait_for_late_rows() {
  if (waits_ == most_waits || cancel_.requested()) return false;
  ++waits_;
  repository_.machine().executor.pause(for_late_rows);
  return true;
}

// A row that a run has changed meanwhile is nothing to compare.
base::Result<std::optional<Fault>> Contents::fault_of(const repository::Snapshot& snapshot,
                                                      const base::Digest& id,
                                                      const Rows& rows) const {
  FRESHET_ASSIGN(const auto chunk, snapshot.chunk(id));
  FRESHET_ASSIGN(const auto delivered, snapshot.delivered(id, target_));
  if (!chunk || delivered != chunk->record_digest) return std::nullopt;
  const auto found = rows.find(id);
  if (found == rows.end()) return Fault::missing;
  const ports::Hit& row = found->second;
  if (model::RowMark::read(row.digest).record != *delivered) return Fault::stale;
  FRESHET_ASSIGN(const auto root, snapshot.root(chunk->root));
  if (!root) return std::nullopt;
  const model::Record kept = {row.text, row.uri, row.title, row.url, row.path, row.metadata};
  if (!model::holds(kept, chunk->chunk, root->uri, root->title)) return Fault::damaged;
  if (row.vector.empty() || model_.empty()) return std::nullopt;
  const std::string text =
      titles_ ? model::with_titles(chunk->chunk, root->title) : chunk->chunk.text;
  FRESHET_ASSIGN(const auto vector, snapshot.vector(model_, base::digest_of(text)));
  const bool same = vector.empty() || model::same_direction(row.vector, vector);
  return same ? std::nullopt : std::optional(Fault::damaged);
}

}  // namespace freshet::sync
