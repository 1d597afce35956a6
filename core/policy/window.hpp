// core/policy/window.hpp - hours of the day on days of the week, by the clocks of a time zone.
//
// A window is half-open: at 17:00 "09:00" to "17:00" is over. One that ends where it begins or before
// passes midnight, and belongs to the day on which it opens. What clocks skip in spring is not in any
// window; what they show twice in autumn is in it twice.
#pragma once

#include <cstdint>

#include "core/base/json.hpp"

namespace date {
class time_zone;
}

namespace freshet::policy {

class Window {
 public:
  // Reads the keys from, to, days ("mon-fri", "sat,sun"; all) and timezone (IANA; UTC).
  static base::Result<Window> parse(base::ObjectReader& reader, const std::string& path);
  void write(base::Json& out) const;

  // The first instant from `at` on that is in the window, or not in it; base::never: there is none.
  base::Instant first(base::Instant at, bool inside) const;

 private:
  bool contains(base::Instant at) const;

  const date::time_zone* zone_ = nullptr;  // of the database, which stays
  int from_ = 0, to_ = 0;                  // minutes of the day
  unsigned days_ = 0x7f;                   // bits; Sunday is the first
};

}  // namespace freshet::policy
