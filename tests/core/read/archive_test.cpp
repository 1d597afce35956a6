// What kind of document a zip archive is, by names alone.
#include "core/read/archive.hpp"

#include "core/read/detect.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 0xFF);
  return text;
}

// An archive of stored parts, as far as anybody looks who wants their names.
std::string zip(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string bytes, directory;
  for (const auto& [name, content] : parts) {
    directory += "PK\x01\x02" + std::string(24, '\0') + number(name.size(), 2) +
                 std::string(12, '\0') + number(bytes.size(), 4) + name;
    bytes += "PK\x03\x04" + std::string(22, '\0') + number(name.size(), 2) + number(0, 2) + name +
             content;
  }
  const std::size_t at = bytes.size();
  return bytes + directory + "PK\x05\x06" + std::string(8, '\0') + number(directory.size(), 4) +
         number(at, 4) + number(0, 2);
}

const std::string text_type = "application/vnd.oasis.opendocument.text";
const std::string word_type =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

TEST_CASE("an archive is the document that its names show") {
  CHECK(archive_type(zip({{"mimetype", text_type}, {"content.xml", "<a/>"}})) == text_type);
  CHECK(archive_type(zip({{"mimetype", "application/epub+zip"}})) == "application/epub+zip");
  CHECK(archive_type(zip({{"[Content_Types].xml", "<a/>"}, {"word/document.xml", "<a/>"}})) ==
        word_type);
  CHECK(archive_type(zip({{"a.txt", "word/document.xml"}})) == "application/zip");
  CHECK(sniff(zip({{"word/document.xml", ""}})) == word_type);
}

TEST_CASE("a broken archive is an archive") {
  const std::string whole = zip({{"a", "b"}, {"word/document.xml", "<a/>"}});
  // But for the length of a comment, which is the last of it and which nobody needs.
  for (std::size_t size = 4; size + 2 < whole.size(); ++size)
    CHECK(archive_type(std::string_view(whole).substr(0, size)) == "application/zip");
  std::string lies = whole;
  lies.replace(lies.size() - 6, 4, "\xFF\xFF\xFF\xFF");  // where the directory begins
  CHECK(archive_type(lies) == "application/zip");
}

}  // namespace
}  // namespace freshet::read
