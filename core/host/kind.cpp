#include "core/host/kind.hpp"

namespace freshet::host {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::loader:
      return "loader";
    case Kind::reader:
      return "reader";
    case Kind::embedder:
      return "embedder";
    case Kind::store:
      return "store";
    case Kind::transformer:
      return "transformer";
    case Kind::tokenizer:
      return "tokenizer";
  }
  return "unknown";
}

}  // namespace freshet::host
