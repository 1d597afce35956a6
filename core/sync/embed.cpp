#include "core/sync/embed.hpp"

#include <algorithm>

#include "core/sync/target.hpp"
#include "core/sync/use.hpp"
#include "core/sync/vectors.hpp"

namespace freshet::sync {
namespace {

using base::Result;

Result<Use> used_before(const Context& context) {
  FRESHET_ASSIGN(const repository::Target target, delivered_target(context));
  if (target.embedder.empty())
    return base::fail(base::Code::unsupported, "was refreshed without an embedder",
                      "namespace " + context.repository.name_space());
  return Use{target.embedder, Json::parse(target.embedder_options)};
}

}  // namespace

Result<Embedded> embed(const Context& context, const std::optional<Use>& embedder,
                       std::span<const std::string_view> texts, ports::Purpose purpose,
                       const base::Cancel& cancel) {
  Use use;
  if (embedder) {
    use = *embedder;
  } else {
    FRESHET_ASSIGN(use, used_before(context));
  }
  FRESHET_ASSIGN(const Json options,
                 complete_use(offer_of(context), ports::Kind::embedder, use, "embedder"));
  FRESHET_ASSIGN(const auto opened, context.catalog.open_embedder(use.name, options, cancel));
  Embedded out{opened->info().model, opened->info().dimension, {}};
  const auto most = std::max<std::size_t>(1, opened->info().max_inputs);
  while (!texts.empty()) {
    if (cancel.requested()) return base::fail(base::Code::cancelled, "was cancelled", use.name);
    const auto batch =
        texts.first(fitting(texts.first(std::min(most, texts.size())), opened->info()));
    FRESHET_ASSIGN(auto vectors, ports::embed_all(*opened, batch, cancel, purpose));
    std::move(vectors.begin(), vectors.end(), std::back_inserter(out.vectors));
    texts = texts.subspan(batch.size());
  }
  return out;
}

}  // namespace freshet::sync
