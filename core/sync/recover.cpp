#include "core/sync/recover.hpp"

#include "core/sync/generation.hpp"
#include "core/sync/target_place.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

// To each target that is in the same place.
Status send_all_of(const Context& context, repository::Repository& repository,
                   const repository::Target& target) {
  std::vector<repository::KnownTarget> all;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
    FRESHET_ASSIGN(all, snapshot.targets());
  }
  for (const repository::KnownTarget& known : all) {
    if (known.is_retired() || known.delivered().store != target.store) continue;
    FRESHET_ASSIGN(const bool same, same_place(context, known.delivered(), target));
    if (same) FRESHET_TRY(send_everything_again(repository, known.number));
  }
  return {};
}

// Another namespace, when it is delivered to the same place.
Status send_other_again(const Context& context, const std::string& name,
                        const repository::Target& target) {
  repository::OpenOptions options;
  options.name_space = name;
  options.force_filesystem = true;  // it is open already
  options.allow_shared = context.repository.allow_shared();
  FRESHET_ASSIGN(const auto other,
                 repository::Repository::open(context.repository.directory(), options,
                                              context.repository.machine()));
  return send_all_of(context, *other, target);
}

bool is_lost(ports::Store& store, const Place& place, const base::Cancel& cancel) {
  const auto rows = store.list(place.name, 1)->next(cancel);
  return !rows && rows.error().code == base::Code::not_found;
}

// Its namespace was made before it began to fill, and nobody makes it again: it begins anew, in the
// same room, unless it went on meanwhile.
Status fill_again_if_lost(const Context& context, ports::Store& store, const Place& place,
                          repository::TargetNumber number, const base::Cancel& cancel) {
  if (!is_lost(store, place, cancel)) return {};
  return context.repository.write([&](repository::Writer& writer) -> Status {
    FRESHET_ASSIGN(const repository::Generation now, writer.read().generation(number));
    if (now.number != place.generation.number || now.fill != place.generation.fill) return {};
    return writer.begin_generation(now.target, now.room, number);
  });
}

}  // namespace

Status send_everything_again(repository::Repository& repository, repository::TargetNumber number) {
  return repository.write([&](repository::Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto target, writer.read().delivery_target(number));
    return target ? writer.begin_generation(*target, repository::Room::own, number) : Status{};
  });
}

Status send_again_if_lost(const Context& context, ports::Store& store,
                          repository::TargetNumber number, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, number));
  if (place.generation.fill == repository::Fill::filling)
    return fill_again_if_lost(context, store, place, number, cancel);
  if (place.generation.under_way()) return {};  // who delivers makes what is not there
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(const auto delivered, snapshot.list_delivered({}, 1, number));
    if (delivered.empty()) return {};
  }
  return is_lost(store, place, cancel) ? send_everything_again(context.repository, number)
                                       : Status{};
}

Result<std::string> recover_place(const Context& context, const repository::Target& target) {
  // The repository knows it first: a crash from here on costs only work.
  FRESHET_TRY(send_all_of(context, context.repository, target));
  std::vector<repository::NameSpace> others;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(others, snapshot.name_spaces());
  }
  for (const repository::NameSpace& other : others)
    if (other.name != context.repository.name_space() && !other.dropping)
      FRESHET_TRY(send_other_again(context, other.name, target));
  FRESHET_ASSIGN(const base::Json options, store_options(context, target));
  return context.catalog.recover_store(target.store, options);
}

}  // namespace freshet::sync
