// loader_web/listing.hpp - lists the pages of a sitemap and of the sitemaps that it leads to.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/options.hpp"

namespace freshet::loader_web {

// Hands out what can be read. The listing is complete only if all of it was. Throws where the
// sitemap that the options name cannot be read at all.
//
// With a state each sitemap is asked for on the condition that it changed. Where none did, the
// listing is unchanged. Where some did and none of them can have lost a page, only these are read.
// Otherwise all are.
sdk::Listing list_sitemap(const sdk::Call& call, const Options& options,
                          const sdk::ListingRequest& request, const sdk::ListingSink& sink);

}  // namespace freshet::loader_web
