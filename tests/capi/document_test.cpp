#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

// A container with text of its own and two children, then a leaf.
freshet_document* build() {
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_new("https://example.org/guide", "Guide", &document, out_error));
  std::uint32_t first = 0;
  std::uint32_t child = 0;
  REQUIRE_OK(freshet_document_add_section(document, 0, "Start", "https://example.org/guide#start",
                                          1, &first, out_error));
  REQUIRE_OK(freshet_document_set_text(document, first, "Before.", 7, out_error));
  for (const char* title : {"Install", "Run"}) {
    REQUIRE_OK(freshet_document_add_section(document, first, title, nullptr, 2, &child, out_error));
    REQUIRE_OK(freshet_document_set_text(document, child, title, std::string_view(title).size(),
                                         out_error));
  }
  REQUIRE_OK(freshet_document_add_section(document, 0, "Last", nullptr, 1, &child, out_error));
  REQUIRE_OK(freshet_document_set_text(document, child, "End.", 4, out_error));
  REQUIRE_OK(freshet_document_set_metadata(document, R"({"author":"Ada"})", out_error));
  return document;
}

freshet_section section(const freshet_document* document, std::uint32_t number) {
  freshet_section section = FRESHET_SECTION_INIT;
  REQUIRE_OK(freshet_document_section(document, number, &section, out_error));
  return section;
}

}  // namespace

