// loader_web/llms.hpp - lists the pages that an llms.txt names: Markdown, with a list of links in each
// section.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/asked.hpp"
#include "loader_web/options.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

struct LlmsLink {
  std::string url;      // as written
  std::string title;    // the link's text
  std::string section;  // the heading above it; or empty
  std::string note;     // what stands behind it
};

// Hands out the first link of each item of a list. Anything else of the text is for readers.
void read_llms(std::string_view text, const std::function<void(LlmsLink)>& take);

// Without a state, or where the file changed since, the listing is whole. Throws where it cannot be
// read, or names no page.
sdk::Listing list_llms(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink, Asked asked = {});

}  // namespace freshet::loader_web
