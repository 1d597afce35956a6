// loader_web/page.hpp - fetches one page and judges the answer: content, unchanged, gone, or an
// error that must never be taken for content.
#pragma once

#include <optional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/content_type.hpp"
#include "loader_web/html.hpp"
#include "loader_web/kept.hpp"
#include "loader_web/options.hpp"
#include "loader_web/validators.hpp"

namespace freshet::loader_web {

// The target of a Link header with rel=canonical, as written; or empty.
std::string canonical_link(std::string_view link_header);

// Throws where `url`, at which a request for `asked` ended, cannot be what was meant: a site that
// has lost its session, or a portal that answers in the name of every site, redirects to a form,
// with 200.
void check_arrival(const std::string& asked, const std::string& url, bool permanent,
                   const Hosts& hosts);

bool is_html(const sdk::Response& response);

// What is asked for to get a page: with conditions where `known` has any.
sdk::Request page_request(const sdk::Call& call, const Options& options, const std::string& url,
                          const Validators& known);

// What relative references in an answer are relative to.
std::string base_of(const sdk::Call& call, const sdk::Response& response, const HtmlHead& head);

// Where a page wants its readers to be sent on to at once; nothing where it only reloads itself.
std::optional<std::string> refresh_target(const sdk::Call& call, const sdk::Response& response,
                                          const HtmlHead& head);

// The name that a page gives itself, where it is another one than `asked`, and within its origin; or
// empty.
std::string name_of(const sdk::Call& call, const std::string& asked, const sdk::Response& response,
                    const HtmlHead& head);

// Hands the outcome to `sink`, or throws. What `kept` has is not asked for again.
void fetch_page(const sdk::Call& call, const Options& options, Kept& kept, const std::string& uri,
                const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

}  // namespace freshet::loader_web
