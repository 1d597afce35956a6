// core/host/provider.hpp - where the tables of a plugin come from: its library, or the program itself.
#pragma once

#include <memory>
#include <string>

namespace freshet::host {

class Provider {
 public:
  virtual ~Provider() = default;
  // The table of "freshet.loader/1", …, for what the manifest calls `name`; null where there is
  // none. Runs code of the plugin: call it by get_table().
  virtual const void* table(const char* kind, const std::string& name) const = 0;
  // What open() and recover() are given; null for a library.
  virtual void* payload() const { return nullptr; }
};

using ProviderPtr = std::shared_ptr<const Provider>;

}  // namespace freshet::host
