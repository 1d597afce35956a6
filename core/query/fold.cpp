#include "core/query/fold.hpp"

#include <algorithm>

#include "core/model/shingles.hpp"

namespace freshet::query {
namespace {

constexpr std::size_t least_shingles = 12;  // a shorter text is too easily like another
constexpr double nearly_all = 0.9;

bool say_the_same(const model::Shingles& a, const model::Shingles& b) {
  const std::size_t less = std::min(a.size(), b.size()), more = std::max(a.size(), b.size());
  // A short hit that is a part of a long one is no copy of it.
  if (less < least_shingles || static_cast<double>(less) < nearly_all * static_cast<double>(more))
    return false;
  return model::containment(a, b) >= nearly_all;
}

}  // namespace

std::vector<std::size_t> fold(const std::vector<ports::Hit>& hits) {
  std::vector<model::Shingles> shingles;
  std::vector<std::size_t> into(hits.size(), 0);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    shingles.push_back(model::shingles_of(model::words_of(hits[i].text)));
    for (std::size_t j = 0; j < i && into[i] == 0; ++j)
      if (into[j] == 0 && hits[i].uri != hits[j].uri && say_the_same(shingles[i], shingles[j]))
        into[i] = j + 1;
  }
  return into;
}

}  // namespace freshet::query
