#include "freshet/repository.h"

#include <fmt/format.h>

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/convert.hpp"
#include "capi/document.hpp"
#include "capi/log.hpp"
#include "capi/open_request.hpp"
#include "core/host/redactor.hpp"
#include "core/net/client.hpp"
#include "core/service/status.hpp"
#include "core/sync/ingest.hpp"
#include "core/sync/use.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

constexpr std::size_t most_ids = 1'000'000;

base::Result<base::Digest> parse_id(const char* argument, const char* name) {
  FRESHET_ASSIGN(const std::string id, text(argument, name));
  const auto digest = base::Digest::from_hex(id);
  if (!digest)
    return base::fail(Code::invalid_argument, "is not an id of 32 hexadecimal digits", name);
  return *digest;
}

base::Result<std::optional<repository::Root>> find_root(const repository::Repository& repository,
                                                        const std::string& uri) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto view, snapshot.root(model::root_id(uri)));
  if (!view) return std::optional<repository::Root>();
  return std::optional(repository::owned(*view));
}

// The next root of a listing; nothing after the last.
base::Result<std::optional<repository::Root>> next_root(RootsObject& roots) {
  constexpr std::size_t page_size = 256;
  std::lock_guard lock(roots.mutex);
  if (roots.next == roots.page.size() && !roots.ended) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, roots.repository->repository->read());
    FRESHET_ASSIGN(roots.page, snapshot.list_roots(roots.cursor, page_size));
    roots.next = 0;
    roots.ended = roots.page.size() < page_size;
    if (!roots.page.empty()) roots.cursor = roots.page.back().id;
  }
  if (roots.next == roots.page.size()) return std::optional<repository::Root>();
  return std::optional(std::move(roots.page[roots.next++]));
}

// It has a client of its own: what it sends is no request of a run.
std::shared_ptr<telemetry::Exporter> make_exporter(const OpenRequest& request) {
  if (request.telemetry.endpoint.empty()) return nullptr;
  return std::make_shared<telemetry::Exporter>(
      request.telemetry, net::make_client(request.http, ports::system_clock()),
      [](const std::string& line) { write_log(sync::log_warning, "otel", line); });
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_repository_open(const char* directory, const char* options_json,
                                                   freshet_repository** out_repository,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_repository, "out_repository"));
    FRESHET_ASSIGN(const std::string path, text(directory, "directory"));
    if (path.empty()) return base::fail(Code::invalid_argument, "is empty", "directory");
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    host::redactor().remember_options(json);  // a proxy's URL may hold a password
    FRESHET_ASSIGN(OpenRequest request, parse_open(json));
    auto object = std::make_shared<RepositoryObject>();
    FRESHET_ASSIGN(object->repository, repository::Repository::open(path, request.open));
    object->telemetry = make_exporter(request);
    object->runtime = std::make_shared<service::Runtime>(std::move(request.http),
                                                         std::move(request.plugin_directories),
                                                         write_log, request.plugin_timeout);
    *out_repository = make_handle<freshet_repository>(std::move(object));
    return {};
  });
}

FRESHET_API void freshet_repository_close(freshet_repository* repository) noexcept {
  guard_free([&] { take(repository); });
}

FRESHET_API freshet_status freshet_repository_info_get(const freshet_repository* repository,
                                                       freshet_repository_info* out_info,
                                                       freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(const repository::Info info, snapshot.info());
    return fill(out_info, info_of(info), "out_info");
  });
}

FRESHET_API freshet_status freshet_repository_status(const freshet_repository* repository,
                                                     char** out_json,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Json status, service::status_json(*object->repository));
    *out_json = give_text(base::dump_json(status));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_find_root(const freshet_repository* repository,
                                                        const char* uri, freshet_root** out_root,
                                                        freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_root, "out_root"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(auto root, find_root(*object->repository, name));
    if (!root) return base::fail(Code::not_found, "is not a known root", name);
    *out_root = make_root(*std::move(root));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_exists_root(const freshet_repository* repository,
                                                          const char* uri, int32_t* out_exists,
                                                          freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_exists, "out_exists"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const auto root, find_root(*object->repository, name));
    *out_exists = root && root->exists() ? 1 : 0;
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_list_roots(const freshet_repository* repository,
                                                         freshet_roots** out_roots,
                                                         freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_roots, "out_roots"));
    auto roots = std::make_shared<RootsObject>();
    FRESHET_ASSIGN(roots->repository, get(repository));
    *out_roots = make_handle<freshet_roots>(std::move(roots));
    return {};
  });
}

