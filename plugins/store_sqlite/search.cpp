#include "search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "filter.hpp"
#include "query.hpp"
#include "rows.hpp"
#include "vectors.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;

struct Scored {
  std::int64_t n;
  double score;
};

// Higher scores first; equal ones in the order of their rows, so that an answer does not change by
// itself.
bool better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.n < b.n;
}

class Searcher {
 public:
  Searcher(Connection& connection, const Known& known, const sdk::Search& search)
      : connection_(connection), known_(known), search_(search) {
    if (search.filter) filter_.emplace(*search.filter);
  }

  std::vector<Scored> by_text(std::size_t limit) {
    const std::vector<std::string> terms = terms_of(search_.text);
    std::vector<Scored> best;
    if (terms.empty()) return best;
    std::unordered_set<std::int64_t> taken;
    // A row with every term stands above any row that lacks one.
    const std::string all = all_of(terms);
    const std::string any = any_of(terms);
    match(all, 1.0, limit, taken, best);
    if (best.size() < limit && any != all) match(any, 0.0, limit, taken, best);
    return best;
  }

  std::vector<Scored> by_vector(std::size_t limit) {
    const std::string query = query_vector();
    std::vector<Scored> heap;  // the worst of the best on top
    Statement scan = connection_.prepare("SELECT n, vector FROM " + known_.vectors());
    while (scan.step()) {
      const std::string_view vector = scan.blob(1);
      if (vector.size() != query.size())
        throw Failure(FRESHET_E_CORRUPT, "is damaged: a stored vector has a wrong size",
                      connection_.file());
      const Scored next{scan.number(0), static_cast<double>(dot(query, vector))};
      if (!std::isfinite(next.score))
        throw Failure(FRESHET_E_CORRUPT, "is damaged: a stored vector is not finite",
                      connection_.file());
      if (heap.size() == limit && !better(next, heap.front())) continue;
      if (!passes(next.n)) continue;
      if (heap.size() == limit) {
        std::pop_heap(heap.begin(), heap.end(), better);
        heap.pop_back();
      }
      heap.push_back(next);
      std::push_heap(heap.begin(), heap.end(), better);
    }
    std::sort_heap(heap.begin(), heap.end(), better);
    return heap;
  }

  // Reciprocal rank fusion: what both find stands above what one does.
  std::vector<Scored> by_both(std::size_t limit) {
    constexpr double k = 60;
    const std::size_t deep = std::max<std::size_t>(limit * 4, 50);
    std::unordered_map<std::int64_t, double> sums;
    for (const auto& ranked : {by_text(deep), by_vector(deep)})
      for (std::size_t rank = 0; rank < ranked.size(); ++rank)
        sums[ranked[rank].n] += 1.0 / (k + static_cast<double>(rank) + 1.0);
    std::vector<Scored> fused;
    for (const auto& [n, score] : sums) fused.push_back({n, score});
    std::sort(fused.begin(), fused.end(), better);
    if (fused.size() > limit) fused.resize(limit);
    return fused;
  }

 private:
  void match(const std::string& query, double base, std::size_t limit,
             std::unordered_set<std::int64_t>& taken, std::vector<Scored>& best) {
    const std::string words = known_.words();
    // A filter may drop any number of the best; without one the index need not rank more than are
    // asked for.
    const std::string cut = filter_ ? "" : " LIMIT " + std::to_string(limit);
    Statement statement = connection_.prepare("SELECT rowid, rank FROM " + words + " WHERE " +
                                              words + " MATCH ? ORDER BY rank" + cut);
    statement.bind(1, query);
    while (best.size() < limit && statement.step()) {
      const std::int64_t n = statement.number(0);
      if (!taken.contains(n) && passes(n)) best.push_back({n, base + squashed(-statement.real(1))});
      taken.insert(n);
    }
  }

  // BM25 has no upper end; this keeps its order below 1.
  static double squashed(double bm25) { return bm25 <= 0 ? 0 : bm25 / (bm25 + 3); }

  std::string query_vector() const {
    if (known_.dimension == 0) throw Failure(FRESHET_E_UNSUPPORTED, "the namespace has no vectors");
    if (search_.vector.size() != known_.dimension)
      throw Failure(FRESHET_E_INVALID_ARGUMENT,
                    "the vector has " + std::to_string(search_.vector.size()) +
                        " dimensions, the namespace " + std::to_string(known_.dimension));
    std::string query = normalised(search_.vector);
    if (query.empty())
      throw Failure(FRESHET_E_INVALID_ARGUMENT, "the vector is all zero or not finite");
    return query;
  }

  bool passes(std::int64_t n) {
    if (!filter_) return true;
    Statement row = connection_.prepare("SELECT uri, title, url, path, metadata FROM " +
                                        known_.rows() + " WHERE n = ?");
    row.bind(1, n);
    return row.step() &&
           filter_->matches({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)});
  }

  Connection& connection_;
  const Known& known_;
  const sdk::Search& search_;
  std::optional<Filter> filter_;
};

}  // namespace

void search_rows(Connection& connection, const Known& known, const sdk::Search& search,
                 const sdk::FoundSink& found) {
  Searcher searcher(connection, known, search);
  const std::size_t limit = search.limit;
  const std::vector<Scored> best = search.mode == FRESHET_SEARCH_TEXT ? searcher.by_text(limit)
                                   : search.mode == FRESHET_SEARCH_VECTOR
                                       ? searcher.by_vector(limit)
                                       : searcher.by_both(limit);
  Statement statement = connection.prepare("SELECT " + std::string(found_columns) + " FROM " +
                                           known.rows() + " r WHERE r.n = ?");
  for (const Scored& each : best) {
    statement.again();
    statement.bind(1, each.n);
    if (!statement.step())
      throw Failure(FRESHET_E_CORRUPT, "is damaged: a row that was found is not there",
                    connection.file());
    sdk::Found row = found_in(statement);
    row.score = each.score;
    found(row);
  }
}

}  // namespace store_sqlite
