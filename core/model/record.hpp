// core/model/record.hpp - what a store is given of a chunk, and whether what it gives back is the
// same.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/model/chunk.hpp"

namespace freshet::model {

// The titles of `path` in one text, as stores keep it.
std::string path_text(const std::vector<std::string>& path);

// What a store keeps as the digest of a row: that of its record, and which repository sent it.
struct RowMark {
  base::Digest record;      // zeros: none that could ever be right
  std::uint64_t owner = 0;  // 0: not told, as rows of earlier versions

  std::string text() const;
  static RowMark read(std::string_view text);
};

// The owner of rows that the repository with this identity sends; never 0.
std::uint64_t owner_of(const base::Digest& identity);

struct Record {
  std::string_view text, uri, title, url, path, metadata;
};

// True where `kept` came back from a store that was given `chunk`. Metadata counts by its values,
// not by its spelling.
bool holds(const Record& kept, const Chunk& chunk, std::string_view uri, std::string_view title);

// True where both point the same way, to about a millionth in each dimension.
bool same_direction(std::span<const float> a, std::span<const float> b);

}  // namespace freshet::model
