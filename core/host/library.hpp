// core/host/library.hpp - loaded plugin libraries. The only file that knows Boost.DLL.
//
// A library is loaded once a process, bound at once, its symbols kept to itself, and never
// unloaded: what it handed out may still run. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "core/base/error.hpp"
#include "core/host/manifest.hpp"
#include "core/host/provider.hpp"
#include "freshet/plugin/entry.h"

namespace freshet::host {

class Library : public Provider {
 public:
  // Loads what the manifest names, or gives what was loaded before. A failure is
  // Code::plugin, or limit, io or out_of_memory where this process cannot open the file; its
  // subject is the file.
  static base::Result<std::shared_ptr<const Library>> load(const Manifest& manifest);

  const void* table(const char* kind, const std::string& name) const override;

 private:
  explicit Library(const freshet_plugin_descriptor& descriptor) : descriptor_(descriptor) {}
  friend struct Loaded;
  freshet_plugin_descriptor descriptor_;
};

}  // namespace freshet::host
