#include "core/sync/explain.hpp"

#include <algorithm>

#include "core/host/redactor.hpp"
#include "core/sync/decide.hpp"
#include "core/sync/grant.hpp"
#include "core/sync/sources.hpp"
#include "core/sync/volatile.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

using base::Result;

// Null: not yet, or never by itself.
Json instant(base::Instant at) {
  return at == base::unset || at == base::never ? Json() : Json(at.ms);
}

Json object_of(std::string_view text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

// Of its last attempts. Null: the last one went well, or there was none.
Json failure_of(const repository::RootView& root) {
  if (root.failures == 0) return {};
  return {{"code", base::code_name(root.error_code)},
          {"message", host::redactor().clean(std::string(root.error))},
          {"at_ms", instant(root.failed)},
          {"in_a_row", root.failures},
          {"not_found_in_a_row", root.gone_seen}};
}

void tell_root(const repository::RootView& root, base::Instant now, Json& out) {
  out["exists"] = root.exists();
  out["title"] = root.title;
  out["version"] = root.version;
  if (!root.alias_of.empty()) out["alias_of"] = host::redactor().clean(std::string(root.alias_of));
  out["ingested_ms"] = instant(root.ingested);
  out["checked_ms"] = instant(root.checked);
  out["changed_ms"] = instant(root.changed);
  out["ask_again_ms"] = instant(root.ask_again);
  out["due"] = root.ask_again <= now;
  out["failure"] = failure_of(root);
  out["flags"] = object_of(root.flags);
  out["metadata"] = object_of(root.metadata);
}

Result<Json> tell_trigger(const repository::Snapshot& snapshot, const base::Digest& id) {
  FRESHET_ASSIGN(const auto trigger, snapshot.trigger(id));
  if (!trigger) return Json();
  return Json{{"since_ms", trigger->since.ms}, {"reason", host::redactor().clean(trigger->why)}};
}

Result<Json> tell_exclusion(const repository::Snapshot& snapshot, const base::Digest& id) {
  FRESHET_ASSIGN(const auto exclusion, snapshot.exclusion(id));
  if (!exclusion) return Json();
  return Json{{"since_ms", exclusion->since.ms}, {"why", host::redactor().clean(exclusion->why)}};
}

// What was refused for good, where its last attempts failed.
Result<Json> tell_refusal(const repository::Snapshot& snapshot, const base::Digest& id) {
  FRESHET_ASSIGN(const auto refusal, snapshot.refusal(id));
  FRESHET_ASSIGN(const auto root, snapshot.root(id));
  if (!refusal || !root || root->failures == 0) return Json();
  return Json{{"since_ms", refusal->since.ms},
              {"code", base::code_name(refusal->code)},
              {"message", host::redactor().clean(refusal->error)},
              {"by", refusal->model.empty() ? "reader" : "embedder"},
              {"model", refusal->model.empty() ? Json() : Json(refusal->model)}};
}

// The places that change at each load, as far as they were learnt. Null: none were.
Result<Json> tell_places(const repository::Snapshot& snapshot, const base::Digest& id) {
  FRESHET_ASSIGN(const auto lesson, snapshot.lesson(id, volatile_lesson));
  return lesson ? to_json(places_of(*lesson)) : Json();
}

Result<Json> tell_lease(const repository::Snapshot& snapshot, const base::Digest& id) {
  FRESHET_ASSIGN(const auto lease, snapshot.lease(id));
  if (!lease) return Json();
  return Json{{"pid", lease->pid}, {"ends_in_ms", lease->left.count()}};
}

// Those that have the root, as their last runs left them.
Result<Json> tell_sources(const repository::Snapshot& snapshot, const base::Digest& id) {
  Json all = Json::array();
  FRESHET_ASSIGN(const auto sources, snapshot.sources());
  for (const repository::Source& source : sources) {
    FRESHET_ASSIGN(const auto seen, snapshot.seen_by(source.id, id));
    if (!seen) continue;
    all.push_back({{"name", host::redactor().clean(source.name)},
                   {"loader", source.loader},
                   {"policy", Json::parse(source.policy, nullptr, false)},
                   {"listed_ms", instant(source.listed)},
                   {"list_again_ms", instant(source.list_again)},
                   {"in_last_listing", *seen == source.generation},
                   {"note", host::redactor().clean(source.note)}});
  }
  return all;
}

// Of the last run that failed with the root, or asked for it more than once: what each attempt said.
// Null: none of the last ones did.
Result<Json> tell_attempts(const repository::Snapshot& snapshot, const std::string& uri) {
  constexpr std::size_t most_runs = 100;
  FRESHET_ASSIGN(const auto runs, snapshot.runs(most_runs));
  for (const repository::RunRecord& run : runs) {
    const Json report = Json::parse(run.report, nullptr, false);
    for (const char* kind : {"retried", "failures"}) {
      const auto roots = report.find(kind);
      if (roots == report.end()) continue;
      for (const Json& root : *roots) {
        if (root.value("uri", "") != uri) continue;
        Json errors = root.value("earlier", Json::array());
        if (root.contains("error")) errors.push_back(root["error"]);
        return Json{{"run", run.number},
                    {"ended", report.value("ended", "")},
                    {"count", root.value("attempts", 0)},
                    {"errors", std::move(errors)}};
      }
    }
  }
  return Json();
}

struct Told {
  Json json;
  ports::Entry entry;  // as the last listing had it
  bool any = false;    // something is known of the URI
};

Result<Told> tell_recorded(const Context& context, const std::string& uri) {
  Told told;
  const base::Digest id = model::root_id(uri);
  const base::Instant now = context.repository.clock().now();
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(const auto view, snapshot.root(id));
  told.entry.uri = uri;
  told.json = {{"uri", host::redactor().clean(uri)},
               {"namespace", context.repository.name_space()},
               {"now_ms", now.ms},
               {"known", view.has_value()},
               {"exists", false}};
  if (view) {
    told.entry = entry_of(*view);
    tell_root(*view, now, told.json);
  }
  FRESHET_ASSIGN(told.json["trigger"], tell_trigger(snapshot, id));
  FRESHET_ASSIGN(told.json["exclusion"], tell_exclusion(snapshot, id));
  FRESHET_ASSIGN(told.json["refusal"], tell_refusal(snapshot, id));
  FRESHET_ASSIGN(told.json["attempts"], tell_attempts(snapshot, host::redactor().clean(uri)));
  FRESHET_ASSIGN(told.json["volatile_places"], tell_places(snapshot, id));
  FRESHET_ASSIGN(told.json["lease"], tell_lease(snapshot, id));
  FRESHET_ASSIGN(told.json["sources"], tell_sources(snapshot, id));
  told.any = view || !told.json["trigger"].is_null() || !told.json["exclusion"].is_null();
  return told;
}

Json decision_of(const Judged& judged) {
  if (judged.error)
    return {{"refresh", false}, {"error", host::redactor().clean(base::to_string(*judged.error))}};
  const bool due = judged.verdict == Verdict::due;
  Json out{{"refresh", due}, {"reason", host::redactor().clean(judged.item.reason.view())}};
  if (!due) out["ask_again_ms"] = instant(judged.ask_again);
  return out;
}

// "moved": its lastmod or version is another than when it was last looked at. Null: nothing is known.
Json hint_name(policy::Hint hint) {
  if (hint == policy::Hint::none) return {};
  return hint == policy::Hint::moved ? "moved" : "stayed";
}

Json tell_signal(const policy::Signal& signal) {
  if (signal.looks() <= 0) return {};
  const bool some = signal.is_heeded(policy::Hint::moved) || signal.is_heeded(policy::Hint::stayed);
  return {{"precision", signal.precision()},
          {"recall", signal.recall()},
          {"use", signal.covers() ? "trusted"
                  : some          ? "heeded"
                                  : "ignored"}};
}

// How far what is told of the pages of a source was right. Null: it has said nothing yet.
Json tell_signals(const policy::SourceLearnt& learnt) {
  const policy::Validators& validators = learnt.validators;
  Json answers;
  if (validators.asked > 0)
    answers = {
        {"precision", validators.changed / std::max(validators.asked - validators.same, 1.F)},
        {"not_modified", validators.same / validators.asked}};
  return {{"times", tell_signal(learnt.signal(policy::Teller::times))},
          {"versions", tell_signal(learnt.signal(policy::Teller::versions))},
          {"validators", std::move(answers)}};
}

// What an adaptive policy has learnt of the page, and of how much it may ask. Null: nothing yet.
Result<Json> tell_learnt(const Run& run, const OpenSource& source, const std::string& uri) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  const base::Digest id = model::root_id(uri);
  FRESHET_ASSIGN(const auto root, snapshot.root(id));
  FRESHET_ASSIGN(const auto page, learnt_page(snapshot, source.record.id, id));
  if (!root || !page) return Json();
  FRESHET_ASSIGN(const LearntSource learnt,
                 learnt_source(snapshot, source.record.id, *source.config->policy->adaptive()));
  FRESHET_ASSIGN(const policy::Tally folder,
                 learnt_folder(snapshot, source.record.id, folder_of(uri)));
  const policy::PageLearnt known =
      page->with(root->checked, std::min(root->changed, root->checked));
  const policy::Heard heard = page->heard();
  return Json{{"chance", policy::changed_by_now(learnt.pages, folder, known, run.now(), heard)},
              {"worth", policy::worth(learnt.pages, folder, known, run.now(), heard)},
              {"listing_says", hint_name(heard.hint)},
              {"signals", tell_signals(learnt.pages)},
              {"worth_needed", learnt.purse.threshold()},
              {"requests_saved", learnt.purse.saved()},
              {"changes_found", page->found},
              {"changes_expected", page->expected}};
}

