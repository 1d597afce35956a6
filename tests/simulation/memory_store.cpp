#include "tests/simulation/memory_store.hpp"

namespace freshet::simulation {
namespace {

using base::Code;
using base::Result;
using base::Status;

class Pages : public ports::RowListing {
 public:
  Pages(World& world, Server& server, std::string name, std::uint32_t page)
      : world_(world), server_(server), name_(std::move(name)), page_(page) {}
  Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
    world_.scheduler.yield();
    const auto space = server_.spaces.find(name_);
    if (space == server_.spaces.end())
      return base::fail(Code::not_found, "there is no such namespace", name_);
    std::vector<ports::StoredRow> rows;
    for (auto row = space->second.rows.upper_bound(after_);
         row != space->second.rows.end() && rows.size() < page_; ++row)
      rows.push_back({row->first, row->second.digest});
    if (!rows.empty()) after_ = rows.back().id;
    return rows;
  }

 private:
  World& world_;
  Server& server_;
  const std::string name_;
  const std::uint32_t page_;
  std::string after_;
};

}  // namespace

Status MemoryStore::write(const std::string& name, const std::string& what,
                          const std::function<Status(Server&)>& change) {
  Server& server = server_;
  if (++writing_ > server.info.concurrent_writes)
    world_.fail(fmt::format("law 8: {} writes at once to a store that takes {}", writing_,
                            server.info.concurrent_writes));
  auto result = std::make_shared<Status>();
  const auto wire = std::make_shared<Wire>();
  wire->process = world_.scheduler.current_process();
  wire->apply = [this, &server, change, result, name, fence = fence_] {
    std::uint64_t& newest = server.fences[claimed_];
    if (server.info.claims && newest > fence) {
      *result = base::fail(Code::busy, "another writer has taken over since", name);
      return;
    }
    if (server.info.claims) newest = fence;
    *result = change(server);
  };
  server.wires.push_back(wire);
  world_.delay();
  std::erase(server.wires, wire);
  --writing_;
  if (world_.lucky(world_.weather.store_refuses)) {
    world_.say("{} is one too many", what);
    base::Error error = base::make_error(Code::rate_limited, "429");
    if (world_.lucky(70)) error.retry_after_ms = world_.dice.between(0, 40'000);
    return base::fail(std::move(error));
  }
  if (world_.lucky(world_.weather.store_fails)) {
    world_.say("{} does not arrive", what);
    return base::fail(Code::network, "the connection broke");
  }
  if (!wire->arrived) wire->apply();
  world_.say("{}{}", what, *result ? "" : " is refused");
  world_.scheduler.yield();
  if (*result && world_.lucky(world_.weather.store_fails))
    return base::fail(Code::timeout, "the answer did not come");
  return *result;
}

Status MemoryStore::ensure(const ports::StoreNamespace& wanted, const base::Cancel&) {
  return write(wanted.name, "ensure " + wanted.name, [wanted](Server& server) -> Status {
    Server::Space& space = server.spaces[wanted.name];
    space.dimension = wanted.dimension;
    space.model = wanted.model;
    return {};
  });
}

Status MemoryStore::upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                           const Confirm& confirm, const base::Cancel&) {
  if (records.size() > server_.info.max_batch)
    world_.fail(fmt::format("law 8: {} rows in one write", records.size()));
  std::vector<std::string> ids;
  std::vector<std::pair<std::string, Server::Row>> rows;
  for (const ports::StoreRecord& record : records) {
    ids.push_back(record.id);
    rows.emplace_back(record.id, Server::Row{record.digest,
                                             std::string(record.text),
                                             std::string(record.uri),
                                             {record.vector.begin(), record.vector.end()},
                                             std::string(record.title),
                                             std::string(record.url),
                                             std::string(record.path),
                                             std::string(record.metadata)});
    if (world_.with_embedder && record.vector.empty())
      world_.fail(fmt::format("the row {} of {} is sent without a vector", record.id, record.uri));
  }
  const Status sent =
      write(name, fmt::format("upsert of {} rows to {}", rows.size(), name),
            [name, rows](Server& server) -> Status {
              if (!server.spaces.contains(name))
                return base::fail(Code::not_found, "there is no such namespace", name);
              for (const auto& [id, row] : rows) server.spaces[name].rows[id] = row;
              server.writes += rows.size();
              return {};
            });
  if (sent) confirm_some(std::move(ids), confirm);
  return sent;
}

Status MemoryStore::remove(const std::string& name, std::span<const std::string> ids,
                           const Confirm& confirm, const base::Cancel&) {
  std::vector<std::string> all(ids.begin(), ids.end());
  const Status sent = write(name, fmt::format("removal of {} rows from {}", ids.size(), name),
                            [name, all](Server& server) -> Status {
                              for (const std::string& id : all) server.spaces[name].rows.erase(id);
                              server.writes += all.size();
                              return {};
                            });
  if (sent) confirm_some(std::move(all), confirm);
  return sent;
}

void MemoryStore::confirm_some(std::vector<std::string> ids, const Confirm& confirm) {
  for (const std::string& id : ids)
    if (!world_.lucky(world_.weather.store_drops)) confirm(id);
}

Result<std::vector<ports::Hit>> MemoryStore::search(const std::string&, const ports::Search&,
                                                    const base::Cancel&) {
  return std::vector<ports::Hit>();
}

Result<std::vector<ports::Hit>> MemoryStore::get(const std::string& name,
                                                 std::span<const std::string> ids,
                                                 const base::Cancel&) {
  world_.scheduler.yield();
  std::vector<ports::Hit> hits;
  for (const std::string& id : ids) {
    const auto& rows = server_.spaces[name].rows;
    const auto row = rows.find(id);
    if (row == rows.end()) continue;
    ports::Hit hit;
    hit.id = id;
    hit.text = row->second.text;
    hit.uri = row->second.uri;
    hit.digest = row->second.digest;
    hit.vector = row->second.vector;
    hit.title = row->second.title;
    hit.url = row->second.url;
    hit.path = row->second.path;
    hit.metadata = row->second.metadata;
    hits.push_back(std::move(hit));
  }
  return hits;
}

std::unique_ptr<ports::RowListing> MemoryStore::list(const std::string& name, std::uint32_t page) {
  return std::make_unique<Pages>(world_, server_, name, page);
}

Result<std::uint64_t> MemoryStore::count(const std::string& name, const base::Cancel&) {
  return server_.spaces[name].rows.size();
}

Status MemoryStore::reset(const std::string& name, const base::Cancel&) {
  return write(name, "reset of " + name, [name](Server& server) -> Status {
    server.spaces.erase(name);
    return {};
  });
}

Result<std::uint64_t> MemoryStore::claim(const std::string& name, std::uint64_t fence,
                                         const base::Cancel&) {
  world_.delay();
  fence_ = fence;
  claimed_ = name;
  return server_.fences[name];
}

Status MemoryStore::replace(const std::string& name, const std::string& by, const base::Cancel&) {
  return write(name, fmt::format("{} takes the place of {}", by, name),
               [name, by](Server& server) -> Status {
                 const auto found = server.spaces.find(by);
                 if (found == server.spaces.end())
                   return server.replaced[name] == by
                              ? Status{}
                              : base::fail(Code::not_found, "there is no such namespace", by);
                 server.spaces[name] = std::move(found->second);
                 server.spaces.erase(by);
                 server.replaced[name] = by;
                 return {};
               });
}

}  // namespace freshet::simulation
