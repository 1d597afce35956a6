// core/sync/fixed.hpp - the metadata that the configuration gives all roots of a source: {"product":"x"}.
//
// It stands above what pages, readers and loaders say, so that no page can take itself out of a filter. A
// root of several sources has that of the first of them in the configuration.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// At most 1 KiB: every chunk bears it.
inline constexpr std::size_t most_fixed = 1024;

// An object of texts, numbers, booleans and lists of these: what a filter can test.
base::Result<base::Json> parse_fixed(const base::Json& json, const std::string& path);

struct FixedSource {
  base::Digest id;
  const base::Json* metadata = nullptr;
};

// Of `root`: that of the first of `before` which has it, else `own`.
base::Result<const base::Json*> fixed_of(const repository::Snapshot& snapshot,
                                         const std::vector<FixedSource>& before,
                                         const base::Json& own, const base::Digest& root);

}  // namespace freshet::sync
