// core/ports/store.hpp - a vector store, as delivery, query and verification see it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/digest.hpp"
#include "core/base/error.hpp"

namespace freshet::ports {

// The operators of a filter, by the bit that stands for each in StoreInfo::filter_operators.
enum class FilterOp {
  all,
  any,
  none,  // of the one filter in it
  eq,
  ne,
  gt,
  gte,
  lt,
  lte,
  in,
  nin,
  contains,
  icontains,
  ieq,
  starts_with,
  ends_with,
  like,
  has
};
constexpr std::uint32_t bit(FilterOp op) { return 1u << static_cast<unsigned>(op); }

struct StoreInfo {
  std::uint32_t max_batch = 100;  // records a write
  std::uint32_t max_id_bytes = 64;
  std::uint32_t max_text_bytes = 0;  // 0: no limit
  std::uint32_t max_request_bytes =
      0;  // of a write's rows together, which the adapter keeps; 0: no limit
  std::uint32_t concurrent_writes = 1;
  bool needs_vectors = false;  // cannot keep a record without one
  bool text_search = false;
  bool vector_search = false;
  bool hybrid_search = false;
  bool unit_vectors = false;           // the adapter gives vectors with length 1
  bool ordered = false;                // lists in the order of the ids
  std::uint32_t filter_operators = 0;  // the bits of those that a search tests
  bool claims = false;                 // refuses what a writer sends that has lost its claim
  bool replaces = false;               // puts one namespace in another's place
  std::string plugin = {};             // for errors
};

// One row. Borrowed for the call.
struct StoreRecord {
  std::string id;      // the chunk's id in hex
  std::string digest;  // of the row: what verification compares
  std::string_view text;
  std::string_view uri, title, url;
  std::string_view path;          // section titles, joined by " > "
  std::string_view metadata;      // a JSON object
  std::span<const float> vector;  // empty: none
};

struct StoreNamespace {
  std::string name;
  std::uint32_t dimension = 0;  // 0: no vectors
  std::string model;            // the embedder's; empty without one
};

enum class SearchMode { text, vector, hybrid };

struct Search {
  SearchMode mode = SearchMode::text;
  std::string text;
  std::span<const float> vector;
  std::uint32_t limit = 10;
  std::string
      filter;  // as query::Filter::text() writes it, of operators that the store tests; or empty
};

struct Hit {
  double score = 0;  // higher is better; comparable within one search only
  std::string id, text, uri, title, url, path, metadata;
  std::string digest = {};         // as it was written with the row
  std::vector<float> vector = {};  // from get: as written, up to a positive factor; empty: not told
};

struct StoredRow {
  std::string id;
  std::string digest;
};

// A listing under way, of one thread. It does not outlive its store.
class RowListing {
 public:
  virtual ~RowListing() = default;
  // The next page; an empty one is the end. No page has an id twice, and where the store is
  // ordered, the ids go on rising from page to page.
  virtual base::Result<std::vector<StoredRow>> next(const base::Cancel& cancel) = 0;
};

// Rows in a namespace's place that freshet did not write: how many there are, or there were.
enum class Foreign { count, remove };

// Thread-safe up to StoreInfo::concurrent_writes writes at once. Every write is idempotent.
class Store {
 public:
  using Confirm = std::function<void(std::string_view id)>;
  virtual ~Store() = default;
  virtual const StoreInfo& info() const = 0;

  // Creates it where missing; fails where it exists with another dimension or model.
  virtual base::Status ensure(const StoreNamespace& name, const base::Cancel& cancel) = 0;

  // Call `confirm` for each id that is stored (or gone) for good; ids not confirmed are tried
  // again, whatever the function returns.
  virtual base::Status upsert(const std::string& name, std::span<const StoreRecord> records,
                              const Confirm& confirm, const base::Cancel& cancel) = 0;
  virtual base::Status remove(const std::string& name, std::span<const std::string> ids,
                              const Confirm& confirm, const base::Cancel& cancel) = 0;

  // Fewer hits than the limit only where there are no more.
  virtual base::Result<std::vector<Hit>> search(const std::string& name, const Search& search,
                                                const base::Cancel& cancel) = 0;
  virtual base::Result<std::vector<Hit>> get(const std::string& name,
                                             std::span<const std::string> ids,
                                             const base::Cancel& cancel) = 0;
  // All rows, in pages of at most `page` rows.
  virtual std::unique_ptr<RowListing> list(const std::string& name, std::uint32_t page) = 0;
  virtual base::Result<std::uint64_t> count(const std::string& name,
                                            const base::Cancel& cancel) = 0;
  // Removes the namespace and all its rows; one that does not exist is no failure.
  virtual base::Status reset(const std::string& name, const base::Cancel& cancel) = 0;

  // Where info().claims: from now on this object writes on behalf of `fence`, and every write fails
  // with busy once one with a larger fence has written under the claim to `name`. Returns the
  // largest so far.
  virtual base::Result<std::uint64_t> claim(const std::string& name, std::uint64_t fence,
                                            const base::Cancel& cancel);
  // Where info().replaces: puts `by` in the place of `name` at once, as often as it is asked; fails
  // with not_found where there is no `by` and it did not take this place.
  virtual base::Status replace(const std::string& name, const std::string& by,
                               const base::Cancel& cancel);

  // The names of all namespaces in the place; Code::unsupported: it cannot tell.
  virtual base::Result<std::vector<std::string>> namespaces(const base::Cancel&) {
    return base::fail(base::Code::unsupported, "this store cannot list its namespaces");
  }

  // Code::unsupported: no others can have rows there, or it cannot tell.
  virtual base::Result<std::uint64_t> foreign(const std::string& name, Foreign what,
                                              const base::Cancel& cancel) {
    static_cast<void>(name), static_cast<void>(what), static_cast<void>(cancel);
    return base::fail(base::Code::unsupported, "this store tells no foreign rows");
  }

  // What the store finds damaged in `name` and a reset mends, one line each. Code::corrupt: its
  // whole place is damaged; Code::unsupported: it cannot tell. With an empty name, it looks at the
  // place alone.
  virtual base::Result<std::vector<std::string>> check(const StoreNamespace& name, bool deep,
                                                       const base::Cancel& cancel) {
    static_cast<void>(name), static_cast<void>(deep), static_cast<void>(cancel);
    return base::fail(base::Code::unsupported, "this store cannot look for damage");
  }
};

inline base::Result<std::uint64_t> Store::claim(const std::string& name, std::uint64_t,
                                                const base::Cancel&) {
  return base::fail(base::Code::unsupported, "this store has no claims", name);
}

inline base::Status Store::replace(const std::string& name, const std::string&,
                                   const base::Cancel&) {
  return base::fail(base::Code::unsupported,
                    "this store cannot put one namespace in another's place", name);
}

}  // namespace freshet::ports
