// core/repository/writer_sources.cpp - sources, who belongs to them, and vectors.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/repository/repository.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"
#include "core/repository/vectors.hpp"

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
  return transaction.put(Db::sources, transaction.key().add(source.id), value);
}

}  // namespace

Status Writer::put_source(const Source& source) {
  if (source.state.size() > most_state)
    return base::fail(Code::limit,
                      fmt::format("its loader keeps a state of {} bytes; the most is {}",
                                  source.state.size(), most_state),
                      source.name);
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(const auto before,
                 transaction.record<Source>(Db::sources, transaction.key().add(source.id)));
  Source after = source;
  after.members = before ? before->members : 0;  // counted here, not by the caller
  return store_source(transaction, after);
}

Status Writer::forget_state(const Digest& source, bool under_way) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(auto record,
                 transaction.record<Source>(Db::sources, transaction.key().add(source)));
  if (!record) return {};
  record->state.clear();
  if (under_way) ++record->generation;
  return store_source(transaction, *record);
}

// Every source lists anew, from nothing.
Status Writer::forget_listings() {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(std::vector<Source> sources, snapshot_.sources());
  for (Source& source : sources) {
    source.listed = source.list_checked = source.list_again = base::unset;
    source.state.clear();  // it speaks of a listing that does not stand
    ++source.generation;   // one that is under way began before: its word does not count
    FRESHET_TRY(store_source(transaction, source));
  }
  return {};
}

Status Writer::distrust_listings() {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_TRY(forget_listings());
  FRESHET_ASSIGN(Counters* const counters, transaction.counters());
  counters->last_write = transaction.clock().now();
  return {};
}

Result<std::vector<bool>> Writer::see(const Digest& source, std::uint64_t generation,
                                      std::span<const Digest> roots) {
  if (generation == 0)
    return base::fail(Code::invalid_argument, "the generation of a listing begins at 1");
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(auto record,
                 transaction.record<Source>(Db::sources, transaction.key().add(source)));
  if (!record) return base::fail(Code::not_found, "no such source", source.hex());
  FRESHET_ASSIGN(const bool any_excluded, snapshot_.has_exclusions());
  Marker marker(transaction, source, generation, any_excluded);
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
  FRESHET_TRY(store_source(transaction, *record));
  return seen_before;
}

Result<bool> Writer::leave(const Digest& source, const Digest& root) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(const bool was_member,
                 transaction.remove(Db::seen, transaction.key<SeenKey>(source, root)));
  FRESHET_TRY(transaction.remove(Db::sources_of, transaction.key<SourcesOfKey>(root, source)));
  FRESHET_ASSIGN(const Instant due, ask_again(transaction, root));
  if (was_member) FRESHET_TRY(move_due_of(transaction, source, root, due, base::never));
  FRESHET_ASSIGN(auto record,
                 transaction.record<Source>(Db::sources, transaction.key().add(source)));
  if (was_member && record) {
    --record->members;
    FRESHET_TRY(store_source(transaction, *record));
  }
  Cursor others(transaction, Db::sources_of, transaction.key().add(root));
  FRESHET_TRY(others.status());
  return !others.valid();
}

Status Writer::put_vector(const std::string& model, const Digest& text_digest,
                          std::span<const float> vector) {
  if (vector.empty()) return base::fail(Code::invalid_argument, "a vector has no numbers", model);
  for (const float number : vector)
    if (!std::isfinite(number))
      return base::fail(Code::invalid_argument, "a vector holds what is not a number", model);
  Encoder value;
  value.raw({reinterpret_cast<const char*>(vector.data()), vector.size_bytes()});
  return snapshot_.transaction_->put(Db::vectors, vector_key(model, text_digest), value);
}

}  // namespace freshet::repository
