#include "core/sync/report.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/file_size_signal.hpp"
#include "core/base/json.hpp"
#include "core/base/system_error.hpp"
#include "core/host/redactor.hpp"

namespace freshet::sync {
namespace {

using base::Json;

tl::unexpected<base::Error> cannot_write(int number, const std::string& directory) {
  return base::fail_errno(number, "the report cannot be written", directory);
}

base::Result<std::FILE*> nameless_file(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  std::FILE* file = fd >= 0 ? ::fdopen(fd, "w+") : nullptr;
  if (file == nullptr && fd >= 0) ::close(fd);
  if (file == nullptr)
    file = std::tmpfile();  // a file system without O_TMPFILE, or a read-only one
  if (file == nullptr) return cannot_write(errno, directory);
  return file;
}

Json to_json(const base::Error& foreign) {
  const base::Error error = host::redactor().clean(foreign);
  Json json{{"code", base::code_name(error.code)}, {"message", base::to_string(error)}};
  if (!error.subject.empty()) json["subject"] = error.subject;
  if (error.retry_after_ms >= 0) json["retry_after_ms"] = error.retry_after_ms;
  return json;
}

// Of the attempts before the last one.
Json to_json(const ports::EarlierErrors& earlier) {
  Json all = Json::array();
  if (earlier != nullptr)
    for (const base::Error& error : *earlier) all.push_back(to_json(error));
  return all;
}

// Of the roots that something was done about. Null: of none.
Json success_rate(const Counts& counts) {
  const std::uint64_t well = counts.refreshed + counts.unchanged + counts.removed;
  if (well + counts.failed == 0) return {};
  return static_cast<double>(well) / static_cast<double>(well + counts.failed);
}

std::string_view listing_kind_name(ports::ListingKind kind) {
  switch (kind) {
    case ports::ListingKind::whole:
      return "whole";
    case ports::ListingKind::unchanged:
      return "unchanged";
    case ports::ListingKind::changes:
      return "changes";
    case ports::ListingKind::part:
      break;
  }
  return "part";
}

Json to_json(const SourceReport& source) {
  const host::Redactor& redactor = host::redactor();
  Json json{
      {"name", redactor.clean(source.name)}, {"loader", source.loader},   {"listed", source.listed},
      {"complete", source.complete},         {"entries", source.entries}, {"held", source.held}};
  if (source.listed && !source.error) json["kind"] = listing_kind_name(source.kind);
  if (source.cached) json["cached"] = true;
  if (!source.way.empty()) json["way"] = redactor.clean(source.way);
  if (!source.note.empty()) json["note"] = redactor.clean(source.note);
  if (source.error) json["error"] = to_json(*source.error);
  if (source.earlier != nullptr) json["earlier"] = to_json(source.earlier);
  if (source.stale) json["expected_stale"] = *source.stale;
  if (source.stale_by_ttl) json["expected_stale_by_ttl"] = *source.stale_by_ttl;
  const auto& [requests, retries, delayed, turned_away] = source.fetched;
  json["fetched"] = {{"requests", requests},
                     {"retries", retries},
                     {"delayed", delayed},
                     {"turned_away", turned_away}};
  return json;
}

Json to_json(const std::optional<Range>& range) {
  return range ? Json{{"low", range->low}, {"high", range->high}} : Json();
}

// What so many tokens cost; null where either is unknown.
Json cost(const Estimate& estimate) {
  const std::optional<Range> tokens = estimate.tokens();
  if (!tokens || !estimate.price_per_million_tokens) return Json();
  const double price = *estimate.price_per_million_tokens / 1'000'000;
  return {{"low", static_cast<double>(tokens->low) * price},
          {"high", static_cast<double>(tokens->high) * price}};
}

Json cleaned(const std::vector<std::string>& uris) {
  Json texts = Json::array();
  for (const std::string& uri : uris) texts.push_back(host::redactor().clean(uri));
  return texts;
}

Json to_json(const std::optional<Reembed>& reembed) {
  if (!reembed) return Json();
  return {{"why", reembed->why}, {"chunks", reembed->chunks}, {"tokens", reembed->tokens}};
}

Json to_json(const Estimate& estimate) {
  Json json{{"fetch", estimate.fetch},
            {"new", estimate.new_roots},
            {"reread", estimate.reread},
            {"reembed", to_json(estimate.reembed)},
            {"uris", cleaned(estimate.uris)},
            {"known_chunks", estimate.known_chunks},
            {"known_tokens", estimate.known_tokens},
            {"new_chunks", to_json(estimate.new_chunks)},
            {"new_tokens", to_json(estimate.new_tokens)},
            {"tokens", to_json(estimate.tokens())},
            {"cost", cost(estimate)}};
  if (!estimate.by_day.empty()) json["requests_by_day"] = estimate.by_day;
  return json;
}

// Writes `head`, the lines of `roots`, and the end with a NUL. Returns an errno, or 0.
int assemble(std::string_view head, std::FILE* roots, std::FILE* whole) {
  const auto write = [&](std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), whole) == text.size();
  };
  if (std::fflush(roots) != 0) return errno;
  if (!write(head)) return errno;
  std::rewind(roots);
  char buffer[1 << 14];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, roots)) > 0;)
    if (!write({buffer, got})) return errno;
  if (std::ferror(roots) != 0) return errno;
  std::fseek(roots, 0, SEEK_END);
  return write({"]}", 3}) && std::fflush(whole) == 0 ? 0 : errno;
}

