#include "core/base/text.hpp"

#include "tests/support/catch.hpp"

using namespace freshet;

TEST_CASE("only well-formed UTF-8 passes") {
  for (const char* good :
       {"", "plain", "Größe", "水", "👩‍👩‍👧‍👦", "\uFFFD", "\U0010FFFF"})
    CHECK(base::is_utf8(good));
  for (const char* bad :
       {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE6\xB0", "\xE6\xB0z"}) {
    INFO(bad);
    CHECK_FALSE(base::is_utf8(bad));
  }
}

TEST_CASE("ill-formed sequences are replaced and counted") {
  std::size_t replaced = 9;
  CHECK(base::to_utf8("plain", &replaced) == "plain");
  CHECK(replaced == 0);
  CHECK(base::to_utf8("a\xFFz\xE6\xB0", &replaced) == "a\uFFFDz\uFFFD");
  CHECK(replaced == 2);
  CHECK(base::is_utf8(base::to_utf8("\xED\xA0\x80\xC0\xAF\xF0\x9F\x92")));
}

TEST_CASE("code points are counted and passed over") {
  CHECK(base::code_points("a水👩") == 3);
  CHECK(base::advance_code_points("a水👩z", 0, 2) == 4);
  CHECK(base::advance_code_points("a水👩z", 4, 1) == 8);
  CHECK(base::advance_code_points("abc", 1, 9) == 3);
  CHECK(base::advance_code_points("abc", 3, 1) == 3);
}

TEST_CASE("trim and to_lower know ASCII only") {
  CHECK(base::trim(" \t\r\n\v\fa b\n") == "a b");
  CHECK(base::trim(" \n ").empty());
  CHECK(base::trim("\u00A0a") == "\u00A0a");
  CHECK(base::to_lower("ABz-Ö") == "abz-Ö");
}

TEST_CASE("the nearest word is one that was likely meant") {
  const std::vector<std::string> known{"overlap_size", "max_chunk_size", "ttl", "any"};
  CHECK(base::nearest("overlap_siez", known) == "overlap_size");
  CHECK(base::nearest("max_chunk", known) == "max_chunk_size");
  CHECK(base::nearest("tll", known) == "ttl");
  CHECK(base::nearest("something", known).empty());
  CHECK(base::nearest("", known).empty());
  CHECK(base::nearest("xyz", known).empty());
  CHECK(base::nearest("x", known).empty());
}

TEST_CASE("foreign text is printed as text and nothing else") {
  CHECK(base::printable("Größe 水") == "Größe 水");
  CHECK(base::printable("a\x1B[31mred") == "a\\u{1b}[31mred");
  CHECK(base::printable("a\nb\tc") == "a\\u{a}b\\u{9}c");
  CHECK(base::printable("a\nb\tc", true) == "a\nb\tc");
  CHECK(base::printable("\r", true) == "\\u{d}");
  CHECK(base::printable("\x7F\u0085") == "\\u{7f}\\u{85}");
  CHECK(base::printable("\u202Egnp\u2066\u061C") == "\\u{202e}gnp\\u{2066}\\u{61c}");
  CHECK(base::printable("\u2028\u200B\u2060\uFEFF") == "\\u{2028}\\u{200b}\\u{2060}\\u{feff}");
  CHECK(base::printable("\U000E0041") == "\\u{e0041}");
  CHECK(base::printable("\xFF") == "\uFFFD");
}

TEST_CASE("quoted text is one short line") {
  CHECK(base::in_quotes("24h") == "\"24h\"");
  CHECK(base::in_quotes("a\nb") == "\"a\\u{a}b\"");
  CHECK(base::code_points(base::in_quotes(std::string(1000, 'x'))) == 83);
}
