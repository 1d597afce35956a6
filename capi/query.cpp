#include "freshet/query.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/objects.hpp"
#include "core/base/text.hpp"
#include "core/query/gather.hpp"
#include "core/service/fresh_query.hpp"
#include "core/sync/config_check.hpp"
#include "core/sync/use.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

constexpr std::size_t most_dimension = std::size_t{1} << 24;  // what nobody has: it was never set

Status parse_filter(const Json& value, query::Query& query) {
  FRESHET_ASSIGN(query::Filter filter, query::Filter::parse(value));
  query.filter = std::move(filter);
  return {};
}

// A query, and how lately what it finds is to have been confirmed; nothing: however long ago.
struct Asked {
  query::Query query;
  std::vector<std::string> also;  // the same, of other texts
  std::optional<service::Demand> demand;
  query::Gathering gathering;
  std::unique_ptr<ports::Tokenizer> tokenizer;  // of that

  bool gathers() const {
    return gathering.expand > 0 || gathering.section || gathering.fold || gathering.max_tokens;
  }
};

// What both forms of a query may say.
struct Common {
  std::int64_t limit = query::Query().limit, target = 0;
  std::optional<base::Millis> max_age, deadline;
  const Json* config = nullptr;
  std::int64_t expand = 0;
  bool section = false, fold = false;
  std::optional<std::int64_t> max_tokens;
  std::optional<sync::Use> tokenizer;
};

void read_gathering(base::ObjectReader& in, Common& common) {
  constexpr std::int64_t most_tokens = 1'000'000'000;
  in.integer("expand", common.expand, 0, 100);
  in.flag("section", common.section);
  in.flag("fold", common.fold);
  if (in.value("max_tokens") != nullptr)
    in.integer("max_tokens", common.max_tokens.emplace(0), 1, most_tokens);
  in.with("tokenizer", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(common.tokenizer, sync::parse_use(value, path));
    return {};
  });
}

void read_common(base::ObjectReader& in, query::Query& query, Common& common) {
  const auto read = [&](const char* key, std::optional<base::Millis>& out) {
    if (in.value(key) != nullptr) in.duration(key, out.emplace(0));
  };
  in.integer("limit", common.limit, 1, 1000);
  in.integer("target", common.target, 1, UINT32_MAX);
  in.with("filter",
          [&](const Json& value, const std::string&) { return parse_filter(value, query); });
  read_gathering(in, common);
  read("max_age", common.max_age);
  read("deadline", common.deadline);
  common.config = in.value("config");
}

void finish_common(const Common& common, query::Query& query) {
  query.limit = static_cast<std::uint32_t>(common.limit);
  query.target = static_cast<std::uint32_t>(common.target);
}

Status set_gathering(const RepositoryObject& object, const Common& common, Asked& asked) {
  asked.gathering.expand = static_cast<std::uint32_t>(common.expand);
  asked.gathering.section = common.section;
  asked.gathering.fold = common.fold;
  if (common.expand > 0 && common.section)
    return base::fail(Code::invalid_argument, "is given beside \"expand\": it is one or the other",
                      "section");
  if (common.max_tokens)
    asked.gathering.max_tokens = static_cast<std::uint64_t>(*common.max_tokens);
  if (!common.tokenizer) return {};
  if (!common.max_tokens)
    return base::fail(Code::invalid_argument, "is missing: \"tokenizer\" says what its tokens are",
                      "max_tokens");
  const sync::Context context = object.context();
  FRESHET_ASSIGN(const Json options,
                 sync::complete_use(sync::offer_of(context), ports::Kind::tokenizer,
                                    *common.tokenizer, "tokenizer"));
  FRESHET_ASSIGN(asked.tokenizer,
                 context.catalog.open_tokenizer(common.tokenizer->name, options, {}));
  asked.gathering.tokenizer = asked.tokenizer.get();
  return {};
}

Status parse_also(const Json& value, const std::string& path, Asked& asked) {
  constexpr std::size_t most = 100;
  if (!value.is_array() || value.size() > most)
    return base::fail(Code::invalid_argument, "is not an array of at most 100 texts", path);
  for (const Json& each : value) {
    if (!each.is_string() || base::trim(each.get_ref<const std::string&>()).empty())
      return base::fail(Code::invalid_argument, "has an element that is no text, or empty", path);
    asked.also.push_back(each.get<std::string>());
  }
  return {};
}

