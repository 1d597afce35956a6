// store_chroma/filter.hpp - a filter of docs/filters.md as a where clause of Chroma.
//
// What Chroma tests as freshet means it: and, or, not, and whether a value is one of some. It does
// not order texts, and sees no parts of them. A text that is a number is equal to a number: that is
// what "freshet_number.KEY" is for.
#pragma once

#include "client.hpp"
#include <freshet/sdk/filter.hpp>

namespace store_chroma {

inline constexpr std::uint32_t tested_operators =
    FRESHET_FILTER_AND | FRESHET_FILTER_OR | FRESHET_FILTER_NOT | FRESHET_FILTER_EQ |
    FRESHET_FILTER_NE | FRESHET_FILTER_IN | FRESHET_FILTER_NIN;

// Throws FRESHET_E_INVALID_ARGUMENT on another operator.
Json where_of(const sdk::Filter& filter);

}  // namespace store_chroma
