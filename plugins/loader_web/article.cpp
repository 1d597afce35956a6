#include "loader_web/article.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

}  // namespace

std::string feed_of_article(std::string_view article, std::string_view pattern,
                            const std::string& path) {
  const UrlParts url = split_url(article);
  const std::vector<std::string_view> parts = path_parts(url.path);
  std::string feed;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const std::size_t end = pattern.find('}', at);
    const std::optional<std::int64_t> number =
        pattern[at] == '{' && end != std::string_view::npos
            ? parse_number(pattern.substr(at + 1, end - at - 1), 1000)
            : std::nullopt;
    if (!number) {
      feed += pattern[at];
      continue;
    }
    if (static_cast<std::size_t>(*number) >= parts.size())
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                         "its path has no part {" + std::to_string(*number) + "} for the template",
                         path);
    feed += parts[static_cast<std::size_t>(*number)];
    at = end;
  }
  if (feed.find("://") != std::string::npos) return feed;
  return std::string(url.scheme) + "://" + std::string(url.authority) +
         (feed.starts_with('/') ? "" : "/") + feed;
}

}  // namespace freshet::loader_web
