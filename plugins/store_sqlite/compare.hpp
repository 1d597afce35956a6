// store_sqlite/compare.hpp - how the values of a filter and of a row compare.
#pragma once

#include <string>

#include <freshet/sdk/json.hpp>

namespace store_sqlite {

using Json = nlohmann::json;

enum class Order { less, equal, greater, none };

// Numbers compare as doubles; a text that is a number counts as one beside a number. Values of
// kinds that do not compare are not equal, and neither less nor greater.
bool equals(const Json& a, const Json& b);

// Two texts that are both numbers compare as numbers, others byte by byte, so that ISO dates are in
// order.
Order order(const Json& a, const Json& b);

// A text as it is, a number or a boolean as JSON writes it; "" for arrays and objects.
std::string text_of(const Json& value);

}  // namespace store_sqlite
