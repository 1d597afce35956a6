#include "freshet/query.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/objects.hpp"

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

base::Result<query::Query> parse_query(const Json& json, std::string text) {
  query::Query query;
  query.text = std::move(text);
  std::int64_t limit = query.limit;
  base::ObjectReader in(json, "");
  in.integer("limit", limit, 1, 1000);
  std::int64_t target = 0;
  in.integer("target", target, 1, UINT32_MAX);
  in.with("mode", [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_string()) return base::fail(Code::invalid_argument, "is not a text", path);
    FRESHET_ASSIGN(query.mode, query::parse_mode(value.get<std::string>()));
    return {};
  });
  in.with("filter",
          [&](const Json& value, const std::string&) { return parse_filter(value, query); });
  FRESHET_TRY(in.finish());
  query.limit = static_cast<std::uint32_t>(limit);
  query.target = static_cast<std::uint32_t>(target);
  return query;
}

// Of a query by vector there is nothing else to choose.
base::Result<query::Query> parse_vector_query(const Json& json, std::span<const float> vector) {
  query::Query query;
  std::int64_t limit = query.limit;
  base::ObjectReader in(json, "");
  in.integer("limit", limit, 1, 1000);
  std::int64_t target = 0;
  in.integer("target", target, 1, UINT32_MAX);
  in.with("filter",
          [&](const Json& value, const std::string&) { return parse_filter(value, query); });
  FRESHET_TRY(in.finish());
  query.limit = static_cast<std::uint32_t>(limit);
  query.target = static_cast<std::uint32_t>(target);
  query.mode = ports::SearchMode::vector;
  query.vector = vector;
  return query;
}

Status search(RepositoryObject& object, const query::Query& query, const Call& limits,
              freshet_hits** out_hits) {
  auto hits = std::make_shared<HitsObject>();
  FRESHET_TRY(limits.run(*object.runtime, [&](const base::Cancel& cancel) -> Status {
    FRESHET_ASSIGN(hits->answer, object.searcher.run(object.context(), query, cancel));
    return {};
  }));
  *out_hits = make_handle<freshet_hits>(std::move(hits));
  return {};
}

Json metadata_of(const ports::Hit& hit) {
  Json parsed = Json::parse(hit.metadata, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

Json to_json(const ports::Hit& hit) {
  return {{"score", hit.score}, {"text", hit.text},
          {"uri", hit.uri},     {"title", hit.title},
          {"path", hit.path},   {"url", hit.url},
          {"chunk_id", hit.id}, {"metadata", metadata_of(hit)}};
}

freshet_hit hit_of(const ports::Hit& hit) {
  freshet_hit out = FRESHET_HIT_INIT;
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
    FRESHET_ASSIGN(const query::Query parsed, parse_query(json, std::move(wanted)));
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
    FRESHET_ASSIGN(const query::Query parsed, parse_vector_query(json, {vector, dimension}));
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
    return fill(out_hit, hit_of(object->answer.hits[index]), "out_hit");
  });
}

FRESHET_API freshet_status freshet_hits_to_json(const freshet_hits* hits, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(hits));
    Json out{{"hits", Json::array()}, {"ended_after", object->answer.ended_after}};
    for (const ports::Hit& hit : object->answer.hits) out["hits"].push_back(to_json(hit));
    *out_json = give_text(base::dump_json(out));
    return {};
  });
}

FRESHET_API void freshet_hits_free(freshet_hits* hits) noexcept {
  guard_free([&] { take(hits); });
}

}  // extern "C"
}  // namespace freshet::capi
