// core/host/store_rows.hpp - rows on their way to a store plugin.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "core/ports/store.hpp"
#include "freshet/plugin/store.h"

namespace freshet::host {

// Texts with a NUL behind each, in one block that does not move: tables take C strings.
class Texts {
 public:
  explicit Texts(std::size_t bytes) { block_.reserve(bytes); }
  const char* add(std::string_view text) {
    const std::size_t at = block_.size();
    block_.append(text);
    std::replace(block_.begin() + static_cast<std::ptrdiff_t>(at), block_.end(), '\0', ' ');
    block_ += '\0';
    return block_.data() + at;
  }
  static std::size_t need(std::initializer_list<std::string_view> texts) {
    std::size_t bytes = 0;
    for (const std::string_view text : texts) bytes += text.size() + 1;
    return bytes;
  }

 private:
  std::string block_;
};

// A vector with length 1, where the store would not ignore the length. What has none stays as it is.
class Direction {
 public:
  Direction(std::span<const float> vector, bool unit) : vector_(vector) {
    double squares = 0;
    for (const float each : vector) squares += double{each} * double{each};
    if (!unit || !std::isfinite(squares) || squares == 0) return;
    for (const float each : vector)
      scaled_.push_back(static_cast<float>(double{each} / std::sqrt(squares)));
    vector_ = scaled_;
  }
  Direction(Direction&&) = default;  // the block of a moved vector stays where it is
  std::span<const float> vector() const { return vector_; }

 private:
  std::vector<float> scaled_;
  std::span<const float> vector_;
};

// An object even where there is none.
inline std::string_view metadata_of(const ports::StoreRecord& row) {
  return row.metadata.empty() ? "{}" : row.metadata;
}

inline std::size_t bytes_of(const ports::StoreRecord& row) {
  std::size_t bytes = row.vector.size() * sizeof(float);
  for (const std::string_view text :
       {std::string_view(row.id), std::string_view(row.digest), row.text, row.uri, row.title,
        row.url, row.path, metadata_of(row)})
    bytes += text.size();
  return bytes;
}

// How many of the first rows make one request; at least one.
inline std::size_t first_rows(std::span<const ports::StoreRecord> rows, std::uint32_t most_bytes) {
  if (most_bytes == 0) return rows.size();
  std::size_t count = 0, bytes = 0;
  while (count < rows.size() && (bytes += bytes_of(rows[count])) <= most_bytes) ++count;
  return std::max<std::size_t>(count, 1);
}

inline freshet_row raw_row(const ports::StoreRecord& from, std::span<const float> vector,
                           Texts& texts) {
  freshet_row to{};
  to.struct_size = sizeof to;
  to.id = texts.add(from.id);
  to.digest = texts.add(from.digest);
  to.text = from.text.empty() ? "" : from.text.data();
  to.text_size = from.text.size();
  to.uri = texts.add(from.uri);
  to.title = texts.add(from.title);
  to.url = texts.add(from.url);
  to.path = texts.add(from.path);
  to.metadata = texts.add(metadata_of(from));
  to.vector = vector.empty() ? nullptr : vector.data();
  to.dimension = vector.size();
  return to;
}

}  // namespace freshet::host
