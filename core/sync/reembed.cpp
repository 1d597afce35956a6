#include "core/sync/reembed.hpp"

#include <algorithm>
#include <cmath>

#include "core/model/embedded.hpp"
#include "core/repository/target_model.hpp"
#include "core/sync/target_place.hpp"
#include "core/sync/targets.hpp"

namespace freshet::sync {
namespace {

using base::Result;

constexpr std::size_t most_weighed =
    200;  // roots; their ids are hashes, so that the first are a fair sample
constexpr std::size_t roots_at_once = 1000;

// The target with the model that its embedder has.
base::Status learn_model(const Context& context, repository::Target& target,
                         const base::Cancel& cancel) {
  FRESHET_ASSIGN(const base::Json options, embedder_options(context, target));
  FRESHET_ASSIGN(const auto embedder,
                 context.catalog.open_embedder(target.embedder, options, cancel));
  target.model = embedder->info().model +
                 (repository::embeds_titles(target.model) ? repository::titles_mark.data() : "");
  target.dimension = embedder->info().dimension;
  return {};
}

bool embeds_alike(const repository::Target& a, const repository::Target& b) {
  return a.embedder == b.embedder && a.embedder_options == b.embedder_options;
}

// Why the texts that are stored need other vectors than those of `before`; empty: they do not.
Result<std::string> reason_of(const Context& context, repository::Target target,
                              const std::vector<repository::KnownTarget>& before,
                              const base::Cancel& cancel) {
  if (target.embedder.empty()) return std::string();
  const bool titles = repository::embeds_titles(target.model);
  bool only_titles = false;
  for (const auto& known : before)
    if (embeds_alike(known.delivered(), target)) {
      if (repository::embeds_titles(known.delivered().model) == titles) return std::string();
      only_titles = true;
    }
  if (only_titles) return std::string(titles ? "titles" : "no titles");
  FRESHET_TRY(learn_model(context, target, cancel));
  const bool known = std::any_of(before.begin(), before.end(), [&](const auto& each) {
    return same_model(each.delivered(), target);
  });
  return std::string(known ? "" : "model");
}

// What the embedder gets of a byte of text, in tokens.
class EmbeddedRate {
 public:
  EmbeddedRate(const ports::Tokenizer* tokenizer, bool titles)
      : tokenizer_(tokenizer), titles_(titles) {}

  base::Status add(const repository::Snapshot& snapshot, const repository::Root& root) {
    bytes_ += root.length;
    FRESHET_ASSIGN(const auto chunks, snapshot.chunks_of(root.id));
    for (const auto& stored : chunks) {
      const std::string text =
          titles_ ? model::with_titles(stored.chunk, root.title) : stored.chunk.text;
      FRESHET_ASSIGN(const std::uint64_t tokens, count(text));
      tokens_ += tokens;
    }
    return {};
  }
  std::uint64_t of(std::uint64_t bytes) const {
    if (bytes_ == 0) return 0;
    return static_cast<std::uint64_t>(std::ceil(
        static_cast<double>(bytes) * static_cast<double>(tokens_) / static_cast<double>(bytes_)));
  }

 private:
  Result<std::uint64_t> count(const std::string& text) const {
    return tokenizer_ != nullptr ? tokenizer_->count(text)
                                 : Result<std::uint64_t>(TokenRate{}.of(text.size()));
  }
  const ports::Tokenizer* tokenizer_;
  bool titles_;
  std::uint64_t bytes_ = 0, tokens_ = 0;
};

Result<Reembed> add_up(const repository::Repository& repository, const ports::Tokenizer* tokenizer,
                       std::string reason) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  Reembed sum;
  EmbeddedRate rate(tokenizer, reason != "no titles");
  sum.why = std::move(reason);
  std::uint64_t bytes = 0;
  std::size_t counted = 0;
  for (base::Digest cursor;;) {
    FRESHET_ASSIGN(const auto roots, snapshot.list_roots(cursor, roots_at_once));
    for (const repository::Root& root : roots) {
      if (!root.exists() || root.chunks == 0) continue;
      sum.chunks += root.chunks;
      bytes += root.length;
      if (counted++ < most_weighed) FRESHET_TRY(rate.add(snapshot, root));
    }
    if (roots.size() < roots_at_once) break;
    cursor = roots.back().id;
  }
  sum.tokens = rate.of(bytes);
  return sum;
}

}  // namespace

Result<std::optional<Reembed>> plan_reembedding(const Context& context, const RunConfig& config,
                                                const ports::Tokenizer* tokenizer,
                                                const base::Cancel& cancel) {
  FRESHET_ASSIGN(const std::vector<repository::Target> wishes, wanted_targets(context, config));
  FRESHET_ASSIGN(auto before, recorded_targets(context.repository));
  std::erase_if(before, [](const auto& each) { return each.is_retired(); });
  std::optional<Reembed> found;
  if (before.empty()) return found;  // all of it is new, or nothing was ever delivered
  for (const repository::Target& wish : wishes) {
    FRESHET_ASSIGN(std::string reason, reason_of(context, wish, before, cancel));
    if (reason.empty()) continue;
    FRESHET_ASSIGN(const Reembed more, add_up(context.repository, tokenizer, std::move(reason)));
    if (!found) {
      found = more;
      continue;
    }
    found->chunks += more.chunks;
    found->tokens += more.tokens;
  }
  return found;
}

}  // namespace freshet::sync