FRESHET_API freshet_status freshet_roots_next(freshet_roots* roots, freshet_root** out_root,
                                              freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_root, "out_root"));
    FRESHET_ASSIGN(const auto object, get(roots));
    FRESHET_ASSIGN(auto root, next_root(*object));
    if (root) *out_root = make_root(*std::move(root));
    return {};
  });
}

FRESHET_API void freshet_roots_free(freshet_roots* roots) noexcept {
  guard_free([&] { take(roots); });
}

FRESHET_API freshet_status freshet_root_get(const freshet_root* root, freshet_root_info* out_info,
                                            freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(root));
    return fill(out_info, root_info(*object), "out_info");
  });
}

FRESHET_API void freshet_root_free(freshet_root* root) noexcept {
  guard_free([&] { take(root); });
}

FRESHET_API freshet_status freshet_repository_delete_root_and_descendants(
    freshet_repository* repository, const char* uri, uint64_t* out_count,
    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_count != nullptr) *out_count = 0;
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    std::optional<std::uint64_t> count;
    FRESHET_TRY(object->repository->write([&](repository::Writer& writer) -> Status {
      FRESHET_ASSIGN(count, writer.remove_root(model::root_id(name)));
      return {};
    }));
    if (!count) return base::fail(Code::not_found, "is not a known root", name);
    if (out_count != nullptr) *out_count = *count;
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_set_flags(freshet_repository* repository,
                                                        const char* uri, const char* flags_json,
                                                        freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    if (flags_json == nullptr) return base::fail(Code::misuse, "is NULL", "flags_json");
    FRESHET_ASSIGN(const Json flags, options(flags_json, "flags_json"));
    FRESHET_ASSIGN(const auto root, find_root(*object->repository, name));
    if (!root) return base::fail(Code::not_found, "is not a known root", name);
    return object->repository->write(
        [&](repository::Writer& writer) { return writer.set_flags(name, base::dump_json(flags)); });
  });
}

FRESHET_API freshet_status freshet_repository_write_document(freshet_repository* repository,
                                                             const freshet_document* document,
                                                             const char* options_json,
                                                             freshet_write_result* out_result,
                                                             freshet_chunks** out_chunks,
                                                             freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_chunks != nullptr) *out_chunks = nullptr;
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto source, get(document));
    FRESHET_ASSIGN(const model::Document* finished, source->finished());
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(const sync::ChunkingConfig config, sync::parse_write_options(json));
    FRESHET_ASSIGN(const sync::Chunking chunking,
                   sync::Chunking::open(sync::offer_of(object->context()),
                                        object->runtime->plugins(), config));
    if (out_result != nullptr)
      FRESHET_TRY(fill(out_result, freshet_write_result FRESHET_WRITE_RESULT_INIT, "out_result"));
    FRESHET_ASSIGN(const auto diff, sync::write_document(*object->repository, *finished, chunking,
                                                         object->repository->clock().now(), {}));
    if (out_result != nullptr) FRESHET_TRY(fill(out_result, write_result(diff), "out_result"));
    if (out_chunks == nullptr) return {};
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(auto chunks, snapshot.chunks_of(model::root_id(finished->uri)));
    *out_chunks = make_chunks(std::move(chunks));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_read_document(const freshet_repository* repository,
                                                            const char* uri,
                                                            freshet_document** out_document,
                                                            freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(auto document, snapshot.document(name));
    if (!document) return base::fail(Code::not_found, "no document is stored under this URI", name);
    *out_document = make_document(*std::move(document));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_find_chunks(const freshet_repository* repository,
                                                          const char* const* ids, size_t count,
                                                          freshet_chunks** out_chunks,
                                                          freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_chunks, "out_chunks"));
    FRESHET_ASSIGN(const auto object, get(repository));
    if (count > most_ids)
      return base::fail(Code::invalid_argument, "is more than 1,000,000", "count");
    if (ids == nullptr && count > 0)
      return base::fail(Code::misuse, "is NULL, but count is not 0", "ids");
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    std::vector<repository::StoredChunk> found;
    for (std::size_t i = 0; i < count; ++i) {
      FRESHET_ASSIGN(const base::Digest id, parse_id(ids[i], "ids"));
      FRESHET_ASSIGN(auto chunk, snapshot.chunk(id));
      if (chunk) found.push_back(*std::move(chunk));
    }
    *out_chunks = make_chunks(std::move(found));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_root_chunks(const freshet_repository* repository,
                                                          const char* uri,
                                                          freshet_chunks** out_chunks,
                                                          freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_chunks, "out_chunks"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    const base::Digest id = model::root_id(name);
    FRESHET_ASSIGN(const auto root, snapshot.root(id));
    if (!root) return base::fail(Code::not_found, "is not a known root", name);
    FRESHET_ASSIGN(auto chunks, snapshot.chunks_of(id));
    *out_chunks = make_chunks(std::move(chunks));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_expand(const freshet_repository* repository,
                                                     const char* chunk_id, uint32_t before,
                                                     uint32_t after, freshet_chunks** out_chunks,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_chunks, "out_chunks"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const base::Digest id, parse_id(chunk_id, "chunk_id"));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(auto chunks, snapshot.expand(id, before, after));
    *out_chunks = make_chunks(std::move(chunks));
    return {};
  });
}

