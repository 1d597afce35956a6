// core/sync/contents.hpp - compares the content of rows in a store with the chunks they are of.
//
// A store may take a moment before what it has confirmed can be read: a row that is not there is asked
// for again before it is told as missing.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/ports/store.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/fault.hpp"

namespace freshet::sync {

class Contents {
 public:
  // `name`: of the namespace in the store. `model`: the target's; empty: no vectors.
  Contents(const repository::Repository& repository, ports::Store& store,
           repository::TargetNumber target, std::string name, const std::string& model,
           const base::Cancel& cancel, OnFault on_fault);

  // A row that was delivered.
  base::Status add(const base::Digest& id);
  // The same of one that a listing left out.
  base::Status add_absent(const base::Digest& id);
  base::Status finish();
  std::uint64_t compared() const { return compared_; }

 private:
  using Rows = std::unordered_map<base::Digest, ports::Hit>;
  base::Status compare_batch();
  base::Status ask(const std::vector<base::Digest>& ids, Rows& rows);
  bool wait_for_late_rows();
  base::Result<std::optional<Fault>> fault_of(const repository::Snapshot& snapshot,
                                              const base::Digest& id, const Rows& rows) const;

  const repository::Repository& repository_;
  ports::Store& store_;
  const repository::TargetNumber target_;
  const std::string name_, model_;
  const bool titles_;
  const base::Cancel& cancel_;
  const OnFault on_fault_;
  std::vector<base::Digest> batch_;
  std::unordered_set<base::Digest> absent_;  // of the batch: not listed
  std::uint64_t compared_ = 0;
  bool able_ = true;  // the store gives rows back
  int waits_ = 0;     // for rows that may come late
};

}  // namespace freshet::sync
