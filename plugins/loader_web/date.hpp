// loader_web/date.hpp - dates as sitemaps write them, in milliseconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace freshet::loader_web {

// "2026-11-20" or "2026-11-20T16:01:11.25+01:00": the date-time needs its zone. Nothing else: a
// sitemap's lastmod is a hint, and a doubtful hint is none.
std::optional<std::int64_t> parse_lastmod(std::string_view text);

}  // namespace freshet::loader_web
