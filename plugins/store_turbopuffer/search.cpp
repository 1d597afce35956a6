#include "search.hpp"

#include <algorithm>

#include <freshet/sdk/fusion.hpp>
#include "terms.hpp"

namespace store_turbopuffer {
namespace {

using sdk::Found;
using Rankings = std::vector<std::vector<Found>>;

constexpr std::size_t most_words = 1024;  // bytes of a text that is searched for
constexpr std::size_t most_rows = 10'000;
// A word in a heading says more of a section than one in its text.
constexpr int title_weight = 2, path_weight = 4;

bool in_word(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
         (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// As many whole words as turbopuffer takes; "" where there is none.
std::string words_of(std::string_view text) {
  if (text.size() > most_words) {
    std::size_t end = most_words;
    while (end > 0 && in_word(text[end])) --end;
    text = text.substr(0, end);
  }
  if (std::none_of(text.begin(), text.end(), in_word)) return {};
  return std::string(text);
}

Json weighted(int weight, const char* attribute, const std::string& words) {
  return Json::array({"Product", weight, Json::array({attribute, "BM25", words})});
}

}  // namespace

Searcher::Searcher(const Client& client, const sdk::Call& call, const std::string& ns,
                   const sdk::Search& search)
    : client_(client), call_(call), ns_(ns), search_(search), words_(words_of(search.text)) {
  if (search.filter) filter_ = filters_of(*search.filter);
}

// Whose rows they are is looked at afterwards: asking for freshet's alone is hardly ever needed.
std::vector<Found> Searcher::rows() {
  auto rankings = ask(false);
  if (!rankings) rankings = ask(true);
  if (!rankings || rankings->empty()) return {};
  const std::size_t limit = search_.limit;
  if (rankings->size() > 1) return sdk::fuse(*rankings, limit);
  std::vector<Found> rows = std::move(rankings->front());
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

// First the one by words.
std::vector<Json> Searcher::queries() const {
  const bool both = search_.mode == FRESHET_SEARCH_HYBRID;
  const std::size_t limit = both ? sdk::fusion_depth(search_.limit) : search_.limit;
  std::vector<Json> all;
  if (search_.mode != FRESHET_SEARCH_VECTOR && !words_.empty()) all.push_back(with_words(limit));
  if (search_.mode != FRESHET_SEARCH_TEXT) all.push_back(near(limit));
  return all;
}

Json Searcher::near(std::size_t limit) const {
  return {{"rank_by", Json::array({"vector", "ANN", search_.vector})},
          {"limit", std::min(limit, most_rows)}};
}

Json Searcher::with_words(std::size_t limit) const {
  const Json sum =
      Json::array({weighted(path_weight, "path", words_), weighted(title_weight, "title", words_),
                   Json::array({"text", "BM25", words_})});
  return {{"rank_by", Json::array({"Sum", sum})}, {"limit", std::min(limit, most_rows)}};
}

// Nothing where rows are among them that somebody else put there.
std::optional<Rankings> Searcher::ask(bool own_only) const {
  std::vector<Json> queries = this->queries();
  if (queries.empty()) return Rankings();
  for (Json& query : queries) {
    query["include_attributes"] = told_attributes();
    if (own_only)
      query["filters"] = own_rows(filter_);
    else if (!filter_.is_null())
      query["filters"] = filter_;
  }
  Json body = queries.size() == 1 ? queries.front() : Json{{"queries", queries}};
  if (client_.options().eventual) body["consistency"] = {{"level", "eventual"}};
  const Json answer = client_.query(call_, ns_, body);
  if (queries.size() > 1 && member(answer, "results").size() != queries.size())
    throw sdk::Failure(FRESHET_E_REMOTE, "answered another number of queries than was asked");
  Rankings rankings;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Json& result = queries.size() == 1 ? answer : member(answer, "results").at(i);
    auto rows = ranking(result, queries[i]["rank_by"][0] == "vector");
    if (!rows) return std::nullopt;
    rankings.push_back(*std::move(rows));
  }
  return rankings;
}

std::optional<std::vector<Found>> Searcher::ranking(const Json& result, bool by_vector) const {
  std::vector<Found> rows;
  for (const Json& row : member(result, "rows")) {
    auto found = found_in(row);
    if (!found) return std::nullopt;
    found->score = score_of(row, by_vector);
    rows.push_back(*std::move(found));
  }
  return rows;
}

// Vectors have length 1, or are compared by cosine: the score is the cosine, whatever the metric.
double Searcher::score_of(const Json& row, bool by_vector) const {
  const auto told = member(row, "$dist").get<double>();
  if (!by_vector) return told;
  return 1 - (client_.options().metric == "euclidean_squared" ? told / 2 : told);
}

}  // namespace store_turbopuffer
