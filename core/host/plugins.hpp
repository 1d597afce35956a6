// core/host/plugins.hpp - finds plugins by their manifests, loads them on first use, and hands out
// loaders, readers, embedders and the other kinds as the stages know them. Those that the program has
// registered go before all others, also when it registers them later.
//
// Discovery runs no plugin code. A library that was loaded stays loaded for the life of the
// process. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/embedder.hpp"
#include "core/ports/http.hpp"
#include "core/ports/loader.hpp"
#include "core/ports/reader.hpp"
#include "core/ports/store.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/ports/transformer.hpp"

namespace freshet::host {

using Json = nlohmann::json;

enum class Kind { loader, reader, embedder, store, transformer, tokenizer };
inline constexpr Kind all_kinds[] = {Kind::loader, Kind::reader,      Kind::embedder,
                                     Kind::store,  Kind::transformer, Kind::tokenizer};
std::string_view kind_name(Kind kind);

// What plugins are served with. All references outlive the Plugins and everything opened from it.
struct Services {
  ports::Http& http;
  const ports::Clock& clock;
  std::function<void(int level, std::string_view plugin, std::string_view message)>
      log;  // thread-safe; may be empty
};

// One thing a plugin provides, as its manifest says.
struct Provided {
  Kind kind;
  std::string name;    // "sitemap": what configurations name
  std::string plugin;  // "loader_web"
  std::string version;
  std::string manifest;  // absolute paths; empty: registered in code
  std::string library;
  std::string description;
  std::string schema;                    // JSON Schema of its options, as JSON text
  std::vector<std::string> media_types;  // of a reader
  std::vector<std::string> extensions;   // of a reader: ".csv", in lower case
};

class Plugins {
 public:
  // Looks in `directories`, then FRESHET_PLUGIN_PATH, the user's data directory, and the plugins
  // beside libfreshet, in this order; the first manifest that provides a name wins.
  Plugins(std::vector<std::string> directories, Services services);
  ~Plugins();
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  std::vector<Provided> list() const;
  // What was found wrong on the way: unreadable or refused manifests, one line each.
  std::vector<std::string> problems() const;
  std::vector<std::string> search_path() const;

  // `options` checked against the manifest's schema (unknown keys, types, ranges, required), with
  // the defaults filled in and "${name}" in default values replaced from `variables`. Runs no
  // plugin code.
  base::Result<Json> complete_options(
      Kind kind, const std::string& name, const Json& options, const std::string& path,
      const std::map<std::string, std::string>& variables = {}) const;

  // What names a source, or a place rows are kept in, for good, whatever else is changed in its
  // options: the values of the keys that the manifest lists under "identity"; of all, where it
  // lists none. Options as completed.
  base::Result<std::string> identity(Kind kind, const std::string& name, const Json& options) const;

  // Options as completed. Origins of http URLs found in them may be private addresses.
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string& name,
                                                           const Json& options);
  base::Result<std::unique_ptr<ports::Reader>> open_reader(const std::string& name,
                                                           const Json& options);
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string& name,
                                                               const Json& options);
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name,
                                                         const Json& options);
  base::Result<std::unique_ptr<ports::Transformer>> open_transformer(const std::string& name,
                                                                     const Json& options);
  base::Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer(const std::string& name,
                                                                 const Json& options);
  // Empties the place of a store that is damaged, all its namespaces; what the plugin says it did.
  // No store may be open on it.
  base::Result<std::string> recover_store(const std::string& name, const Json& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freshet::host
