// core/sync/contents.hpp - compares the content of rows in a store with the chunks they are of.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/ports/store.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

class Contents {
 public:
  using OnDamaged = std::function<base::Status(const base::Digest& id)>;

  // `name`: of the namespace in the store. `model` empty: no vectors.
  Contents(const repository::Repository& repository, ports::Store& store,
           repository::TargetNumber target, std::string name, std::string model,
           const base::Cancel& cancel, OnDamaged on_damaged);

  // A row that is stored with the digest that was delivered.
  base::Status add(const base::Digest& id);
  base::Status finish();
  std::uint64_t compared() const { return compared_; }

 private:
  base::Status compare_batch();
  base::Result<bool> is_damaged(const repository::Snapshot& snapshot, const base::Digest& id,
                                const ports::Hit* row) const;

  const repository::Repository& repository_;
  ports::Store& store_;
  const repository::TargetNumber target_;
  const std::string name_, model_;
  const base::Cancel& cancel_;
  const OnDamaged on_damaged_;
  std::vector<base::Digest> batch_;
  std::uint64_t compared_ = 0;
  bool able_ = true;  // the store gives rows back
};

}  // namespace freshet::sync
