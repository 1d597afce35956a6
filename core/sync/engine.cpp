#include "core/sync/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>

#include "core/base/json.hpp"
#include "core/host/redactor.hpp"
#include "core/sync/fingerprint.hpp"
#include "core/sync/gates.hpp"
#include "core/sync/listing.hpp"
#include "core/sync/listing_file.hpp"
#include "core/sync/mend.hpp"
#include "core/sync/pipeline.hpp"
#include "core/sync/readers.hpp"
#include "core/sync/reembed.hpp"
#include "core/sync/removal.hpp"
#include "core/sync/selection.hpp"
#include "core/sync/sources.hpp"
#include "core/sync/state.hpp"
#include "core/sync/targets.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

// Memory that is this process's alone: what mapped files take is the kernel's to give back.
std::uint64_t private_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (word == "RssAnon:") {
      std::uint64_t kib = 0;
      status >> kib;
      return kib * 1024;
    }
  return 0;
}

class PeakMemory {
 public:
  void sample() {
    const std::uint64_t now = private_bytes();
    std::uint64_t peak = peak_.load();
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
  }
  std::uint64_t peak() const { return peak_.load(); }

 private:
  std::atomic<std::uint64_t> peak_{0};
};

// Whether what this run's readers and chunker make is to fill beside what others have made.
Result<bool> is_generation_due(const Context& context, const RunConfig& config,
                               const std::vector<std::unique_ptr<OpenSource>>& sources,
                               const Readers& readers, const Chunking& chunking) {
  if (config.on_new_fingerprint == OnNewFingerprint::reread) return false;
  FRESHET_ASSIGN(const OtherFingerprints others,
                 count_other_fingerprints(context, sources, readers, chunking));
  if (config.on_new_fingerprint == OnNewFingerprint::refuse)
    FRESHET_TRY(refuse_other_fingerprints(context, others));
  return others.to_read() > 0;
}

// Rows of documents that are all made anew may be sent, and take the place of the old ones.
Status complete_recipe(const Run& run, const std::vector<std::unique_ptr<OpenSource>>& sources,
                       Deliveries& delivery) {
  FRESHET_ASSIGN(const bool awaited, delivery.awaits_recipe());
  if (!awaited || run.cancel.requested()) return {};
  FRESHET_ASSIGN(const OtherFingerprints others,
                 count_other_fingerprints(run.context, sources, run.readers, run.chunking));
  if (others.to_read() == 0) delivery.complete_recipe();
  return {};
}

Status refresh(Run& run, std::vector<std::unique_ptr<OpenSource>>& sources,
               const OpenTargets& targets) {
  const auto batch = static_cast<std::size_t>(run.config.chunking.options.embedding_batch_size);
  Deliveries delivery(run.repository(), targets, batch, run.chunking.tokenizer(), run.leases,
                      run.ledger, run.cancel);
  FRESHET_TRY(delivery.start());
  run.delivery = &delivery;
  run.vectors = delivery.vectors();
  {
    Pipeline pipeline(run);
    for (auto& source : sources)
      if (!run.cancel.requested()) list_source(run, *source, pipeline);
    pipeline.finish();
  }
  for (auto& source : sources) {
    if (run.cancel.requested()) break;
    const Status settled = base::guarded([&] { return settle(run, *source); });
    if (!settled) run.ledger.error(settled.error());
  }
  if (const Status status = complete_recipe(run, sources, delivery); !status)
    run.ledger.error(status.error());
  delivery.finish();
  run.delivery = nullptr;
  run.vectors = nullptr;
  // Whoever waits for an answer is not to wait for this.
  if (!run.cancel.requested() && !run.config.confirm_since)
    mend_sample(run.context, targets, portion_of(run.ledger.counts(), run.config.verify_sample),
                run.leases, run.ledger, run.cancel);
  if (!run.config.keep_retired) empty_retired(run.context, run.leases, run.ledger, run.cancel);
  return {};
}

// What was named and is nowhere: where nothing else was found either, nothing could be done.
Status tell_missing(const Run& run, const std::vector<std::unique_ptr<OpenSource>>& sources) {
  if (run.cancel.requested()) return {};
  Status missing = run.selection->missing(run.repository());
  if (missing) return {};
  const bool listings_failed = std::any_of(sources.begin(), sources.end(), [](const auto& source) {
    return source->report.error.has_value();
  });
  if (!listings_failed && !run.selection->found_any()) return missing;
  run.ledger.error(missing.error());
  return {};
}

Status plan(const Run& run, std::vector<std::unique_ptr<OpenSource>>& sources, Estimate& estimate) {
  estimate.price_per_million_tokens = run.config.price_per_million_tokens;
  FRESHET_ASSIGN(estimate.reembed,
                 plan_reembedding(run.context, run.config, run.chunking.tokenizer(), run.cancel));
  for (auto& source : sources) plan_source(run, *source, estimate);
  return {};
}

// A plan whose listings go to a file, which has all of them or is not written.
Status plan_into_file(const Run& run, std::vector<std::unique_ptr<OpenSource>>& sources,
                      Estimate& estimate) {
  FRESHET_ASSIGN(const auto writer, ListingWriter::begin(run.config.listing_out, run.started));
  for (auto& source : sources)
    source->loader = writer->record(std::move(source->loader),
                                    {source->report.name, source->record.id, source->asked});
  FRESHET_TRY(plan(run, sources, estimate));
  if (run.cancel.requested()) return {};
  for (const auto& source : sources)
    if (source->report.error) return base::fail(base::Error(*source->report.error));
  return writer->finish();
}

