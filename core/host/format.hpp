// core/host/format.hpp - the formats that the text of an option can have.
#pragma once

#include <span>
#include <string>

#include "core/base/error.hpp"

namespace freshet::host {

// duration, size, uri, regex, secret, header, path.
std::span<const std::string> known_formats();

// Does `text` have the format? `format` is a known one. A secret is never repeated in the error.
base::Status check_format(const std::string& format, const std::string& text,
                          const std::string& path);

}  // namespace freshet::host
