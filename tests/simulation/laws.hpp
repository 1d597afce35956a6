// tests/simulation/laws.hpp - the laws of docs/laws.md as they can be seen from outside: in the
// repository, in the store, and in what the sites have said.
#pragma once

#include <map>
#include <string>

#include "core/repository/documents.hpp"
#include "core/repository/roots.hpp"
#include "tests/simulation/world.hpp"

namespace freshet::simulation {

// What the repository held of a root when a step ended.
struct Held {
  repository::Root root;
  std::size_t edition = 0;  // which of the contents that were served, from 1; 0: none
};
using HeldRoots = std::map<std::string, Held>;  // by URI

class Laws {
 public:
  explicit Laws(World& world) : world_(world) {}

  void begin_step();
  // `removals_bound`: one run, which may remove a share of a site's roots and no more.
  void check_step(bool removals_bound);
  // After quiet runs: repository, store and sites are one.
  void check_end();
  // After a quiet run: an adaptive policy leaves no page alone for longer than it may.
  void check_staleness();
  // Nobody can ask for the first store alone before it can be searched.
  bool is_first_store_live();

 private:
  HeldRoots look();
  std::size_t edition_of(const repository::Root& root);
  void check_ids(const repository::Root& root, const std::vector<repository::StoredChunk>& chunks);
  void check_root(const std::string& uri, const Held& held);
  void check_removals(const HeldRoots& now, bool bound);
  void check_stores();
  void check_store(const repository::Snapshot& snapshot, const repository::KnownTarget& target);
  const std::map<std::string, Server::Row>& rows_of(const repository::KnownTarget& target);
  Server& server_of(const repository::KnownTarget& target);
  void check_targets(const std::vector<repository::KnownTarget>& all);
  void check_vectors(const repository::KnownTarget& target);
  void check_pages(const HeldRoots& now);
  void note_durable();

  World& world_;
  HeldRoots before_;
  std::map<std::string, std::uint64_t> members_;  // of each source, by its name, then
  std::map<std::string, base::Digest> ids_;       // by URI, text and ordinal
};

}  // namespace freshet::simulation
