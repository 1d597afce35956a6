// core/repository/writer_sources.cpp - sources, and who belongs to them.
#include <fmt/format.h>

#include <algorithm>

#include "core/repository/exclusions.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/sources.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

// When the root is to be asked again; never where it is not known yet.
Result<Instant> ask_again(const Transaction& transaction, const Digest& root) {
  FRESHET_ASSIGN(const auto view,
                 transaction.record<RootView>(Db::roots, transaction.key().add(root)));
  return view ? view->ask_again : base::never;
}

// One listing's marks.
class Marker {
 public:
  Marker(Transaction& transaction, const Digest& source, std::uint64_t generation,
         bool any_excluded)
      : transaction_(transaction),
        source_(source),
        generation_(generation),
        any_excluded_(any_excluded) {}

  // True where this listing had named it before.
  Result<bool> mark(const Digest& root, bool by_name) {
    FRESHET_ASSIGN(const bool excluded, is_excluded(root));
    if (excluded) return false;
    const Key key = transaction_.key<SeenKey>(source_, root);
    FRESHET_ASSIGN(const auto before, transaction_.record<Sight>(Db::seen, key));
    const bool named = before && before->named == generation_;
    if (before && before->seen >= generation_ && (named || !by_name)) return named;
    // Two listings may run at once, in two processes: an older one never takes back what a newer
    // one saw.
    Sight sight = before.value_or(Sight{});
    sight.seen = std::max(generation_, sight.seen);
    if (by_name) sight.named = std::max(generation_, sight.named);
    Encoder value;
    encode(value, sight);
    FRESHET_TRY(transaction_.put(Db::seen, key, value));
    if (!before) {
      FRESHET_TRY(transaction_.put(Db::sources_of, transaction_.key<SourcesOfKey>(root, source_)));
      FRESHET_ASSIGN(const Instant due, ask_again(transaction_, root));
      FRESHET_TRY(move_due_of(transaction_, source_, root, base::never, due));
      ++joined_;
    }
    return named;
  }

  Result<std::optional<Digest>> alias_target(const Digest& root) const {
    FRESHET_ASSIGN(const auto view,
                   transaction_.record<RootView>(Db::roots, transaction_.key().add(root)));
    if (!view || view->alias_of.empty()) return std::nullopt;
    return model::root_id(view->alias_of);
  }

  std::uint64_t joined() const { return joined_; }

 private:
  Result<bool> is_excluded(const Digest& root) const {
    if (!any_excluded_) return false;
    return transaction_.has(Db::excluded, transaction_.key<ExcludedKey>(root));
  }

  Transaction& transaction_;
  const Digest source_;
  const std::uint64_t generation_;
  const bool any_excluded_;
  std::uint64_t joined_ = 0;
};

Status store_source(Transaction& transaction, const Source& source) {
  Encoder value;
  encode(value, source);
  transaction.forget_confirmed();
  return transaction.put(Db::sources, transaction.key().add(source.id), value);
}

}  // namespace

Status WritesSources::put_source(const Source& source) {
  if (source.state.size() > most_state)
    return base::fail(Code::limit,
                      fmt::format("its loader keeps a state of {} bytes; the most is {}",
                                  source.state.size(), most_state),
                      source.name);
  FRESHET_ASSIGN(const auto before,
                 transaction_.record<Source>(Db::sources, transaction_.key().add(source.id)));
  Source after = source;
  after.members = before ? before->members : 0;  // counted here, not by the caller
  return store_source(transaction_, after);
}

Status WritesSources::forget_state(const Digest& source, bool under_way) {
  FRESHET_ASSIGN(auto record,
                 transaction_.record<Source>(Db::sources, transaction_.key().add(source)));
  if (!record) return {};
  record->state.clear();
  if (under_way) ++record->generation;
  return store_source(transaction_, *record);
}

Status WritesSources::forget_listings() {
  FRESHET_ASSIGN(std::vector<Source> sources, ReadsSources(transaction_).sources());
  for (Source& source : sources) {
    source.listed = source.list_checked = source.list_again = base::unset;
    source.state.clear();  // it speaks of a listing that does not stand
    ++source.generation;   // one that is under way began before: its word does not count
    FRESHET_TRY(store_source(transaction_, source));
  }
  return {};
}

Status WritesSources::distrust_listings() {
  FRESHET_TRY(forget_listings());
  FRESHET_ASSIGN(std::vector<Source> sources, ReadsSources(transaction_).sources());
  for (Source& source : sources) {
    if (source.confirmed <= transaction_.clock().now()) continue;
    source.confirmed = base::unset;  // when they were really confirmed is not known
    FRESHET_TRY(store_source(transaction_, source));
  }
  FRESHET_ASSIGN(Counters* const counters, transaction_.counters());
  counters->last_write = transaction_.clock().now();
  return {};
}

Result<std::vector<bool>> WritesSources::see(const Digest& source, std::uint64_t generation,
                                             std::span<const Digest> roots) {
  if (generation == 0)
    return base::fail(Code::invalid_argument, "the generation of a listing begins at 1");
  FRESHET_ASSIGN(auto record,
                 transaction_.record<Source>(Db::sources, transaction_.key().add(source)));
  if (!record) return base::fail(Code::not_found, "no such source", source.hex());
  FRESHET_ASSIGN(const bool any_excluded, ReadsExclusions(transaction_).has_exclusions());
  Marker marker(transaction_, source, generation, any_excluded);
  std::vector<bool> seen_before;
  seen_before.reserve(roots.size());
  for (const Digest& root : roots) {
    FRESHET_ASSIGN(const bool before, marker.mark(root, true));
    seen_before.push_back(before);
    if (before) continue;
    FRESHET_ASSIGN(const auto target, marker.alias_target(root));
    if (target) FRESHET_TRY(marker.mark(*target, false));
  }
  if (marker.joined() == 0) return seen_before;
  record->members += marker.joined();
  FRESHET_TRY(store_source(transaction_, *record));
  return seen_before;
}

Result<bool> WritesSources::leave(const Digest& source, const Digest& root) {
  FRESHET_ASSIGN(const bool was_member,
                 transaction_.remove(Db::seen, transaction_.key<SeenKey>(source, root)));
  FRESHET_TRY(transaction_.remove(Db::sources_of, transaction_.key<SourcesOfKey>(root, source)));
  FRESHET_TRY(transaction_.remove(Db::habits, transaction_.key<HabitKey>(source, root)));
  FRESHET_ASSIGN(const Instant due, ask_again(transaction_, root));
  if (was_member) FRESHET_TRY(move_due_of(transaction_, source, root, due, base::never));
  FRESHET_ASSIGN(auto record,
                 transaction_.record<Source>(Db::sources, transaction_.key().add(source)));
  if (was_member && record) {
    --record->members;
    FRESHET_TRY(store_source(transaction_, *record));
  }
  {
    Cursor others(transaction_, Db::sources_of, transaction_.key().add(root));
    FRESHET_TRY(others.status());
    if (!others.valid()) return true;
  }
  FRESHET_TRY(WritesRoots(transaction_).part(root));
  return false;
}

}  // namespace freshet::repository
