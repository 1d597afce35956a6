// core/sync/report.hpp - the account of a run.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/ports/loader.hpp"
#include "core/sync/estimate.hpp"
#include "core/sync/event.hpp"

namespace freshet::sync {

// What became of the requests of a source.
struct SourceRequests {
  std::uint64_t requests = 0, retries = 0, delayed = 0, turned_away = 0;
};

struct SourceReport {
  std::string name, loader;
  bool listed = false;  // false: the listing is not due yet, and the last one stands
  bool complete = false;
  bool cached = false;  // gathered within its `cache`: not listed, and nothing asked for
  ports::ListingKind kind = ports::ListingKind::part;  // where it was listed
  std::uint64_t entries = 0;
  std::uint64_t held = 0;
  std::string way;   // what it was taken for and how it was listed; empty: as its loader does
  std::string note;  // why it is not complete, or why removals are held
  std::optional<base::Error> error;  // the listing failed
  ports::EarlierErrors earlier;      // of its listing
  SourceRequests fetched;            // by the client of the host; a loader may have one of its own
  // Of an adaptive policy: the share of its pages that is likely stale, and that would be if a TTL spent the
  // same budget.
  std::optional<float> stale, stale_by_ttl;
};

struct Counts {
  std::uint64_t listed = 0, refreshed = 0, unchanged = 0, skipped = 0, removed = 0, busy = 0,
                failed = 0, held = 0, excluded = 0;
  std::uint64_t chunks_added = 0, chunks_removed = 0, chunks_kept = 0, chunks_updated = 0;
  std::optional<std::uint64_t> chunk_tokens;  // of the documents that were stored, where counted
  std::uint64_t embedded_texts = 0, embedded_cached = 0, embedded_tokens = 0;
  std::uint64_t estimated_tokens = 0;  // of embedded_tokens: the embedder did not tell
  std::uint64_t upserts = 0, removals = 0, pending = 0;
  std::uint64_t verified = 0;  // rows that the store was asked for at the end, and of these
  std::uint64_t found_missing = 0, found_stale = 0, found_damaged = 0;
  std::uint64_t requests = 0, not_modified = 0, bytes = 0, retries = 0, turned_away = 0,
                delayed = 0;
  std::uint64_t asked_absent = 0;    // of requests: for pages that cannot exist
  std::uint64_t refused_before = 0;  // of failed: the same content was refused for good
};

// One line for each root that was not skipped, kept on disk so that a report of a million roots
// costs no memory. Thread-safe.
class RootLog {
 public:
  // The file lies in `directory` and has no name.
  static base::Result<std::unique_ptr<RootLog>> make(const std::string& directory);
  ~RootLog();
  void add(std::string_view uri, Outcome outcome, std::string_view reason, const Attempts& attempts,
           const base::Error* error);

 private:
  friend class ReportText;
  friend class RootLines;
  RootLog(std::FILE* file, std::string directory) : directory_(std::move(directory)), file_(file) {}
  const std::string directory_;
  std::mutex mutex_;
  std::FILE* file_;
  bool first_ = true;
  int errno_ = 0;  // of the first line that could not be written: the list is not whole
};

// Reads the lines of a log that is complete, in the order they were added. One thread at a time.
class RootLines {
 public:
  explicit RootLines(std::shared_ptr<RootLog> log) : log_(std::move(log)) {}
  // Each a JSON object, as in the report; nothing after the last.
  base::Result<std::optional<std::string>> next();

 private:
  base::Status read_more();

  std::shared_ptr<RootLog> log_;
  std::string buffer_;
  std::int64_t offset_ = 0;  // of what follows the buffer in the file
  bool ended_ = false;
};

// A root that failed, as it is kept beyond the run.
struct RootFailure {
  std::string uri;
  int attempts = 0;
  base::Error error;
};
// A root that it took several attempts to ask for, well in the end.
struct RootRetry {
  std::string uri;
  Attempts attempts;
};
inline constexpr std::size_t most_failures = 50;  // of a run that are kept, of either kind

struct Report {
  base::Instant started, ended;
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0;  // private to the process, sampled
  bool dry_run = false, cancelled = false;
  std::string label;  // as the configuration makes them; or empty
  Counts counts;
  Estimate estimate;
  std::vector<SourceReport> sources;
  std::vector<base::Error> errors;    // of the run itself: the store, the embedder
  std::vector<RootFailure> failures;  // the first
  std::vector<RootRetry> retried;     // the first
  std::shared_ptr<RootLog> roots;

  // 0 all well; 1 some roots, listings or deliveries failed, or something is held; 3 nothing could
  // be done.
  int exit_code() const;
  std::string summary_json() const;  // without "roots"
  std::string record_json() const;   // with "failures" and "retried" besides
};

// The whole report as one JSON object, "roots" included, in a mapped file.
class ReportText {
 public:
  static base::Result<std::unique_ptr<ReportText>> make(const Report& report);
  ~ReportText();
  const char* c_str() const { return text_; }
  std::size_t size() const { return size_; }

 private:
  ReportText(const char* text, std::size_t size, std::size_t mapped)
      : text_(text), size_(size), mapped_(mapped) {}
  const char* text_;
  std::size_t size_, mapped_;
};

}  // namespace freshet::sync
