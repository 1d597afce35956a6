#include "core/read/charset.hpp"

#include "core/base/text.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

using std::string_view_literals::operator""sv;

Decoded decoded(std::string_view bytes, std::string_view charset = "", bool is_html = false) {
  auto result = decode({bytes, "https://h/x", "", charset}, is_html);
  REQUIRE(result);
  CHECK(base::is_utf8(result->text()));
  return *std::move(result);
}

TEST_CASE("a byte order mark beats the declared charset and the page") {
  const Decoded out = decoded("\xEF\xBB\xBF<meta charset=koi8-r>\xC3\xA9"sv, "iso-8859-1", true);
  CHECK(out.charset == "utf-8");
  CHECK(out.text() == "<meta charset=koi8-r>\xC3\xA9");
  CHECK(decoded("\xFF\xFEh\0i\0"sv, "utf-8").text() == "hi");
  CHECK(decoded("\xFE\xFF\0h\0i"sv, "utf-8").text() == "hi");
}

TEST_CASE("the declared charset beats the page's own") {
  const Decoded out = decoded("<meta charset=utf-8>\xE9"sv, "ISO-8859-1", true);
  CHECK(out.charset == "windows-1252");
  CHECK(has(out.text(), "\xC3\xA9"));
}

TEST_CASE("the page's own charset counts in the first 1024 bytes only") {
  const std::string meta = "<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>";
  CHECK(decoded(meta + "\xC1", "", true).text() == meta + "\xD0\xB0");
  CHECK(decoded("<meta name=x><META CHARSET=\"koi8-r\">\xC1", "", true).charset == "koi8-r");
  CHECK(decoded(std::string(1024, ' ') + meta + "abc", "", true).charset == "utf-8");
  CHECK(decoded(meta, "", false).charset == "utf-8");
}

TEST_CASE("a page that says in bytes that it is UTF-16 is UTF-8") {
  CHECK(decoded("<meta charset=utf-16>\xC3\xA9", "", true).charset == "utf-8");
}

TEST_CASE("unknown charsets count as absent") {
  CHECK(decoded("caf\xC3\xA9", "no-such-set").charset == "utf-8");
  CHECK(decoded("caf\xC3\xA9", "utf-8//IGNORE").charset == "utf-8");
  CHECK(decoded("<meta charset=klingon>\xC3\xA9", "", true).charset == "utf-8");
}

TEST_CASE("UTF-16 without a mark is seen by its NUL bytes") {
  std::string little;
  for (const char c : std::string_view("<html><title>hi</title>there")) little += c, little += '\0';
  CHECK(utf16_of(little) == "utf-16le");
  CHECK(read_ok(little, "").title == "hi");
  CHECK(decoded("\0h\0i\0!"sv).text() == "hi!");
}

TEST_CASE("UTF-16 with a lone surrogate is replaced and counted") {
  std::string text = "\xFF\xFE";
  for (int i = 0; i < 40; ++i) text += "a\0"sv;
  text += "\x00\xD8"sv;
  text += "b\0"sv;
  const Decoded out = decoded(text);
  CHECK(out.replaced == 1);
  CHECK(has(out.text(),
            "\xEF\xBF\xBD"
            "b"));
}

TEST_CASE("bytes that are not UTF-8 are guessed") {
  const Decoded russian = decoded(
      "\xCF\xF0\xE8\xE2\xE5\xF2, \xEA\xE0\xEA \xE4\xE5\xEB\xE0? \xDD\xF2\xEE "
      "\xEF\xF0\xEE\xF1\xF2\xEE\xE9 \xF2\xE5\xEA\xF1\xF2.");
  CHECK(russian.charset == "windows-1251");
  CHECK(has(russian.text(), "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"));
}

TEST_CASE("few ill-formed sequences are replaced, many are an error") {
  const Decoded out = decoded("one two three four five \xFF", "utf-8");
  CHECK(out.replaced == 1);
  const auto bad = decode({"\xFF\xFF"
                           "abc\xFF",
                           "https://h/x", "", "utf-8"},
                          false);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == base::Code::parse);
  CHECK(bad.error().message == "not utf-8: 3 of 6 characters are ill-formed");
  CHECK(bad.error().subject == "https://h/x");
}

TEST_CASE("text that is UTF-8 already is not copied") {
  const std::string_view text = "plain caf\xC3\xA9";
  CHECK(decoded(text).text().data() == text.data());
}

TEST_CASE("what is read is valid UTF-8, whatever came in") {
  std::string bytes = "<p>";
  for (int i = 0; i < 2000; ++i) bytes += "word ";
  for (int i = 128; i < 256; ++i) bytes += static_cast<char>(i);
  for (const char* charset :
       {"", "utf-8", "windows-1252", "shift_jis", "gb18030", "euc-jp", "big5", "iso-2022-jp"}) {
    const auto document = try_read(bytes, "text/html", "https://h/x", charset);
    if (document) CHECK(base::is_utf8(model::text_of(*document)));
  }
}

}  // namespace
}  // namespace freshet::read
