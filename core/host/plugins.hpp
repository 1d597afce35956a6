// core/host/plugins.hpp - finds plugins by their manifests, loads them on first use, and hands out
// loaders, readers, embedders and the other kinds as the stages know them. Those that the program has
// registered go before all others, also when it registers them later.
//
// Discovery runs no plugin code. A library that was loaded stays loaded for the life of the
// process. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/host/kind.hpp"
#include "core/host/services.hpp"
#include "core/ports/catalog.hpp"

namespace freshet::host {

using ports::Provided;

class Plugins : public ports::Catalog {
 public:
  // Looks in `directories`, then FRESHET_PLUGIN_PATH, the user's data directory, and the plugins
  // beside libfreshet, in this order; the first manifest that provides a name wins.
  Plugins(std::vector<std::string> directories, Services services);
  ~Plugins() override;
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  std::vector<std::string> search_path() const;

  std::vector<Provided> list() const override;
  std::vector<std::string> problems() const override;
  base::Result<Json> complete_options(
      Kind kind, const std::string& name, const Json& options, const std::string& path,
      const std::map<std::string, std::string>& variables = {}) const override;
  base::Result<std::string> identity(Kind kind, const std::string& name,
                                     const Json& options) const override;

  base::Result<std::string> reader_fingerprint(const std::string& name,
                                               const Json& options) const override;

  // Origins of http URLs found in the options may be private addresses.
  base::Result<std::unique_ptr<ports::Loader>> open_loader(
      const std::string& name, const Json& options, const base::Cancel& cancel = {},
      const ports::RequesterPtr& requester = {}) override;
  base::Result<std::unique_ptr<ports::Reader>> open_reader(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) override;
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) override;
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name,
                                                         const Json& options,
                                                         const base::Cancel& cancel = {}) override;
  base::Result<std::unique_ptr<ports::Transformer>> open_transformer(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) override;
  base::Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer(
      const std::string& name, const Json& options, const base::Cancel& cancel = {}) override;
  base::Result<std::string> recover_store(const std::string& name, const Json& options) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freshet::host
