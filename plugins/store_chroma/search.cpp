#include "search.hpp"

#include <algorithm>
#include <array>

#include <freshet/sdk/fusion.hpp>
#include "filter.hpp"
#include "rank.hpp"

namespace store_chroma {
namespace {

using sdk::Found;

constexpr std::size_t most_candidates = 10'000;  // rows that are ranked for their words

// Vectors have length 1, or are compared by cosine: the score is the cosine, whatever the metric.
double score_of(double distance, const std::string& metric) {
  return 1 - (metric == "l2" ? distance / 2 : distance);
}

bool has_better_score(const Found& a, const Found& b) { return a.score > b.score; }

void keep_best(std::vector<Found>& rows, std::size_t limit) {
  std::stable_sort(rows.begin(), rows.end(), has_better_score);
  if (rows.size() > limit) rows.resize(limit);
}

void rank(std::vector<Found>& rows, const std::vector<std::string>& terms, std::uint64_t all_rows) {
  std::vector<Ranked> texts;
  for (const Found& row : rows) texts.push_back({row.text, row.title, row.path});
  const std::vector<double> scores = scores_of(texts, terms, all_rows);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].score = scores[i];
}

Json both(const Json& one, const Json& other) {
  if (other.is_null()) return one;
  return {{"$and", {one, other}}};
}

}  // namespace

Searcher::Searcher(Collections& collections, const sdk::Call& call, const std::string& ns,
                   const sdk::Search& search)
    : collections_(collections), call_(call), ns_(ns), search_(search) {
  if (search.filter) filter_ = where_of(*search.filter);
}

// To ask for freshet's rows alone takes the server three times as long, and is hardly ever needed.
std::vector<Found> Searcher::by_vector(std::size_t limit) {
  if (auto found = query(limit, false)) return *std::move(found);
  return query(limit, true).value_or(std::vector<Found>());
}

// Nothing where rows are among them that somebody else put there.
std::optional<std::vector<Found>> Searcher::query(std::size_t limit, bool own_only) {
  Json body = {{"query_embeddings", {search_.vector}},
               {"n_results", limit},
               {"include", {"documents", "metadatas", "distances"}}};
  if (own_only)
    body["where"] = both(own_rows(), filter_);
  else if (!filter_.is_null())
    body["where"] = filter_;
  const Json answer = collections_.post(call_, ns_, "query", body.dump());
  const Json& ids = answer.at("ids").at(0);
  const std::string& metric = collections_.options().metric;
  std::vector<Found> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto row =
        found_in(ids[i], answer.at("documents").at(0).at(i), answer.at("metadatas").at(0).at(i));
    if (!row) return std::nullopt;
    row->score = score_of(answer.at("distances").at(0).at(i).get<double>(), metric);
    rows.push_back(*std::move(row));
  }
  return rows;
}

std::vector<Found> Searcher::by_text(std::size_t limit) {
  const std::vector<std::string> terms =
      terms_of(search_.text, collections_.options().most_words());
  if (terms.empty()) return {};
  // A row with every term stands above any row that lacks one.
  std::vector<Found> rows = having(terms, "$and");
  if (rows.size() < limit && terms.size() > 1) rows = having(terms, "$or");
  rank(rows, terms, collections_.count(call_, ns_));
  std::erase_if(rows, [](const Found& row) { return row.score <= 0; });
  keep_best(rows, limit);
  return rows;
}

std::vector<Found> Searcher::having(const std::vector<std::string>& terms, const char* joined) {
  const std::size_t rows_a_page = collections_.options().rows_a_page();
  Json tests = Json::array();
  for (const std::string& term : terms) tests.push_back({{"$regex", pattern_of(term)}});
  Json body = {{"where", both(own_rows(), filter_)},
               {"where_document", tests.size() == 1 ? tests[0] : Json{{joined, tests}}},
               {"include", {"documents", "metadatas"}},
               {"limit", rows_a_page}};
  std::vector<Found> rows;
  for (std::size_t offset = 0; offset < most_candidates; offset += rows_a_page) {
    body["offset"] = offset;
    const Json answer = collections_.post(call_, ns_, "get", body.dump());
    const std::size_t count = answer.at("ids").size();
    for (std::size_t i = 0; i < count; ++i)
      if (auto row = found_in(answer["ids"][i], answer.at("documents").at(i),
                              answer.at("metadatas").at(i)))
        rows.push_back(*std::move(row));
    if (count < rows_a_page) return rows;
  }
  call_.log(FRESHET_LOG_WARNING, "the words are in more than " + std::to_string(most_candidates) +
                                     " rows of the namespace " + ns_ + ": others were not ranked");
  return rows;
}

std::vector<Found> Searcher::by_both(std::size_t limit) {
  const std::size_t deep = sdk::fusion_depth(limit);
  std::array rankings{by_text(deep), by_vector(deep)};
  return sdk::fuse(rankings, limit);
}

}  // namespace store_chroma
