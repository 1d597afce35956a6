#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "core/base/thread.hpp"
#include "core/conformance/bench.hpp"
#include "core/conformance/memory.hpp"

namespace freshet::conformance {
namespace {

using base::Code;

constexpr std::size_t most_entries = 1000;
constexpr std::size_t most_fetches = 3;

struct Listed {
  std::vector<ports::Entry> entries;  // the first
  ports::Listing listing;
};

// What there is since `state`; up to a bound.
base::Result<Listed> collect(ports::Loader& loader, const std::string& state) {
  Listed listed;
  ports::ListingSink sink;
  sink.entry = [&](ports::Entry entry) -> base::Status {
    listed.entries.push_back(std::move(entry));
    if (listed.entries.size() < most_entries) return {};
    return base::fail(Code::limit, "enough for a check");
  };
  sink.gone = [](const std::string&) { return base::Status(); };
  auto listing = loader.list(state, sink, {});
  const bool enough = !listing && listing.error().message == "enough for a check";
  if (!listing && !enough) return base::fail(std::move(listing).error());
  if (listing) listed.listing = *std::move(listing);
  return listed;
}

// The same, or nothing where the case has ended.
std::optional<Listed> list_since(Bench& bench, ports::Loader& loader, const std::string& state) {
  auto listed = collect(loader, state);
  if (!bench.good(listed, state.empty() ? "list" : "list since its own state")) return std::nullopt;
  return *std::move(listed);
}

std::optional<std::vector<ports::Entry>> list(Bench& bench, ports::Loader& loader) {
  auto listed = list_since(bench, loader, {});
  if (!listed) return std::nullopt;
  return std::move(listed->entries);
}

void opens(Bench& bench) { bench.good(bench.open_loader(), "open"); }

void opens_many(Bench& bench) {
  std::vector<base::Result<std::unique_ptr<ports::Loader>>> all;
  for (int i = 0; i < 20; ++i) all.push_back(bench.open_loader());
  for (const auto& each : all)
    if (!bench.good(each, "open")) return;
}

void lists(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto listed = list_since(bench, **loader, {});
  if (listed)
    bench.that(listed->listing.note != host::unsaid, "it listed a part, and did not say why");
}

// What is not the same in two entries; empty: nothing.
std::string difference(const ports::Entry& a, const ports::Entry& b) {
  if (a.uri != b.uri) return fmt::format("{} and {} in one place", a.uri, b.uri);
  if (a.version != b.version)
    return fmt::format("the versions {} and {} of {}", a.version, b.version, a.uri);
  return a.handle == b.handle ? std::string() : "two handles of " + a.uri;
}

void lists_the_same(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto first = list(bench, **loader);
  const auto second = first ? list(bench, **loader) : std::nullopt;
  if (!second) return;
  bench.that(first->size() == second->size(),
             fmt::format("two listings had {} and {} entries", first->size(), second->size()));
  for (std::size_t i = 0; i < first->size() && i < second->size(); ++i) {
    const std::string found = difference((*first)[i], (*second)[i]);
    if (!bench.that(found.empty(), "two listings had " + found)) return;
  }
}

// Nothing of what it says since its own state may be refused; a part is no state to go on from.
void lists_since(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto first = list_since(bench, **loader, {});
  if (!first) return;
  if (!first->listing.complete() || first->listing.state.empty())
    return bench.skip("it gives no state");
  list_since(bench, **loader, first->listing.state);
}

void heeds_refusal(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  bool asked = false;
  ports::ListingSink sink;
  sink.entry = [&](const ports::Entry&) -> base::Status {
    asked = true;
    return base::fail(Code::limit, "the checker wants no more");
  };
  const auto listing = (*loader)->list({}, sink, {});
  if (!asked) return static_cast<void>(bench.good(listing, "list"));
  bench.that(!bench.was_logged("went on after"), "it went on after its sink had refused an entry");
}

void ends_when_cancelled(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const base::Cancel cancel;
  cancel.request();
  const ports::ListingSink sink{[](const ports::Entry&) { return base::Status(); }, {}};
  bench.clean((*loader)->list({}, sink, cancel), "a cancelled list");
}

void fetches(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto entries = list(bench, **loader);
  for (std::size_t i = 0; entries && i < entries->size() && i < most_fetches; ++i) {
    const auto fetched = (*loader)->fetch((*entries)[i], "", {});
    if (!bench.good(fetched, "fetch " + (*entries)[i].uri)) return;
    bench.that(fetched->media_type.find(';') == std::string::npos,
               "the media type has parameters: " + fetched->media_type);
  }
}

// As the engine keeps an entry between runs.
void fetches_what_was_kept(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto entries = list(bench, **loader);
  if (!entries || entries->empty()) return bench.skip("it lists nothing");
  const auto listed = (*loader)->fetch(entries->front(), "", {});
  if (!bench.good(listed, "fetch")) return;
  ports::Entry kept = entries->front();
  kept.version.clear();
  kept.last_modified.reset();
  kept.size.reset();
  const auto fetched = (*loader)->fetch(kept, "", {});
  if (bench.good(fetched, "fetch without version, time and size"))
    bench.that(fetched->outcome == listed->outcome,
               "without version, time and size an entry has another outcome");
}

void keeps_versions(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto entries = list(bench, **loader);
  if (!entries || entries->empty()) return bench.skip("it lists nothing");
  const ports::Entry& entry = entries->front();
  const auto first = (*loader)->fetch(entry, "", {});
  if (!bench.good(first, "fetch")) return;
  if (first->outcome != ports::FetchOutcome::content) return bench.skip("the first entry is gone");
  if (first->version.empty()) return bench.skip("it gives no versions");
  const auto again = (*loader)->fetch(entry, first->version, {});
  if (!bench.good(again, "fetch with a known version")) return;
  if (again->outcome == ports::FetchOutcome::content && again->bytes == first->bytes)
    bench.that(again->version == first->version, "the same content came with another version");
}

void knows_its_own(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  ports::Entry entry;
  entry.uri = "freshet-check:/there/is/nothing/here";
  const auto fetched = (*loader)->fetch(entry, "", {});
  if (!bench.clean(fetched, "fetching what it never listed") || !fetched) return;
  bench.that(fetched->outcome != ports::FetchOutcome::content,
             "it has content for what it never listed");
}

bool same_uris(const std::vector<ports::Entry>& a, const std::vector<ports::Entry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ports::Entry& x, const ports::Entry& y) { return x.uri == y.uri; });
}

