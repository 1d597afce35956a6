#include "core/sync/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/repository/target_mark.hpp"
#include "core/repository/target_model.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/recover.hpp"
#include "core/sync/target_place.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

using repository::KnownTarget;
using repository::TargetNumber;
using repository::Writer;

// A target, and the one that fills to take its place, if there is one.
struct Group {
  KnownTarget live;
  std::optional<KnownTarget> filling;

  const KnownTarget& newest() const { return filling ? *filling : live; }
};

// What has to be done with an opened target.
enum class Change { none, rebuild, generation };

std::vector<TargetWish> target_wishes(const RunConfig& config, std::size_t groups) {
  std::vector<TargetWish> wishes;
  for (std::size_t i = 0; i < config.stores.size(); ++i) {
    const StoreConfig& each = config.stores[i];
    const std::string path = fmt::format("stores[{}]", i);
    TargetWish& wish = wishes.emplace_back();
    wish.store = each.store;
    wish.store_path = path;
    const bool of_its_own = each.embedder || each.no_embedder;
    wish.embedder = of_its_own ? each.embedder : config.embedder;
    wish.no_embedder = of_its_own ? each.no_embedder : config.no_embedder;
    wish.titles = config.chunking.embed_titles;
    if (of_its_own) wish.embedder_path = path + ".embedder";
  }
  // One store that is named is all there is to be; where none is, all stay.
  const std::size_t count = config.store ? 1 : std::max<std::size_t>(1, groups);
  while (wishes.empty() || (config.stores.empty() && wishes.size() < count))
    wishes.push_back({config.store, config.embedder, config.no_embedder,
                      config.chunking.embed_titles, "store", "embedder"});
  return wishes;
}

std::string model_of(const repository::Target& target) {
  if (target.model.empty()) return "no vectors";
  return fmt::format("vectors of the model \"{}\" with {} dimensions",
                     repository::embedder_model(target.model), target.dimension);
}

// Then no model is bound: the first one may have failed at every text.
Result<bool> has_delivered(const repository::Repository& repository, TargetNumber number) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto rows, snapshot.list_delivered({}, 1, number));
  return !rows.empty();
}

Status refuse(const Context& context, const std::string& before, const std::string& now) {
  return base::fail(
      base::Code::held,
      fmt::format("was delivered with {}; this run asks for {}: use another namespace, "
                  "or rebuild, or say on_change",
                  before, now),
      "namespace " + context.repository.name_space());
}

// Where the titles alone are the difference, they are all that is told.
Status refuse_model(const Context& context, const repository::Target& before,
                    const repository::Target& now) {
  if (model_of(before) != model_of(now)) return refuse(context, model_of(before), model_of(now));
  const auto told = [](const repository::Target& target) {
    return fmt::format("vectors of texts {} their titles",
                       repository::embeds_titles(target.model) ? "with" : "without");
  };
  return refuse(context, told(before), told(now));
}

Status refuse_place(const Context& context, const repository::Target& before,
                    const repository::Target& target) {
  return refuse(context, fmt::format("the store \"{}\"", before.store),
                before.store == target.store ? "it in another place"
                                             : fmt::format("the store \"{}\"", target.store));
}

Status changed_meanwhile(const repository::Repository& repository) {
  return base::fail(base::Code::busy,
                    "another run has just changed what it is delivered to: run again",
                    "namespace " + repository.name_space());
}

Change change_of(const RunConfig& config) {
  return config.on_change == OnChange::generation ? Change::generation : Change::rebuild;
}

// Another place, or another model, is taken on the operator's word alone. Rows of another model are
// sent at once where none was before.
Result<OpenTarget> open_as_before(const Context& context, const RunConfig& config,
                                  const TargetWish& wish, const KnownTarget& known,
                                  repository::Target target, const base::Cancel& cancel,
                                  Change& change) {
  const repository::Target& before = known.delivered();
  FRESHET_ASSIGN(const bool same, same_place(context, before, target));
  if (!same && config.on_change == OnChange::refuse)
    FRESHET_TRY(refuse_place(context, before, target));
  FRESHET_ASSIGN(OpenTarget opened, open_wanted(context, std::move(target), wish, cancel));
  if (same && same_model(before, opened.target)) return opened;
  FRESHET_ASSIGN(const bool delivered, has_delivered(context.repository, known.number));
  change = delivered || !same ? change_of(config) : Change::rebuild;
  if (delivered && same && config.on_change == OnChange::refuse)
    FRESHET_TRY(refuse_model(context, before, opened.target));
  return opened;
}

