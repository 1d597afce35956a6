#include "core/policy/reason.hpp"

#include <cstring>
#include <string>

#include "core/base/text.hpp"

namespace freshet::policy {

Reason::Reason(std::string_view text) {
  text = base::front_of(text, size - 1);
  std::string mended;
  if (!base::is_utf8(text)) text = base::front_of(mended = base::to_utf8(text), size - 1);
  std::memcpy(text_.data(), text.data(), text.size());
}

}  // namespace freshet::policy
