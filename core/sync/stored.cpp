#include "core/sync/stored.hpp"

#include <algorithm>

namespace freshet::sync {
namespace {

constexpr std::uint32_t rows_a_page = 1000;

bool has_lesser_id(const StoredRows::Row& a, const StoredRows::Row& b) { return a.id < b.id; }

// The least of what is put in, at most twice `room` of it at a time.
class Least {
 public:
  explicit Least(std::size_t room) : room_(room) {}
  void put(const StoredRows::Row& row) {
    rows_.push_back(row);
    if (rows_.size() >= 2 * room_) cut();
  }
  std::vector<StoredRows::Row> take() {
    if (rows_.size() > room_) cut();
    std::sort(rows_.begin(), rows_.end(), has_lesser_id);
    return std::move(rows_);
  }

  bool left_some_out() const { return left_some_out_; }

 private:
  void cut() {
    left_some_out_ = true;
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(room_);
    std::nth_element(rows_.begin(), end, rows_.end(), has_lesser_id);
    rows_.erase(end, rows_.end());
  }

  const std::size_t room_;
  std::vector<StoredRows::Row> rows_;
  bool left_some_out_ = false;
};

}  // namespace

StoredRows::StoredRows(ports::Store& store, std::string name, OnForeign on_foreign,
                       OnTwice on_twice, std::size_t room)
    : store_(store),
      name_(std::move(name)),
      on_foreign_(std::move(on_foreign)),
      on_twice_(std::move(on_twice)),
      room_(room) {}

base::Result<std::vector<StoredRows::Row>> StoredRows::next(const base::Cancel& cancel) {
  if (done_) return std::vector<Row>();
  auto rows = store_.info().ordered ? next_page(cancel) : next_least(cancel);
  if (rows && rows->empty()) done_ = true;
  if (rows && !rows->empty()) last_ = rows->back().id;
  begun_ = true;
  return rows;
}

base::Result<std::vector<StoredRows::Row>> StoredRows::next_page(const base::Cancel& cancel) {
  if (!listing_) listing_ = store_.list(name_, rows_a_page);
  std::vector<Row> rows;
  while (rows.empty()) {  // a page may be nothing but foreign ids
    FRESHET_ASSIGN(const std::vector<ports::StoredRow> page, list(*listing_, cancel));
    if (page.empty()) break;
    for (const ports::StoredRow& row : page) {
      const auto id = base::Digest::from_hex(row.id);
      if (id)
        rows.push_back({*id, model::RowMark::read(row.digest)});
      else
        on_foreign_(row.id);
    }
  }
  return rows;
}

base::Result<std::vector<StoredRows::Row>> StoredRows::next_least(const base::Cancel& cancel) {
  Least least(room_);
  int seen_last = 0;
  for (const auto listing = store_.list(name_, rows_a_page);;) {
    FRESHET_ASSIGN(const std::vector<ports::StoredRow> page, list(*listing, cancel));
    if (page.empty()) break;
    for (const ports::StoredRow& row : page) {
      const auto id = base::Digest::from_hex(row.id);
      if (!id && !begun_) on_foreign_(row.id);
      if (id && begun_ && *id == last_ && ++seen_last > 1) on_twice_(*id);
      if (id && (!begun_ || last_ < *id)) least.put({*id, model::RowMark::read(row.digest)});
    }
  }
  std::vector<Row> rows = least.take();
  done_ = !least.left_some_out();
  tell_twice(rows);
  return rows;
}

// An id that comes again goes; the last one, where more may follow, is looked for by the next pass.
void StoredRows::tell_twice(std::vector<Row>& rows) const {
  const auto same_id = [](const Row& a, const Row& b) { return a.id == b.id; };
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (same_id(rows[i - 1], rows[i]) && (done_ || rows[i].id != rows.back().id))
      on_twice_(rows[i].id);
  rows.erase(std::unique(rows.begin(), rows.end(), same_id), rows.end());
}

base::Result<std::vector<ports::StoredRow>> StoredRows::list(ports::RowListing& listing,
                                                             const base::Cancel& cancel) const {
  if (cancel.requested()) return base::fail(base::Code::cancelled, "verification was cancelled");
  auto page = listing.next(cancel);
  if (!page && page.error().code == base::Code::not_found) return std::vector<ports::StoredRow>();
  return page;
}

}  // namespace freshet::sync