base::Result<std::optional<service::Demand>> demand_of(const RepositoryObject& object,
                                                       const Common& common) {
  constexpr base::Millis longest = std::chrono::hours(1);
  if (!common.max_age) {
    if (common.deadline || common.config != nullptr)
      return base::fail(Code::invalid_argument,
                        "is missing: it says how old what is found may be, and \"deadline\" and "
                        "\"config\" how it is confirmed",
                        "max_age");
    return std::optional<service::Demand>();
  }
  if (common.config == nullptr)
    return base::fail(Code::invalid_argument,
                      "is missing: it names the sources that \"max_age\" has asked", "config");
  service::Demand demand;
  demand.max_age = *common.max_age;
  demand.deadline = common.deadline.value_or(demand.deadline);
  if (demand.deadline <= base::Millis(0) || demand.deadline > longest)
    return base::fail(Code::invalid_argument, "is not from 1ms to 1h", "deadline");
  FRESHET_ASSIGN(demand.config, sync::parse_run(*common.config, nullptr, object.policies.all()));
  for (base::Error& problem : sync::check_config(sync::offer_of(object.context()), demand.config))
    return base::fail(std::move(problem));
  return demand;
}

base::Result<Asked> parse_query(const RepositoryObject& object, const Json& json,
                                std::string text) {
  Asked asked;
  query::Query& query = asked.query;
  query.text = std::move(text);
  Common common;
  base::ObjectReader in(json, "");
  read_common(in, query, common);
  in.with("mode", [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_string()) return base::fail(Code::invalid_argument, "is not a text", path);
    FRESHET_ASSIGN(query.mode, query::parse_mode(value.get<std::string>()));
    return {};
  });
  in.with("also", [&](const Json& value, const std::string& path) {
    return parse_also(value, path, asked);
  });
  FRESHET_TRY(in.finish());
  finish_common(common, query);
  FRESHET_ASSIGN(asked.demand, demand_of(object, common));
  FRESHET_TRY(set_gathering(object, common, asked));
  return asked;
}

// Of a query by vector there is nothing else to choose.
base::Result<Asked> parse_vector_query(const RepositoryObject& object, const Json& json,
                                       std::span<const float> vector) {
  Asked asked;
  Common common;
  base::ObjectReader in(json, "");
  read_common(in, asked.query, common);
  FRESHET_TRY(in.finish());
  finish_common(common, asked.query);
  asked.query.mode = ports::SearchMode::vector;
  asked.query.vector = vector;
  FRESHET_ASSIGN(asked.demand, demand_of(object, common));
  FRESHET_TRY(set_gathering(object, common, asked));
  return asked;
}

base::Result<query::Answer> answer_one(RepositoryObject& object, const Asked& asked,
                                       const query::Query& query, const base::Cancel& cancel) {
  if (asked.demand) return service::run_fresh(object, query, *asked.demand, cancel);
  return object.searcher.run(object.context(), query, cancel);
}

base::Result<query::Answer> answer_all(RepositoryObject& object, const Asked& asked,
                                       const base::Cancel& cancel) {
  std::vector<query::Answer> answers;
  FRESHET_ASSIGN(answers.emplace_back(), answer_one(object, asked, asked.query, cancel));
  if (asked.also.empty()) return std::move(answers.front());
  query::Query query = asked.query;
  for (const std::string& text : asked.also) {
    query.text = text;
    FRESHET_ASSIGN(answers.emplace_back(), answer_one(object, asked, query, cancel));
  }
  return query::merge(std::move(answers));
}

// Nothing can be found where nothing was delivered yet.
base::Result<bool> is_empty_yet(const RepositoryObject& object, const query::Query& query) {
  if (query.target != 0) return false;
  FRESHET_ASSIGN(const auto snapshot, object.repository->read());
  FRESHET_ASSIGN(const auto known, snapshot.searched());
  return !known;
}

Status search(RepositoryObject& object, const Asked& asked, const Call& limits,
              freshet_hits** out_hits) {
  auto hits = std::make_shared<HitsObject>();
  FRESHET_TRY(limits.run(*object.runtime, [&](const base::Cancel& cancel) -> Status {
    FRESHET_ASSIGN(const bool is_empty, is_empty_yet(object, asked.query));
    if (is_empty) return {};
    FRESHET_ASSIGN(hits->answer, answer_all(object, asked, cancel));
    if (!asked.gathers()) return {};
    return query::gather(*object.repository, asked.gathering, hits->answer);
  }));
  hits->answer.around.resize(hits->answer.hits.size());
  *out_hits = make_handle<freshet_hits>(std::move(hits));
  return {};
}

