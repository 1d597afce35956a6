#include <sys/stat.h>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

struct Seen {
  std::vector<std::string> titles;
  freshet_status answer = FRESHET_OK;
  const freshet_document* last = nullptr;
};

freshet_status on_document(void* payload, const freshet_document* document) {
  auto& seen = *static_cast<Seen*>(payload);
  seen.titles.emplace_back(freshet_document_title(document));
  seen.last = document;
  return seen.answer;
}

}  // namespace

TEST_CASE("bytes are read as what they are declared to be") {
  const ReaderHandle reader;
  freshet_document* document = nullptr;
  const std::string_view html = "<title>T</title><h1>One</h1><p>Text.</p><h2>Two</h2><p>More.</p>";
  REQUIRE_OK(freshet_reader_read(reader.get(), html.data(), html.size(), "https://example.org/x",
                                 "text/html", nullptr, &document, out_error));
  CHECK(freshet_document_uri(document) == std::string("https://example.org/x"));
  CHECK(freshet_document_title(document) == std::string("T"));
  CHECK(freshet_document_section_count(document) >= 2);
  freshet_document_free(document);

  const std::string_view latin = "gr\xFC\xDF";
  REQUIRE_OK(freshet_reader_read(reader.get(), latin.data(), latin.size(), "u", "text/plain",
                                 "iso-8859-1", &document, out_error));
  const char* text = nullptr;
  REQUIRE_OK(freshet_document_text(document, &text, nullptr, out_error));
  CHECK(std::string(text).find("gr\xC3\xBC\xC3\x9F") != std::string::npos);
  freshet_document_free(document);
}

TEST_CASE("what no reader is for is unsupported, by name") {
  const ReaderHandle reader;
  freshet_document* document = nullptr;
  Failure failure;
  CHECK(freshet_reader_read(reader.get(), "\x89PNG\r\n\x1A\n", 8, "https://example.org/x.png",
                            "image/png", nullptr, &document,
                            failure.out()) == FRESHET_E_UNSUPPORTED);
  CHECK(failure.subject() == "https://example.org/x.png");
  CHECK(document == nullptr);
  CHECK(freshet_reader_read(reader.get(), "x", 1, "", nullptr, nullptr, &document, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("reader options are checked") {
  freshet_reader* reader = nullptr;
  Failure failure;
  CHECK(freshet_reader_new(R"({"html":{"main_onyl":true}})", &reader, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "html.main_onyl");
  CHECK(reader == nullptr);
}

TEST_CASE("a file is read under its own URI, or the one it is given") {
  const ReaderHandle reader;
  const Folder folder;
  const std::string path = folder.write("a b.md", "# Title\n\nText.\n");
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_reader_read_file(reader.get(), path.c_str(), nullptr, &document, out_error));
  CHECK(freshet_document_uri(document) == "file://" + folder.path("a%20b.md"));
  CHECK(freshet_document_title(document) == std::string("Title"));
  freshet_document_free(document);
  REQUIRE_OK(freshet_reader_read_file(reader.get(), path.c_str(), "https://example.org/a.md",
                                      &document, out_error));
  CHECK(freshet_document_uri(document) == std::string("https://example.org/a.md"));
  freshet_document_free(document);

  Failure failure;
  CHECK(freshet_reader_read_file(reader.get(), folder.path("none").c_str(), nullptr, &document,
                                 failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(freshet_reader_read_file(reader.get(), folder.path().c_str(), nullptr, &document,
                                 failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  const std::string fifo = folder.path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(freshet_reader_read_file(reader.get(), fifo.c_str(), nullptr, &document, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("a directory is read file by file, in order, with a report") {
  const ReaderHandle reader;
  const Folder folder;
  folder.write("b.md", "# Bee\n\nText.\n");
  folder.write("a.md", "# Ay\n\nText.\n");
  folder.write("sub/c.txt", "See this text.\n");
  folder.write(".git/d.md", "# Not this\n");
  Seen seen;
  char* json = nullptr;
  REQUIRE_OK(freshet_reader_read_directory(reader.get(), folder.path().c_str(), nullptr,
                                           on_document, &seen, nullptr, &json, out_error));
  CHECK(seen.titles == std::vector<std::string>{"Ay", "Bee", "See this text."});
  const Json report = Json::parse(take(json));
  CHECK(report["ok"] == true);
  CHECK(report["found"] == 3);
  CHECK(report["processed"] == 3);
  CHECK(freshet_document_title(seen.last) == std::string());  // it was only lent

  seen = {};
  REQUIRE_OK(freshet_reader_read_directory(reader.get(), folder.path().c_str(),
                                           R"({"max_depth":0})", on_document, &seen, nullptr,
                                           nullptr, out_error));
  CHECK(seen.titles.size() == 2);
}

TEST_CASE("a callback ends the reading of a directory with its status") {
  const ReaderHandle reader;
  const Folder folder;
  for (const char* name : {"a.md", "b.md", "c.md"}) folder.write(name, "# T\n\nText.\n");
  Seen seen;
  seen.answer = FRESHET_E_CANCELLED;
  char* json = nullptr;
  Failure failure;
  CHECK(freshet_reader_read_directory(reader.get(), folder.path().c_str(), nullptr, on_document,
                                      &seen, nullptr, &json, failure.out()) == FRESHET_E_CANCELLED);
  CHECK(json == nullptr);
  CHECK(seen.titles.size() == 1);
  CHECK(freshet_reader_read_directory(reader.get(), folder.path("none").c_str(), nullptr, nullptr,
                                      nullptr, nullptr, &json,
                                      failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(freshet_reader_read_directory(reader.get(), folder.path().c_str(), R"({"max_dept":0})",
                                      nullptr, nullptr, nullptr, &json,
                                      failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "max_dept");
}

}  // namespace freshet::capi_test