nlohmann::ordered_json ordered(const Json& json) {
  return nlohmann::ordered_json::parse(base::dump_json(json));
}

nlohmann::ordered_json summary(const Report& report) {
  const Counts& c = report.counts;
  auto json = nlohmann::ordered_json::object();
  json["started"] = base::format_instant(report.started);
  json["ended"] = base::format_instant(report.ended);
  if (!report.label.empty()) json["label"] = report.label;
  json["dry_run"] = report.dry_run;
  json["cancelled"] = report.cancelled;
  json["exit_code"] = report.exit_code();
  json["listed"] = c.listed;
  json["refreshed"] = c.refreshed;
  json["unchanged"] = c.unchanged;
  json["skipped"] = c.skipped;
  json["removed"] = c.removed;
  json["busy"] = c.busy;
  json["success_rate"] = success_rate(c);
  json["failed"] = c.failed;
  json["refused_before"] = c.refused_before;
  json["asked_absent"] = c.asked_absent;
  json["held"] = c.held;
  json["excluded"] = c.excluded;
  json["chunks"] = {{"added", c.chunks_added},
                    {"removed", c.chunks_removed},
                    {"kept", c.chunks_kept},
                    {"updated", c.chunks_updated},
                    {"tokens", nullptr}};
  if (c.chunk_tokens) json["chunks"]["tokens"] = *c.chunk_tokens;
  json["embedded"] = {{"texts", c.embedded_texts},
                      {"cached", c.embedded_cached},
                      {"tokens", c.embedded_tokens},
                      {"estimated_tokens", c.estimated_tokens}};
  json["delivered"] = {{"upserts", c.upserts}, {"removals", c.removals}, {"pending", c.pending}};
  json["verified"] = {{"checked", c.verified},
                      {"missing", c.found_missing},
                      {"stale", c.found_stale},
                      {"damaged", c.found_damaged}};
  json["fetched"] = {{"requests", c.requests}, {"not_modified", c.not_modified},
                     {"bytes", c.bytes},       {"retries", c.retries},
                     {"delayed", c.delayed},   {"turned_away", c.turned_away}};
  json["seconds"] = report.seconds;
  json["peak_memory_bytes"] = report.peak_memory_bytes;
  if (report.dry_run) json["plan"] = ordered(to_json(report.estimate));
  json["sources"] = nlohmann::ordered_json::array();
  for (const SourceReport& source : report.sources)
    json["sources"].push_back(ordered(to_json(source)));
  json["errors"] = nlohmann::ordered_json::array();
  for (const base::Error& error : report.errors) json["errors"].push_back(ordered(to_json(error)));
  return json;
}

std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

base::Result<std::unique_ptr<RootLog>> RootLog::make(const std::string& directory) {
  FRESHET_ASSIGN(std::FILE * file, nameless_file(directory));
  return std::unique_ptr<RootLog>(new RootLog(file, directory));
}

RootLog::~RootLog() { std::fclose(file_); }

