#include "core/refresh/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>

#include "core/base/json.hpp"
#include "core/host/redactor.hpp"
#include "core/refresh/listing.hpp"
#include "core/refresh/pipeline.hpp"
#include "core/refresh/readers.hpp"
#include "core/refresh/removal.hpp"
#include "core/refresh/state.hpp"
#include "core/refresh/target.hpp"

namespace freshet::refresh {
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

base::Digest recipe_of(std::string_view reader_fingerprint, const RunConfig& config) {
  return base::DigestBuilder()
      .add(reader_fingerprint)
      .add(chunk::fingerprint(config.chunking.options, *config.chunking.transformer))
      .finish();
}

// What people know a source by: the values of its identity, such as a sitemap's URL.
std::string display_name(const SourceConfig& config, const Json& options,
                         const std::string& identity) {
  if (!config.name.empty()) return config.name;
  for (const char* key : {"url", "path"})
    if (const auto value = options.find(key); value != options.end() && value->is_string())
      return *value;
  const auto urls = options.find("urls");
  if (urls != options.end() && urls->is_array() && urls->size() == 1 && urls->front().is_string())
    return urls->front();
  return identity;
}

Status open_source(const Context& context, const SourceConfig& config, std::size_t index,
                   const base::Digest& recipe, OpenSource& source) {
  const std::string path = fmt::format("sources[{}].options", index);
  FRESHET_ASSIGN(const Json options, context.plugins.complete_options(
                                         host::Kind::loader, config.loader, config.options, path));
  FRESHET_ASSIGN(const std::string identity,
                 context.plugins.identity(host::Kind::loader, config.loader, options));
  FRESHET_ASSIGN(source.loader, context.plugins.open_loader(config.loader, options));
  source.config = &config;
  source.report.name = host::redactor().clean(display_name(config, options, identity));
  source.report.loader = config.loader;
  const base::Digest id = base::DigestBuilder()
                              .add(config.loader)
                              .add(config.name.empty() ? identity : config.name)
                              .finish();
  const std::string policy = base::dump_json(config.policy->to_json());
  const base::Digest digest =
      base::DigestBuilder().add(base::dump_json(options)).add(policy).add(recipe).finish();
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(const std::optional<repository::Source> stored, snapshot.source(id));
  if (stored) source.record = *stored;
  source.same_config = stored && stored->config == digest;
  source.members_before = source.record.members;
  source.record.id = id;
  source.record.name = source.report.name;
  source.record.loader = config.loader;
  source.record.policy = policy;
  source.record.config = digest;
  return {};
}

// After a clock that was ahead no listing stands, not even in a plan, which changes nothing.
Status settle_clock(const Context& context, bool dry_run,
                    std::vector<std::unique_ptr<OpenSource>>& sources) {
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(const bool was_ahead, snapshot.clock_was_ahead());
    if (!was_ahead) return {};
  }
  for (auto& source : sources) source->record.listed = base::unset;
  if (dry_run) return {};
  return context.repository.write(
      [](repository::Writer& writer) { return writer.distrust_listings(); });
}

Result<std::vector<std::unique_ptr<OpenSource>>> open_sources(const Context& context,
                                                              const RunConfig& config,
                                                              const base::Digest& recipe) {
  std::vector<std::unique_ptr<OpenSource>> sources;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    auto source = std::make_unique<OpenSource>();
    FRESHET_TRY(open_source(context, config.sources[i], i, recipe, *source));
    for (const auto& other : sources)
      if (other->record.id == source->record.id)
        return base::fail(
            base::Code::invalid_argument,
            fmt::format("is the same source as another one, \"{}\": give each a name of its own",
                        source->report.name),
            fmt::format("sources[{}]", i));
    sources.push_back(std::move(source));
  }
  return sources;
}

// Numbers for what was never read: the mean of what is known.
void guess(const Run& run, Estimate& estimate) {
  const auto snapshot = run.repository().read();
  if (!snapshot) return;
  const auto info = snapshot->info();
  if (!info) return;
  if (info->documents > 0) {
    estimate.guess_chunks = estimate.unknown * info->chunks / info->documents;
    if (estimate.most_chunks > 0)
      estimate.guess_tokens = estimate.guess_chunks * estimate.most_tokens / estimate.most_chunks;
  }
}

