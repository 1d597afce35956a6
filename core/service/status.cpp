#include "core/service/status.hpp"

#include "core/host/redactor.hpp"
#include "core/repository/target_model.hpp"
#include "core/sync/learn.hpp"

namespace freshet::service {
namespace {

using base::Json;

constexpr std::size_t most_runs = 10, most_due = 10'000;

Json source_json(const repository::Source& source) {
  return {{"name", host::redactor().clean(source.name)},
          {"loader", source.loader},
          {"roots", source.members},
          {"held", source.held},
          {"listed", base::format_instant(source.listed)},
          {"note", host::redactor().clean(source.note)}};
}

// What an adaptive policy expects of its pages, where it has judged them.
base::Status add_staleness(const repository::Snapshot& snapshot, const base::Digest& source,
                           Json& out) {
  FRESHET_ASSIGN(const sync::LearntSource learnt, sync::learnt_source(snapshot, source));
  if (learnt.stale_by_ttl <= 0) return {};
  out["expected_stale"] = learnt.stale;
  out["expected_stale_by_ttl"] = learnt.stale_by_ttl;
  return {};
}

base::Result<Json> sources_json(const repository::Snapshot& snapshot) {
  Json out = Json::array();
  FRESHET_ASSIGN(const auto sources, snapshot.sources());
  for (const repository::Source& source : sources) {
    out.push_back(source_json(source));
    FRESHET_TRY(add_staleness(snapshot, source.id, out.back()));
  }
  return out;
}

Json embedder_json(const repository::Target& target) {
  return {{"name", target.embedder},
          {"model", repository::embedder_model(target.model)},
          {"dimension", target.dimension},
          {"titles", repository::embeds_titles(target.model)}};
}

base::Result<Json> store_json(const repository::Snapshot& snapshot) {
  FRESHET_ASSIGN(const auto target, snapshot.target());
  if (!target) return Json();
  Json out{{"name", target->store}, {"embedder", nullptr}};
  if (!target->embedder.empty()) out["embedder"] = embedder_json(*target);
  return out;
}

const char* name_of(repository::TargetState state) {
  if (state == repository::TargetState::filling) return "filling";
  return state == repository::TargetState::live ? "live" : "retired";
}

// Each target, with what it has still to be told.
base::Result<Json> stores_json(const repository::Snapshot& snapshot) {
  Json out = Json::array();
  FRESHET_ASSIGN(const auto all, snapshot.targets());
  FRESHET_ASSIGN(const auto searched, snapshot.searched());
  for (const repository::KnownTarget& each : all) {
    const repository::Target& target = each.delivered();
    FRESHET_ASSIGN(const std::uint64_t pending, snapshot.count_deliveries(each.number));
    Json embedder;
    if (!target.embedder.empty()) embedder = embedder_json(target);
    out.push_back({{"target", each.number},
                   {"name", target.store},
                   {"embedder", std::move(embedder)},
                   {"state", name_of(each.state)},
                   {"rebuilding", each.newest.under_way()},
                   {"replaces", each.replaces == 0 ? Json() : Json(each.replaces)},
                   {"searched", searched && searched->number == each.number},
                   {"pending", pending}});
  }
  return out;
}

// Its failures, up to fifty, are for who asks for this one run.
Json run_json(const repository::RunRecord& run) {
  Json json = Json::parse(run.report, nullptr, false);
  if (!json.is_object()) return Json(Json::value_t::discarded);
  json["id"] = run.number;
  json.erase("failures");
  return json;
}

base::Result<Json> runs_json(const repository::Snapshot& snapshot, std::size_t limit,
                             std::uint64_t before = UINT64_MAX) {
  Json out = Json::array();
  FRESHET_ASSIGN(const auto runs, snapshot.runs(limit, before));
  for (const repository::RunRecord& run : runs)
    if (Json parsed = run_json(run); !parsed.is_discarded()) out.push_back(std::move(parsed));
  return out;
}

}  // namespace

base::Result<Json> list_sources(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto sources, snapshot.sources());
  Json out = Json::array();
  for (const repository::Source& source : sources) {
    FRESHET_ASSIGN(const auto due,
                   snapshot.due_of(source.id, repository.clock().now(), {}, most_due));
    out.push_back(source_json(source));
    out.back()["due"] = due.size();
  }
  return out;
}

base::Result<Json> list_runs(const repository::Repository& repository, std::size_t limit,
                             std::uint64_t before) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  Json out = Json::object();
  FRESHET_ASSIGN(out["runs"], runs_json(snapshot, limit, before));
  return out;
}

base::Result<Json> find_run(const repository::Repository& repository, std::uint64_t id) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto run, snapshot.run(id));
  if (!run) return base::fail(base::Code::not_found, "is no run that is kept", std::to_string(id));
  FRESHET_ASSIGN(Json json, base::parse_json(run->report, "the account of a run", 64 << 20));
  json["id"] = run->number;
  return json;
}

base::Result<Json> status_json(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  // After a clock that was ahead the next run asks the policy about every root.
  FRESHET_ASSIGN(const bool was_ahead, snapshot.clock_was_ahead());
  FRESHET_ASSIGN(const repository::DueCount due,
                 snapshot.count_due_failing(was_ahead ? base::Instant{base::never.ms - 1}
                                                      : repository.clock().now()));
  const std::uint64_t stale = due.all + info.failing - due.failing;
  Json out{{"directory", repository.directory()},
           {"namespace", repository.name_space()},
           {"roots", info.roots},
           {"documents", info.documents},
           {"chunks", info.chunks},
           {"elements", info.elements},
           {"fresh", info.roots > stale ? info.roots - stale : 0},
           {"due", due.all},
           {"failing", info.failing},
           {"deliveries_pending", info.deliveries},
           {"vectors", info.vectors},
           {"has_embeddings", info.has_embeddings}};
  FRESHET_ASSIGN(const auto shard, snapshot.shard());
  if (shard) out["shard"] = {{"index", shard->index}, {"count", shard->count}};
  FRESHET_ASSIGN(const auto move, snapshot.move());
  if (move)
    out[move->stage == repository::MoveStage::gone ? "moved_to" : "filled_from"] = move->others;
  FRESHET_ASSIGN(out["sources"], sources_json(snapshot));
  FRESHET_ASSIGN(out["store"], store_json(snapshot));
  FRESHET_ASSIGN(out["stores"], stores_json(snapshot));
  FRESHET_ASSIGN(out["runs"], runs_json(snapshot, most_runs));
  return out;
}

base::Json check_json(const repository::CheckReport& report) {
  Json problems = Json::array();
  for (const std::string& problem : report.problems)
    problems.push_back(host::redactor().clean(problem));
  return {{"ok", report.problem_count == 0},
          {"roots", report.roots},
          {"elements", report.elements},
          {"chunks", report.chunks},
          {"vectors", report.vectors},
          {"deliveries", report.deliveries},
          {"problem_count", report.problem_count},
          {"problems", std::move(problems)}};
}

}  // namespace freshet::service
