// store_turbopuffer/terms.hpp - what filters ask: texts in one attribute, "freshet_terms".
//
// An attribute of turbopuffer has one type for good, an indexed value at most 4 KiB, and a namespace
// 256 of them; metadata keeps to none of that. So each value is a text that names its key:
//
//   lang="en"  year=2024  draft=true     a value, as JSON; numbers as doubles
//   size=(10)                            the number in a text that is one, beside a number
//   tags=["x"]  tags=[7]  tags=[(7)]     an element of a list
//   #0/2:d1d2…:lang="…                   a part of a text that is too long; the digits name the text
#pragma once

#include <freshet/sdk/filter.hpp>
#include <freshet/sdk/store.hpp>
#include "options.hpp"

namespace store_turbopuffer {

// What turbopuffer tests as freshet means it.
inline constexpr std::uint32_t tested_operators =
    FRESHET_FILTER_AND | FRESHET_FILTER_OR | FRESHET_FILTER_NOT | FRESHET_FILTER_EQ |
    FRESHET_FILTER_NE | FRESHET_FILTER_IN | FRESHET_FILTER_NIN | FRESHET_FILTER_HAS;

// Each once.
std::vector<std::string> terms_of(const sdk::Record& record);

// A filter of docs/filters.md in turbopuffer's form. Throws FRESHET_E_INVALID_ARGUMENT on an operator
// that is not tested.
Json filters_of(const sdk::Filter& filter);

// Of a row that freshet wrote, and that passes `filter` (null: any).
Json own_rows(const Json& filter = nullptr);

}  // namespace store_turbopuffer
