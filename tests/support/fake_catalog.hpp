// tests/support/fake_catalog.hpp - a catalog in which nothing is provided but what a test opens by
// itself, and a network that nobody may ask.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/json.hpp"
#include "core/ports/catalog.hpp"
#include "core/ports/http.hpp"

namespace freshet::tests {

// Options are taken as they are, and are what a thing is known by.
class FakeCatalog : public ports::Catalog {
 public:
  explicit FakeCatalog(const std::vector<std::pair<ports::Kind, std::string>>& provided) {
    for (const auto& [kind, name] : provided) {
      ports::Provided& one = provided_.emplace_back();
      one.kind = kind;
      one.name = name;
    }
  }
  std::vector<ports::Provided> list() const override { return provided_; }
  std::vector<std::string> problems() const override { return {}; }
  base::Result<Json> complete_options(ports::Kind kind, const std::string& name,
                                      const Json& options, const std::string& path,
                                      const std::map<std::string, std::string>&) const override {
    for (const ports::Provided& one : provided_)
      if (one.kind == kind && one.name == name) return options;
    return base::fail(base::Code::plugin, "nothing of this name is provided: " + name, path);
  }
  base::Result<std::string> identity(ports::Kind, const std::string& name,
                                     const Json& options) const override {
    return name + base::dump_json(options);
  }
  base::Result<std::string> reader_fingerprint(const std::string& name,
                                               const Json& options) const override {
    return name + base::dump_json(options);
  }
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string& name, const Json&,
                                                           const base::Cancel&,
                                                           const ports::RequesterPtr&) override {
    return nothing("loader", name);
  }
  base::Result<std::unique_ptr<ports::Reader>> open_reader(const std::string& name, const Json&,
                                                           const base::Cancel&) override {
    return nothing("reader", name);
  }
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string& name, const Json&,
                                                               const base::Cancel&) override {
    return nothing("embedder", name);
  }
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name, const Json&,
                                                         const base::Cancel&) override {
    return nothing("store", name);
  }
  base::Result<std::unique_ptr<ports::Transformer>> open_transformer(const std::string& name,
                                                                     const Json&,
                                                                     const base::Cancel&) override {
    return nothing("transformer", name);
  }
  base::Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer(const std::string& name,
                                                                 const Json&,
                                                                 const base::Cancel&) override {
    return nothing("tokenizer", name);
  }
  base::Result<std::string> recover_store(const std::string&, const Json&) override {
    return base::fail(base::Code::unsupported, "is never damaged");
  }

 protected:
  static tl::unexpected<base::Error> nothing(const std::string& kind, const std::string& name) {
    return base::fail(base::Code::invalid_argument, "there is no such " + kind, name);
  }

 private:
  std::vector<ports::Provided> provided_;
};

class NoHttp : public ports::Http {
 public:
  base::Result<ports::HttpResponse> send(const ports::HttpRequest&, const base::Cancel&) override {
    return no_network();
  }
  void send_many(
      std::span<const ports::HttpRequest> requests, const base::Cancel&,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override {
    for (std::size_t i = 0; i < requests.size(); ++i) done(i, no_network());
  }
  base::Result<std::string> resolve(std::string_view, std::string_view) const override {
    return no_network();
  }
  ports::HttpCounters counters() const override { return {}; }

 private:
  static tl::unexpected<base::Error> no_network() {
    return base::fail(base::Code::unsupported, "there is no network");
  }
};

}  // namespace freshet::tests
