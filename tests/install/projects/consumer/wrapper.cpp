#include <freshet/freshet.hpp>

extern "C" int use_wrapper(void) {
  freshet::Document document("https://example.org/", "Title");
  document.add_section(0, "One", 1, "Text.");
  document.finish();
  return document.text() == "One\nText." ? 0 : 5;
}
