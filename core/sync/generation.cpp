#include "core/sync/generation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;
using repository::Fill;
using repository::Room;
using repository::Writer;

std::string aside_name(const std::string& name, std::uint64_t number) {
  return fmt::format("{}~{}", name, number);
}

std::string place_name(const std::string& name, const repository::Generation& generation) {
  const bool aside = generation.under_way() && generation.room == Room::aside;
  return aside ? aside_name(name, generation.number) : name;
}

Status advance_to(Writer& writer, TargetNumber number, Fill fill) {
  FRESHET_ASSIGN(repository::Generation generation, writer.read().generation(number));
  generation.fill = fill;
  if (fill == Fill::filling) generation.oldest = generation.number;
  return writer.put_generation(generation, number);
}

}  // namespace

std::string own_name(const repository::Repository& repository,
                     const repository::KnownTarget& target) {
  return repository.name_space() + target.suffix;
}

Result<Place> delivery_place(const repository::Repository& repository, TargetNumber number) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto known, snapshot.known_target(number));
  Place place;
  place.own_name = place.name = repository.name_space();
  if (!known) return place;
  place.generation = known->newest;
  place.target = known->delivered();
  place.state = known->state;
  place.own_name = own_name(repository, *known);
  place.name = place_name(place.own_name, place.generation);
  return place;
}

Result<std::vector<RowPlace>> row_places(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto all, snapshot.targets());
  std::vector<RowPlace> places;
  for (const repository::KnownTarget& known : all)
    for (RowPlace& place : row_places(repository, known)) places.push_back(std::move(place));
  return places;
}

std::vector<RowPlace> row_places(const repository::Repository& repository,
                                 const repository::KnownTarget& known) {
  const repository::Generation& newest = known.newest;
  const std::string name = own_name(repository, known);
  std::vector<RowPlace> places;
  places.push_back({known.number, known.live, {name}});
  for (std::uint64_t number = std::max<std::uint64_t>(1, newest.oldest); number <= newest.number;
       ++number)
    places.front().names.push_back(aside_name(name, number));
  if (newest.under_way() && newest.room == Room::elsewhere)
    places.push_back({known.number, newest.target, {name}});
  return places;
}

Tenure::Tenure(repository::Repository& repository, ports::Store& store, Leases& leases,
               base::Cancel cancel, TargetNumber number)
    : repository_(repository),
      store_(store),
      leases_(leases),
      cancel_(std::move(cancel)),
      number_(number) {}

Result<bool> Tenure::begin() {
  over_ = false;
  constexpr int most_tries = 3;
  for (int tries = 0; tries < most_tries; ++tries) {
    FRESHET_ASSIGN(const bool mine, leases_.claim_delivery(number_));
    if (!mine || !store_.info().claims) return mine;
    const std::uint64_t fence = leases_.delivery(number_).fence;
    FRESHET_ASSIGN(const Place place, delivery_place(repository_, number_));
    FRESHET_ASSIGN(const std::uint64_t newest, store_.claim(place.own_name, fence, cancel_));
    if (newest <= fence) return true;
    // The store was written to under later fences than this repository has given: it outlived
    // another one, or this is a backup of one.
    FRESHET_TRY(repository_.write([&](Writer& writer) { return writer.raise_fence(newest); }));
    end();
  }
  return base::fail(base::Code::busy, "another repository writes to it",
                    "namespace " + repository_.name_space());
}

void Tenure::end() noexcept { leases_.release_delivery(number_); }

Result<bool> Tenure::commit(const Place& place, const std::function<Status(Writer&)>& work) {
  bool counts = false;
  FRESHET_TRY(repository_.write([&](Writer& writer) -> Status {
    counts = false;
    const Status held = leases_.require_delivery(writer, number_);
    over_ = !held && held.error().code == base::Code::busy;
    if (over_) return {};
    FRESHET_TRY(held);
    FRESHET_ASSIGN(const auto known, writer.read().known_target(number_));
    const repository::Generation now = known ? known->newest : repository::Generation{};
    if (now.number != place.generation.number || now.fill != place.generation.fill) return {};
    if (known ? known->is_retired() : number_ != repository::main_target) return {};
    counts = true;
    return work(writer);
  }));
  return counts;
}

Status Tenure::advance(const Place& place) {
  return place.generation.fill == Fill::to_empty ? empty(place) : put_in_place(place);
}

Status Tenure::empty(const Place& place) {
  if (notes()) {
    FRESHET_ASSIGN(const bool noted,
                   commit(place, [&](Writer& writer) { return note_in_flight(writer, {}); }));
    if (!noted) return {};
  }
  if (!goes_on()) return {};
  for (std::uint64_t number = std::max<std::uint64_t>(1, place.generation.oldest);
       store_.info().replaces && number < place.generation.number; ++number)
    FRESHET_TRY(store_.reset(aside_name(place.own_name, number), cancel_));
  FRESHET_TRY(store_.reset(place.name, cancel_));
  const repository::Target& target = place.generation.target;
  FRESHET_TRY(store_.ensure({place.name, target.dimension, target.model}, cancel_));
  const bool own = place.generation.room == Room::own;
  FRESHET_ASSIGN(const bool counts, commit(place, [&](Writer& writer) -> Status {
                   FRESHET_TRY(clear_in_flight(writer));
                   return advance_to(writer, number_, own ? Fill::live : Fill::filling);
                 }));
  if (counts || !notes()) return {};
  // It may have been emptied after another had begun to fill it.
  return repository_.write([&](Writer& writer) -> Status {
    FRESHET_TRY(clear_in_flight(writer));
    return writer.enqueue_all(number_);
  });
}

Result<bool> Tenure::finish_filling(const Place& place,
                                    const std::unordered_set<std::uint64_t>& refused,
                                    std::uint64_t after) {
  bool enough = true;
  FRESHET_TRY(commit(place, [&](Writer& writer) -> Status {
    enough = true;
    FRESHET_ASSIGN(const repository::Info info, writer.read().info());
    FRESHET_ASSIGN(const auto newer, writer.read().deliveries(after, refused.size() + 1, number_));
    for (const repository::Delivery& row : newer)
      if (!refused.contains(row.sequence)) return {};  // new work: go on
    FRESHET_ASSIGN(const auto left, writer.read().deliveries(0, info.chunks + 1, number_));
    enough = 2 * left.size() <= info.chunks;
    if (!enough) return {};
    return place.generation.under_way() ? advance_to(writer, number_, Fill::filled)
                                        : writer.make_live(number_);
  }));
  return enough;
}

Status Tenure::put_in_place(const Place& place) {
  if (!goes_on()) return {};
  if (place.generation.room == Room::aside) {
    const Status status = store_.replace(place.own_name, place.name, cancel_);
    if (!status && status.error().code == base::Code::not_found)
      FRESHET_TRY(commit(place, [&](Writer& writer) {
        return writer.begin_generation(place.generation.target, Room::aside, number_);
      }));
    FRESHET_TRY(status);
  }
  return commit(place, [&](Writer& writer) { return advance_to(writer, number_, Fill::live); })
      .map([](bool) {});
}

Status Tenure::note_in_flight(Writer& writer, std::span<const base::Digest> chunks) {
  return writer.put_in_flight(leases_.delivery(number_), chunks, number_);
}

Status Tenure::clear_in_flight(Writer& writer) {
  return notes() ? writer.drop_in_flight(leases_.delivery(number_).fence, number_) : Status{};
}

}  // namespace freshet::sync
