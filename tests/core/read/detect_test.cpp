#include "core/read/detect.hpp"

#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

using std::string_view_literals::operator""sv;

Kind kind(std::string_view bytes, std::string_view type, std::string_view uri = "https://h/x") {
  return detect({bytes, uri, type, ""}).kind;
}

TEST_CASE("the declared type counts before the name") {
  CHECK(kind("x", "text/html", "https://h/a.md") == Kind::html);
  CHECK(kind("x", "Text/HTML; charset=utf-8") == Kind::html);
  CHECK(kind("x", "application/xhtml+xml") == Kind::html);
  CHECK(kind("x", "text/markdown", "https://h/a.html") == Kind::markdown);
  CHECK(kind("x", "text/x-python", "https://h/a") == Kind::plain);
  CHECK(kind("{}", "application/json") == Kind::plain);
}

TEST_CASE("the name's extension counts where nothing was declared") {
  CHECK(kind("x", "", "https://h/a.MD?v=1#f") == Kind::markdown);
  CHECK(kind("x", "", "file:///d/a.markdown") == Kind::markdown);
  CHECK(kind("x", "application/octet-stream", "https://h/a.htm") == Kind::html);
  CHECK(kind("<p>x</p>", "", "https://h/a.txt") == Kind::plain);
}

TEST_CASE("other text is never taken for markdown by its looks") {
  const std::string_view looks = "# a comment\nkey: value\n# another\n";
  for (const char* name : {"a.txt", "a.text", "a.py", "a.yaml", "a.sh", "README", ""})
    CHECK(kind(looks, "", std::string("https://h/") + name) == Kind::plain);
  CHECK(kind(looks, "text/plain", "https://h/a.txt") == Kind::plain);
  CHECK(kind(looks, "text/plain", "https://h/a.md") == Kind::markdown);  // as code hosts declare it
  CHECK(read_ok(looks, "", "https://h/a.yaml").children.size() == 1);
}

TEST_CASE("HTML is found without a hint") {
  for (const char* page :
       {"<!DOCTYPE html><p>x", "\n <html>", "<!-- c --><head>", "<h1>A</h1><h2>B</h2>",
        "\xEF\xBB\xBF<!doctype html>", "<?xml version=\"1.0\"?><html xmlns=\"x\">"})
    CHECK(kind(page, "") == Kind::html);
  CHECK(kind("<project><a/></project>", "") == Kind::plain);
  CHECK(kind("a < b <p>", "") == Kind::plain);
}

TEST_CASE("a page that is declared to be a PDF is read as the page it is") {
  CHECK(kind("<!doctype html><title>t</title>", "application/pdf", "https://h/a.pdf") ==
        Kind::html);
  CHECK(kind("<html><body>x", "image/png") == Kind::html);
}

TEST_CASE("bytes of a known format are refused whatever they are declared to be") {
  const auto pdf = try_read("%PDF-1.7\n...", "text/html", "https://h/a");
  REQUIRE_FALSE(pdf);
  CHECK(pdf.error().code == base::Code::unsupported);
  CHECK(pdf.error().message == "no reader for application/pdf (declared as text/html)");
  CHECK(pdf.error().subject == "https://h/a");
  const auto honest = try_read("%PDF-1.7", "application/pdf");
  REQUIRE_FALSE(honest);
  CHECK(honest.error().message == "no reader for application/pdf");
}

TEST_CASE("the formats with a signature are named") {
  CHECK(sniff("\x1F\x8B\x08"sv) == "application/gzip");
  CHECK(sniff("\x89PNG\r\n\x1A\n"sv) == "image/png");
  CHECK(sniff("\xFF\xD8\xFF\xE0"sv) == "image/jpeg");
  CHECK(sniff("GIF89a"sv) == "image/gif");
  CHECK(sniff("RIFF\0\0\0\0WEBP"sv) == "image/webp");
  CHECK(sniff("PK\x03\x04"sv) == "application/zip");
  CHECK(sniff("\x7F"
              "ELF\x02"sv) == "application/x-elf");
  CHECK(sniff("plain words").empty());
  CHECK(sniff("").empty());
}

TEST_CASE("binary bytes under a text type are refused") {
  const auto binary = try_read("ab\0\x01\x02 cd"sv, "text/plain");
  REQUIRE_FALSE(binary);
  CHECK(binary.error().code == base::Code::unsupported);
  CHECK(has(binary.error().message, "application/octet-stream"));
  CHECK(has(binary.error().message, "declared as text/plain"));
}

TEST_CASE("text under a binary type is a parse error that names both") {
  const auto text = try_read("just words", "application/pdf");
  REQUIRE_FALSE(text);
  CHECK(text.error().code == base::Code::parse);
  CHECK(text.error().message == "declared as application/pdf, found text");
}

TEST_CASE("a type that no one here reads is unsupported") {
  const auto svg = try_read("<svg></svg>", "image/svg+xml");
  REQUIRE_FALSE(svg);
  CHECK(svg.error().code == base::Code::unsupported);
  CHECK(svg.error().message == "no reader for image/svg+xml");
}

}  // namespace
}  // namespace freshet::read
