#include "freshet/embed.h"

#include <fmt/format.h>

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "core/sync/embed.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

// Borrowed from the caller.
base::Result<std::vector<std::string_view>> read_texts(const char* const* texts,
                                                       std::size_t count) {
  if (texts == nullptr && count > 0) return base::fail(Code::misuse, "is NULL", "texts");
  if (count > SIZE_MAX / 2 / sizeof(char*))
    return base::fail(Code::misuse, "is no number of texts", "count");
  std::vector<std::string_view> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("texts[{}]", i);
    if (texts[i] == nullptr) return base::fail(Code::misuse, "is NULL", name);
    const std::string_view each = texts[i];
    FRESHET_ASSIGN(all.emplace_back(), utf8(each.data(), each.size(), name.c_str()));
    if (each.empty()) return base::fail(Code::invalid_argument, "is empty", name);
  }
  return all;
}

base::Result<std::optional<sync::Use>> read_embedder(RepositoryObject& object,
                                                     const char* config_json) {
  if (config_json == nullptr) return std::nullopt;
  FRESHET_ASSIGN(const Json json, options(config_json, "config_json"));
  FRESHET_ASSIGN(sync::RunConfig config, sync::parse_run(json, nullptr, object.policies.all()));
  if (!config.embedder)
    return base::fail(Code::unsupported, "the configuration names none", "embedder");
  return std::move(config.embedder);
}

base::Result<ports::Purpose> read_purpose(std::int32_t purpose) {
  if (purpose == FRESHET_PURPOSE_DOCUMENT) return ports::Purpose::document;
  if (purpose == FRESHET_PURPOSE_QUERY) return ports::Purpose::query;
  return base::fail(Code::invalid_argument, fmt::format("{} is no purpose", purpose), "purpose");
}

std::shared_ptr<VectorsObject> object_of(sync::Embedded embedded) {
  auto object = std::make_shared<VectorsObject>();
  object->model = std::move(embedded.model);
  object->dimension = embedded.dimension;
  object->vectors = std::move(embedded.vectors);
  return object;
}

}  // namespace
}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_embed(freshet_repository* repository, const char* config_json,
                                         const char* const* texts, size_t count, int32_t purpose,
                                         const freshet_call_options* call,
                                         freshet_vectors** out_vectors,
                                         freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_vectors, "out_vectors"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto wanted, read_texts(texts, count));
    FRESHET_ASSIGN(const auto meant, read_purpose(purpose));
    FRESHET_ASSIGN(const auto embedder, read_embedder(*object, config_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const freshet::base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(auto embedded,
                     freshet::sync::embed(object->context(), embedder, wanted, meant, cancel));
      *out_vectors = make_handle<freshet_vectors>(object_of(std::move(embedded)));
      return {};
    });
  });
}

FRESHET_API size_t freshet_vectors_count(const freshet_vectors* vectors) noexcept {
  return guard_value(size_t{0}, [&] {
    const auto object = get_or_null(vectors);
    return object ? object->vectors.size() : 0;
  });
}

FRESHET_API size_t freshet_vectors_dimension(const freshet_vectors* vectors) noexcept {
  return guard_value(size_t{0}, [&] {
    const auto object = get_or_null(vectors);
    return object ? object->dimension : 0;
  });
}

FRESHET_API const char* freshet_vectors_model(const freshet_vectors* vectors) noexcept {
  return guard_value("", [&] {
    const auto object = get_or_null(vectors);
    return object ? object->model.c_str() : "";
  });
}

FRESHET_API freshet_status freshet_vectors_get(const freshet_vectors* vectors, size_t index,
                                               const float** out_vector,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_vector, "out_vector"));
    FRESHET_ASSIGN(const auto object, get(vectors));
    if (index >= object->vectors.size())
      return freshet::base::fail(Code::not_found, "there is no such vector", "index");
    *out_vector = object->vectors[index].data();
    return {};
  });
}

FRESHET_API void freshet_vectors_free(freshet_vectors* vectors) noexcept {
  guard_free([&] { take(vectors); });
}

}  // extern "C"
