// loader_web/html.hpp - the few things that a fetched HTML page says about itself before any reader
// sees it: where it wants to be found, where it leads on to, and whether it is but a login form.
//
// One forward pass over a tolerant outline of tags, without a tree: linear, and bounded, whatever
// the bytes are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace freshet::loader_web {

struct MetaRefresh {
  int delay_s = 0;
  std::string url;  // as written; "" means the page itself
};

struct HtmlHead {
  std::string base;       // <base href>, as written; or empty
  std::string canonical;  // <link rel=canonical href>, as written; empty also where two disagree
  std::optional<MetaRefresh> refresh;
};

// What stands in the first 64 KiB and before the body; nothing inside comments, scripts and the
// like, or <noscript>, where a refresh leads those who have no scripts away from the page.
HtmlHead read_head(std::string_view html);

// A password field, and next to no text beside it, in the first 256 KiB.
bool is_login_page(std::string_view html);

// The text between tags where it has at most so many bytes; blanks stand between its pieces.
std::optional<std::string> short_text(std::string_view html, std::size_t most);

// The content of a refresh: "5; url='next.html'".
std::optional<MetaRefresh> parse_refresh(std::string_view content);

}  // namespace freshet::loader_web
