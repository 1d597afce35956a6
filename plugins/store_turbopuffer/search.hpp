// store_turbopuffer/search.hpp - rows near a vector, with some words, or both.
#pragma once

#include "rows.hpp"

namespace store_turbopuffer {

class Searcher {
 public:
  // They outlive it.
  Searcher(const Client& client, const sdk::Call& call, const std::string& ns,
           const sdk::Search& search);

  // At most as many as the search wants, best first.
  std::vector<sdk::Found> rows();

 private:
  std::vector<Json> queries() const;
  Json near(std::size_t limit) const;
  Json with_words(std::size_t limit) const;
  std::optional<std::vector<std::vector<sdk::Found>>> ask(bool own_only) const;
  std::optional<std::vector<sdk::Found>> ranking(const Json& result, bool by_vector) const;
  double score_of(const Json& row, bool by_vector) const;

  const Client& client_;
  const sdk::Call& call_;
  const std::string& ns_;
  const sdk::Search& search_;
  Json filter_;  // null: none
  std::string words_;
};

}  // namespace store_turbopuffer
