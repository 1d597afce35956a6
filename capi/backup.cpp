#include "freshet/backup.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/log.hpp"
#include "core/backup/request.hpp"
#include "core/backup/restore.hpp"
#include "core/backup/take.hpp"
#include "core/net/client.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

Json to_json(const backup::Taken& taken) {
  return {{"snapshot", taken.id},
          {"bytes", taken.bytes},
          {"pieces", taken.pieces},
          {"written", {{"bytes", taken.written_bytes}, {"pieces", taken.written_pieces}}},
          {"snapshots", taken.snapshots},
          {"removed", taken.removed},
          {"removed_pieces", taken.removed_pieces}};
}

Json to_json(const backup::Restored& restored) {
  return {{"snapshot", restored.id},   {"taken", base::format_instant(restored.taken)},
          {"bytes", restored.bytes},   {"roots", restored.roots},
          {"chunks", restored.chunks}, {"namespaces", restored.namespaces}};
}

Json to_json(const backup::Snapshot& snapshot) {
  return {{"id", snapshot.id},
          {"taken", base::format_instant(snapshot.taken)},
          {"repository", snapshot.repository},
          {"bytes", snapshot.size},
          {"pieces", snapshot.pieces.size()}};
}

base::Result<backup::Request> read_request(const char* options_json) {
  FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
  return backup::parse_request(json);
}

// A place without a repository, whose HTTP client it would use.
struct Visit {
  std::unique_ptr<ports::Http> http;
  std::unique_ptr<backup::Place> place;
};
base::Result<Visit> visit(const std::string& target, const backup::Request& request) {
  Visit visit{net::make_client(request.http, ports::system_clock()), nullptr};
  FRESHET_ASSIGN(visit.place,
                 backup::open_place(target, request, *visit.http, false, warn_of_secret));
  return visit;
}

base::Result<Json> list(backup::Place& place, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const bool there, backup::is_backup(place, cancel));
  Json all = Json::array();
  if (there) {
    FRESHET_ASSIGN(const auto snapshots, backup::read_snapshots(place, cancel));
    for (const backup::Snapshot& each : snapshots) all.push_back(to_json(each));
  }
  return Json{{"snapshots", std::move(all)}};
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_backup_take(const freshet_repository* repository,
                                               const char* target, const char* options_json,
                                               const freshet_call_options* call, char** out_json,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string where, text(target, "target"));
    FRESHET_ASSIGN(backup::Request request, read_request(options_json));
    request.allow_shared = request.allow_shared || object->repository->allow_shared();
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const auto place, backup::open_place(where, request, object->runtime->http(),
                                                          true, warn_of_secret));
      FRESHET_ASSIGN(const backup::Taken taken,
                     backup::take(*object->repository, *place, request.keep, cancel));
      *out_json = give_text(base::dump_json(to_json(taken)));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_backup_list(const char* target, const char* options_json,
                                               const freshet_call_options* call, char** out_json,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const std::string where, text(target, "target"));
    FRESHET_ASSIGN(const backup::Request request, read_request(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const Visit visited, visit(where, request));
      FRESHET_ASSIGN(const Json all, list(*visited.place, cancel));
      *out_json = give_text(base::dump_json(all));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_backup_restore(const char* target, const char* directory,
                                                  const char* options_json,
                                                  const freshet_call_options* call, char** out_json,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const std::string where, text(target, "target"));
    FRESHET_ASSIGN(const std::string path, text(directory, "directory"));
    if (path.empty()) return base::fail(Code::invalid_argument, "is empty", "directory");
    FRESHET_ASSIGN(const backup::Request request, read_request(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const Visit visited, visit(where, request));
      FRESHET_ASSIGN(const backup::Restored restored,
                     backup::restore(*visited.place, request.snapshot, path, request.allow_shared,
                                     {}, cancel));
      *out_json = give_text(base::dump_json(to_json(restored)));
      return {};
    });
  });
}

}  // extern "C"
}  // namespace freshet::capi
