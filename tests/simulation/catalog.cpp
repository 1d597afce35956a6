#include "tests/simulation/catalog.hpp"

#include "core/base/json.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/site_loader.hpp"

namespace freshet::simulation {
namespace {

using base::Code;
using base::Result;

constexpr std::uint32_t dimension = 4;

// A text's vector is made of its digest. A text with "poison" in it has none.
class DigestEmbedder : public ports::Embedder {
 public:
  DigestEmbedder(World& world, std::string model) : world_(world) {
    info_.model = std::move(model);
    info_.dimension = dimension;
    info_.max_inputs = 4;
  }
  const ports::EmbedderInfo& info() const override { return info_; }

  Result<ports::Embeddings> embed(std::span<const std::string_view> texts, const base::Cancel&,
                                  ports::Purpose) override {
    if (texts.size() > info_.max_inputs)
      world_.fail(fmt::format("law 8: {} texts in one request", texts.size()));
    for (const std::string_view text : texts)
      if (const auto paid = world_.paid.find(key(text)); paid != world_.paid.end() && paid->second)
        world_.fail(fmt::format("law 4: a text is embedded again: {}", text.substr(0, 60)));
    world_.say("embeds {} texts", texts.size());
    world_.delay();
    if (world_.lucky(world_.weather.embedder_fails)) {
      world_.say("the embedder fails");
      return base::fail(world_.lucky(50) ? Code::rate_limited : Code::remote, "not now");
    }
    ports::Embeddings made;
    for (std::size_t i = 0; i < texts.size(); ++i) add(texts[i], i, made);
    return made;
  }

 private:
  std::pair<std::string, base::Digest> key(std::string_view text) const {
    return {info_.model, base::digest_of(text)};
  }
  void add(std::string_view text, std::size_t index, ports::Embeddings& made) {
    if (text.find("poison") != text.npos) {
      made.vectors.emplace_back();
      made.rejections.push_back({index, base::make_error(Code::invalid_argument, "is poison")});
      return;
    }
    made.vectors.push_back(vector_of(info_.model, text));
    world_.paid.try_emplace(key(text), false);
    ++world_.embedded;
  }

  World& world_;
  ports::EmbedderInfo info_;
};

}  // namespace

std::vector<float> vector_of(const std::string& model, std::string_view text) {
  const base::Digest digest = base::DigestBuilder().add(model).add(text).finish();
  std::vector<float> vector;
  for (std::size_t i = 0; i < dimension; ++i)
    vector.push_back(1.0f + static_cast<float>(digest.bytes[i]));
  return vector;
}

Result<std::unique_ptr<ports::Loader>> Catalog::open_loader(const std::string&, const Json& options,
                                                            const base::Cancel&,
                                                            const ports::RequesterPtr&) {
  for (const auto& site : world_.sites)
    if (site->name == options.value("site", "")) return std::make_unique<SiteLoader>(world_, *site);
  return base::fail(Code::invalid_argument, "there is no such site");
}

Result<std::unique_ptr<ports::Embedder>> Catalog::open_embedder(const std::string&,
                                                                const Json& options,
                                                                const base::Cancel&) {
  return std::make_unique<DigestEmbedder>(world_, options.value("model", "one"));
}

Result<std::unique_ptr<ports::Store>> Catalog::open_store(const std::string&, const Json& options,
                                                          const base::Cancel&) {
  return std::make_unique<MemoryStore>(world_, world_.servers.at(options.value("server", 0)));
}

}  // namespace freshet::simulation
