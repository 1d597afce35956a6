#include "freshet/namespaces.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "core/sync/drop.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

Json to_json(const repository::NameSpace& space) {
  return {{"name", space.name},     {"roots", space.roots},        {"documents", space.documents},
          {"chunks", space.chunks}, {"pending", space.deliveries}, {"dropping", space.dropping}};
}

base::Result<bool> parse_keep_rows(const char* options_json) {
  FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
  bool keep = false;
  base::ObjectReader in(json, "");
  in.flag("keep_rows", keep);
  FRESHET_TRY(in.finish());
  return keep;
}

base::Result<std::shared_ptr<repository::Repository>> open_to_drop(
    const repository::Repository& beside, const std::string& name) {
  if (beside.read_only())
    return base::fail(Code::misuse, "was opened read-only", beside.directory());
  repository::OpenOptions options;
  options.name_space = name;
  options.create = false;
  options.dropping = true;
  options.force_filesystem = true;  // it is open already
  options.allow_shared = beside.allow_shared();
  return repository::Repository::open(beside.directory(), options, beside.machine());
}

Status drop(service::Runtime& runtime, repository::Repository& other, bool keep_rows,
            const base::Cancel& cancel) {
  std::vector<sync::HeldRows> stores;
  if (!keep_rows) {
    FRESHET_ASSIGN(stores, sync::open_held_rows({other, runtime.plugins(), runtime.http()}));
  }
  return sync::drop_name_space(other, std::move(stores), cancel);
}

}  // namespace
}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_namespaces_list(const freshet_repository* repository,
                                                   char** out_json,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto snapshot, object->repository->read());
    FRESHET_ASSIGN(const auto all, snapshot.name_spaces());
    Json list = Json::array();
    for (const auto& space : all) list.push_back(to_json(space));
    *out_json = give_text(freshet::base::dump_json({{"namespaces", std::move(list)}}));
    return {};
  });
}

FRESHET_API freshet_status freshet_namespaces_drop(freshet_repository* repository, const char* name,
                                                   const char* options_json,
                                                   const freshet_call_options* call,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string wanted, text(name, "name"));
    if (wanted.empty()) return freshet::base::fail(Code::invalid_argument, "is empty", "name");
    FRESHET_ASSIGN(const bool keep_rows, parse_keep_rows(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const freshet::base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const auto other, open_to_drop(*object->repository, wanted));
      return drop(*object->runtime, *other, keep_rows, cancel);
    });
  });
}

}  // extern "C"
