// core/serve/page.hpp - the dashboard, as it was when the library was built (core/serve/page).
#pragma once

#include <string_view>

namespace freshet::serve {

extern const std::string_view dashboard_html, dashboard_css, dashboard_js;

}  // namespace freshet::serve
