// core/host/adapters.hpp - tables of plugins as the ports that the stages know.
//
// What comes from a plugin is checked before it is believed: texts are UTF-8, pointers are there,
// counts and indexes fit, every outcome comes exactly once. A plugin that breaks its contract fails
// that one call with Code::plugin.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/host/call.hpp"
#include "core/host/provider.hpp"
#include "core/ports/embedder.hpp"
#include "core/ports/loader.hpp"
#include "core/ports/reader.hpp"
#include "core/ports/store.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/ports/transformer.hpp"

namespace freshet::host {

// The note of a listing that is a part, and whose loader did not say why.
inline constexpr std::string_view unsaid = "the loader does not say why";

// What an instance is made from.
struct Opening {
  ProviderPtr provider;
  std::shared_ptr<const Caller> caller;
  std::string name;     // "sitemap"
  std::string version;  // of the plugin
  std::string options;  // as completed, as JSON text
};

// The plugin's table of a kind for `name`; null where it has none. `get` is code of the plugin,
// too.
base::Result<const void*> get_table(const Opening& opening, const char* kind,
                                    const std::string& name);

// What decides how an instance works: its plugin, version, name and options, and what the plugin
// itself says, which may be null.
std::string fingerprint_of(const std::string& plugin, const std::string& version,
                           const std::string& name, const std::string& options);
base::Result<std::string> fingerprint_of(const Opening& opening, const char* told);

base::Result<std::unique_ptr<ports::Loader>> adapt_loader(const Opening& opening);
base::Result<std::unique_ptr<ports::Reader>> adapt_reader(const Opening& opening);
base::Result<std::unique_ptr<ports::Embedder>> adapt_embedder(const Opening& opening);
base::Result<std::unique_ptr<ports::Store>> adapt_store(const Opening& opening);
base::Result<std::unique_ptr<ports::Transformer>> adapt_transformer(const Opening& opening);
base::Result<std::unique_ptr<ports::Tokenizer>> adapt_tokenizer(const Opening& opening);

// Empties the damaged place of a store; what the plugin says it did. Code::version: it is not the
// store's; Code::unsupported: the plugin cannot.
base::Result<std::string> recover_store(const Opening& opening);

}  // namespace freshet::host
