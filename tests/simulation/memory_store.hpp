// tests/simulation/memory_store.hpp - one process's client of the simulated store.
#pragma once

#include "core/ports/store.hpp"
#include "tests/simulation/world.hpp"

namespace freshet::simulation {

class MemoryStore : public ports::Store {
 public:
  MemoryStore(World& world, Server& server) : world_(world), server_(server) {}
  const ports::StoreInfo& info() const override { return server_.info; }
  base::Status ensure(const ports::StoreNamespace& wanted, const base::Cancel& cancel) override;
  base::Status upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                      const Confirm& confirm, const base::Cancel& cancel) override;
  base::Status remove(const std::string& name, std::span<const std::string> ids,
                      const Confirm& confirm, const base::Cancel& cancel) override;
  base::Result<std::vector<ports::Hit>> search(const std::string& name, const ports::Search& search,
                                               const base::Cancel& cancel) override;
  base::Result<std::vector<ports::Hit>> get(const std::string& name,
                                            std::span<const std::string> ids,
                                            const base::Cancel& cancel) override;
  std::unique_ptr<ports::RowListing> list(const std::string& name, std::uint32_t page) override;
  base::Result<std::uint64_t> count(const std::string& name, const base::Cancel& cancel) override;
  base::Status reset(const std::string& name, const base::Cancel& cancel) override;
  base::Result<std::uint64_t> claim(const std::string& name, std::uint64_t fence,
                                    const base::Cancel& cancel) override;
  base::Status replace(const std::string& name, const std::string& by,
                       const base::Cancel& cancel) override;

 private:
  // Sends `change`, which may fail on the way there, or on the way back.
  base::Status write(const std::string& name, const std::string& what,
                     const std::function<base::Status(Server&)>& change);
  // Those of `ids` that the answer names.
  void confirm_some(std::vector<std::string> ids, const Confirm& confirm);

  World& world_;
  Server& server_;
  std::uint64_t fence_ = 0;
  std::string claimed_;
  unsigned writing_ = 0;
};

}  // namespace freshet::simulation
