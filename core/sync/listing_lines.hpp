// core/sync/listing_lines.hpp - the lines of a listing file as text. Each ends with a newline.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/sync/listing_file.hpp"

namespace freshet::sync {

std::string head_line(const ListingHead& head);
// Fails with `version` where the head is another format's, and says so.
base::Result<ListingHead> parse_head(std::string_view line);

// `source` is its place in the head. Fails where a text is no UTF-8.
base::Result<std::string> entry_line(std::size_t source, const ports::Entry& entry);
base::Result<ports::Entry> parse_entry(std::string_view line);

std::string end_line(std::uint64_t count);

}  // namespace freshet::sync
