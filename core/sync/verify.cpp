#include "core/sync/verify.hpp"

#include <array>
#include <unordered_set>

#include "core/base/text.hpp"
#include "core/sync/contents.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/sample.hpp"
#include "core/sync/stored.hpp"

namespace freshet::sync {
namespace {

constexpr std::uint32_t page_size = 1000;
constexpr std::uint64_t most_asked_again = 1000;  // rows that a listing left out
constexpr std::size_t most_ids = 100;
constexpr std::uint64_t all_up_to = 1000;  // rows: so many are compared in a moment
constexpr std::uint32_t parts = 16;        // of more than that, one part a day

// Both sides in the order of their ids, part by part.
class Comparison {
 public:
  // Rows of another owner are orphans, too, where `owner` is 0.
  Comparison(const repository::Repository& repository, ports::Store& store, const std::string& name,
             std::uint64_t owner, const base::Cancel& cancel, VerifyReport& report,
             StoredRows::OnTwice on_twice)
      : repository_(repository),
        number_(report.number),
        owner_(owner),
        cancel_(cancel),
        stored_rows_(
            store, name, [&report](const std::string& id) { note_odd_id(report, id); },
            std::move(on_twice)) {}

  base::Status run(VerifyReport& report, const std::unordered_set<base::Digest>& pending,
                   Contents& contents, const OnFault& on_fault) {
    FRESHET_TRY(next_expected());
    FRESHET_TRY(next_stored());
    while (has_expected() || has_stored()) {
      if (cancel_.requested())
        return base::fail(base::Code::cancelled, "verification was cancelled");
      FRESHET_TRY(compare(report, pending, contents, on_fault));
    }
    return contents.finish();
  }

 private:
  bool has_expected() const { return at_expected_ < expected_.size(); }
  bool has_stored() const { return at_stored_ < stored_.size(); }

  base::Status compare(VerifyReport& report, const std::unordered_set<base::Digest>& pending,
                       Contents& contents, const OnFault& on_fault) {
    const bool only_expected =
        has_expected() && (!has_stored() || expected_[at_expected_].first < stored_[at_stored_].id);
    if (only_expected) return compare_absent(report, pending, contents, on_fault);
    const auto [id, mark] = stored_[at_stored_];
    const bool both = has_expected() && expected_[at_expected_].first == id;
    FRESHET_TRY(advance_stored());
    if (!both && is_foreign(mark)) return ++report.foreign, base::Status{};
    ++report.stored;
    ++report.checked;
    if (!both) return pending.contains(id) ? base::Status{} : on_fault(Fault::orphan, id);
    const bool stale = expected_[at_expected_].second != mark.record;
    ++report.expected;
    FRESHET_TRY(advance_expected());
    if (pending.contains(id)) return {};
    if (stale) return on_fault(Fault::stale, id);
    return report.sample.takes(id) ? contents.add(id) : base::Status{};
  }

  base::Status compare_absent(VerifyReport& report, const std::unordered_set<base::Digest>& pending,
                              Contents& contents, const OnFault& on_fault) {
    const base::Digest id = expected_[at_expected_].first;
    ++report.expected;
    ++report.checked;
    FRESHET_TRY(advance_expected());
    if (pending.contains(id)) return {};
    return asked_again_++ < most_asked_again ? contents.add_absent(id)
                                             : on_fault(Fault::missing, id);
  }

  bool is_foreign(const model::RowMark& mark) const {
    return owner_ != 0 && mark.owner != 0 && mark.owner != owner_;
  }

  // No id that was ever given: it cannot even be removed.
  static void note_odd_id(VerifyReport& report, const std::string& id) {
    ++report.stored;
    if (report.problems.size() < most_ids)
      report.problems.push_back("a row has the id " + base::in_quotes(id));
  }

  base::Status advance_expected() {
    return ++at_expected_ < expected_.size() ? base::Status{} : next_expected();
  }
  base::Status advance_stored() {
    return ++at_stored_ < stored_.size() ? base::Status{} : next_stored();
  }

  base::Status next_expected() {
    if (expected_done_) return {};
    const base::Digest cursor = expected_.empty() ? base::Digest{} : expected_.back().first;
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    FRESHET_ASSIGN(expected_, snapshot.list_delivered(cursor, page_size, number_));
    at_expected_ = 0;
    expected_done_ = expected_.empty();
    return {};
  }

  base::Status next_stored() {
    FRESHET_ASSIGN(stored_, stored_rows_.next(cancel_));
    at_stored_ = 0;
    return {};
  }

