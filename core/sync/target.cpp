#include "core/sync/target.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/repository/target_model.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/target_place.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {

using base::Result;
using base::Status;
using repository::KnownTarget;

namespace {

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

// What was embedded without titles stays so until it is asked for: all of it would be paid for again.
bool embeds_titles(const TargetWish& wish, const repository::Target* before,
                   const repository::Target& target) {
  if (target.embedder.empty()) return false;
  const bool as_before = before != nullptr && before->embedder == target.embedder;
  return wish.titles.value_or(as_before ? repository::embeds_titles(before->model) : true);
}

}  // namespace

Result<std::vector<KnownTarget>> recorded_targets(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.targets();
}

Result<repository::Target> wanted(const Context& context, const TargetWish& wish,
                                  const repository::Target* before) {
  repository::Target target;
  target.store = "sqlite";
  target.store_options = "{}";
  if (before != nullptr) {
    target.store = before->store;
    target.store_options = before->store_options;
    target.embedder = before->embedder;
    target.embedder_options = before->embedder_options;
  }
  if (wish.store) {
    target.store = wish.store->name;
    FRESHET_ASSIGN(target.store_options,
                   given(context, ports::Kind::store, *wish.store, wish.store_path));
  }
  if (wish.no_embedder) target.embedder = target.embedder_options = "";
  if (wish.embedder) {
    target.embedder = wish.embedder->name;
    FRESHET_ASSIGN(target.embedder_options,
                   given(context, ports::Kind::embedder, *wish.embedder, wish.embedder_path));
  }
  if (embeds_titles(wish, before, target)) target.model = repository::titles_mark;
  return target;
}

Result<OpenTarget> open_wanted(const Context& context, repository::Target target,
                               const TargetWish& wish, const base::Cancel& cancel) {
  OpenTarget opened;
  FRESHET_ASSIGN(const Json of_store, store_options(context, target));
  auto store = context.catalog.open_store(target.store, of_store, cancel);
  if (!store)
    return base::fail(in_place(context.catalog, ports::Kind::store, target.store, wish.store_path,
                               std::move(store).error()));
  opened.store = *std::move(store);
  if (!target.embedder.empty()) {
    FRESHET_ASSIGN(const Json options, embedder_options(context, target));
    auto embedder = context.catalog.open_embedder(target.embedder, options, cancel);
    if (!embedder)
      return base::fail(in_place(context.catalog, ports::Kind::embedder, target.embedder,
                                 wish.embedder_path, std::move(embedder).error()));
    opened.embedder = *std::move(embedder);
    const bool titles = repository::embeds_titles(target.model);
    target.model = opened.embedder->info().model;
    if (titles) target.model += repository::titles_mark;
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

bool same_target(const repository::Target& a, const repository::Target& b) {
  return a.store == b.store && same_options(a, b) && same_model(a, b);
}

Standing standing_of(const std::vector<KnownTarget>& all, repository::TargetNumber number) {
  for (const KnownTarget& filling : all) {
    if (filling.replaces == 0 || filling.state != repository::TargetState::filling) continue;
    const auto old = std::find_if(all.begin(), all.end(), [&](const KnownTarget& each) {
      return each.number == filling.replaces && !each.is_retired();
    });
    if (old == all.end() || !same_target(old->delivered(), filling.delivered())) continue;
    if (number == old->number) return Standing::stays;
    if (number == filling.number) return Standing::waits;
  }
  return Standing::settled;
}

Status ensure_live(const repository::Repository& repository, const OpenTarget& opened,
                   const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Place place, delivery_place(repository, opened.number));
  if (place.generation.under_way()) return {};
  return opened.store->ensure({place.own_name, opened.target.dimension, opened.target.model},
                              cancel);
}

Result<std::vector<KnownTarget>> delivered_targets(const Context& context) {
  FRESHET_ASSIGN(std::vector<KnownTarget> all, recorded_targets(context.repository));
  std::erase_if(all, [](const KnownTarget& each) { return each.is_retired(); });
  if (all.empty())
    return base::fail(base::Code::not_found, "nothing was delivered from it yet: refresh first",
                      "namespace " + context.repository.name_space());
  return all;
}

Result<repository::Target> delivered_target(const Context& context) {
  FRESHET_ASSIGN(std::vector<KnownTarget> all, delivered_targets(context));
  const auto live = std::find_if(all.begin(), all.end(), [](const KnownTarget& each) {
    return each.state == repository::TargetState::live;
  });
  return (live == all.end() ? all.front() : *live).delivered();
}

Result<OpenTarget> reopen_target(const Context& context, const KnownTarget& known,
                                 const base::Cancel& cancel) {
  FRESHET_ASSIGN(OpenTarget opened, open_wanted(context, known.delivered(), {}, cancel));
  opened.number = known.number;
  return opened;
}

}  // namespace freshet::sync