// A store whose place is damaged is given an empty one first.
Result<OpenTarget> open_to_rebuild(const Context& context, const repository::Target& target,
                                   const TargetWish& wish, const base::Cancel& cancel) {
  auto opened = open_wanted(context, target, wish, cancel);
  if (opened) {
    const auto found = opened->store->check({"", 0, ""}, false, cancel);
    if (found || found.error().code != base::Code::corrupt) return opened;
    opened->store.reset();
  } else if (opened.error().code != base::Code::corrupt) {
    return opened;
  }
  FRESHET_TRY(recover_place(context, target));
  return open_wanted(context, target, wish, cancel);
}

// The next generation goes beside the live one where it can. The repository knows first that
// everything is to be sent; whoever delivers does the rest (generation.hpp).
Status begin_rebuild(const Context& context, const KnownTarget& known, const OpenTarget& opened) {
  FRESHET_ASSIGN(const bool same, same_place(context, known.live, opened.target));
  const repository::Room room = !same                           ? repository::Room::elsewhere
                                : opened.store->info().replaces ? repository::Room::aside
                                                                : repository::Room::own;
  return context.repository.write(
      [&](Writer& writer) { return writer.begin_generation(opened.target, room, known.number); });
}

// `target` differs from `before` in options alone, or is the first.
Status keep_target(repository::Repository& repository, const KnownTarget* before,
                   const repository::Target& target) {
  const TargetNumber number = before != nullptr ? before->number : repository::main_target;
  return repository.write([&](Writer& writer) -> Status {
    FRESHET_ASSIGN(repository::Generation generation, writer.read().generation(number));
    FRESHET_ASSIGN(const auto now, writer.read().delivery_target(number));
    if (now && same_target(*now, target)) return {};  // another run was quicker
    if (now.has_value() != (before != nullptr) || (now && !same_target(*now, before->delivered())))
      return changed_meanwhile(repository);
    if (!generation.under_way()) return writer.put_target(target, number);
    generation.target = target;
    return writer.put_generation(generation, number);
  });
}

// Inside write(): the targets are the ones that were seen, and in the same state.
Status require_same(const repository::Repository& repository, const Writer& writer,
                    const std::vector<KnownTarget>& seen) {
  FRESHET_ASSIGN(const auto now, writer.read().targets());
  const bool same = std::equal(now.begin(), now.end(), seen.begin(), seen.end(),
                               [](const KnownTarget& a, const KnownTarget& b) {
                                 return a.number == b.number && a.state == b.state;
                               });
  return same ? Status{} : changed_meanwhile(repository);
}

// What a new target's namespace in its store is called, behind its own name: nothing, where nobody of
// this repository's has that name there.
Result<bool> is_alone_there(const Context& context, const std::vector<KnownTarget>& all,
                            const repository::Target& target) {
  for (const KnownTarget& each : all)
    for (const repository::Target* place : {&each.live, &each.newest.target}) {
      if (place->store != target.store) continue;
      FRESHET_ASSIGN(const bool same, same_place(context, *place, target));
      if (same) return false;
    }
  return true;
}

// A target of its own for `opened`, in the stead of the one that fills now, where there is one. `all`
// is what was recorded when that was decided, and must still be.
Status add(const Context& context, const std::vector<KnownTarget>& all, OpenTarget& opened,
           const Group* beside) {
  FRESHET_ASSIGN(const bool alone, is_alone_there(context, all, opened.target));
  return context.repository.write([&](Writer& writer) -> Status {
    FRESHET_TRY(require_same(context.repository, writer, all));
    if (beside != nullptr && beside->filling) FRESHET_TRY(writer.retire(beside->filling->number));
    const std::string suffix =
        alone ? "" : fmt::format("{}{}", repository::target_mark, all.back().number + 1);
    FRESHET_ASSIGN(opened.number, writer.add_target(opened.target, suffix,
                                                    beside != nullptr ? beside->live.number : 0));
    return {};
  });
}

// The records, each with the one that is to take its place.
std::vector<Group> groups_of(const std::vector<KnownTarget>& all) {
  std::vector<Group> groups;
  for (const KnownTarget& each : all) {
    if (each.is_retired()) continue;
    const auto replaced = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return each.replaces != 0 && group.live.number == each.replaces;
    });
    if (replaced == groups.end())
      groups.push_back({each, std::nullopt});
    else
      replaced->filling = each;
  }
  return groups;
}

Result<bool> is_in(const Context& context, const Group& group, const repository::Target& target) {
  FRESHET_ASSIGN(const bool live, same_place(context, group.live.delivered(), target));
  if (live || !group.filling) return live;
  return same_place(context, group.filling->delivered(), target);
}

