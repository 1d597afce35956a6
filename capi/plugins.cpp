#include "freshet/plugins.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/log.hpp"
#include "capi/objects.hpp"
#include "core/conformance/registered.hpp"
#include "core/host/check.hpp"
#include "core/host/registry.hpp"
#include "core/host/trust.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

base::Result<std::vector<std::string>> parse_directories(const Json& json) {
  std::vector<std::string> directories;
  base::ObjectReader in(json, "");
  in.texts("directories", directories);
  FRESHET_TRY(in.finish());
  return directories;
}

freshet_plugin_info info_of(const host::Provided& provided) {
  freshet_plugin_info out = FRESHET_PLUGIN_INFO_INIT;
  out.kind = host::kind_name(provided.kind).data();  // a literal
  out.name = provided.name.c_str();
  out.plugin = provided.plugin.c_str();
  out.version = provided.version.c_str();
  out.description = provided.description.c_str();
  out.manifest = provided.manifest.c_str();
  out.library = provided.library.c_str();
  out.schema = provided.schema.c_str();
  return out;
}

Json to_json(const host::Provided& provided) {
  Json schema = Json::parse(provided.schema, nullptr, false);
  return {{"kind", host::kind_name(provided.kind)},
          {"name", provided.name},
          {"plugin", provided.plugin},
          {"version", provided.version},
          {"description", provided.description},
          {"manifest", provided.manifest},
          {"library", provided.library},
          {"schema", schema.is_object() ? std::move(schema) : Json::object()}};
}

// The bytes of each reader's sample, which is named by its file.
Status read_samples(const Json& files, const std::string& path, host::CheckOptions& check) {
  constexpr std::size_t most_bytes = std::size_t{64} << 20;
  if (!files.is_object()) return base::fail(Code::invalid_argument, "is not an object", path);
  for (const auto& [subject, file] : files.items()) {
    if (!file.is_string())
      return base::fail(Code::invalid_argument, "is not a text", base::join_path(path, subject));
    FRESHET_ASSIGN(check.samples[subject],
                   host::read_small_file(file.get<std::string>(), most_bytes));
  }
  return {};
}

base::Result<host::CheckOptions> parse_check(const Json& json) {
  host::CheckOptions check;
  base::ObjectReader in(json, "");
  in.duration("limit", check.limit);
  in.texts("network", check.network);
  in.with("options", [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_object()) return base::fail(Code::invalid_argument, "is not an object", path);
    for (const auto& [subject, of_offer] : value.items())
      check.options[subject] = base::dump_json(of_offer);
    return {};
  });
  in.with("samples", [&](const Json& value, const std::string& path) {
    return read_samples(value, path, check);
  });
  FRESHET_TRY(in.finish());
  return check;
}

// What could be taken of the provider is released where the rest of it is wrong.
Status take_provider(const freshet_provider* provider, const char* manifest) {
  if (provider == nullptr) return base::fail(Code::misuse, "is NULL", "provider");
  FRESHET_ASSIGN(const freshet_provider taken,
                 take_struct(provider, freshet_provider FRESHET_PROVIDER_INIT, "provider"));
  const host::ProviderFunctions functions{taken.payload, taken.get, taken.release};
  return host::register_plugin(manifest, functions);
}

base::Result<host::Report> check(const std::string& named, const host::CheckOptions& options) {
  if (const host::RegisteredPtr plugin = host::registered_plugin(named))
    return conformance::check_registered(plugin, options);
  return host::check_plugin(named, options);
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_plugins_register(const char* manifest_json,
                                                    const freshet_provider* provider,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&] { return take_provider(provider, manifest_json); });
}

FRESHET_API freshet_status freshet_plugins_unregister(const char* plugin,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const std::string name, text(plugin, "plugin"));
    return host::unregister_plugin(name);
  });
}

FRESHET_API freshet_status freshet_plugins_open(const char* options_json,
                                                freshet_plugins** out_plugins,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_plugins, "out_plugins"));
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(auto directories, parse_directories(json));
    auto object = std::make_shared<PluginsObject>();
    object->runtime =
        std::make_shared<service::Runtime>(net::ClientOptions(), std::move(directories), write_log);
    object->provided = object->runtime->plugins().list();
    *out_plugins = make_handle<freshet_plugins>(std::move(object));
    return {};
  });
}

FRESHET_API size_t freshet_plugins_count(const freshet_plugins* plugins) noexcept {
  return guard_value(size_t{0}, [&] {
    const auto object = get_or_null(plugins);
    return object ? object->provided.size() : 0;
  });
}

FRESHET_API freshet_status freshet_plugins_get(const freshet_plugins* plugins, size_t index,
                                               freshet_plugin_info* out_info,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(plugins));
    if (index >= object->provided.size())
      return base::fail(Code::not_found, "there is no such plugin", "index");
    return fill(out_info, info_of(object->provided[index]), "out_info");
  });
}

FRESHET_API freshet_status freshet_plugins_list(const freshet_plugins* plugins, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(plugins));
    Json out{{"plugins", Json::array()},
             {"search_path", object->runtime->plugins().search_path()},
             {"problems", object->runtime->plugins().problems()}};
    for (const host::Provided& provided : object->provided)
      out["plugins"].push_back(to_json(provided));
    *out_json = give_text(base::dump_json(out));
    return {};
  });
}

FRESHET_API freshet_status freshet_plugins_check(const char* manifest, const char* options_json,
                                                 const freshet_call_options* call, char** out_json,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const std::string path, text(manifest, "manifest"));
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(host::CheckOptions check, parse_check(json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      check.cancel = cancel;
      FRESHET_ASSIGN(const host::Report report, capi::check(path, check));
      *out_json = give_text(base::dump_json(host::to_json(report)));
      return {};
    });
  });
}

FRESHET_API void freshet_plugins_free(freshet_plugins* plugins) noexcept {
  guard_free([&] { take(plugins); });
}

}  // extern "C"
}  // namespace freshet::capi
