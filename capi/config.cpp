#include "freshet/config.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/log.hpp"
#include "capi/objects.hpp"
#include "capi/open_request.hpp"
#include "core/backup/request.hpp"
#include "core/host/redactor.hpp"
#include "core/sync/config_check.hpp"
#include "core/telemetry/otlp.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

struct CheckConfig {
  std::vector<std::string> policies, directories;
  Json open = Json::object();  // options of a repository
  std::optional<Json> backup;  // [backup]
};

base::Result<CheckConfig> parse_options(const char* options_json, bool has_repository) {
  FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
  CheckConfig check;
  base::ObjectReader in(json, "");
  in.texts("policies", check.policies);
  in.texts("plugin_directories", check.directories);
  if (const Json* open = in.value("open")) check.open = *open;
  if (const Json* backup = in.value("backup")) check.backup = *backup;
  FRESHET_TRY(in.finish());
  if (has_repository && !check.directories.empty())
    return base::fail(Code::invalid_argument, "are those of the repository", "plugin_directories");
  return check;
}

policy::NamedPolicies named_policies(const CheckConfig& check, const RepositoryObject* repository) {
  policy::NamedPolicies named;
  if (repository != nullptr) named = repository->policies.all();
  for (const std::string& name : check.policies) named.emplace(name, policy::always());
  return named;
}

std::vector<base::Error> problems_of_open(const Json& open) {
  return sync::find_problems(open, [](const Json& rest) -> std::optional<base::Error> {
    const auto parsed = parse_open(rest);
    if (parsed) return std::nullopt;
    return parsed.error();
  });
}

// Their places are in the configuration, and begin with "backup".
std::vector<base::Error> problems_of_backup(const Json& backup) {
  static constexpr const char* path = "backup";
  return sync::find_problems({{path, backup}}, [](const Json& rest) -> std::optional<base::Error> {
    if (!rest.contains(path)) return std::nullopt;
    const Status looked = backup::check_configured(rest[path], path);
    if (looked) return std::nullopt;
    return looked.error();
  });
}

std::vector<base::Error> problems_of(const RepositoryObject* repository, CheckConfig check,
                                     const char* config_json) {
  auto config = options(config_json, "config_json");
  if (!config) {
    base::Error unreadable = config.error();
    unreadable.subject.clear();
    return {unreadable};
  }
  const policy::NamedPolicies named = named_policies(check, repository);
  const std::shared_ptr<service::Runtime> runtime =
      repository != nullptr ? repository->runtime
                            : std::make_shared<service::Runtime>(
                                  net::ClientOptions(), std::move(check.directories), write_log);
  const std::string directory =
      repository != nullptr ? repository->repository->directory() : std::string();
  std::vector<base::Error> problems = problems_of_open(check.open);
  if (check.backup)
    for (base::Error& problem : problems_of_backup(*check.backup))
      problems.push_back(std::move(problem));
  if (auto context = telemetry::take_traceparent(*config); !context)
    problems.push_back(std::move(context).error());
  for (base::Error& problem : sync::find_problems({runtime->plugins(), directory}, *config, named))
    problems.push_back(std::move(problem));
  if (problems.size() > sync::most_problems) problems.resize(sync::most_problems);
  return problems;
}

Json report_of(const std::vector<base::Error>& problems) {
  Json list = Json::array();
  for (const base::Error& problem : problems) {
    const base::Error clean = host::redactor().clean(problem);
    list.push_back(
        {{"code", base::code_name(clean.code)}, {"at", clean.subject}, {"message", clean.message}});
  }
  return {{"ok", problems.empty()}, {"problems", std::move(list)}};
}

}  // namespace
}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_config_check(freshet_repository* repository,
                                                const char* config_json, const char* options_json,
                                                char** out_report_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_report_json, "out_report_json"));
    std::shared_ptr<RepositoryObject> object;
    if (repository != nullptr) {
      FRESHET_ASSIGN(object, get(repository));
    }
    FRESHET_ASSIGN(CheckConfig check, parse_options(options_json, object != nullptr));
    *out_report_json = give_text(freshet::base::dump_json(
        report_of(problems_of(object.get(), std::move(check), config_json))));
    return {};
  });
}

}  // extern "C"
