// loader_web/naming.hpp - what a link's address says by itself: whether a page can be there, which other
// addresses mean the same page, and which are alike but for a number.
//
// URLs are normalised by the host: absolute, without a fragment.
#pragma once

#include <string>
#include <string_view>

namespace freshet::loader_web {

// Without what names a visit and not a page: session ids, and where a reader came from (utm_source and
// the like).
std::string without_visit(std::string_view url);

// By its ending no page: a picture, a style sheet, an archive, a program.
bool is_asset(std::string_view url);

// The same for addresses that often are one page: "/a", "/a/", "/a.html" and "/a/index.html".
std::string same_page_key(std::string_view url);

// The same for addresses that differ in numbers, in long hexadecimal words or in the values of a query
// alone, as those of a calendar or of sessions do.
std::string shape_of(std::string_view url);

// One part of the path stands in it four times: a link that is relative by mistake leads deeper for ever.
bool repeats_itself(std::string_view url);

// "https://a.example/docs/x.html" is in "https://a.example/docs/".
std::string folder_of(std::string_view url);

}  // namespace freshet::loader_web
