// loader_web/site_plan.hpp - how a site is listed, once that was found out: kept from listing to listing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loader_web/asked.hpp"
#include "loader_web/feed_items.hpp"
#include "loader_web/kept.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

enum class SiteWay { page, sitemap, llms_txt, feed, links };

struct SitePlan {
  SiteWay way = SiteWay::page;
  std::string prefix;             // of all pages; empty: any
  std::vector<std::string> urls;  // the sitemaps, the llms.txt, the feed, the first page
  std::string what;               // for people: "a site, by its sitemap https://…"
};

// A plan as the state of a listing, with the state of the listing that it makes; nothing where that
// does not fit.
std::optional<std::string> plan_state(const SitePlan& plan, std::string_view inner);

struct KeptPlan {
  SitePlan plan;
  std::string inner;
};
// Nothing where the state is no such text.
std::optional<KeptPlan> parse_plan_state(std::string_view state);

// Lists by the plan, going on from `inner`. States that come are the plan's. `asked`: what the plan's
// URL answered just now.
sdk::Listing list_by_plan(const sdk::Call& call, const Options& options, const SitePlan& plan,
                          std::string_view inner, const Sink& sink, Kept& kept, FeedItems& items,
                          Asked asked = {});

}  // namespace freshet::loader_web
