// core/sync/listing_lines.hpp - the lines of a listing file, as values and as text. Each ends with a newline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/ports/loader.hpp"

namespace freshet::sync {

// Of what a listing is: a file's is taken for the same alone.
struct ListedSource {
  std::string name;
  base::Digest id;
  base::Digest asked;  // of the loader, its version and its options
};

// What the head of a file says of one source.
struct ListingPart : ListedSource {
  ports::Listing listing;
  std::uint64_t count = 0, bytes = 0;
  std::uint64_t begin = 0;  // the place of its entries in the file
};

struct ListingHead {
  base::Instant written;
  std::vector<ListingPart> parts;
};

std::string head_line(const ListingHead& head);
// Fails with `version` where the head is another format's, and says so.
base::Result<ListingHead> parse_head(std::string_view line);

// `source` is its place in the head. Fails where a text is no UTF-8.
base::Result<std::string> entry_line(std::size_t source, const ports::Entry& entry);
base::Result<ports::Entry> parse_entry(std::string_view line);

std::string end_line(std::uint64_t count);

}  // namespace freshet::sync
