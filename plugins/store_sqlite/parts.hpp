// store_sqlite/parts.hpp - what is found of a word besides the word: the parts of a name in code, the neighbouring
// characters of a script that puts no blanks between its words, and signs that belong to a word, as in C++.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace store_sqlite {

// Words, separated by blanks, that FTS5's tokenizer keeps as they are, of all `texts`. Those of one and the same word are there once.
// For "max_connections": max connections; for "getElementById": get Element By Id; for 連接池: 連接 接池; for 用git来: git;
// for "C++": cplusplus; for ".env": dotenv.
std::string parts_of(std::initializer_list<std::string_view> texts);

// Whether the character that begins at `text[at]` is of a script that is written without blanks, or with few (Han, Kana,
// Hangul, Thai, Lao, Khmer, Burmese). `length` becomes its bytes.
bool without_blanks(std::string_view text, std::size_t at, std::size_t& length);

}  // namespace store_sqlite
