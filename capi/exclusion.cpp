#include "freshet/exclusion.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/objects.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

constexpr std::size_t exclusions_a_page = 1000;
constexpr std::size_t most_uris = 1'000'000;

base::Result<std::vector<std::string>> uris_of(const char* const* uris, std::size_t count) {
  if (count > most_uris)
    return base::fail(Code::invalid_argument, "is more than 1,000,000", "count");
  if (uris == nullptr && count > 0)
    return base::fail(Code::misuse, "is NULL, but count is not 0", "uris");
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) {
    FRESHET_ASSIGN(std::string uri, text(uris[i], "uris"));
    if (uri.empty()) return base::fail(Code::invalid_argument, "holds an empty URI", "uris");
    all.push_back(std::move(uri));
  }
  return all;
}

base::Result<std::uint64_t> exclude(repository::Repository& repository,
                                    const std::vector<std::string>& uris, const std::string& why) {
  std::uint64_t removed = 0;
  FRESHET_TRY(repository.write([&](repository::Writer& writer) -> Status {
    removed = 0;
    for (const std::string& uri : uris) {
      FRESHET_ASSIGN(const auto gone, writer.exclude({uri, repository.clock().now(), why}));
      removed += gone.value_or(0);
    }
    return {};
  }));
  return removed;
}

Status include(repository::Repository& repository, const std::vector<std::string>& uris) {
  return repository.write([&](repository::Writer& writer) -> Status {
    for (const std::string& uri : uris) {
      FRESHET_ASSIGN(const bool was_out, writer.include(uri));
      if (!was_out) return base::fail(Code::not_found, "is not excluded", uri);
    }
    return {};
  });
}

base::Result<Json> list_excluded(const repository::Repository& repository) {
  Json list = Json::array();
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  for (base::Digest cursor;;) {
    FRESHET_ASSIGN(const auto page, snapshot.exclusions(cursor, exclusions_a_page));
    if (page.empty()) return Json{{"excluded", std::move(list)}};
    for (const repository::Exclusion& each : page)
      list.push_back({{"uri", each.uri}, {"since_ms", each.since.ms}, {"why", each.why}});
    cursor = model::root_id(page.back().uri);
  }
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_repository_exclude(freshet_repository* repository,
                                                      const char* const* uris, size_t count,
                                                      const char* why, uint64_t* out_removed,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_removed != nullptr) *out_removed = 0;
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto all, uris_of(uris, count));
    FRESHET_ASSIGN(const std::string words, text(why != nullptr ? why : "", "why"));
    FRESHET_ASSIGN(const std::uint64_t removed, exclude(*object->repository, all, words));
    if (out_removed != nullptr) *out_removed = removed;
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_include(freshet_repository* repository,
                                                      const char* const* uris, size_t count,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto all, uris_of(uris, count));
    return include(*object->repository, all);
  });
}

FRESHET_API freshet_status freshet_repository_list_excluded(const freshet_repository* repository,
                                                            char** out_json,
                                                            freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Json list, list_excluded(*object->repository));
    *out_json = give_text(base::dump_json(list));
    return {};
  });
}

}  // extern "C"
}  // namespace freshet::capi
