#include "core/refresh/target.hpp"

#include <fmt/format.h>

#include "core/refresh/recover.hpp"

namespace freshet::refresh {
namespace {

using base::Result;
using base::Status;

Result<std::optional<repository::Target>> stored_target(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.target();
}

Result<Json> completed(const Context& context, host::Kind kind, const std::string& name,
                       const Json& options, const std::string& path) {
  return context.plugins.complete_options(kind, name, options, path,
                                          {{"repository", context.repository.directory()}});
}

// The options that were given, checked and with absolute paths, but without defaults: a repository
// that is moved finds its store, and a default that changes is no other store.
Result<std::string> given(const Context& context, host::Kind kind, const Use& use,
                          const std::string& path) {
  FRESHET_ASSIGN(const Json all, completed(context, kind, use.name, use.options, path));
  Json kept = Json::object();
  for (const auto& option : use.options.items())
    if (all.contains(option.key())) kept[option.key()] = all[option.key()];
  return base::dump_json(kept);
}

// As configured, or as before.
Result<repository::Target> wanted(const Context& context, const RunConfig& config,
                                  const std::optional<repository::Target>& before) {
  repository::Target target;
  target.store = "sqlite";
  target.store_options = "{}";
  if (before) {
    target.store = before->store;
    target.store_options = before->store_options;
    target.embedder = before->embedder;
    target.embedder_options = before->embedder_options;
  }
  if (config.store) {
    target.store = config.store->name;
    FRESHET_ASSIGN(target.store_options,
                   given(context, host::Kind::store, *config.store, "store.options"));
  }
  if (config.no_embedder) target.embedder = target.embedder_options = "";
  if (config.embedder) {
    target.embedder = config.embedder->name;
    FRESHET_ASSIGN(target.embedder_options,
                   given(context, host::Kind::embedder, *config.embedder, "embedder.options"));
  }
  return target;
}

Result<OpenTarget> open(const Context& context, repository::Target target) {
  OpenTarget opened;
  FRESHET_ASSIGN(const Json of_store, store_options(context, target));
  FRESHET_ASSIGN(opened.store, context.plugins.open_store(target.store, of_store));
  if (!target.embedder.empty()) {
    FRESHET_ASSIGN(const Json options,
                   completed(context, host::Kind::embedder, target.embedder,
                             Json::parse(target.embedder_options), "embedder.options"));
    FRESHET_ASSIGN(opened.embedder, context.plugins.open_embedder(target.embedder, options));
    target.model = opened.embedder->info().model;
    target.dimension = opened.embedder->info().dimension;
  } else if (opened.store->info().needs_vectors) {
    return base::fail(base::Code::invalid_argument,
                      "keeps no rows without vectors: name an embedder", target.store);
  }
  opened.target = std::move(target);
  return opened;
}

bool same_model(const repository::Target& a, const repository::Target& b) {
  return a.model == b.model && a.dimension == b.dimension;
}

bool same_options(const repository::Target& a, const repository::Target& b) {
  return a.store_options == b.store_options && a.embedder == b.embedder &&
         a.embedder_options == b.embedder_options;
}

std::string model_of(const repository::Target& target) {
  return target.model.empty() ? "no vectors"
                              : fmt::format("vectors of the model \"{}\"", target.model);
}

Status refuse(const Context& context, const std::string& before, const std::string& now) {
  return base::fail(
      base::Code::held,
      fmt::format("was delivered with {}; this run asks for {}: use another namespace, "
                  "or rebuild",
                  before, now),
      "namespace " + context.repository.name_space());
}

// Another place, or another model, is taken on the operator's word alone.
Result<OpenTarget> open_as_before(const Context& context, const repository::Target& before,
                                  repository::Target target) {
  FRESHET_ASSIGN(const bool same, same_place(context, before, target));
  if (!same)
    FRESHET_TRY(refuse(context, fmt::format("the store \"{}\"", before.store),
                       before.store == target.store
                           ? "it in another place"
                           : fmt::format("the store \"{}\"", target.store)));
  FRESHET_ASSIGN(OpenTarget opened, open(context, std::move(target)));
  if (!same_model(before, opened.target))
    FRESHET_TRY(refuse(context, model_of(before), model_of(opened.target)));
  return opened;
}

// A store whose place is damaged is given an empty one first.
Result<OpenTarget> open_to_rebuild(const Context& context, const repository::Target& target,
                                   const base::Cancel& cancel) {
  auto opened = open(context, target);
  if (opened) {
    const auto found =
        opened->store->check({context.repository.name_space(), 0, ""}, false, cancel);
    if (found || found.error().code != base::Code::corrupt) return opened;
    opened->store.reset();
  } else if (opened.error().code != base::Code::corrupt) {
    return opened;
  }
  FRESHET_TRY(recover_place(context, target));
  return open(context, target);
}

}  // namespace

Result<Json> store_options(const Context& context, const repository::Target& target) {
  return completed(context, host::Kind::store, target.store, Json::parse(target.store_options),
                   "store.options");
}

Result<bool> same_place(const Context& context, const repository::Target& a,
                        const repository::Target& b) {
  std::string places[2];
  for (const repository::Target* target : {&a, &b}) {
    FRESHET_ASSIGN(const Json options, store_options(context, *target));
    FRESHET_ASSIGN(places[target == &b],
                   context.plugins.identity(host::Kind::store, target->store, options));
  }
  return a.store == b.store && places[0] == places[1];
}

Result<OpenTarget> open_target(const Context& context, const RunConfig& config,
                               const base::Cancel& cancel) {
  repository::Repository& repository = context.repository;
  FRESHET_ASSIGN(const std::optional<repository::Target> before, stored_target(repository));
  FRESHET_ASSIGN(repository::Target target, wanted(context, config, before));
  FRESHET_ASSIGN(OpenTarget opened, !before ? open(context, std::move(target))
                                    : config.rebuild
                                        ? open_to_rebuild(context, target, cancel)
                                        : open_as_before(context, *before, std::move(target)));
  const bool rebuild = config.rebuild && before;
  if (!before || rebuild || !same_options(*before, opened.target))
    FRESHET_TRY(repository.write([&](repository::Writer& writer) -> Status {
      FRESHET_TRY(writer.put_target(opened.target));
      if (!rebuild) return {};
      FRESHET_TRY(writer.forget_delivered());
      return writer.enqueue_all();
    }));
  if (before && !rebuild) FRESHET_TRY(send_again_if_lost(repository, *opened.store, cancel));
  // The repository knows first that everything is to be sent: a crash from here on costs only work.
  if (rebuild) FRESHET_TRY(opened.store->reset(repository.name_space(), cancel));
  FRESHET_TRY(opened.store->ensure(
      {repository.name_space(), opened.target.dimension, opened.target.model}, cancel));
  return opened;
}

Result<repository::Target> delivered_target(const Context& context) {
  FRESHET_ASSIGN(std::optional<repository::Target> before, stored_target(context.repository));
  if (!before)
    return base::fail(base::Code::not_found, "nothing was delivered from it yet: refresh first",
                      "namespace " + context.repository.name_space());
  return *std::move(before);
}

Result<OpenTarget> reopen_target(const Context& context) {
  FRESHET_ASSIGN(repository::Target before, delivered_target(context));
  return open(context, std::move(before));
}

}  // namespace freshet::refresh
