// store_sqlite/letters.hpp - ASCII, as names in code use it.
#pragma once

namespace store_sqlite {

inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool begins_name(char c) { return is_lower(c) || is_upper(c) || c == '_'; }
inline bool in_name(char c) { return begins_name(c) || is_digit(c); }

}  // namespace store_sqlite
