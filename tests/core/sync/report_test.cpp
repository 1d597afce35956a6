// The account of a run: what it says of it as a whole, and line by line.
#include "core/sync/report.hpp"

#include "core/base/json.hpp"
#include "core/host/redactor.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Json;

SourceReport source(bool listed, bool complete, bool failed) {
  SourceReport report;
  report.name = "a";
  report.listed = listed;
  report.complete = complete;
  if (failed) report.error = base::make_error(Code::network, "is not there");
  return report;
}
const SourceReport good = source(true, true, false), part = source(true, false, false),
                   failed = source(true, false, true), standing = source(false, false, false);

struct Ends {
  const char* what;
  std::function<void(Report&)> happened;
  int exit_code;
};

const Ends ends[] = {
    {"nothing was to be done", [](Report&) {}, 0},
    {"a source was listed", [](Report& report) { report.sources = {good}; }, 0},
    {"a listing stood", [](Report& report) { report.sources = {standing}; }, 0},
    {"a listing was a part",
     [](Report& report) {
       report.sources = {good, part};
     },
     1},
    {"one listing failed",
     [](Report& report) {
       report.sources = {good, failed};
     },
     1},
    {"all listings failed",
     [](Report& report) {
       report.sources = {failed, failed};
     },
     3},
    {"all listings failed, and roots were refreshed",
     [](Report& report) {
       report.sources = {failed};
       report.counts.refreshed = 1;
     },
     1},
    {"all listings failed, and roots were fresh",
     [](Report& report) {
       report.sources = {failed};
       report.counts.skipped = 1;
     },
     1},
    {"all listings failed, and so did all roots",
     [](Report& report) {
       report.sources = {failed};
       report.counts.failed = 1;
     },
     3},
    {"a root failed", [](Report& report) { report.counts.failed = 1; }, 1},
    {"a removal is held", [](Report& report) { report.counts.held = 1; }, 1},
    {"a root was another run's", [](Report& report) { report.counts.busy = 1; }, 0},
    {"rows are pending, as another run delivers", [](Report& report) { report.counts.pending = 9; },
     0},
    {"the store has an error",
     [](Report& report) { report.errors.push_back(base::make_error(Code::remote, "full")); }, 1},
    {"it was cancelled",
     [](Report& report) {
       report.cancelled = true;
       report.sources = {failed};
     },
     1},
};

struct Log {
  Log() : made(RootLog::make(folder / "")) { REQUIRE(made); }
  std::vector<Json> lines() {
    const std::shared_ptr<RootLog> log = std::move(*made);
    std::vector<Json> all;
    RootLines reader(log);
    for (;;) {
      const auto line = reader.next();
      REQUIRE(line);
      if (!*line) return all;
      all.push_back(Json::parse(**line));
    }
  }
  RootLog& operator*() { return **made; }

  tests::Folder folder;
  base::Result<std::unique_ptr<RootLog>> made;
};

}  // namespace

TEST_CASE("how a run ended is one number") {
  for (const Ends& one : ends) {
    INFO(one.what);
    Report report;
    one.happened(report);
    CHECK(report.exit_code() == one.exit_code);
    CHECK(Json::parse(report.summary_json())["exit_code"] == one.exit_code);
  }
}

TEST_CASE("a summary has every count under its name") {
  Report report;
  Counts& counts = report.counts;
  std::uint64_t next = 0;
  for (std::uint64_t* count : {&counts.listed,
                               &counts.refreshed,
                               &counts.unchanged,
                               &counts.skipped,
                               &counts.removed,
                               &counts.busy,
                               &counts.failed,
                               &counts.held,
                               &counts.excluded,
                               &counts.chunks_added,
                               &counts.chunks_removed,
                               &counts.chunks_kept,
                               &counts.chunks_updated,
                               &counts.embedded_texts,
                               &counts.embedded_cached,
                               &counts.embedded_tokens,
                               &counts.estimated_tokens,
                               &counts.upserts,
                               &counts.removals,
                               &counts.pending,
                               &counts.requests,
                               &counts.not_modified,
                               &counts.bytes})
    *count = ++next;
  const Json json = Json::parse(report.summary_json());
  const std::pair<const char*, std::uint64_t> expected[] = {{"/listed", 1},
                                                            {"/refreshed", 2},
                                                            {"/unchanged", 3},
                                                            {"/skipped", 4},
                                                            {"/removed", 5},
                                                            {"/busy", 6},
                                                            {"/failed", 7},
                                                            {"/held", 8},
                                                            {"/excluded", 9},
                                                            {"/chunks/added", 10},
                                                            {"/chunks/removed", 11},
                                                            {"/chunks/kept", 12},
                                                            {"/chunks/updated", 13},
                                                            {"/embedded/texts", 14},
                                                            {"/embedded/cached", 15},
                                                            {"/embedded/tokens", 16},
                                                            {"/embedded/estimated_tokens", 17},
                                                            {"/delivered/upserts", 18},
                                                            {"/delivered/removals", 19},
                                                            {"/delivered/pending", 20},
                                                            {"/fetched/requests", 21},
                                                            {"/fetched/not_modified", 22},
                                                            {"/fetched/bytes", 23}};
  for (const auto& [path, value] : expected) {
    INFO(path);
    CHECK(json.at(nlohmann::json::json_pointer(path)) == value);
  }
  CHECK_FALSE(json.contains("plan"));
}