  const repository::Repository& repository_;
  const repository::TargetNumber number_;
  const std::uint64_t owner_;
  const base::Cancel& cancel_;
  StoredRows stored_rows_;
  std::vector<std::pair<base::Digest, base::Digest>> expected_;
  std::vector<StoredRows::Row> stored_;
  std::size_t at_expected_ = 0, at_stored_ = 0;
  std::uint64_t asked_again_ = 0;
  bool expected_done_ = false;
};

// What is found is counted and named, and told on.
OnFault counting(VerifyReport& report, const OnFault& also) {
  return [&](Fault fault, const base::Digest& id) -> base::Status {
    struct Kind {
      const char* word;
      std::uint64_t* count;
    };
    const Kind kinds[] = {{"missing ", &report.missing},
                          {"stale ", &report.stale},
                          {"orphan ", &report.orphans},
                          {"damaged ", &report.damaged},
                          {"twice ", &report.duplicates}};
    const Kind& kind = kinds[static_cast<std::size_t>(fault)];
    ++*kind.count;
    if (report.ids.size() < most_ids) report.ids.push_back(kind.word + id.hex());
    return also ? also(fault, id) : base::Status{};
  };
}

// All of a small namespace; of a larger one, another part each day.
base::Result<Sample> choose_sample(const repository::Repository& repository, bool deep) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  if (deep || info.chunks <= all_up_to) return Sample{};
  const auto day = static_cast<std::uint64_t>(repository.clock().now().ms) / 86'400'000;
  return Sample{static_cast<std::uint32_t>(day % parts), parts};
}

// Damage of the whole place: its rows say nothing then.
base::Result<VerifyReport> unreadable(const Context& context, const base::Error& error) {
  VerifyReport report;
  report.unreadable = true;
  report.problems.push_back(base::to_string(error));
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  report.expected = info.chunks;
  return report;
}

base::Result<std::vector<std::string>> check_place(const Place& place, OpenTarget& target,
                                                   bool deep, const base::Cancel& cancel) {
  auto found =
      target.store->check({place.name, target.target.dimension, target.target.model}, deep, cancel);
  const bool able = found || found.error().code != base::Code::unsupported;
  return able ? std::move(found) : std::vector<std::string>();
}

// What others put there without freshet; a store that is freshet's alone cannot tell, and has none.
base::Result<std::uint64_t> count_foreign(ports::Store& store, const std::string& name,
                                          const base::Cancel& cancel) {
  auto count = store.foreign(name, ports::Foreign::count, cancel);
  const bool none = !count && (count.error().code == base::Code::unsupported ||
                               count.error().code == base::Code::not_found);
  return none ? base::Result<std::uint64_t>(0) : count;
}

// 0: rows of any owner are this repository's business.
base::Result<std::uint64_t> owner_that_counts(const repository::Repository& repository,
                                              const VerifyOptions& options) {
  if (options.owned) return 0;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const base::Digest identity, snapshot.identity());
  return model::owner_of(identity);
}

base::Status compare_all(const Context& context, OpenTarget& target, const Place& place,
                         const VerifyOptions& options, const base::Cancel& cancel,
                         const OnFault& count, VerifyReport& report) {
  std::unordered_set<base::Digest> pending;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(pending, pending_chunks(snapshot, target.number));
  }
  FRESHET_ASSIGN(const std::uint64_t owner, owner_that_counts(context.repository, options));
  Contents contents(context.repository, *target.store, target.number, place.name,
                    target.target.model, cancel, count);
  Comparison comparison(context.repository, *target.store, place.name, owner, cancel, report,
                        [&](const base::Digest& id) { (void)count(Fault::twice, id); });
  FRESHET_TRY(comparison.run(report, pending, contents, count));
  report.compared = contents.compared();
  FRESHET_ASSIGN(const std::uint64_t others, count_foreign(*target.store, place.name, cancel));
  report.foreign += others;
  return {};
}

base::Status compare_some(const Context& context, OpenTarget& target, double share,
                          const base::Cancel& cancel, const OnFault& count, VerifyReport& report) {
  FRESHET_ASSIGN(const Looked looked, look_at_sample(context, target, share, cancel, count));
  report.expected = looked.rows;
  report.checked = report.compared = looked.checked;
  return {};
}

base::Result<VerifyReport> examine(const Context& context, OpenTarget& target,
                                   const VerifyOptions& options, const base::Cancel& cancel,
                                   const OnFault& on_fault) {
  VerifyReport report;
  report.number = target.number;
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, target.number));
  FRESHET_ASSIGN(report.problems, check_place(place, target, options.deep, cancel));
  FRESHET_ASSIGN(report.sample, choose_sample(context.repository, options.deep));
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(report.pending, snapshot.count_deliveries(target.number));
  }
  const repository::Fill fill = place.generation.fill;
  const bool filling = place.state == repository::TargetState::filling;
  if (place.generation.under_way() || filling) ++report.pending;
  // About to be emptied, or to be put in place: there is nothing to compare with.
  if (fill == repository::Fill::to_empty) report.problems.clear();
  if (fill == repository::Fill::to_empty || fill == repository::Fill::filled) return report;
  const OnFault count = counting(report, on_fault);
  FRESHET_TRY(options.sample ? compare_some(context, target, *options.sample, cancel, count, report)
                             : compare_all(context, target, place, options, cancel, count, report));
  return report;
}

}  // namespace

base::Result<VerifyReport> verify(const Context& context, const repository::KnownTarget& known,
                                  base::Result<OpenTarget>& target, const VerifyOptions& options,
                                  const base::Cancel& cancel, const OnFault& on_fault) {
  auto report = target ? examine(context, *target, options, cancel, on_fault)
                       : base::Result<VerifyReport>(base::fail(target.error()));
  if (!report && report.error().code == base::Code::corrupt)
    report = unreadable(context, report.error());
  if (!report) return report;
  report->number = known.number;
  report->store = known.delivered().store;
  return report;
}

base::Result<std::vector<VerifyReport>> verify(const Context& context, const VerifyOptions& options,
                                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto all, delivered_targets(context));
  std::vector<VerifyReport> reports;
  for (const repository::KnownTarget& known : all) {
    auto target = reopen_target(context, known, cancel);
    FRESHET_ASSIGN(VerifyReport report, verify(context, known, target, options, cancel, nullptr));
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace freshet::sync