void RootLog::add(std::string_view uri, Outcome outcome, std::string_view reason,
                  const Attempts& attempts, const base::Error* error) {
  const host::Redactor& redactor = host::redactor();
  Json line{{"uri", redactor.clean(uri)},
            {"outcome", outcome_name(outcome)},
            {"reason", redactor.clean(reason)},
            {"attempts", attempts.count}};
  if (attempts.earlier != nullptr) line["earlier"] = to_json(attempts.earlier);
  line["error"] = error != nullptr ? to_json(*error) : Json();
  const std::string text = base::dump_json(line);
  std::lock_guard lock(mutex_);
  if (errno_ != 0) return;
  const bool separated = first_ || std::fputs(",\n", file_) >= 0;
  first_ = false;
  if (!separated || std::fwrite(text.data(), 1, text.size(), file_) != text.size()) errno_ = errno;
}

int Report::exit_code() const {
  bool any_listing_failed = false;
  bool all_listings_failed = !sources.empty();
  for (const SourceReport& source : sources) {
    const bool failed = source.error.has_value();
    any_listing_failed |= failed || (source.listed && !source.complete);
    all_listings_failed &= failed;
  }
  const std::uint64_t done = counts.refreshed + counts.unchanged + counts.skipped + counts.removed +
                             counts.busy + counts.excluded;
  if (cancelled) return 1;
  if (all_listings_failed && done == 0) return 3;
  // Pending rows alone are no trouble: they may be those of a run that goes on. Where this run
  // could not deliver, it has an error that says so.
  const bool trouble = counts.failed > 0 || counts.held > 0 || !errors.empty();
  return trouble || any_listing_failed ? 1 : 0;
}

std::string Report::summary_json() const { return dump(summary(*this)); }

std::string Report::record_json() const {
  auto json = summary(*this);
  json["failures"] = nlohmann::ordered_json::array();
  for (const RootFailure& failure : failures) {
    auto error = ordered(to_json(failure.error));
    json["failures"].push_back({{"uri", host::redactor().clean(failure.uri)},
                                {"attempts", failure.attempts},
                                {"error", std::move(error)}});
  }
  json["retried"] = nlohmann::ordered_json::array();
  for (const RootRetry& root : retried)
    json["retried"].push_back({{"uri", host::redactor().clean(root.uri)},
                               {"attempts", root.attempts.count},
                               {"earlier", ordered(to_json(root.attempts.earlier))}});
  return dump(json);
}

// Every line but the first has ",\n" before it; a line itself holds no line break.
base::Result<std::optional<std::string>> RootLines::next() {
  for (;;) {
    const std::size_t end = buffer_.find(",\n");
    if (end == std::string::npos && !ended_) {
      FRESHET_TRY(read_more());
      continue;
    }
    if (buffer_.empty()) return std::nullopt;
    std::optional<std::string> line = buffer_.substr(0, end);
    buffer_.erase(0, end == std::string::npos ? end : end + 2);
    return line;
  }
}

base::Status RootLines::read_more() {
  char more[1 << 14];
  std::lock_guard lock(log_->mutex_);
  if (log_->errno_ != 0) return cannot_write(log_->errno_, log_->directory_);
  if (std::fflush(log_->file_) != 0) return cannot_write(errno, log_->directory_);
  const ssize_t got = ::pread(::fileno(log_->file_), more, sizeof more, offset_);
  if (got < 0 && errno == EINTR) return {};
  if (got < 0) return base::fail_errno(errno, "the report cannot be read", log_->directory_);
  buffer_.append(more, static_cast<std::size_t>(got));
  offset_ += got;
  ended_ = got == 0;
  return {};
}

base::Result<std::unique_ptr<ReportText>> ReportText::make(const Report& report) {
  const base::BlockFileSizeSignal block;
  const RootLog& log = *report.roots;
  std::lock_guard lock(report.roots->mutex_);
  FRESHET_ASSIGN(std::FILE * whole, nameless_file(log.directory_));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closer(whole, &std::fclose);
  std::string head = report.summary_json();
  head.pop_back();  // the closing brace: "roots" comes before it
  head += ",\"roots\":[";
  const int problem = log.errno_ != 0 ? log.errno_ : assemble(head, log.file_, whole);
  if (problem != 0) return cannot_write(problem, log.directory_);
  const auto size = static_cast<std::size_t>(std::ftell(whole));
  void* text = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, ::fileno(whole), 0);
  if (text == MAP_FAILED) return cannot_write(errno, log.directory_);
  return std::unique_ptr<ReportText>(
      new ReportText(static_cast<const char*>(text), size - 1, size));
}

ReportText::~ReportText() { ::munmap(const_cast<char*>(text_), mapped_); }

}  // namespace freshet::sync
