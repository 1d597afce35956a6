#include "core/sync/verify.hpp"

#include <array>
#include <unordered_set>

#include "core/base/text.hpp"
#include "core/sync/contents.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/stored.hpp"

namespace freshet::sync {
namespace {

constexpr std::uint32_t page_size = 1000;
constexpr std::size_t most_ids = 100;
constexpr std::uint64_t all_up_to = 1000;  // rows: so many are compared in a moment
constexpr std::uint32_t parts = 16;        // of more than that, one part a day

// Chunks with a delivery row are on their way: the store may hold them or not.
base::Result<std::unordered_set<base::Digest>> pending_chunks(const repository::Snapshot& snapshot,
                                                              repository::TargetNumber number) {
  std::unordered_set<base::Digest> pending;
  for (std::uint64_t after = 0;;) {
    FRESHET_ASSIGN(const std::vector<repository::Delivery> rows,
                   snapshot.deliveries(after, page_size, number));
    if (rows.empty()) return pending;
    for (const repository::Delivery& row : rows) pending.insert(row.chunk);
    after = rows.back().sequence;
  }
}

// Both sides in the order of their ids, part by part.
class Comparison {
 public:
  Comparison(const repository::Repository& repository, ports::Store& store, const std::string& name,
             const base::Cancel& cancel, VerifyReport& report)
      : repository_(repository),
        number_(report.number),
        cancel_(cancel),
        stored_rows_(store, name, [&report](const std::string& id) { note_foreign(report, id); }) {}

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
    if (only_expected) {
      const base::Digest id = expected_[at_expected_].first;
      ++report.expected;
      FRESHET_TRY(advance_expected());
      return pending.contains(id) ? base::Status{} : on_fault(Fault::missing, id);
    }
    const auto [id, digest] = stored_[at_stored_];
    const bool both = has_expected() && expected_[at_expected_].first == id;
    ++report.stored;
    FRESHET_TRY(advance_stored());
    if (!both) return pending.contains(id) ? base::Status{} : on_fault(Fault::orphan, id);
    const bool stale = expected_[at_expected_].second != digest;
    ++report.expected;
    FRESHET_TRY(advance_expected());
    if (pending.contains(id)) return {};
    if (stale) return on_fault(Fault::stale, id);
    return report.sample.takes(id) ? contents.add(id) : base::Status{};
  }

  // No id that was ever given: it cannot even be removed.
  static void note_foreign(VerifyReport& report, const std::string& id) {
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
  const base::Cancel& cancel_;
  StoredRows stored_rows_;
  std::vector<std::pair<base::Digest, base::Digest>> expected_;
  std::vector<StoredRows::Row> stored_;
  std::size_t at_expected_ = 0, at_stored_ = 0;
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
                          {"damaged ", &report.damaged}};
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

base::Result<VerifyReport> examine(const Context& context, OpenTarget& target, bool deep,
                                   const base::Cancel& cancel, const OnFault& on_fault) {
  VerifyReport report;
  report.number = target.number;
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, target.number));
  FRESHET_ASSIGN(report.problems, check_place(place, target, deep, cancel));
  FRESHET_ASSIGN(report.sample, choose_sample(context.repository, deep));
  std::unordered_set<base::Digest> pending;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(pending, pending_chunks(snapshot, target.number));
  }
  report.pending = pending.size();
  const repository::Fill fill = place.generation.fill;
  const bool filling = place.state == repository::TargetState::filling;
  if (place.generation.under_way() || filling) ++report.pending;
  // About to be emptied, or to be put in place: there is nothing to compare with.
  if (fill == repository::Fill::to_empty) report.problems.clear();
  if (fill == repository::Fill::to_empty || fill == repository::Fill::filled) return report;
  const OnFault count = counting(report, on_fault);
  Contents contents(context.repository, *target.store, target.number, place.name,
                    target.target.model, cancel,
                    [&](const base::Digest& id) { return count(Fault::damaged, id); });
  Comparison comparison(context.repository, *target.store, place.name, cancel, report);
  FRESHET_TRY(comparison.run(report, pending, contents, count));
  report.compared = contents.compared();
  return report;
}

}  // namespace

base::Result<VerifyReport> verify(const Context& context, const repository::KnownTarget& known,
                                  base::Result<OpenTarget>& target, bool deep,
                                  const base::Cancel& cancel, const OnFault& on_fault) {
  auto report = target ? examine(context, *target, deep, cancel, on_fault)
                       : base::Result<VerifyReport>(base::fail(target.error()));
  if (!report && report.error().code == base::Code::corrupt)
    report = unreadable(context, report.error());
  if (!report) return report;
  report->number = known.number;
  report->store = known.delivered().store;
  return report;
}

base::Result<std::vector<VerifyReport>> verify(const Context& context, bool deep,
                                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto all, delivered_targets(context));
  std::vector<VerifyReport> reports;
  for (const repository::KnownTarget& known : all) {
    auto target = reopen_target(context, known, cancel);
    FRESHET_ASSIGN(VerifyReport report, verify(context, known, target, deep, cancel, nullptr));
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace freshet::sync
