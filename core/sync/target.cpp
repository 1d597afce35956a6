#include "core/sync/target.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/sync/recover.hpp"
#include "core/sync/target_place.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

Result<std::optional<repository::Target>> stored_target(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.delivery_target();
}

// The options that were given, checked and with absolute paths, but without defaults: a repository
// that is moved finds its store, and a default that changes is no other store.
Result<std::string> given(const Context& context, ports::Kind kind, const Use& use,
                          const std::string& path) {
  FRESHET_ASSIGN(const Json all, complete_use(offer_of(context), kind, use, path));
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
                   given(context, ports::Kind::store, *config.store, "store"));
  }
  if (config.no_embedder) target.embedder = target.embedder_options = "";
  if (config.embedder) {
    target.embedder = config.embedder->name;
    FRESHET_ASSIGN(target.embedder_options,
                   given(context, ports::Kind::embedder, *config.embedder, "embedder"));
  }
  return target;
}

Result<OpenTarget> open(const Context& context, repository::Target target,
                        const base::Cancel& cancel) {
  OpenTarget opened;
  FRESHET_ASSIGN(const Json of_store, store_options(context, target));
  auto store = context.catalog.open_store(target.store, of_store, cancel);
  if (!store)
    return base::fail(in_place(context.catalog, ports::Kind::store, target.store, "store",
                               std::move(store).error()));
  opened.store = *std::move(store);
  if (!target.embedder.empty()) {
    FRESHET_ASSIGN(const Json options, embedder_options(context, target));
    auto embedder = context.catalog.open_embedder(target.embedder, options, cancel);
    if (!embedder)
      return base::fail(in_place(context.catalog, ports::Kind::embedder, target.embedder,
                                 "embedder", std::move(embedder).error()));
    opened.embedder = *std::move(embedder);
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
  if (target.model.empty()) return "no vectors";
  return fmt::format("vectors of the model \"{}\" with {} dimensions", target.model,
                     target.dimension);
}

// Then no model is bound: the first one may have failed at every text.
Result<bool> has_delivered(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto rows, snapshot.list_delivered({}, 1));
  return !rows.empty();
}

Status refuse(const Context& context, const std::string& before, const std::string& now) {
  return base::fail(
      base::Code::held,
      fmt::format("was delivered with {}; this run asks for {}: use another namespace, "
                  "or rebuild",
                  before, now),
      "namespace " + context.repository.name_space());
}

// Another place, or another model, is taken on the operator's word alone. `rebuild` is set where the
// rows of another model are to be sent, and none was before.
Result<OpenTarget> open_as_before(const Context& context, const repository::Target& before,
                                  repository::Target target, const base::Cancel& cancel,
                                  bool& rebuild) {
  FRESHET_ASSIGN(const bool same, same_place(context, before, target));
  if (!same)
    FRESHET_TRY(refuse(context, fmt::format("the store \"{}\"", before.store),
                       before.store == target.store
                           ? "it in another place"
                           : fmt::format("the store \"{}\"", target.store)));
  FRESHET_ASSIGN(OpenTarget opened, open(context, std::move(target), cancel));
  if (same_model(before, opened.target)) return opened;
  FRESHET_ASSIGN(const bool delivered, has_delivered(context.repository));
  if (delivered) FRESHET_TRY(refuse(context, model_of(before), model_of(opened.target)));
  rebuild = true;
  return opened;
}

// The next generation goes beside the live one where it can. The repository knows first that
// everything is to be sent; whoever delivers does the rest (generation.hpp).
Status begin_rebuild(const Context& context, const OpenTarget& opened) {
  std::optional<repository::Target> live;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(live, snapshot.target());
  }
  FRESHET_ASSIGN(const bool same, same_place(context, *live, opened.target));
  const repository::Room room = !same                           ? repository::Room::elsewhere
                                : opened.store->info().replaces ? repository::Room::aside
                                                                : repository::Room::own;
  return context.repository.write(
      [&](repository::Writer& writer) { return writer.begin_generation(opened.target, room); });
}

// `target` differs from `before` in options alone, or is the first.
Status keep_target(repository::Repository& repository,
                   const std::optional<repository::Target>& before,
                   const repository::Target& target) {
  return repository.write([&](repository::Writer& writer) -> Status {
    FRESHET_ASSIGN(repository::Generation generation, writer.read().generation());
    FRESHET_ASSIGN(const auto now, writer.read().delivery_target());
    if (now && same_target(*now, target)) return {};  // another run was quicker
    if (now.has_value() != before.has_value() || (now && !same_target(*now, *before)))
      return base::fail(base::Code::busy,
                        "another run has just changed what it is delivered to: run again",
                        "namespace " + repository.name_space());
    if (!generation.under_way()) return writer.put_target(target);
    generation.target = target;
    return writer.put_generation(generation);
  });
}

// A store whose place is damaged is given an empty one first.
Result<OpenTarget> open_to_rebuild(const Context& context, const repository::Target& target,
                                   const base::Cancel& cancel) {
  auto opened = open(context, target, cancel);
  if (opened) {
    const auto found = opened->store->check({"", 0, ""}, false, cancel);
    if (found || found.error().code != base::Code::corrupt) return opened;
    opened->store.reset();
  } else if (opened.error().code != base::Code::corrupt) {
    return opened;
  }
  FRESHET_TRY(recover_place(context, target));
  return open(context, target, cancel);
}

Result<OpenTarget> open_wanted(const Context& context,
                               const std::optional<repository::Target>& before,
                               repository::Target target, const base::Cancel& cancel,
                               bool& rebuild) {
  if (!before) return open(context, std::move(target), cancel);
  return rebuild ? open_to_rebuild(context, target, cancel)
                 : open_as_before(context, *before, std::move(target), cancel, rebuild);
}

}  // namespace

bool same_target(const repository::Target& a, const repository::Target& b) {
  return a.store == b.store && same_options(a, b) && same_model(a, b);
}

Result<OpenTarget> open_target(const Context& context, const RunConfig& config,
                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const std::optional<repository::Target> before, stored_target(context.repository));
  FRESHET_ASSIGN(repository::Target target, wanted(context, config, before));
  bool rebuild = config.rebuild;
  FRESHET_ASSIGN(OpenTarget opened,
                 open_wanted(context, before, std::move(target), cancel, rebuild));
  if (!before) {  // what the store refuses is not kept
    FRESHET_TRY(ensure_live(context.repository, opened, cancel));
    FRESHET_TRY(keep_target(context.repository, before, opened.target));
    return opened;
  }
  if (rebuild) {
    FRESHET_TRY(begin_rebuild(context, opened));
  } else {
    if (!same_options(*before, opened.target))
      FRESHET_TRY(keep_target(context.repository, before, opened.target));
    FRESHET_TRY(send_again_if_lost(context, *opened.store, cancel));
  }
  FRESHET_TRY(ensure_live(context.repository, opened, cancel));
  return opened;
}

Status ensure_live(const repository::Repository& repository, const OpenTarget& opened,
                   const base::Cancel& cancel) {
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
    FRESHET_ASSIGN(const repository::Generation generation, snapshot.generation());
    if (generation.under_way()) return {};
  }
  return opened.store->ensure(
      {repository.name_space(), opened.target.dimension, opened.target.model}, cancel);
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
  return open(context, std::move(before), {});
}

}  // namespace freshet::sync
