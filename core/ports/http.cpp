#include "core/ports/http.hpp"

namespace freshet::ports {

std::string_view HttpResponse::header(std::string_view name) const {
  for (const HttpHeader& header : headers)
    if (header.name == name) return header.value;
  return {};
}

}  // namespace freshet::ports