TEST_CASE("a document is built, finished, and walked in document order") {
  freshet_document* document = build();
  CHECK(freshet_document_section_count(document) == 0);  // not finished
  REQUIRE_OK(freshet_document_finish(document, out_error));
  REQUIRE_OK(freshet_document_finish(document, out_error));
  REQUIRE(freshet_document_section_count(document) == 5);

  const freshet_section start = section(document, 1);
  CHECK(start.title == std::string("Start"));
  CHECK(start.url == std::string("https://example.org/guide#start"));
  CHECK(start.child_count == 3);
  CHECK(start.text_size == 0);
  CHECK(start.parent == 0);
  const freshet_section preamble = section(document, 2);
  CHECK(preamble.text == std::string("Before."));
  CHECK(preamble.id == std::string(start.id) + "_preamble");
  CHECK(preamble.parent == 1);
  CHECK(section(document, 3).title == std::string("Install"));
  CHECK(section(document, 4).parent == 1);
  CHECK(section(document, 5).parent == 0);

  const char* text = nullptr;
  std::size_t size = 0;
  REQUIRE_OK(freshet_document_text(document, &text, &size, out_error));
  CHECK(std::string(text, size) == "Start\nBefore.\n\nInstall\nInstall\n\nRun\nRun\n\nLast\nEnd.");
  const freshet_section last = section(document, 5);
  CHECK(std::string(text + last.span_begin, text + last.span_end) == "Last\nEnd.");

  freshet_section none = FRESHET_SECTION_INIT;
  Failure failure;
  CHECK(freshet_document_section(document, 0, &none, failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(freshet_document_section(document, 6, &none, failure.out()) == FRESHET_E_NOT_FOUND);
  freshet_document_free(document);
}

TEST_CASE("a finished document cannot be changed, an unfinished one not be read") {
  freshet_document* document = build();
  char* json = nullptr;
  freshet_section none = FRESHET_SECTION_INIT;
  Failure failure;
  CHECK(freshet_document_to_json(document, &json, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_document_section(document, 1, &none, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.message() == "is not finished: call freshet_document_finish() first");
  REQUIRE_OK(freshet_document_finish(document, out_error));
  CHECK(freshet_document_add_section(document, 0, "x", nullptr, 1, nullptr, failure.out()) ==
        FRESHET_E_MISUSE);
  CHECK(freshet_document_set_text(document, 1, "x", 1, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_document_set_metadata(document, "{}", failure.out()) == FRESHET_E_MISUSE);
  freshet_document_free(document);
}

TEST_CASE("wrong sections, levels and texts are refused by name") {
  freshet_document* document = build();
  Failure failure;
  CHECK(freshet_document_add_section(document, 9, "x", nullptr, 1, nullptr, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "parent");
  CHECK(freshet_document_add_section(document, 0, "x", nullptr, 7, nullptr, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "level");
  CHECK(freshet_document_set_text(document, 0, "x", 1, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_document_set_text(document, 1, "a\0b", 3, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_document_set_text(document, 1, "\xFF", 1, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_document_set_metadata(document, "[]", failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_document_new("", "t", &document, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("what every chunk would repeat is refused where it is too long") {
  const std::string title(513, 't'), heading(1025, 'h'), url(8193, 'u');
  const std::string metadata = "{\"key\":\"" + std::string(65536, 'm') + "\"}";
  const std::string json = R"({"uri":"u","sections":[{"title":")" + heading + R"("}]})";
  freshet_document* none = nullptr;
  freshet_document* document = build();
  Failure failure;
  const auto refused = [&](freshet_status status, const char* subject) {
    CHECK(status == FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == subject);
  };
  refused(freshet_document_new("u", title.c_str(), &none, failure.out()), "title");
  refused(freshet_document_new(url.c_str(), "t", &none, failure.out()), "uri");
  refused(freshet_document_add_section(document, 0, heading.c_str(), "", 1, nullptr, failure.out()),
          "title");
  refused(freshet_document_add_section(document, 0, "h", url.c_str(), 1, nullptr, failure.out()),
          "url");
  refused(freshet_document_set_metadata(document, metadata.c_str(), failure.out()),
          "metadata_json");
  refused(freshet_document_from_json(json.c_str(), &none, failure.out()), "sections[0].title");
  freshet_document_free(document);
}

TEST_CASE("sections nest 64 deep and no deeper") {
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_new("u", nullptr, &document, out_error));
  std::uint32_t parent = 0;
  for (int depth = 1; depth <= 64; ++depth)
    REQUIRE_OK(freshet_document_add_section(document, parent, "s", nullptr, 1, &parent, out_error));
  Failure failure;
  CHECK(freshet_document_add_section(document, parent, "s", nullptr, 1, nullptr, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  REQUIRE_OK(freshet_document_finish(document, out_error));
  // Each but the innermost has a leaf for its title.
  CHECK(freshet_document_section_count(document) == 64 + 63);
  freshet_document_free(document);
}

TEST_CASE("a document survives its JSON form") {
  freshet_document* document = build();
  REQUIRE_OK(freshet_document_finish(document, out_error));
  char* json = nullptr;
  REQUIRE_OK(freshet_document_to_json(document, &json, out_error));
  const std::string first = take(json);
  freshet_document* again = nullptr;
  REQUIRE_OK(freshet_document_from_json(first.c_str(), &again, out_error));
  REQUIRE_OK(freshet_document_to_json(again, &json, out_error));
  CHECK(take(json) == first);
  CHECK(Json::parse(first)["metadata"]["author"] == "Ada");
  freshet_document_free(document);
  freshet_document_free(again);
}

TEST_CASE("wrong JSON of a document is refused at its path") {
  freshet_document* document = nullptr;
  Failure failure;
  const auto refused = [&](const char* json, const char* subject) {
    INFO(json);
    CHECK(freshet_document_from_json(json, &document, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == subject);
    CHECK(document == nullptr);
  };
  refused("{}", "uri");
  refused(R"({"uri":""})", "uri");
  refused(R"({"uri":"u","sections":[{"title":1}]})", "sections[0].title");
  refused(R"({"uri":"u","sections":[{"title":"a","sections":[{"levle":1}]}]})",
          "sections[0].sections[0].levle");
  refused(R"({"uri":"u","sections":{}})", "sections");
  refused(R"({"uri":"u","metadata":[]})", "metadata");
  refused(R"({"uri":"u","sections":[{"title":"a","metadata":[]}]})", "sections[0].metadata");
  const std::string long_one = R"({"uri":"u","sections":[{"title":"a","metadata":{"m":")" +
                               std::string(4096, 'm') + R"("}}]})";
  refused(long_one.c_str(), "sections[0].metadata");
}

TEST_CASE("metadata of a section survives the JSON form") {
  freshet_document* document = nullptr;
  const char* const json = R"({"uri":"u","sections":[{"title":"a","metadata":{"pages":[3,4]}}]})";
  REQUIRE_OK(freshet_document_from_json(json, &document, out_error));
  char* again = nullptr;
  REQUIRE_OK(freshet_document_to_json(document, &again, out_error));
  CHECK(Json::parse(take(again))["sections"][0]["metadata"]["pages"] == Json{3, 4});
  freshet_document_free(document);
}

}  // namespace freshet::capi_test
