#include "core/query/sift.hpp"

#include <algorithm>

namespace freshet::query {
namespace {

constexpr std::uint32_t first_look = 100;
constexpr std::uint32_t most_looked_at = 10'000;
constexpr std::uint32_t more = 4;  // times as many rows at each look

}  // namespace

base::Result<Answer> sift(const Ask& ask, const Filter& filter, std::uint32_t wanted) {
  wanted = std::min(wanted, most_looked_at);
  std::uint32_t limit = std::clamp(wanted * more, first_look, most_looked_at);
  for (;; limit = std::min(limit * more, most_looked_at)) {
    FRESHET_ASSIGN(auto rows, ask(limit));
    const bool all = rows.size() < limit;
    std::erase_if(rows, [&](const ports::Hit& row) {
      return !filter.matches({row.uri, row.title, row.url, row.path, row.metadata});
    });
    const bool enough = all || rows.size() >= wanted;
    if (!enough && limit < most_looked_at) continue;
    if (rows.size() > wanted) rows.resize(wanted);
    return Answer{std::move(rows), enough ? 0 : limit};
  }
}

}  // namespace freshet::query