void serves_threads(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto entries = list(bench, **loader);
  if (!entries || entries->empty()) return bench.skip("it lists nothing");
  std::mutex mutex;
  const auto work = [&] {
    const auto listed = collect(**loader, {});
    {
      const std::lock_guard lock(mutex);
      if (bench.good(listed, "list on one of four threads"))
        bench.that(same_uris(*entries, listed->entries),
                   "it lists other entries when four threads list");
    }
    for (std::size_t i = 0; i < entries->size() && i < most_fetches; ++i) {
      const auto fetched = (*loader)->fetch((*entries)[i], "", {});
      const std::lock_guard lock(mutex);
      bench.good(fetched, "fetch on one of four threads");
    }
  };
  base::Thread threads[4];
  for (base::Thread& thread : threads)
    if (!thread.start("freshet-check", work)) {
      const std::lock_guard lock(mutex);
      return bench.skip("there are no threads");
    }
}

// What a thread of the plugin does with a call or a sink when they are over is told in the log.
void ends_with_its_calls(Bench& bench) {
  constexpr std::chrono::milliseconds a_while{200};
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  const auto entries = list(bench, **loader);
  if (!entries) return;
  if (!entries->empty()) bench.clean((*loader)->fetch(entries->front(), "", {}), "fetch");
  std::this_thread::sleep_for(a_while);
}

[[maybe_unused]] void frees_memory(Bench& bench) {
  const auto loader = bench.open_loader();
  if (!bench.good(loader, "open")) return;
  keeps_its_size(bench, "listing and fetch", [&] {
    const auto entries = list(bench, **loader);
    if (entries && !entries->empty())
      bench.clean((*loader)->fetch(entries->front(), "", {}), "fetch");
    return entries.has_value();
  });
}

constexpr Check checks[] = {
    {"opens", "an instance opens with its options, and closes", opens},
    {"opens_many", "twenty instances live side by side", opens_many},
    {"lists", "a listing ends, and its entries have URIs", lists},
    {"lists_the_same", "two listings in a row are the same", lists_the_same},
    {"lists_since", "a listing that goes on from its own state is as it is said to be",
     lists_since},
    {"heeds_refusal", "a listing ends when the host refuses an entry", heeds_refusal},
    {"ends_when_cancelled", "a listing that is cancelled ends", ends_when_cancelled},
    {"fetches", "what was listed can be fetched, with exactly one outcome", fetches},
    {"fetches_what_was_kept", "an entry is fetched by its URI and handle alone",
     fetches_what_was_kept},
    {"keeps_versions", "the same content keeps its version", keeps_versions},
    {"knows_its_own", "what was never listed is a failure or gone", knows_its_own},
    {"serves_threads", "four threads list and fetch at once", serves_threads},
    {"keeps_no_arguments", "no argument is read after the call that it was passed to",
     keeps_no_arguments},
    {"ends_with_its_calls", "no call and no sink is used when it is over", ends_with_its_calls},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose memory is their own
    {"frees_memory", "listing and fetching again takes no more memory", frees_memory},
#endif
};

}  // namespace

std::span<const Check> loader_checks() { return checks; }

}  // namespace freshet::conformance
