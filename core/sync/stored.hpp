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
#include "core/model/record.hpp"
#include "core/ports/store.hpp"

namespace freshet::sync {

class StoredRows {
 public:
  struct Row {
    base::Digest id;
    model::RowMark mark;
  };
  // Told each id that was never given, once.
  using OnForeign = std::function<void(const std::string& id)>;
  // Told each time that an id comes again, which is handed on once.
  using OnTwice = std::function<void(const base::Digest& id)>;

  StoredRows(ports::Store& store, std::string name, OnForeign on_foreign, OnTwice on_twice,
             std::size_t room = 1'000'000);

  // The next rows; none at the end, and none in a namespace that the store lost.
  base::Result<std::vector<Row>> next(const base::Cancel& cancel);

 private:
  base::Result<std::vector<Row>> next_page(const base::Cancel& cancel);
  base::Result<std::vector<Row>> next_least(const base::Cancel& cancel);
  void tell_twice(std::vector<Row>& rows) const;
  base::Result<std::vector<ports::StoredRow>> list(ports::RowListing& listing,
                                                   const base::Cancel& cancel) const;

  ports::Store& store_;
  const std::string name_;
  const OnForeign on_foreign_;
  const OnTwice on_twice_;
  const std::size_t room_;
  std::unique_ptr<ports::RowListing> listing_;  // of an ordered store
  base::Digest last_;                           // that was handed on
  bool begun_ = false, done_ = false;
};

}  // namespace freshet::sync