TEST_CASE("a source tells its kind only where it was listed and did not fail") {
  Report report;
  report.sources = {good, part, failed, standing};
  report.sources[0].kind = ports::ListingKind::changes;
  const Json sources = Json::parse(report.summary_json())["sources"];
  CHECK(sources[0]["kind"] == "changes");
  CHECK(sources[1]["kind"] == "part");
  CHECK_FALSE(sources[2].contains("kind"));
  CHECK(sources[2]["error"]["code"] == "network");
  CHECK_FALSE(sources[3].contains("kind"));
}

TEST_CASE("each root has a line, in their order, and the report has all of them") {
  Log log;
  const base::Error error = base::make_error(Code::timeout, "took too long", "u:2");
  (*log).add("u:1", Outcome::refreshed, "", 1, nullptr);
  (*log).add("u:2", Outcome::failed, "timeout", 3, &error);
  (*log).add("u:\"3\"\n", Outcome::removed, "no longer, listed", 1, nullptr);
  Report report;
  report.roots = std::move(*log.made);
  const auto whole = ReportText::make(report);
  REQUIRE(whole);
  const Json json = Json::parse((*whole)->c_str());
  CHECK((*whole)->size() == std::string_view((*whole)->c_str()).size());
  REQUIRE(json["roots"].size() == 3);
  CHECK(json["roots"][0]["error"].is_null());
  CHECK(json["roots"][1]["error"]["code"] == "timeout");
  CHECK(json["roots"][1]["attempts"] == 3);
  CHECK(json["roots"][2]["uri"] == "u:\"3\"\n");
  RootLines lines(report.roots);
  for (const char* uri : {"u:1", "u:2", "u:\"3\"\n"})
    CHECK(Json::parse(lines.next()->value())["uri"] == uri);
  CHECK_FALSE(lines.next()->has_value());
  CHECK_FALSE(lines.next()->has_value());
}

TEST_CASE("a log without lines is a report without roots") {
  Log log;
  CHECK(log.lines().empty());
  Report report;
  report.roots = *RootLog::make(log.folder / "");
  CHECK(Json::parse((*ReportText::make(report))->c_str())["roots"].empty());
}

TEST_CASE("a log of many lines is read in pieces") {
  Log log;
  const std::string reason(300, 'r');
  for (int i = 0; i < 500; ++i)
    (*log).add("u:" + std::to_string(i), Outcome::skipped, reason, 1, nullptr);
  const std::vector<Json> lines = log.lines();
  REQUIRE(lines.size() == 500);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i]["uri"] == "u:" + std::to_string(i));
}

TEST_CASE("a secret is in no line and in no summary") {
  host::redactor().remember("hush-hush-hush");
  Log log;
  const base::Error error =
      base::make_error(Code::denied, "hush-hush-hush is not the word", "u:hush-hush-hush");
  (*log).add("u:hush-hush-hush", Outcome::failed, "hush-hush-hush", 1, &error);
  CHECK(base::dump_json(log.lines()[0]).find("hush-hush") == std::string::npos);
  Report report;
  report.sources = {failed};
  report.sources[0].name = report.sources[0].note = "hush-hush-hush";
  report.sources[0].error = error;
  report.errors.push_back(error);
  CHECK(report.summary_json().find("hush-hush") == std::string::npos);
}

}  // namespace freshet::sync
