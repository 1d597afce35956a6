// core/ports/catalog.hpp - what a run may be configured with, by its kind and name.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/ports/embedder.hpp"
#include "core/ports/loader.hpp"
#include "core/ports/reader.hpp"
#include "core/ports/requester.hpp"
#include "core/ports/store.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/ports/transformer.hpp"

namespace freshet::ports {

enum class Kind { loader, reader, embedder, store, transformer, tokenizer };
inline constexpr Kind all_kinds[] = {Kind::loader, Kind::reader,      Kind::embedder,
                                     Kind::store,  Kind::transformer, Kind::tokenizer};

// One thing that is provided, as its manifest says.
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
  std::map<std::string, std::string>
      extensions;           // of a reader: ".csv", in lower case, to its media type
  bool by_default = false;  // a reader that is used where nobody names any
};

// Thread-safe. Outlives what was opened from it.
class Catalog {
 public:
  using Json = nlohmann::json;
  virtual ~Catalog() = default;

  virtual std::vector<Provided> list() const = 0;
  // What was found wrong on the way: unreadable or refused manifests, one line each.
  virtual std::vector<std::string> problems() const = 0;

  // `options` checked against the schema (unknown keys, types, ranges, required), with the defaults
  // filled in and "${name}" in default values replaced from `variables`. Runs no code of what is
  // named. `path` names the options in errors. Fails with plugin where the name is not known.
  virtual base::Result<Json> complete_options(
      Kind kind, const std::string& name, const Json& options, const std::string& path,
      const std::map<std::string, std::string>& variables = {}) const = 0;

  // What names a source, or a place rows are kept in, for good, whatever else is changed in its
  // options: the values of the keys that the manifest lists under "identity"; of all, where it
  // lists none. Options as completed.
  virtual base::Result<std::string> identity(Kind kind, const std::string& name,
                                             const Json& options) const = 0;

  // What the fingerprint of the reader would be. Runs no code of it.
  virtual base::Result<std::string> reader_fingerprint(const std::string& name,
                                                       const Json& options) const = 0;

  // Options as completed. What is opened answers within bounds: a call of it that does not return is
  // Code::timeout, or Code::cancelled, and each one after it Code::plugin.
  // `requester`: of its requests; null: as the client's options say.
  virtual base::Result<std::unique_ptr<Loader>> open_loader(const std::string& name,
                                                            const Json& options,
                                                            const base::Cancel& cancel = {},
                                                            const RequesterPtr& requester = {}) = 0;
  virtual base::Result<std::unique_ptr<Reader>> open_reader(const std::string& name,
                                                            const Json& options,
                                                            const base::Cancel& cancel = {}) = 0;
  virtual base::Result<std::unique_ptr<Embedder>> open_embedder(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) = 0;
  virtual base::Result<std::unique_ptr<Store>> open_store(const std::string& name,
                                                          const Json& options,
                                                          const base::Cancel& cancel = {}) = 0;
  virtual base::Result<std::unique_ptr<Transformer>> open_transformer(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) = 0;
  virtual base::Result<std::unique_ptr<Tokenizer>> open_tokenizer(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) = 0;
  // Empties the place of a store that is damaged, all its namespaces; what the store says it did.
  // No store may be open on it.
  virtual base::Result<std::string> recover_store(const std::string& name, const Json& options) = 0;
};

}  // namespace freshet::ports
