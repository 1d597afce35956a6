#include "core/host/watched.hpp"

#include "core/host/watched_port.hpp"

namespace freshet::host {
namespace {

using base::Cancel;
using base::Result;

class WatchedLoader : public ports::Loader, Watched<ports::Loader> {
 public:
  WatchedLoader(std::shared_ptr<Watch> watch, std::unique_ptr<ports::Loader> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                              const Cancel& cancel) override {
    return call("list", cancel, [state, out = &sink](ports::Loader& inner, Visit& visit) {
      ports::ListingSink through;
      through.entry = [&](ports::Entry entry) {
        return visit.enter([&] { return out->entry(std::move(entry)); });
      };
      through.gone = [&](std::string uri) {
        return visit.enter([&] { return out->gone(std::move(uri)); });
      };
      return inner.list(state, through, visit.cancel());
    });
  }

  Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known_version,
                               const Cancel& cancel) override {
    return call("fetch", cancel, [entry, known_version](ports::Loader& inner, Visit& visit) {
      return inner.fetch(entry, known_version, visit.cancel());
    });
  }

  bool prepares() const override { return inner_->prepares(); }
  void prepare(std::span<const ports::Wanted> wanted, const Cancel& cancel) override {
    const auto own =
        std::make_shared<const std::vector<ports::Wanted>>(wanted.begin(), wanted.end());
    const base::Status untold = call("prepare", cancel, [own](ports::Loader& inner, Visit& visit) {
      inner.prepare(*own, visit.cancel());
      return base::Status{};
    });
    (void)untold;  // an instance that was left says so to the fetches
  }
};

class WatchedReader : public ports::Reader, Watched<ports::Reader> {
 public:
  WatchedReader(std::shared_ptr<Watch> watch, std::unique_ptr<ports::Reader> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  Result<model::Document> read(const ports::Content& content) const override {
    const auto own = std::make_shared<const Owned>(
        Owned{std::string(content.bytes), std::string(content.uri), std::string(content.media_type),
              std::string(content.charset)});
    return call("read", content.cancel, [own](const ports::Reader& inner, Visit& visit) {
      return inner.read({own->bytes, own->uri, own->media_type, own->charset, visit.cancel()});
    });
  }

  std::string fingerprint() const override { return inner_->fingerprint(); }

 private:
  struct Owned {
    std::string bytes, uri, media_type, charset;
  };
};

class WatchedEmbedder : public ports::Embedder, Watched<ports::Embedder> {
 public:
  WatchedEmbedder(std::shared_ptr<Watch> watch, std::unique_ptr<ports::Embedder> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  const ports::EmbedderInfo& info() const override { return inner_->info(); }

  Result<ports::Embeddings> embed(std::span<const std::string_view> texts, const Cancel& cancel,
                                  ports::Purpose purpose) override {
    const auto own = std::make_shared<const std::vector<std::string>>(texts.begin(), texts.end());
    return call("embed", cancel, [own, purpose](ports::Embedder& inner, Visit& visit) {
      const std::vector<std::string_view> views(own->begin(), own->end());
      return inner.embed(views, visit.cancel(), purpose);
    });
  }
};

}  // namespace

Result<std::unique_ptr<ports::Loader>> open_watched_loader(const Opening& opening,
                                                           const WorkersPtr& workers,
                                                           const Cancel& cancel) {
  return open_watched<WatchedLoader>(opening, workers, cancel, adapt_loader);
}

Result<std::unique_ptr<ports::Reader>> open_watched_reader(const Opening& opening,
                                                           const WorkersPtr& workers,
                                                           const Cancel& cancel) {
  return open_watched<WatchedReader>(opening, workers, cancel, adapt_reader);
}

Result<std::unique_ptr<ports::Embedder>> open_watched_embedder(const Opening& opening,
                                                               const WorkersPtr& workers,
                                                               const Cancel& cancel) {
  return open_watched<WatchedEmbedder>(opening, workers, cancel, adapt_embedder);
}

}  // namespace freshet::host
