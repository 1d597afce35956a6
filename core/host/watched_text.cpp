// The watched ports of texts: what a chunk is made into, and how many tokens it has.
#include <deque>

#include "core/host/watched.hpp"
#include "core/host/watched_port.hpp"

namespace freshet::host {
namespace {

using base::Cancel;
using base::Result;

class WatchedTransformer : public ports::Transformer, Watched<ports::Transformer> {
 public:
  WatchedTransformer(std::shared_ptr<Watch> watch, std::unique_ptr<ports::Transformer> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  const std::string& name() const override { return inner_->name(); }
  const std::string& fingerprint() const override { return inner_->fingerprint(); }
  std::size_t max_chunks() const override { return inner_->max_chunks(); }

  Result<std::vector<ports::Enriched>> transform(std::span<const ports::Passage> passages,
                                                 const Cancel& cancel) const override {
    const auto own = std::make_shared<const Owned>(passages);
    return call("transform", cancel, [own](const ports::Transformer& inner, Visit& visit) {
      return inner.transform(own->passages, visit.cancel());
    });
  }

 private:
  // Each document once: many chunks are of one.
  struct Owned {
    explicit Owned(std::span<const ports::Passage> from) {
      for (const ports::Passage& each : from) {
        if (documents.empty() || met != each.document) documents.push_back(*each.document);
        met = each.document;
        chunks.push_back(*each.chunk);
        passages.push_back({&documents.back(), &chunks.back()});
      }
    }
    const model::Document* met = nullptr;
    std::deque<model::Document> documents;
    std::deque<model::Chunk> chunks;
    std::vector<ports::Passage> passages;
  };
};

class WatchedTokenizer : public ports::Tokenizer, Watched<ports::Tokenizer> {
 public:
  WatchedTokenizer(std::shared_ptr<Watch> watch, std::unique_ptr<ports::Tokenizer> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  const std::string& name() const override { return inner_->name(); }
  const std::string& fingerprint() const override { return inner_->fingerprint(); }

  Result<std::uint64_t> count(std::string_view text) const override {
    return call("count", {}, [own = std::string(text)](const ports::Tokenizer& inner, Visit&) {
      return inner.count(own);
    });
  }
  Result<std::vector<std::size_t>> split(std::string_view text) const override {
    return call("split", {}, [own = std::string(text)](const ports::Tokenizer& inner, Visit&) {
      return inner.split(own);
    });
  }
};

}  // namespace

Result<std::unique_ptr<ports::Transformer>> open_watched_transformer(const Opening& opening,
                                                                     const WorkersPtr& workers,
                                                                     const Cancel& cancel) {
  return open_watched<WatchedTransformer>(opening, workers, cancel, adapt_transformer);
}

Result<std::unique_ptr<ports::Tokenizer>> open_watched_tokenizer(const Opening& opening,
                                                                 const WorkersPtr& workers,
                                                                 const Cancel& cancel) {
  return open_watched<WatchedTokenizer>(opening, workers, cancel, adapt_tokenizer);
}

}  // namespace freshet::host