// Which group a wish is for; nothing: it is for a new one. One that is in the same place with the same
// embedder comes before one that is only in the same place. Where there is but one of either, they
// belong together wherever it is.
Result<std::optional<std::size_t>> group_of(const Context& context, const TargetWish& wish,
                                            const std::vector<Group>& groups,
                                            const std::set<std::size_t>& taken) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (taken.contains(i)) continue;
    const repository::Target& before = groups[i].newest().delivered();
    FRESHET_ASSIGN(const repository::Target target, wanted(context, wish, &before));
    FRESHET_ASSIGN(const bool there, is_in(context, groups[i], target));
    if (!there) continue;
    if (target.embedder == before.embedder && target.embedder_options == before.embedder_options)
      return std::optional(i);
    if (!found) found = i;
  }
  return found;
}

class Opening {
 public:
  Opening(const Context& context, const RunConfig& config, bool new_recipe,
          const base::Cancel& cancel)
      : context_(context), config_(config), cancel_(cancel) {
    out_.new_recipe = new_recipe;
  }

  Result<OpenTargets> run() {
    FRESHET_ASSIGN(all_, recorded_targets(context_.repository));
    groups_ = groups_of(all_);
    const std::vector<TargetWish> wishes = target_wishes(config_, groups_.size());
    FRESHET_TRY(match(wishes));
    FRESHET_TRY(check_left());
    for (std::size_t i = 0; i < wishes.size(); ++i) FRESHET_TRY(open_one(wishes[i], matches_[i]));
    if (out_.open.empty()) return base::fail(out_.failed.front());
    FRESHET_TRY(retire_left());
    return std::move(out_);
  }

