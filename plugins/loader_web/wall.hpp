// loader_web/wall.hpp - pages that stand before the page: a test for robots, a wish for consent, a
// notice of maintenance. They come with status 200, and are no one's content.
#pragma once

#include <string>
#include <string_view>

namespace freshet::loader_web {

struct Wall {
  std::string what;     // "a bot challenge (Anubis)"; empty: none
  bool passes = false;  // by itself, as maintenance does
};

// By marks that such pages bear, and only where next to no other text is in the page.
Wall wall_of(std::string_view html);

}  // namespace freshet::loader_web
