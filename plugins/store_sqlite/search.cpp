#include "search.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "filter.hpp"
#include "nearest.hpp"
#include "query.hpp"
#include "rank.hpp"
#include "rows.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;

constexpr std::size_t candidates = 300;  // rows that are ranked again, by their pages

class Searcher {
 public:
  Searcher(File& file, const sdk::Call& call, Connection& connection, const Known& known,
           const sdk::Search& search)
      : file_(file), call_(call), connection_(connection), known_(known), search_(search) {
    if (search.filter) filter_.emplace(*search.filter);
  }

  std::vector<Scored> by_text(std::size_t limit) {
    const std::string match = match_of(search_.text);
    if (match.empty()) return {};
    std::vector<Scored> best = matching(match, std::max<std::size_t>(limit, candidates));
    prefer_pages(best);
    if (best.size() > limit) best.resize(limit);
    return best;
  }

  std::vector<Scored> by_vector(std::size_t limit) {
    const QueryVector query = query_vector();
    Passes passing;
    if (filter_) passing = [this](Connection& other, std::int64_t n) { return passes(other, n); };
    return nearest_rows(file_, call_, connection_, known_, query, limit, passing);
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
  std::vector<Scored> matching(const std::string& match, std::size_t limit) {
    connection_.check(add_rank_function(connection_.raw()));
    const std::string words = known_.words();
    // A filter may drop any number of the best; without one the index need not rank more than are
    // asked for.
    const std::string cut = filter_ ? "" : " LIMIT " + std::to_string(limit);
    Statement statement =
        connection_.prepare("SELECT rowid, rank FROM " + words + " WHERE " + words +
                            " MATCH ? AND rank MATCH 'freshet_rank()' ORDER BY rank" + cut);
    statement.bind(1, match);
    std::vector<Scored> best;
    while (best.size() < limit && statement.step())
      if (passes(connection_, statement.number(0)))
        best.push_back({statement.number(0), -statement.real(1)});
    return best;
  }

  // A page of which much fits is more likely meant than one with a single good chunk: what its best
  // other chunks score is added in part.
  void prefer_pages(std::vector<Scored>& best) {
    constexpr std::size_t others = 3;
    constexpr double share = 0.2;
    std::vector<std::string> pages;
    std::unordered_map<std::string, std::vector<double>> scores;  // of a page, best first
    Statement row = connection_.prepare("SELECT uri FROM " + known_.rows() + " WHERE n = ?");
    for (const Scored& each : best) {
      row.again();
      row.bind(1, each.n);
      pages.emplace_back(row.step() ? row.text(0) : std::string_view());
      scores[pages.back()].push_back(each.score);
    }
    for (std::size_t i = 0; i < best.size(); ++i) {
      const std::vector<double>& all = scores[pages[i]];
      const std::size_t most = std::min(all.size(), others + 1);
      double sum =
          std::accumulate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most), 0.0);
      sum -= best[i].score >= all[most - 1] ? best[i].score : all[most - 1];
      best[i].score = (best[i].score + share * std::max(sum, 0.0) / others) / (1 + share);
    }
    std::sort(best.begin(), best.end(), better);
  }

  QueryVector query_vector() const {
    if (known_.dimension == 0) throw Failure(FRESHET_E_UNSUPPORTED, "the namespace has no vectors");
    if (search_.vector.size() != known_.dimension)
      throw Failure(FRESHET_E_INVALID_ARGUMENT,
                    "the vector has " + std::to_string(search_.vector.size()) +
                        " dimensions, the namespace " + std::to_string(known_.dimension));
    auto query = QueryVector::of(search_.vector);
    if (!query) throw Failure(FRESHET_E_INVALID_ARGUMENT, "the vector is all zero or not finite");
    return *std::move(query);
  }

  bool passes(Connection& connection, std::int64_t n) const {
    if (!filter_) return true;
    Statement row = connection.prepare("SELECT uri, title, url, path, metadata FROM " +
                                       known_.rows() + " WHERE n = ?");
    row.bind(1, n);
    return row.step() &&
           filter_->matches({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)});
  }

  File& file_;
  const sdk::Call& call_;
  Connection& connection_;
  const Known& known_;
  const sdk::Search& search_;
  std::optional<Filter> filter_;
};

}  // namespace

void search_rows(File& file, const sdk::Call& call, Connection& connection, const Known& known,
                 const sdk::Search& search, const sdk::FoundSink& found) {
  Searcher searcher(file, call, connection, known, search);
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
