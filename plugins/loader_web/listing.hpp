// loader_web/listing.hpp - lists the pages of a sitemap and of the sitemaps that it leads to.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/asked.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

// Of the sitemap that the options name, and where they name several, of these too. Hands out what can be
// read. The listing is complete only if all of it was. Throws where the
// sitemap that the options name cannot be read at all.
//
// With a state each sitemap is asked for on the condition that it changed. Where none did, the
// listing is unchanged. Where some did and none of them can have lost a page, only these are read.
// Otherwise all are. `asked`: what the first one answered just now.
sdk::Listing list_sitemap(const sdk::Call& call, const Options& options,
                          const sdk::ListingRequest& request, const Sink& sink, Asked asked = {});

}  // namespace freshet::loader_web
