// core/sync/stored.hpp - the rows of a namespace in the order of their ids, in whatever order the store
// lists them.
//
// An ordered listing is handed on as it comes. Any other is gone through again and again, each time for
// the `room` least ids after those that were handed on: a million rows take 64 MB and one pass, ten
// million ten passes, and no disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/ports/store.hpp"

namespace freshet::sync {

class StoredRows {
 public:
  struct Row {
    base::Digest id;
    base::Digest digest;  // zeros: it bears none that could ever be right
  };
  // Told each id that was never given, once.
  using OnForeign = std::function<void(const std::string& id)>;

  StoredRows(ports::Store& store, std::string name, OnForeign on_foreign,
             std::size_t room = 1'000'000);

  // The next rows; none at the end, and none in a namespace that the store lost.
  base::Result<std::vector<Row>> next(const base::Cancel& cancel);

 private:
  base::Result<std::vector<Row>> next_page(const base::Cancel& cancel);
  base::Result<std::vector<Row>> next_least(const base::Cancel& cancel);
  base::Result<std::vector<ports::StoredRow>> list(ports::RowListing& listing,
                                                   const base::Cancel& cancel) const;
  base::Status listed_twice(const base::Digest& id) const;

  ports::Store& store_;
  const std::string name_;
  const OnForeign on_foreign_;
  const std::size_t room_;
  std::unique_ptr<ports::RowListing> listing_;  // of an ordered store
  base::Digest last_;                           // that was handed on
  bool begun_ = false, done_ = false;
};

}  // namespace freshet::sync
