// core/read/charset.hpp - bytes of any charset to UTF-8.
//
// The order, first match wins: byte order mark; declared charset; for HTML, <meta charset> or
// http-equiv in the first 1024 bytes; UTF-16 without a mark, by its NUL bytes; valid UTF-8; the
// guess of uchardet; windows-1252. A charset name that nobody knows counts as absent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/ports/reader.hpp"

namespace freshet::read {

class Decoded {
 public:
  std::string charset;       // what the bytes were taken for, in lower case
  std::size_t replaced = 0;  // ill-formed sequences that became U+FFFD

  // Valid UTF-8 without a byte order mark. Borrows the content's bytes where they are that already.
  std::string_view text() const { return owned ? std::string_view(storage) : borrowed; }

  bool owned = false;
  std::string storage;
  std::string_view borrowed;
};

// Fails with Code::parse where more than a tenth of the characters had to be replaced.
base::Result<Decoded> decode(const ports::Content& content, bool html);

// "utf-16le" or "utf-16be" where a mark or the pattern of NUL bytes says so, else "".
std::string_view utf16_of(std::string_view bytes);

}  // namespace freshet::read