FRESHET_API size_t freshet_chunks_count(const freshet_chunks* chunks) noexcept {
  return guard_value(size_t{0}, [&] {
    const auto object = get_or_null(chunks);
    return object ? object->chunks.size() : 0;
  });
}

FRESHET_API freshet_status freshet_chunks_get(const freshet_chunks* chunks, size_t index,
                                              freshet_chunk_info* out_info,
                                              freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(chunks));
    if (index >= object->chunks.size())
      return base::fail(Code::not_found, "there is no such chunk", "index");
    return fill(out_info, chunk_info(object->chunks[index]), "out_info");
  });
}

FRESHET_API void freshet_chunks_free(freshet_chunks* chunks) noexcept {
  guard_free([&] { take(chunks); });
}

FRESHET_API freshet_status freshet_repository_find_element(const freshet_repository* repository,
                                                           const char* id,
                                                           freshet_element** out_element,
                                                           freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_element, "out_element"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(id, "id"));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(auto element, snapshot.element(name));
    if (!element) return base::fail(Code::not_found, "is not a known element", name);
    *out_element = make_element(*std::move(element));
    return {};
  });
}

FRESHET_API freshet_status freshet_element_get(const freshet_element* element,
                                               freshet_element_info* out_info,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(element));
    return fill(out_info, element_info(*object), "out_info");
  });
}

FRESHET_API void freshet_element_free(freshet_element* element) noexcept {
  guard_free([&] { take(element); });
}

FRESHET_API freshet_status freshet_repository_path_from_root(const freshet_repository* repository,
                                                             const char* id, char** out_json,
                                                             freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(id, "id"));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, object->repository->read());
    FRESHET_ASSIGN(const auto path, snapshot.path_from_root(name));
    if (!path) return base::fail(Code::not_found, "there is no way to it from a root", name);
    *out_json = give_text(base::dump_json(*path));
    return {};
  });
}

FRESHET_API freshet_status freshet_repository_check(const freshet_repository* repository,
                                                    const freshet_call_options* call,
                                                    char** out_json,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const repository::CheckReport report, object->repository->check(cancel));
      *out_json = give_text(base::dump_json(service::check_json(report)));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_repository_backup(const freshet_repository* repository,
                                                     const char* directory,
                                                     const freshet_call_options* call,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string path, text(directory, "directory"));
    if (path.empty()) return base::fail(Code::invalid_argument, "is empty", "directory");
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(
        [&](const base::Cancel& cancel) { return object->repository->backup(path, cancel); });
  });
}

}  // extern "C"
}  // namespace freshet::capi