// What the first round of a run would ask for.
base::Status grant(const Run& run, OpenSource& source) {
  FRESHET_ASSIGN(Granter granter, Granter::open(run, source));
  FRESHET_ASSIGN(const auto grants, granter.next(run.repository(), run.now()));
  for (const Grant& each : grants) source.granted[each.root] = each.chance;
  return {};
}

Result<bool> is_member(const Context& context, const base::Digest& source, const std::string& uri) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  return snapshot.is_member(source, model::root_id(uri));
}

// What a run would decide now, by the policy of each source that has the root, or of each that may
// come to have it.
Result<Json> decide_now(const Context& context, const RunConfig& config, const Told& told,
                        const std::string& uri, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto readers, Readers::open(context, config, cancel));
  FRESHET_ASSIGN(const Chunking chunking,
                 Chunking::open(offer_of(context), context.catalog, config.chunking, cancel));
  const base::Digest recipe = recipe_of(readers->fingerprint(), chunking);
  FRESHET_ASSIGN(const auto sources, look_at_sources(context, config, recipe));
  const base::Instant now = context.repository.clock().now();
  Ledger ledger(context.repository.machine(), {}, nullptr);
  Leases leases(context.repository, now, [] {});
  const Run run{context, config, cancel, ledger, leases, now, *readers, chunking};
  Json decisions = Json::array(), others = Json::array();
  for (const auto& source : sources) {
    FRESHET_ASSIGN(const bool member, is_member(context, source->record.id, uri));
    source->cached = member && is_cached(config, *source, now);
    const bool adaptive = source->config->policy->adaptive() != nullptr;
    if (adaptive && member) FRESHET_TRY(grant(run, *source));
    FRESHET_ASSIGN(const auto judged, judge(run, *source, {told.entry}));
    Json decision = decision_of(judged.front());
    decision["source"] = source->report.name;
    decision["has_it"] = member;
    decision["policy"] = source->config->policy->to_json();
    if (adaptive) {
      FRESHET_ASSIGN(decision["learnt"], tell_learnt(run, *source, uri));
    }
    if (source->cached)
      decision["cached_until_ms"] = (source->record.listed + source->config->cache).ms;
    (member ? decisions : others).push_back(std::move(decision));
  }
  return decisions.empty() ? others : decisions;
}

}  // namespace

Result<Json> explain(const Context& context, const RunConfig* config, const std::string& uri,
                     const base::Cancel& cancel) {
  FRESHET_ASSIGN(Told told, tell_recorded(context, uri));
  if (!told.any && config == nullptr)
    return base::fail(base::Code::not_found, "nothing is known of it", uri);
  told.json["decisions"] = nullptr;
  if (config != nullptr) {
    FRESHET_ASSIGN(told.json["decisions"], decide_now(context, *config, told, uri, cancel));
  }
  return std::move(told.json);
}

}  // namespace freshet::sync
