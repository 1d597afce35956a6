// tests/simulation/catalog.hpp - what a simulated run finds where plugins are: its sites, its store,
// its embedder.
#pragma once

#include "tests/simulation/world.hpp"
#include "tests/support/fake_catalog.hpp"

namespace freshet::simulation {

class Catalog : public tests::FakeCatalog {
 public:
  explicit Catalog(World& world)
      : FakeCatalog({{ports::Kind::loader, "site"},
                     {ports::Kind::store, "memory"},
                     {ports::Kind::embedder, "digest"}}),
        world_(world) {}
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string& name,
                                                           const Json& options,
                                                           const base::Cancel& cancel,
                                                           const ports::RequesterPtr&) override;
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string& name,
                                                               const Json& options,
                                                               const base::Cancel& cancel) override;
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name,
                                                         const Json& options,
                                                         const base::Cancel& cancel) override;

 private:
  World& world_;
};

// What an embedder of `model` makes of a text.
std::vector<float> vector_of(const std::string& model, std::string_view text);

}  // namespace freshet::simulation
