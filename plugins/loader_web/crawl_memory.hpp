// loader_web/crawl_memory.hpp - what a crawl knows of each address that it asked for, and remembers for
// the next one, so that a page that did not change need not be sent again.
//
// The text of it is the state of a listing. A page that is not sent shows no links: so each row says
// which other one led to it first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loader_web/validators.hpp"

namespace freshet::loader_web {

enum class Found {
  unasked,
  page,     // listed
  passage,  // it is there for its links alone, or is another page under a second name
  nothing   // missing, of another type, elsewhere
};

struct CrawlRow {
  std::string url;
  std::size_t from = 0;  // the row whose page led here first; its own: a start
  Found found = Found::unasked;
  std::string name;  // the one that the page gives itself, where it is another
  Validators validators;
  std::uint64_t digest = 0;   // of its bytes; 0: none came
  std::uint64_t missing = 0;  // listings in a row that got a 404 for what was a page
};

using CrawlRows = std::vector<CrawlRow>;

// Nothing where it does not fit into a state.
std::optional<std::string> crawl_state(const CrawlRows& rows);

// None where the state is no such text, or of a crawl that began elsewhere.
CrawlRows parse_crawl_state(std::string_view state, std::string_view start);

}  // namespace freshet::loader_web
