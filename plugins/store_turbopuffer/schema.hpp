// store_turbopuffer/schema.hpp - the attributes of a row, and what turbopuffer does with each.
//
// What a row is searched by is indexed, and nothing else: "freshet" says that freshet wrote the row,
// "freshet_terms" is what filters ask (terms.hpp), and words are found in text, title and path. The rest
// is only kept, which costs half, and may be longer than an indexed value.
#pragma once

#include <optional>
#include <string_view>

#include "options.hpp"

namespace store_turbopuffer {

inline constexpr std::size_t most_attribute_name = 128;
inline constexpr std::size_t most_indexed = 4096;  // bytes of a value that filters can ask
inline constexpr std::size_t most_value = std::size_t{8} << 20;
inline constexpr std::uint32_t most_dimensions = 10'752;

bool is_own_attribute(std::string_view name);

// Of a namespace of vectors with so many dimensions.
Json schema_of(const Options& options, std::uint32_t dimension);

// Of what turbopuffer tells of a namespace: whether freshet made it, and how many dimensions its vectors
// have, 0 where it has none.
bool is_freshets(const Json& metadata);
std::uint32_t dimension_of(const Json& metadata);

// What vectors are compared by; nothing where that is not told.
std::optional<std::string> metric_of(const Json& metadata);

// What is not as `wanted` says: the attributes that are missing, and a line for each that is there as
// another. Settings that turbopuffer may tell in another form than it was given them are not compared.
struct Difference {
  Json missing = Json::object();
  std::vector<std::string> wrong;
};
Difference compare(const Json& metadata, const Json& wanted);

}  // namespace store_turbopuffer
