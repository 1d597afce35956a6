// loader_web/article.hpp - the feed that has an article, by the article's address.
#pragma once

#include <string>
#include <string_view>

namespace freshet::loader_web {

// "{0}" in the template stands for the first part of the article's path, and so on: of
// "https://medium.com/feed/{0}" and ".../embabel/my-article" it is "https://medium.com/feed/embabel". A
// template without scheme is one of the article's host. `path` names the article in failures, which are
// thrown where its path has no such part.
std::string feed_of_article(std::string_view article, std::string_view pattern,
                            const std::string& path);

}  // namespace freshet::loader_web