Status refresh(Run& run, std::vector<std::unique_ptr<OpenSource>>& sources,
               const OpenTarget& target) {
  Delivery delivery(run.repository(), *target.store, target.target, run.vectors, run.leases,
                    run.ledger, run.cancel);
  FRESHET_TRY(delivery.start());
  run.delivery = &delivery;
  {
    Pipeline pipeline(run);
    FRESHET_TRY(pipeline.start());
    for (auto& source : sources)
      if (!run.cancel.requested()) list_source(run, *source, pipeline);
    pipeline.finish();
  }
  for (auto& source : sources) {
    if (run.cancel.requested()) break;
    const Status settled = base::guarded([&] { return settle(run, *source); });
    if (!settled) run.ledger.error(settled.error());
  }
  delivery.finish();
  run.delivery = nullptr;
  return {};
}

void plan(const Run& run, std::vector<std::unique_ptr<OpenSource>>& sources, Estimate& estimate) {
  for (auto& source : sources) plan_source(run, *source, estimate);
  guess(run, estimate);
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
  report.roots = std::move(roots);
  for (const auto& source : sources) report.sources.push_back(source->report);
  const ports::HttpCounters after = run.context.http.counters();
  report.counts.requests = after.requests - before.requests;
  report.counts.not_modified = after.not_modified - before.not_modified;
  report.counts.bytes = after.bytes - before.bytes;
  if (auto snapshot = run.repository().read())
    if (auto info = snapshot->info()) report.counts.pending = info->deliveries;
  return report;
}

}  // namespace

base::Digest Run::recipe(std::string_view media_type) const {
  return recipe_of(readers.fingerprint(media_type), config);
}

Result<Report> run(const Context& context, const RunConfig& config, const EventSink& events,
                   const base::Cancel& cancel) {
  const ports::Clock& clock = context.repository.clock();
  const base::Instant started = clock.now();
  const base::Millis begun = clock.monotonic();
  const ports::HttpCounters before = context.http.counters();
  FRESHET_ASSIGN(const std::unique_ptr<Readers> readers, Readers::open(context, config));
  FRESHET_ASSIGN(std::vector<std::unique_ptr<OpenSource>> sources,
                 open_sources(context, config, recipe_of(readers->fingerprint(), config)));
  FRESHET_TRY(settle_clock(context, config.dry_run, sources));
  FRESHET_ASSIGN(std::shared_ptr<RootLog> roots, RootLog::make(context.repository.directory()));
  OpenTarget target;
  if (!config.dry_run) {
    FRESHET_ASSIGN(target, open_target(context, config, cancel));
  }
  Ledger ledger(clock, events, roots);
  PeakMemory memory;
  Event event;
  event.kind = EventKind::run_started;
  ledger.tell(std::move(event));
  Estimate estimate;
  Report report;
  const Status done = base::guarded([&]() -> Status {
    Leases leases(context.repository, started, [&] { memory.sample(); });
    FRESHET_TRY(leases.start());
    Run state{context, config, cancel, ledger, leases, started, *readers};
    std::optional<Vectors> vectors;
    if (target.embedder) {
      const auto batch = static_cast<std::size_t>(config.chunking.options.embedding_batch_size);
      state.vectors = &vectors.emplace(context.repository, *target.embedder, batch, ledger);
    }
    if (config.dry_run)
      plan(state, sources, estimate);
    else
      FRESHET_TRY(refresh(state, sources, target));
    memory.sample();
    report = account(state, sources, before, roots);
    report.estimate = estimate;
    report.peak_memory_bytes = memory.peak();
    report.seconds = static_cast<double>((clock.monotonic() - begun).count()) / 1000;
    if (config.dry_run) return {};
    return context.repository.write(
        [&](repository::Writer& writer) { return writer.put_run(report.summary_json()); });
  });
  if (!done) return base::fail(done.error());
  return report;
}

}  // namespace freshet::refresh