Json metadata_of(const ports::Hit& hit) {
  Json parsed = Json::parse(hit.metadata, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

// Null: not yet, or never by itself.
Json instant(base::Instant at) {
  return at == base::unset || at == base::never ? Json() : Json(at.ms);
}

Json to_json(const ports::Hit& hit, const query::Freshness& freshness,
             const query::Around& around) {
  Json out{{"score", hit.score},     {"text", hit.text},
           {"uri", hit.uri},         {"title", hit.title},
           {"path", hit.path},       {"url", hit.url},
           {"chunk_id", hit.id},     {"metadata", metadata_of(hit)},
           {"unconfirmed", nullptr}, {"query", around.query}};
  if (!around.text.empty()) out["context"] = around.text;
  if (around.tokens > 0) out["tokens"] = around.tokens;
  if (!around.also_at.empty()) out["also_at"] = around.also_at;
  out["checked_ms"] = instant(freshness.checked);
  out["due_ms"] = instant(freshness.due);
  if (!freshness.unconfirmed.empty()) out["unconfirmed"] = freshness.unconfirmed;
  return out;
}

freshet_hit hit_of(const ports::Hit& hit, const query::Freshness& freshness,
                   const query::Around& around) {
  freshet_hit out = FRESHET_HIT_INIT;
  out.context = around.text.c_str();
  out.tokens = around.tokens;
  out.query = around.query;
  out.checked_ms = freshness.checked.ms;
  out.due_ms = freshness.due.ms;
  out.unconfirmed = freshness.unconfirmed.c_str();
  out.score = hit.score;
  out.text = hit.text.c_str();
  out.uri = hit.uri.c_str();
  out.title = hit.title.c_str();
  out.path = hit.path.c_str();
  out.url = hit.url.c_str();
  out.chunk_id = hit.id.c_str();
  out.metadata = hit.metadata.empty() ? "{}" : hit.metadata.c_str();
  return out;
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_query_run(freshet_repository* repository, const char* query,
                                             const char* options_json,
                                             const freshet_call_options* call,
                                             freshet_hits** out_hits,
                                             freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_hits, "out_hits"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(std::string wanted, text(query, "text"));
    if (wanted.empty()) return base::fail(Code::invalid_argument, "is empty", "text");
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(const Asked parsed, parse_query(*object, json, std::move(wanted)));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return search(*object, parsed, limits, out_hits);
  });
}

FRESHET_API freshet_status freshet_query_vector(freshet_repository* repository, const float* vector,
                                                size_t dimension, const char* options_json,
                                                const freshet_call_options* call,
                                                freshet_hits** out_hits,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_hits, "out_hits"));
    FRESHET_ASSIGN(const auto object, get(repository));
    if (dimension == 0) return base::fail(Code::invalid_argument, "has no numbers", "vector");
    if (vector == nullptr) return base::fail(Code::misuse, "is NULL", "vector");
    if (dimension > most_dimension)
      return base::fail(Code::misuse, "is no number of numbers", "dimension");
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(const Asked parsed, parse_vector_query(*object, json, {vector, dimension}));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return search(*object, parsed, limits, out_hits);
  });
}

FRESHET_API size_t freshet_hits_count(const freshet_hits* hits) noexcept {
  return guard_value(size_t{0}, [&] {
    const auto object = get_or_null(hits);
    return object ? object->answer.hits.size() : 0;
  });
}

FRESHET_API uint32_t freshet_hits_ended_after(const freshet_hits* hits) noexcept {
  return guard_value(uint32_t{0}, [&] {
    const auto object = get_or_null(hits);
    return object ? object->answer.ended_after : 0;
  });
}

FRESHET_API freshet_status freshet_hits_get(const freshet_hits* hits, size_t index,
                                            freshet_hit* out_hit,
                                            freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(hits));
    if (index >= object->answer.hits.size())
      return base::fail(Code::not_found, "there is no such hit", "index");
    const query::Answer& answer = object->answer;
    return fill(out_hit, hit_of(answer.hits[index], answer.freshness[index], answer.around[index]),
                "out_hit");
  });
}

FRESHET_API freshet_status freshet_hits_to_json(const freshet_hits* hits, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(hits));
    const query::Answer& answer = object->answer;
    Json out{{"hits", Json::array()}, {"ended_after", answer.ended_after}};
    for (std::size_t i = 0; i < answer.hits.size(); ++i)
      out["hits"].push_back(to_json(answer.hits[i], answer.freshness[i], answer.around[i]));
    *out_json = give_text(base::dump_json(out));
    return {};
  });
}

FRESHET_API void freshet_hits_free(freshet_hits* hits) noexcept {
  guard_free([&] { take(hits); });
}

}  // extern "C"
}  // namespace freshet::capi
