#include "core/refresh/target.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"

namespace freshet::refresh {
namespace {

using base::Result;
using base::Status;

Result<std::optional<repository::Target>> stored_target(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.target();
}

// As configured, or as before; options completed with their defaults.
Result<repository::Target> wanted(const Context& context, const RunConfig& config,
                                  const std::optional<repository::Target>& before) {
  const std::map<std::string, std::string> variables{
      {"repository", context.repository.directory()}};
  repository::Target target;
  Use store{before ? before->store : "sqlite",
            before ? Json::parse(before->store_options) : Json::object()};
  if (config.store) store = *config.store;
  FRESHET_ASSIGN(const Json store_options,
                 context.plugins.complete_options(host::Kind::store, store.name, store.options,
                                                  "store.options", variables));
  target.store = store.name;
  target.store_options = base::dump_json(store_options);
  Use embedder;
  if (before && !before->embedder.empty())
    embedder = {before->embedder, Json::parse(before->embedder_options)};
  if (config.no_embedder) embedder = {};
  if (config.embedder) embedder = *config.embedder;
  if (embedder.name.empty()) return target;
  FRESHET_ASSIGN(const Json embedder_options,
                 context.plugins.complete_options(host::Kind::embedder, embedder.name,
                                                  embedder.options, "embedder.options", variables));
  target.embedder = embedder.name;
  target.embedder_options = base::dump_json(embedder_options);
  return target;
}

Result<OpenTarget> open(const Context& context, repository::Target target) {
  OpenTarget opened;
  FRESHET_ASSIGN(opened.store,
                 context.plugins.open_store(target.store, Json::parse(target.store_options)));
  if (!target.embedder.empty()) {
    FRESHET_ASSIGN(opened.embedder, context.plugins.open_embedder(
                                        target.embedder, Json::parse(target.embedder_options)));
    target.model = opened.embedder->info().model;
    target.dimension = opened.embedder->info().dimension;
  } else if (opened.store->info().needs_vectors) {
    return base::fail(base::Code::invalid_argument,
                      "keeps no rows without vectors: name an embedder", target.store);
  }
  opened.target = std::move(target);
  return opened;
}

std::string describe(const repository::Target& target) {
  return target.model.empty()
             ? fmt::format("store \"{}\" without vectors", target.store)
             : fmt::format("store \"{}\" with vectors of model \"{}\"", target.store, target.model);
}

bool same(const repository::Target& a, const repository::Target& b) {
  return a.store == b.store && a.store_options == b.store_options && a.model == b.model &&
         a.dimension == b.dimension;
}

}  // namespace

Result<OpenTarget> open_target(const Context& context, const RunConfig& config,
                               const base::Cancel& cancel) {
  repository::Repository& repository = context.repository;
  FRESHET_ASSIGN(const std::optional<repository::Target> before, stored_target(repository));
  FRESHET_ASSIGN(repository::Target target, wanted(context, config, before));
  FRESHET_ASSIGN(OpenTarget opened, open(context, std::move(target)));
  const bool changed = before && !same(*before, opened.target);
  if (changed && !config.rebuild)
    return base::fail(
        base::Code::held,
        fmt::format(
            "was delivered to {}; this run asks for {}{}: use another namespace, or rebuild",
            describe(*before), describe(opened.target),
            describe(*before) == describe(opened.target) ? " with other options" : ""),
        "namespace " + repository.name_space());
  const bool rebuild = config.rebuild && before;
  if (!before || rebuild)
    FRESHET_TRY(repository.write([&](repository::Writer& writer) -> Status {
      FRESHET_TRY(writer.put_target(opened.target));
      if (!rebuild) return {};
      FRESHET_TRY(writer.forget_delivered());
      return writer.enqueue_all();
    }));
  // The repository knows first that everything is to be sent: a crash from here on costs only work.
  if (rebuild) FRESHET_TRY(opened.store->reset(repository.name_space(), cancel));
  FRESHET_TRY(opened.store->ensure(
      {repository.name_space(), opened.target.dimension, opened.target.model}, cancel));
  return opened;
}

Result<OpenTarget> reopen_target(const Context& context) {
  FRESHET_ASSIGN(std::optional<repository::Target> before, stored_target(context.repository));
  if (!before)
    return base::fail(base::Code::not_found, "nothing was delivered from it yet: refresh first",
                      "namespace " + context.repository.name_space());
  return open(context, std::move(*before));
}

}  // namespace freshet::refresh
