// loader_web/crawl.hpp - lists the pages of a site by following its links.
#pragma once

#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/kept.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

// Begins at the URL that the options name, and goes on within their prefix, page after page, in the order
// of the links. The listing is complete only if nothing was cut and every page could be read. What the
// answers were is left in `kept`. Throws where the first page cannot be read.
//
// With a state each page is asked for on the condition that it changed. Where none did, the listing is
// unchanged. Where those that did still lead to all that was found by them, only they and what is new is
// told. Otherwise the site is gone through anew.
sdk::Listing list_by_links(const sdk::Call& call, const Options& options,
                           const sdk::ListingRequest& request, const Sink& sink, Kept& kept);

}  // namespace freshet::loader_web
