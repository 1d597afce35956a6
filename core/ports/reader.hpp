// core/ports/reader.hpp - turns the bytes of a media type into a document.
#pragma once

#include <string>
#include <string_view>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/model/document.hpp"

namespace freshet::ports {

struct Content {
  std::string_view bytes;
  std::string_view uri;
  std::string_view media_type;  // as declared, or empty
  std::string_view charset;     // as declared, or empty
  base::Cancel cancel{};        // asks long work to stop
};

// Thread-safe. A document that cannot be read is an error, never a page about the error.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual base::Result<model::Document> read(const Content& content) const = 0;

  // Changes whenever the same bytes would be read differently.
  virtual std::string fingerprint() const = 0;
};

}  // namespace freshet::ports
