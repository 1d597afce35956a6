#include "core/sync/recover.hpp"

#include "core/sync/generation.hpp"
#include "core/sync/target_place.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

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
  std::optional<repository::Target> theirs;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, other->read());
    FRESHET_ASSIGN(theirs, snapshot.delivery_target());
  }
  if (!theirs || theirs->store != target.store) return {};
  FRESHET_ASSIGN(const bool same, same_place(context, *theirs, target));
  return same ? send_everything_again(*other) : Status{};
}

}  // namespace

Status send_everything_again(repository::Repository& repository) {
  return repository.write([](repository::Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto target, writer.read().delivery_target());
    return target ? writer.begin_generation(*target, repository::Room::own) : Status{};
  });
}

Status send_again_if_lost(const Context& context, ports::Store& store, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository));
  if (place.generation.under_way()) return {};  // who delivers makes what is not there
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(const auto delivered, snapshot.list_delivered({}, 1));
    if (delivered.empty()) return {};
  }
  const auto rows = store.list(place.name, 1)->next(cancel);
  const bool lost = !rows && rows.error().code == base::Code::not_found;
  return lost ? send_everything_again(context.repository) : Status{};
}

Result<std::string> recover_place(const Context& context, const repository::Target& target) {
  // The repository knows it first: a crash from here on costs only work.
  FRESHET_TRY(send_everything_again(context.repository));
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
