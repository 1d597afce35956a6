// loader_web/site.hpp - lists what a web address stands for: a site, a sitemap, a feed, an llms.txt, or
// one page.
//
// A site is listed by the first of these that it has: sitemaps that its robots.txt names, a sitemap where
// sitemaps are by custom, an llms.txt, a feed, its links. What was found is kept in the state, and is what
// the next listing goes by.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/feed_items.hpp"
#include "loader_web/kept.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

// `tell` is given what the address was taken for, for people. Where a listing went by something that is no
// more, it goes by what else there is, and is not complete: a sitemap that a server has lost is no reason
// to remove a page.
sdk::Listing list_site(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink,
                       const std::function<void(const std::string&)>& tell, Kept& kept,
                       FeedItems& items);

// The sitemaps that a robots.txt names, as written.
std::vector<std::string> sitemaps_in_robots(std::string_view text);

// Whether a URL names a place with pages below it, and not one page.
bool names_folder(std::string_view url);

}  // namespace freshet::loader_web