  Result<std::vector<repository::Target>> wishes() {
    FRESHET_ASSIGN(all_, recorded_targets(context_.repository));
    groups_ = groups_of(all_);
    const std::vector<TargetWish> all = target_wishes(config_, groups_.size());
    FRESHET_TRY(match(all));
    std::vector<repository::Target> targets;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const repository::Target* before =
          matches_[i] ? &groups_[*matches_[i]].newest().delivered() : nullptr;
      FRESHET_ASSIGN(repository::Target target, wanted(context_, all[i], before));
      targets.push_back(std::move(target));
    }
    return targets;
  }

 private:
  Status match(const std::vector<TargetWish>& wishes) {
    if (wishes.size() == 1 && groups_.size() == 1) return matches_ = {0}, taken_ = {0}, Status{};
    for (const TargetWish& wish : wishes) {
      FRESHET_ASSIGN(const auto group, group_of(context_, wish, groups_, taken_));
      if (group) taken_.insert(*group);
      matches_.push_back(group);
    }
    return {};
  }

  // What is searched stays until another one is full.
  Status check_left() const {
    const bool any_live = std::any_of(taken_.begin(), taken_.end(), [&](std::size_t i) {
      return groups_[i].live.state == repository::TargetState::live;
    });
    if (groups_.empty() || any_live) return {};
    return base::fail(base::Code::held,
                      "is in none of these stores in full: name the one that it is searched in, "
                      "until another one is full",
                      "namespace " + context_.repository.name_space());
  }

  // One that does not answer holds up no other; one that is asked for in vain is a mistake.
  Status open_one(const TargetWish& wish, std::optional<std::size_t> group) {
    Status status = group ? open_known(wish, groups_[*group]) : open_new(wish);
    if (status) return {};
    const base::Code code = status.error().code;
    if (code == base::Code::invalid_argument || code == base::Code::unsupported ||
        code == base::Code::held || code == base::Code::cancelled || code == base::Code::busy)
      return status;
    out_.failed.push_back(std::move(status).error());
    return {};
  }

  Status open_new(const TargetWish& wish) {
    FRESHET_ASSIGN(repository::Target target, wanted(context_, wish, nullptr));
    FRESHET_ASSIGN(OpenTarget opened, open_wanted(context_, std::move(target), wish, cancel_));
    if (!all_.empty()) {
      FRESHET_TRY(add(context_, all_, opened, nullptr));
      note_added(opened, repository::TargetState::filling);
    } else {  // what the store refuses is not kept
      FRESHET_TRY(ensure_live(context_.repository, opened, cancel_));
      FRESHET_TRY(keep_target(context_.repository, nullptr, opened.target));
      note_added(opened, repository::TargetState::live);
    }
    return take(std::move(opened));
  }

  Status open_known(const TargetWish& wish, const Group& group) {
    const KnownTarget& known = group.newest();
    FRESHET_ASSIGN(repository::Target target, wanted(context_, wish, &known.delivered()));
    if (group.filling && !config_.rebuild) {
      FRESHET_ASSIGN(const bool back, is_taken_back(group, target));
      if (back) return open_known(wish, {group.live, std::nullopt});
    }
    Change change = config_.rebuild ? Change::rebuild : Change::none;
    OpenTarget opened;
    if (config_.rebuild) {
      FRESHET_ASSIGN(opened, open_to_rebuild(context_, target, wish, cancel_));
    } else {
      FRESHET_ASSIGN(opened, open_as_before(context_, config_, wish, known, std::move(target),
                                            cancel_, change));
    }
    opened.number = known.number;
    if (change == Change::none && out_.new_recipe && !group.filling) change = Change::generation;
    if (change == Change::generation) {
      FRESHET_TRY(add(context_, all_, opened, &group));
      if (group.filling) note_retired(group.filling->number);
      note_added(opened, repository::TargetState::filling);
    } else if (change == Change::rebuild) {
      FRESHET_TRY(begin_rebuild(context_, known, opened));
    } else {
      FRESHET_TRY(keep(known, opened));
    }
    const bool beside = opened.number != group.live.number;
    // Of two recipes the old one's rows stay as they are.
    const bool stays = out_.new_recipe || same_target(opened.target, group.live.delivered());
    FRESHET_TRY(take(std::move(opened)));
    return beside && !stays ? open_beside(group.live) : Status{};
  }

  // The one that fills is not asked for any more, and the one of before is.
  Result<bool> is_taken_back(const Group& group, const repository::Target& target) {
    const repository::Target& live = group.live.delivered();
    const repository::Target& filling = group.filling->delivered();
    if (target.store == filling.store && same_options(target, filling)) return false;
    if (target.embedder != live.embedder || target.embedder_options != live.embedder_options)
      return false;
    FRESHET_ASSIGN(const bool back, same_place(context_, live, target));
    if (back) FRESHET_TRY(retire({group.filling->number}));
    return back;
  }

  Status keep(const KnownTarget& known, const OpenTarget& opened) {
    if (!same_options(known.delivered(), opened.target))
      FRESHET_TRY(keep_target(context_.repository, &known, opened.target));
    return send_again_if_lost(context_, *opened.store, opened.number, cancel_);
  }

  // The one whose place is to be taken is kept in step for as long as it is searched.
  Status open_beside(const KnownTarget& live) {
    auto opened = reopen_target(context_, live, cancel_);
    if (opened && same_model(opened->target, live.delivered())) return take(*std::move(opened));
    const Status other = opened ? refuse_model(context_, live.delivered(), opened->target)
                                : base::fail(std::move(opened).error());
    out_.failed.push_back(other.error());
    return {};
  }

  Status take(OpenTarget opened) {
    FRESHET_TRY(ensure_live(context_.repository, opened, cancel_));
    out_.open.push_back(std::move(opened));
    return {};
  }

  Status retire_left() {
    std::vector<TargetNumber> left;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (taken_.contains(i)) continue;
      if (groups_[i].filling) left.push_back(groups_[i].filling->number);
      left.push_back(groups_[i].live.number);
    }
    return left.empty() ? Status{} : retire(left);
  }

  // By what this run has seen: since then another one may have made live what was filling.
  Status retire(const std::vector<TargetNumber>& numbers) {
    FRESHET_TRY(context_.repository.write([&](Writer& writer) -> Status {
      FRESHET_TRY(require_same(context_.repository, writer, all_));
      for (const TargetNumber number : numbers) FRESHET_TRY(writer.retire(number));
      return {};
    }));
    for (const TargetNumber number : numbers) note_retired(number);
    return {};
  }

  void note_added(const OpenTarget& opened, repository::TargetState state) {
    KnownTarget& added = all_.emplace_back();
    added.number = opened.number;
    added.state = state;
    added.live = opened.target;
  }
  void note_retired(TargetNumber number) {
    for (KnownTarget& each : all_)
      if (each.number == number) each.state = repository::TargetState::retired;
  }

  const Context& context_;
  const RunConfig& config_;
  const base::Cancel& cancel_;
  std::vector<KnownTarget>
      all_;  // as this run has seen and made them; what others did since is news
  std::vector<Group> groups_;
  std::vector<std::optional<std::size_t>> matches_;  // by wish
  std::set<std::size_t> taken_;                      // of the groups
  OpenTargets out_;
};

}  // namespace

Result<OpenTargets> open_targets(const Context& context, const RunConfig& config, bool new_recipe,
                                 const base::Cancel& cancel) {
  return Opening(context, config, new_recipe, cancel).run();
}

Result<std::vector<repository::Target>> wanted_targets(const Context& context,
                                                       const RunConfig& config) {
  const base::Cancel never;
  return Opening(context, config, false, never).wishes();
}

}  // namespace freshet::sync