SourceReport account_of(const OpenSource& source) {
  SourceReport report = source.report;
  if (source.requester == nullptr) return report;
  const ports::RequestTally& tally = source.requester->tally;
  report.fetched = {tally.requests, tally.retries, tally.delayed, tally.turned_away};
  return report;
}

Report account(const Run& run, const std::vector<std::unique_ptr<OpenSource>>& sources,
               const ports::HttpCounters& before, std::shared_ptr<RootLog> roots) {
  Report report;
  report.started = run.started;
  report.ended = run.now();
  report.dry_run = run.config.dry_run;
  report.cancelled = run.cancel.requested();
  report.counts = run.ledger.counts();
  report.errors = run.ledger.errors();
  report.failures = run.ledger.failures();
  report.retried = run.ledger.retried();
  report.roots = std::move(roots);
  for (const auto& source : sources) report.sources.push_back(account_of(*source));
  const ports::HttpCounters after = run.context.http.counters();
  report.counts.requests = after.requests - before.requests;
  report.counts.not_modified = after.not_modified - before.not_modified;
  report.counts.bytes = after.bytes - before.bytes;
  report.counts.retries = after.retries - before.retries;
  report.counts.turned_away = after.turned_away - before.turned_away;
  report.counts.delayed = after.delayed - before.delayed;
  if (auto snapshot = run.repository().read())
    if (auto info = snapshot->info()) report.counts.pending = info->deliveries;
  return report;
}

// Of a few; of many the first.
std::string names_of(const std::vector<std::unique_ptr<OpenSource>>& sources) {
  constexpr std::size_t most = 5;
  std::string names;
  for (std::size_t i = 0; i < sources.size() && i < most; ++i)
    names += (i == 0 ? "" : ", ") + sources[i]->report.name;
  return sources.size() > most ? names + ", …" : names;
}

// A report whose end cannot be told is as old as can be.
bool ended_before(std::string_view text, base::Instant oldest) {
  const Json report = Json::parse(text, nullptr, false);
  if (!report.is_object() || !report.contains("ended") || !report["ended"].is_string()) return true;
  const auto ended = base::parse_instant(report["ended"].get_ref<const std::string&>());
  return !ended || *ended < oldest;
}

base::Status keep_account(const Context& context, const RunConfig& config, const Report& report) {
  const std::string record = report.record_json();
  const base::Instant oldest = report.ended + -config.keep_runs_for;
  return context.repository.write([&](repository::Writer& writer) {
    return writer.put_run(record, static_cast<std::uint64_t>(config.keep_runs),
                          [&](std::string_view each) { return ended_before(each, oldest); });
  });
}

}  // namespace

Result<Report> run(const Context& context, const RunConfig& config, const EventSink& events,
                   const base::Cancel& cancel, const ActivitySink& activities) {
  const ports::Clock& clock = context.repository.clock();
  const base::Instant started = clock.now();
  const base::Millis begun = clock.monotonic();
  const ports::HttpCounters before = context.http.counters();
  FRESHET_ASSIGN(const std::unique_ptr<Readers> readers, Readers::open(context, config, cancel));
  FRESHET_ASSIGN(const Chunking chunking,
                 Chunking::open(offer_of(context), context.catalog, config.chunking, cancel));
  FRESHET_ASSIGN(
      std::vector<std::unique_ptr<OpenSource>> sources,
      open_sources(context, config, recipe_of(readers->fingerprint(), chunking), cancel));
  FRESHET_TRY(settle_shard(context.repository, config.shard, config.dry_run));
  FRESHET_TRY(settle_clock(context, config.dry_run, sources));
  FRESHET_ASSIGN(Selection selection, Selection::make(context.repository, config.only, sources));
  FRESHET_ASSIGN(std::shared_ptr<RootLog> roots, RootLog::make(context.repository.directory()));
  OpenTargets targets;
  if (!config.dry_run) {
    FRESHET_ASSIGN(const bool new_recipe,
                   is_generation_due(context, config, sources, *readers, chunking));
    FRESHET_ASSIGN(targets, open_targets(context, config, new_recipe, cancel));
  }
  const Labeller labeller{config.labels, context.repository.name_space(), names_of(sources),
                          base::format_instant(started)};
  Ledger ledger(context.repository.machine(), events, roots, labeller, activities);
  PeakMemory memory;
  Event event;
  event.kind = EventKind::run_started;
  ledger.tell(std::move(event));
  for (const base::Error& error : targets.failed) ledger.error(error);
  Estimate estimate;
  Report report;
  Gates gates(context, config);
  FRESHET_TRY(gates.restore());
  const Status done = base::guarded([&]() -> Status {
    Leases leases(context.repository, started, [&] {
      memory.sample();
      (void)gates.keep();  // what fails now is kept at the end
    });
    FRESHET_TRY(leases.start());
    Run state{context, config, cancel, ledger, leases, started, *readers, chunking};
    state.selection = &selection;
    if (!config.listing_out.empty())
      FRESHET_TRY(plan_into_file(state, sources, estimate));
    else if (config.dry_run)
      FRESHET_TRY(plan(state, sources, estimate));
    else
      FRESHET_TRY(refresh(state, sources, targets));
    FRESHET_TRY(tell_missing(state, sources));
    memory.sample();
    FRESHET_TRY(gates.keep());
    report = account(state, sources, before, roots);
    report.label = host::redactor().clean(labeller.label({}));
    report.estimate = estimate;
    report.peak_memory_bytes = memory.peak();
    report.seconds = static_cast<double>((clock.monotonic() - begun).count()) / 1000;
    if (config.dry_run || config.confirm_since) return {};
    return keep_account(context, config, report);
  });
  if (!done) return base::fail(done.error());
  return report;
}

}  // namespace freshet::sync
