// freshet/sdk/fusion.hpp - several rankings of rows as one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <freshet/sdk/store.hpp>

namespace freshet::sdk {

// By reciprocal rank: a row's score is the sum of 1 / (60 + its place) over the rankings that have it, so
// what two of them find stands above what one does. Best first, at most `limit`; an equal score leaves
// the order in which rows came. The rankings are moved from.
inline std::vector<Found> fuse(std::span<std::vector<Found>> rankings, std::size_t limit) {
  constexpr double k = 60;
  std::vector<Found> rows;
  std::unordered_map<std::string, std::size_t> places;
  for (std::vector<Found>& ranked : rankings) {
    for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
      const auto [place, is_new] = places.emplace(ranked[rank].id, rows.size());
      if (is_new) rows.push_back(std::move(ranked[rank])), rows.back().score = 0;
      rows[place->second].score += 1.0 / (k + static_cast<double>(rank) + 1.0);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Found& a, const Found& b) { return a.score > b.score; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

// How deep each of the rankings has to be for the first `limit` of them together.
constexpr std::size_t fusion_depth(std::size_t limit) {
  return std::max<std::size_t>(limit * 4, 50);
}

}  // namespace freshet::sdk
