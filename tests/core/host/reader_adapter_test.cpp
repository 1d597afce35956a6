#include "core/model/limits.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace model = freshet::model;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::World;

namespace {

struct ReaderFixture : World {
  ReaderFixture() : World({fixture("faulty")}) {}
  base::Result<model::Document> read(const std::string& name, std::string_view bytes = "body") {
    auto reader = plugins.open_reader(name, Json::object());
    REQUIRE(reader);
    return (*reader)->read({bytes, "fixture:/a", "text/x-fixture", charset, cancel});
  }

  std::string charset;
  base::Cancel cancel;
};

}  // namespace

TEST_CASE_METHOD(ReaderFixture,
                 "a reader builds a document, sections under the nearest of a lower level") {
  const auto document = *read("good");
  CHECK(document.uri == "fixture:/a");
  CHECK(document.title == "Fixture");
  CHECK(document.metadata["pages"] == 3);
  REQUIRE(document.children.size() == 3);
  CHECK(document.children[0].text == "before the first heading");
  const auto& one = document.children[1];
  CHECK(one.title == "One");
  REQUIRE(one.children.size() == 3);  // its own text first, as finish() keeps it
  CHECK(one.children[0].text == "body");
  CHECK(one.children[1].title == "Deep");
  CHECK(one.children[1].url == "fixture:/a#deep");
  CHECK(one.children[1].text == "deep text");
  CHECK(one.children[2].title == "Two");
  CHECK(document.children[2].title == "Last");
  CHECK_FALSE(document.children[2].id.empty());
}

TEST_CASE_METHOD(ReaderFixture, "what a reader builds is checked", "[X05]") {
  const auto broken = [&](const char* name) {
    const auto document = read(name);
    REQUIRE_FALSE(document);
    CHECK(document.error().code == Code::plugin);
    return document.error().message;
  };
  CHECK(broken("throws") == "cannot read");
  CHECK(broken("bad_level") == "began a section of level 9");
  CHECK(broken("bad_metadata").find("its metadata \"key\" is not valid JSON") == 0);
  CHECK(read("bad_text")->children[1].children[0].text == "bodybad \xEF\xBF\xBD text");
  CHECK(read("good", std::string_view("\0", 1)).error().code == Code::parse);
}

TEST_CASE_METHOD(ReaderFixture, "what a reader builds is cut to the limits of a page") {
  const auto document = *read("too_long");
  CHECK(document.title.size() == model::most_title);
  CHECK(document.children.back().title.size() == model::most_heading);
  CHECK(document.children.back().text == std::string(5000, 'h'));
}

TEST_CASE_METHOD(ReaderFixture, "a reader is told the charset") {
  charset = "iso-8859-1";
  CHECK(read("latin", "Jos\xE9 ca\xF1")->children[0].text == "Jos\u00e9 ca\u00f1");
}

TEST_CASE_METHOD(ReaderFixture, "a text of which a tenth had to be replaced cannot be read") {
  for (const char* name : {"latin", "replaces"}) {
    const auto document = read(name, "Jos\xE9");
    REQUIRE_FALSE(document);
    CHECK(document.error().code == Code::parse);
    CHECK(document.error().message == "1 of 4 characters had to be replaced");
  }
  CHECK(read("latin", "of twenty letters one \xE9"));
}

TEST_CASE_METHOD(ReaderFixture,
                 "a reader sees that it is cancelled, and stops where its builder fails") {
  cancel.request();
  const auto document = read("waits");
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Code::cancelled);
  CHECK(read("writes_on").error().message == "began a section of level 9");
}

TEST_CASE_METHOD(ReaderFixture, "a reader's fingerprint changes with its options") {
  const auto print = [&](const Json& options) {
    return (*plugins.open_reader("good", options))->fingerprint();
  };
  CHECK(print(Json::object()) == print(Json::object()));
  CHECK(print(Json::object()) != print({{"a", 1}}));
  CHECK(print(Json::object()).starts_with("faulty/1.0/good/"));
}
