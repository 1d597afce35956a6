#include "loader_web/date.hpp"

#include <freshet/sdk/date.hpp>

#include "loader_web/text.hpp"

namespace freshet::loader_web {

std::optional<std::int64_t> parse_lastmod(std::string_view text) {
  const auto at = sdk::parse_date(trim(text));
  return at && *at >= 0 ? at : std::nullopt;
}

}  // namespace freshet::loader_web
