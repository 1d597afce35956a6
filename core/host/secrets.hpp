// core/host/secrets.hpp - what stands behind "env:NAME" and "file:/path", alone or in a longer
// text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::host {

// Is `text` one reference: "env:NAME" or "file:/path", with or without "secret:" in front?
bool is_secret_reference(std::string_view text);

// A longer text holds references as words: "Bearer secret:env:NAME", "sid=secret:env:NAME; a=b".
// A word begins at the front, behind a blank or an equals sign, and ends at a blank, a semicolon, a
// comma or the end. What looks like a reference and is none is refused, naming the right form and
// not the text, which may hold a secret.
base::Status check_secret_references(std::string_view text, const std::string& path);

// The secret behind `text`, or `text` with what stands behind each reference in it; masked from here
// on in all that is told (redactor.hpp). `warn` hears of a file that others may read. A trailing line
// break is not part of a secret. Fails with Code::denied, naming the variable or the file, never what
// is in it.
using WarnOfSecret = std::function<void(const std::string& line)>;
base::Result<std::string> read_secret(const std::string& text, const WarnOfSecret& warn);
// The same of the option at `path`, which a failure names.
base::Result<std::string> read_secret_at(const std::string& path, const std::string& text,
                                         const WarnOfSecret& warn);

}  // namespace freshet::host
