#include "tests/simulation/laws.hpp"

#include <algorithm>

#include "core/model/embedded.hpp"
#include "core/model/record.hpp"
#include "tests/simulation/catalog.hpp"

namespace freshet::simulation {
namespace {

using repository::StoredChunk;

constexpr std::size_t root_bytes = 6;  // of a chunk's id

template <typename T>
T must(World& world, base::Result<T> result) {
  if (!result) world.fail("cannot be looked at: " + base::to_string(result.error()));
  return *std::move(result);
}

Marks marks_of(const std::vector<StoredChunk>& chunks) {
  Marks marks;
  for (const StoredChunk& chunk : chunks) marks.merge(marks_in(chunk.chunk.text));
  return marks;
}

}  // namespace

void Laws::begin_step() {
  before_ = look();
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  for (const repository::Source& source : must(world_, snapshot.sources()))
    members_[source.name] = source.members;
  world_.step_begun = world_.now();
  note_durable();
}

HeldRoots Laws::look() {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  HeldRoots all;
  for (repository::Root& root : must(world_, snapshot.list_roots({}, 1000))) {
    const std::string uri = root.uri;
    all[uri].root = std::move(root);
  }
  for (auto& [uri, held] : all) held.edition = edition_of(held.root);
  return all;
}

// Laws 1 and 2: what is stored was served, and all of it.
std::size_t Laws::edition_of(const repository::Root& root) {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  const auto chunks = must(world_, snapshot.chunks_of(root.id));
  if (!root.exists() || !root.alias_of.empty()) {
    if (!chunks.empty()) world_.fail("law 2: chunks without a document: " + root.uri);
    return 0;
  }
  check_ids(root, chunks);
  const Site* site = world_.site_of(root.uri);
  const std::vector<Marks>& served = site->said.at(root.uri).contents;
  const auto found = std::find(served.rbegin(), served.rend(), marks_of(chunks));
  if (found == served.rend())
    world_.fail(
        fmt::format("laws 1 and 2: {} holds what was never served, or a part of it", root.uri));
  return static_cast<std::size_t>(served.rend() - found);
}

// Law 3.
void Laws::check_ids(const repository::Root& root, const std::vector<StoredChunk>& chunks) {
  std::map<std::string, int> seen;
  for (const StoredChunk& chunk : chunks) {
    const std::string text(chunk.chunk.text);
    const std::string key = fmt::format("{}\n{}\n{}", root.uri, seen[text]++, text);
    const base::Digest id = chunk.chunk.id;
    const auto [known, is_new] = ids_.try_emplace(key, id);
    if (known->second != id) world_.fail("law 3: another id for the same text of " + root.uri);
    if (!std::equal(id.bytes.begin(), id.bytes.begin() + root_bytes, root.id.bytes.begin()))
      world_.fail("law 3: an id that is not among those of its root: " + root.uri);
  }
}

void Laws::check_staleness() {
  constexpr Millis run{3'600'000};
  if (!world_.adaptive) return;
  for (const auto& [uri, held] : look()) {
    if (!held.root.exists() || held.root.failures > 0) continue;
    if (held.root.checked + world_.adaptive->max_staleness + run < world_.now())
      world_.fail(fmt::format("adaptive: {} was left alone for too long", uri));
  }
}

void Laws::check_step(bool removals_bound) {
  const repository::CheckReport report = must(world_, world_.repository->check());
  if (report.problem_count > 0)
    world_.fail("the repository is not in order: " + report.problems.front());
  const HeldRoots now = look();
  for (const auto& [uri, held] : now) check_root(uri, held);
  check_removals(now, removals_bound);
  if (!world_.late_writes && !world_.store_decayed) check_stores();
}

void Laws::check_root(const std::string& uri, const Held& held) {
  const auto found = before_.find(uri);
  const Said& said = world_.site_of(uri)->said[uri];
  if (found != before_.end() && held.edition != 0 && held.edition < found->second.edition)
    world_.fail(fmt::format("law 10: {} went back to what it was", uri));
  if (held.edition != 0 && held.edition < said.committed)
    world_.fail(fmt::format("law 10: {} is older than what another run had stored", uri));
  const base::Instant before = found == before_.end() ? base::unset : found->second.root.checked;
  if (held.root.checked > world_.now() && !world_.clock_jumped)
    world_.fail(fmt::format("law 10: {} was checked in the future", uri));
  if (held.root.checked != before && held.root.checked != base::unset &&
      said.confirmed < world_.step_begun)
    world_.fail(fmt::format("law 10: {} counts as checked, and nobody said anything", uri));
}

// Law 6.
void Laws::check_removals(const HeldRoots& now, bool bound) {
  std::map<const Site*, std::size_t> removed;
  for (const auto& [uri, held] : before_) {
    Site* site = world_.site_of(uri);
    if (now.contains(uri)) continue;
    ++removed[site];
    const Said& said = site->said[uri];
    if (held.root.exists() && said.unlisted < 0 && !said.gone && said.not_found < 3 &&
        held.root.alias_of.empty())
      world_.fail(fmt::format("law 6: {} is removed, and nobody said that it is gone", uri));
  }
  if (!bound) return;
  for (const auto& [site, count] : removed) {
    const std::uint64_t had = members_[fmt::format(R"(site{{"site":"{}"}})", site->name)];
    if (count > 1 && count * 5 > had)
      world_.fail(
          fmt::format("law 6: {} of {} roots of site {} go at once", count, had, site->name));
  }
}

// Law 5: what is neither in a store as it is here, nor gone from it, is pending. One that is to be
// replaced is kept in step as any other.
void Laws::check_stores() {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  for (const repository::KnownTarget& target : must(world_, snapshot.targets()))
    if (!target.is_retired() && !target.newest.under_way()) check_store(snapshot, target);
}

void Laws::check_store(const repository::Snapshot& snapshot,
                       const repository::KnownTarget& target) {
  std::set<std::string> pending;
  for (const repository::Delivery& row :
       must(world_, snapshot.deliveries(0, 10'000, target.number)))
    pending.insert(row.chunk.hex());
  const auto& rows = rows_of(target);
  std::set<std::string> expected;
  for (const repository::Root& root : must(world_, snapshot.list_roots({}, 1000)))
    for (const StoredChunk& chunk : must(world_, snapshot.chunks_of(root.id))) {
      const std::string id = chunk.chunk.id.hex();
      expected.insert(id);
      const auto row = rows.find(id);
      const bool there = row != rows.end() &&
                         model::RowMark::read(row->second.digest).record == chunk.record_digest &&
                         row->second.text == chunk.chunk.text;
      if (!there && !pending.contains(id))
        world_.fail(fmt::format("law 5: target {} has not got a row of {}, and it is not pending",
                                target.number, root.uri));
    }
  for (const auto& [id, row] : rows)
    if (!expected.contains(id) && !pending.contains(id))
      world_.fail(fmt::format("law 5: target {} has a row of {} that nothing removes",
                              target.number, row.uri));
}

const std::map<std::string, Server::Row>& Laws::rows_of(const repository::KnownTarget& target) {
  return server_of(target).spaces["default" + target.suffix].rows;
}

Server& Laws::server_of(const repository::KnownTarget& target) {
  const auto options = base::Json::parse(target.live.store_options);
  return world_.servers.at(options.value("server", 0));
}

void Laws::check_end() {
  const HeldRoots now = look();
  check_pages(now);
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  if (must(world_, snapshot.info()).deliveries != 0)
    world_.fail("law 5: after quiet runs something is still pending");
  check_stores();
  check_targets(must(world_, snapshot.targets()));
}

bool Laws::is_first_store_live() {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  const auto all = must(world_, snapshot.targets());
  return std::any_of(all.begin(), all.end(), [&](const repository::KnownTarget& target) {
    return target.state == repository::TargetState::live &&
           &server_of(target) == &world_.servers[0];
  });
}

// As many as are asked for, all of them full, and nothing of others is left.
void Laws::check_targets(const std::vector<repository::KnownTarget>& all) {
  if (all.size() != (world_.two_stores ? 2 : 1))
    world_.fail(fmt::format("after quiet runs there are {} targets", all.size()));
  std::size_t rows = 0, kept = 0;
  for (const repository::KnownTarget& target : all) {
    if (target.state != repository::TargetState::live)
      world_.fail(fmt::format("after quiet runs target {} is not live", target.number));
    rows += rows_of(target).size();
    if (world_.with_embedder) check_vectors(target);
  }
  for (const Server& server : world_.servers)
    for (const auto& [name, space] : server.spaces) kept += space.rows.size();
  if (rows != kept)
    world_.fail(fmt::format("of {} rows in the stores {} are of nobody", kept, kept - rows));
}

// Of one model all of them, the one that was asked for last, and of the texts behind their titles, as
// they are embedded where nothing was before.
void Laws::check_vectors(const repository::KnownTarget& target) {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  for (const auto& [id, row] : rows_of(target)) {
    const auto chunk =
        must(world_, snapshot.chunk(base::Digest::from_hex(id).value_or(base::Digest{})));
    if (!chunk) world_.fail(fmt::format("a row of {} is of no chunk", row.uri));
    if (row.vector != vector_of(world_.model, model::with_titles(chunk->chunk, row.title)))
      world_.fail(fmt::format("a row of {} has a vector of another model, or text", row.uri));
  }
}

void Laws::check_pages(const HeldRoots& now) {
  for (const auto& site : world_.sites)
    for (const auto& [uri, page] : site->pages) {
      const auto held = now.find(uri);
      if (page.there && page.alias_of.empty() && held != now.end() && held->second.edition > 0 &&
          site->said[uri].contents.at(held->second.edition - 1) == page.marks())
        continue;
      if (page.there && !page.alias_of.empty() && held != now.end() &&
          held->second.root.alias_of == page.alias_of)
        continue;
      if (!page.there && (held == now.end() || !held->second.root.exists())) continue;
      world_.fail(fmt::format("after quiet runs {} is not what its site has", uri));
    }
}

void Laws::note_durable() {
  const repository::Snapshot snapshot = must(world_, world_.repository->read());
  for (auto& [text, durable] : world_.paid)
    durable = must(world_, snapshot.has_vector(text.first, text.second));
}

}  // namespace freshet::simulation
