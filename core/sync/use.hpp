// core/sync/use.hpp - what a configuration says of plugins, checked before any of their code runs.
#pragma once

#include <string>
#include <vector>

#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

// The plugins that a configuration may name, and the repository whose directory their defaults may
// name.
struct Offer {
  const ports::Catalog& catalog;
  std::string directory;
};
Offer offer_of(const Context& context);

// The options of the plugin `name`, checked and with their defaults. An error names the place in the
// configuration: below `path`, or at `name_path` where no plugin has the name.
base::Result<Json> complete_use(const Offer& offer, ports::Kind kind, const std::string& name,
                                const Json& options, const std::string& path,
                                const std::string& name_path);

// Of any kind but a loader, which stands at `path`.
base::Result<Json> complete_use(const Offer& offer, ports::Kind kind, const Use& use,
                                const std::string& path);

// What a plugin itself said when it was opened with its options: it knows them by their names alone, and
// not their place below `path`.
base::Error in_place(const ports::Catalog& catalog, ports::Kind kind, const std::string& name,
                     const std::string& path, base::Error error);

}  // namespace freshet::sync
