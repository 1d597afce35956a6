// tests/simulation/catalog.hpp - what a simulated run finds where plugins are: its sites, its store,
// its embedder.
#pragma once

#include "core/ports/catalog.hpp"
#include "core/ports/http.hpp"
#include "tests/simulation/world.hpp"

namespace freshet::simulation {

class Catalog : public ports::Catalog {
 public:
  explicit Catalog(World& world) : world_(world) {}
  std::vector<ports::Provided> list() const override;
  std::vector<std::string> problems() const override { return {}; }
  base::Result<Json> complete_options(
      ports::Kind kind, const std::string& name, const Json& options, const std::string& path,
      const std::map<std::string, std::string>& variables) const override;
  base::Result<std::string> identity(ports::Kind kind, const std::string& name,
                                     const Json& options) const override;
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string& name,
                                                           const Json& options,
                                                           const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Reader>> open_reader(const std::string& name,
                                                           const Json& options,
                                                           const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string& name,
                                                               const Json& options,
                                                               const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name,
                                                         const Json& options,
                                                         const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Transformer>> open_transformer(
      const std::string& name, const Json& options, const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer(
      const std::string& name, const Json& options, const base::Cancel& cancel) override;
  base::Result<std::string> recover_store(const std::string& name, const Json& options) override;

 private:
  World& world_;
};

// What an embedder of `model` makes of a text.
std::vector<float> vector_of(const std::string& model, std::string_view text);

// Nobody asks it anything.
class NoHttp : public ports::Http {
 public:
  base::Result<ports::HttpResponse> send(const ports::HttpRequest& request,
                                         const base::Cancel& cancel) override;
  void send_many(
      std::span<const ports::HttpRequest> requests, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override;
  base::Result<std::string> resolve(std::string_view base_url,
                                    std::string_view reference) const override;
  ports::HttpCounters counters() const override { return {}; }
};

}  // namespace freshet::simulation
