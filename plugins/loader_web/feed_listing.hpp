// loader_web/feed_listing.hpp - lists the items of a feed, and fetches one of them.
//
// A feed never tells all that it has had: what left it stays.
#pragma once

#include <optional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/asked.hpp"
#include "loader_web/feed_items.hpp"
#include "loader_web/kept.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

// Throws where the feed cannot be read, or is broken. One conditional request where it did not change.
sdk::Listing list_feed(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink, FeedItems& items,
                       Asked asked = {});

// An item of the feed that the entry's handle names: from the feed, or the page that it leads to.
void fetch_item(const sdk::Call& call, const Options& options, FeedItems& items, Kept& kept,
                const sdk::Entry& entry, const std::optional<std::string>& known_version,
                const sdk::FetchSink& sink);

// The article at `entry`, which the feed that the handle names has the content of.
void fetch_article(const sdk::Call& call, const Options& options, FeedItems& items,
                   const sdk::Entry& entry, const std::optional<std::string>& known_version,
                   const sdk::FetchSink& sink);

}  // namespace freshet::loader_web
