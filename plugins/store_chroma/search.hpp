// store_chroma/search.hpp - rows near a vector, with some words, or both.
#pragma once

#include "rows.hpp"

namespace store_chroma {

class Searcher {
 public:
  // They outlive it.
  Searcher(Collections& collections, const sdk::Call& call, const std::string& ns,
           const sdk::Search& search);

  // At most `limit`, best first; an equal score leaves the order that Chroma gave.
  std::vector<sdk::Found> by_vector(std::size_t limit);
  std::vector<sdk::Found> by_text(std::size_t limit);
  // By reciprocal rank fusion: what both find stands above what one does.
  std::vector<sdk::Found> by_both(std::size_t limit);

 private:
  std::optional<std::vector<sdk::Found>> query(std::size_t limit, bool own_only);
  std::vector<sdk::Found> having(const std::vector<std::string>& terms, const char* joined);

  Collections& collections_;
  const sdk::Call& call_;
  const std::string& ns_;
  const sdk::Search& search_;
  Json filter_;  // null: none
};

}  // namespace store_chroma
