#include "core/host/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/base/text.hpp"
#include "core/host/call.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

// Never destroyed, as loaded libraries are not: a run may still be under way when main() returns.
struct Registry {
  std::mutex mutex;
  std::vector<RegisteredPtr> plugins;
};

Registry& registry() {
  static Registry& one = *new Registry;
  return one;
}

auto find_plugin(const std::vector<RegisteredPtr>& plugins, const std::string& name) {
  return std::find_if(plugins.begin(), plugins.end(),
                      [&](const RegisteredPtr& each) { return each->manifest.name == name; });
}

base::Status check_free(const Manifest& taken, const Manifest& wanted) {
  if (taken.name == wanted.name)
    return fail(Code::invalid_argument,
                fmt::format("{} is registered already, in version {}", base::in_quotes(taken.name),
                            taken.version),
                "name");
  for (std::size_t i = 0; i < wanted.provides.size(); ++i)
    for (const Offer& offer : taken.provides)
      if (offer.kind == wanted.provides[i].kind && offer.name == wanted.provides[i].name)
        return fail(Code::invalid_argument,
                    fmt::format("the {} {} of the plugin {} is registered already by the plugin {}",
                                kind_name(offer.kind), base::in_quotes(offer.name),
                                base::in_quotes(wanted.name), base::in_quotes(taken.name)),
                    fmt::format("provides[{}].name", i));
  return {};
}

}  // namespace

RegisteredPlugin::~RegisteredPlugin() {
  if (functions_.release == nullptr) return;
  base::Status unheard;  // nobody is left to tell of it
  take_safely(unheard, [&] { functions_.release(functions_.payload); });
}

const void* RegisteredPlugin::table(const char* kind, const std::string& name) const {
  return functions_.get(functions_.payload, kind, name.c_str());
}

base::Status register_plugin(const char* manifest, const ProviderFunctions& functions) {
  const auto plugin = std::make_shared<RegisteredPlugin>(functions);  // releases, from here on
  if (manifest == nullptr) return fail(Code::misuse, "is NULL", "manifest_json");
  if (functions.get == nullptr) return fail(Code::misuse, "is NULL", "provider.get");
  FRESHET_ASSIGN(plugin->manifest, parse_registered(manifest));
  const std::lock_guard lock(registry().mutex);
  for (const RegisteredPtr& each : registry().plugins)
    FRESHET_TRY(check_free(each->manifest, plugin->manifest));
  registry().plugins.push_back(plugin);
  return {};
}

base::Status unregister_plugin(const std::string& name) {
  RegisteredPtr gone;  // released without the lock, since release may register another one
  const std::lock_guard lock(registry().mutex);
  const auto found = find_plugin(registry().plugins, name);
  if (found == registry().plugins.end())
    return fail(Code::not_found, "no plugin is registered under this name", name);
  gone = *found;
  registry().plugins.erase(found);
  return {};
}

std::vector<RegisteredPtr> registered_plugins() {
  const std::lock_guard lock(registry().mutex);
  return registry().plugins;
}

RegisteredPtr registered_plugin(const std::string& name) {
  const std::lock_guard lock(registry().mutex);
  const auto found = find_plugin(registry().plugins, name);
  return found == registry().plugins.end() ? nullptr : *found;
}

}  // namespace freshet::host
