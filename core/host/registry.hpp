// core/host/registry.hpp - plugins that the program itself brings: tables of functions of its own.
//
// One registry a process, as there is one set of loaded libraries. A plugin that was taken out goes
// on to serve what was opened from it. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/host/manifest.hpp"
#include "core/host/provider.hpp"

namespace freshet::host {

// The functions of a freshet_provider.
struct ProviderFunctions {
  void* payload = nullptr;
  const void* (*get)(void* payload, const char* kind, const char* name) = nullptr;
  void (*release)(void* payload) = nullptr;  // may be null
};

class RegisteredPlugin : public Provider {
 public:
  explicit RegisteredPlugin(const ProviderFunctions& functions) : functions_(functions) {}
  ~RegisteredPlugin() override;  // releases the payload
  RegisteredPlugin(const RegisteredPlugin&) = delete;
  RegisteredPlugin& operator=(const RegisteredPlugin&) = delete;

  const void* table(const char* kind, const std::string& name) const override;
  void* payload() const override { return functions_.payload; }

  Manifest manifest;  // without a file and a library

 private:
  const ProviderFunctions functions_;
};

using RegisteredPtr = std::shared_ptr<const RegisteredPlugin>;

// Takes the functions whether it succeeds or not: release is called once, when nothing uses them.
// invalid_argument where the manifest is wrong, or a name in it is taken by another one.
base::Status register_plugin(const char* manifest, const ProviderFunctions& functions);
base::Status unregister_plugin(const std::string& name);

std::vector<RegisteredPtr> registered_plugins();           // in the order of their registration
RegisteredPtr registered_plugin(const std::string& name);  // null: there is none

}  // namespace freshet::host
