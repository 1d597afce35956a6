#include <set>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

std::vector<std::string> ids_of(freshet_chunks* chunks) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < freshet_chunks_count(chunks); ++i) {
    freshet_chunk_info info = FRESHET_CHUNK_INFO_INIT;
    REQUIRE_OK(freshet_chunks_get(chunks, i, &info, out_error));
    ids.emplace_back(info.id);
  }
  freshet_chunks_free(chunks);
  return ids;
}

std::vector<std::string> chunk_ids(const Store& store, const char* uri) {
  freshet_chunks* chunks = nullptr;
  REQUIRE_OK(freshet_repository_root_chunks(store.repository, uri, &chunks, out_error));
  return ids_of(chunks);
}

const std::vector<std::string> three = {"The first text.", "The second text.", "The third text."};

}  // namespace

TEST_CASE("an empty repository knows nothing, and says so") {
  Store store;
  const freshet_repository_info info = store.info();
  CHECK(info.roots == 0);
  CHECK(info.chunks == 0);
  CHECK(info.persistent == 1);
  CHECK_FALSE(store.exists(""));
  CHECK_FALSE(store.exists("https://example.org/"));
  freshet_root* root = nullptr;
  Failure failure;
  CHECK(freshet_repository_find_root(store.repository, "https://example.org/", &root,
                                     failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == "https://example.org/");
  CHECK(freshet_repository_delete_root_and_descendants(store.repository, "x", nullptr,
                                                       failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(freshet_repository_set_flags(store.repository, "x", "{}", failure.out()) ==
        FRESHET_E_NOT_FOUND);
  freshet_document* document = nullptr;
  CHECK(freshet_repository_read_document(store.repository, "x", &document, failure.out()) ==
        FRESHET_E_NOT_FOUND);
}

TEST_CASE(
    "a written document is found by its root, its chunks, its elements, and the way between them") {
  Store store;
  store.put("https://example.org/a", three, "Alpha");
  CHECK(store.exists("https://example.org/a"));
  CHECK_FALSE(store.exists("https://example.org/A"));

  freshet_root* root = nullptr;
  REQUIRE_OK(
      freshet_repository_find_root(store.repository, "https://example.org/a", &root, out_error));
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  CHECK(info.uri == std::string("https://example.org/a"));
  CHECK(info.title == std::string("Alpha"));
  CHECK(info.chunks == 3);
  CHECK(info.ingested_ms > 1'700'000'000'000);
  CHECK(info.failures == 0);
  freshet_root_free(root);

  freshet_chunks* chunks = nullptr;
  REQUIRE_OK(freshet_repository_root_chunks(store.repository, "https://example.org/a", &chunks,
                                            out_error));
  REQUIRE(freshet_chunks_count(chunks) == 3);
  freshet_chunk_info chunk = FRESHET_CHUNK_INFO_INIT;
  REQUIRE_OK(freshet_chunks_get(chunks, 1, &chunk, out_error));
  CHECK(std::string(chunk.text).find("The second text.") != std::string::npos);
  CHECK(chunk.sequence_number == 1);
  CHECK(chunk.root_title == std::string("Alpha"));
  CHECK(std::string(chunk.id).size() == 32);

  freshet_element* element = nullptr;
  REQUIRE_OK(
      freshet_repository_find_element(store.repository, chunk.parent_id, &element, out_error));
  freshet_element_info element_info = FRESHET_ELEMENT_INFO_INIT;
  REQUIRE_OK(freshet_element_get(element, &element_info, out_error));
  CHECK(element_info.root_id == std::string(chunk.root_id));

  char* json = nullptr;
  REQUIRE_OK(freshet_repository_path_from_root(store.repository, chunk.id, &json, out_error));
  const Json path = Json::parse(take(json));
  REQUIRE(path.size() >= 2);
  CHECK(path.front() == chunk.root_id);
  CHECK(path.back() == chunk.id);
  freshet_element_free(element);
  freshet_chunks_free(chunks);
}

TEST_CASE(
    "expanding round a chunk gives neighbours in order, none beyond the ends, none of others") {
  Store store;
  store.put("a", three);
  store.put("b", {"Another text."});
  const auto ids = chunk_ids(store, "a");
  const auto expand = [&](const std::string& id, std::uint32_t before, std::uint32_t after) {
    freshet_chunks* chunks = nullptr;
    REQUIRE_OK(
        freshet_repository_expand(store.repository, id.c_str(), before, after, &chunks, out_error));
    return ids_of(chunks);
  };
  CHECK(expand(ids[1], 1, 1) == ids);
  CHECK(expand(ids[1], 0, 0) == std::vector{ids[1]});
  CHECK(expand(ids[0], 5, 1) == std::vector{ids[0], ids[1]});
  CHECK(expand(ids[2], 1, UINT32_MAX) == std::vector{ids[1], ids[2]});
  CHECK(expand(std::string(32, '0'), 1, 1).empty());
  freshet_chunks* chunks = nullptr;
  Failure failure;
  CHECK(freshet_repository_expand(store.repository, "no id", 1, 1, &chunks, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("chunks are found by id in the order asked for, unknown ones left out") {
  Store store;
  store.put("a", three);
  const auto ids = chunk_ids(store, "a");
  const std::string unknown(32, 'f');
  const char* wanted[] = {ids[2].c_str(), unknown.c_str(), ids[0].c_str()};
  freshet_chunks* chunks = nullptr;
  REQUIRE_OK(freshet_repository_find_chunks(store.repository, wanted, 3, &chunks, out_error));
  CHECK(ids_of(chunks) == std::vector{ids[2], ids[0]});
  REQUIRE_OK(freshet_repository_find_chunks(store.repository, nullptr, 0, &chunks, out_error));
  CHECK(ids_of(chunks).empty());
  Failure failure;
  CHECK(freshet_repository_find_chunks(store.repository, nullptr, 1, &chunks, failure.out()) ==
        FRESHET_E_MISUSE);
  CHECK(freshet_repository_find_chunks(store.repository, wanted, SIZE_MAX, &chunks,
                                       failure.out()) == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("writing again keeps what is the same and reports the difference") {
  Store store;
  store.put("a", three);
  const auto before = chunk_ids(store, "a");
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_from_json(
      R"({"uri":"a","title":"Title","sections":[{"title":"Section 1","level":1,"text":"The first text."},
          {"title":"Section 2","level":1,"text":"A new second text."},
          {"title":"Section 3","level":1,"text":"The third text."}]})",
      &document, out_error));
  freshet_write_result result = FRESHET_WRITE_RESULT_INIT;
  freshet_chunks* chunks = nullptr;
  REQUIRE_OK(freshet_repository_write_document(store.repository, document, one_chunk_a_section,
                                               &result, &chunks, out_error));
  CHECK(result.added == 1);
  CHECK(result.removed == 1);
  CHECK(result.kept == 2);
  CHECK(result.created == 0);
  const auto after = ids_of(chunks);
  CHECK(after[0] == before[0]);
  CHECK(after[1] != before[1]);
  CHECK(after[2] == before[2]);
  freshet_document_free(document);
}

TEST_CASE("chunker options are heeded, and wrong ones refused at their path") {
  Store store;
  freshet_document* document = nullptr;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "This is sentence number " + std::to_string(i) + ". ";
  const std::string json =
      Json{{"uri", "a"}, {"sections", Json::array({{{"title", "t"}, {"text", text}}})}}.dump();
  REQUIRE_OK(freshet_document_from_json(json.c_str(), &document, out_error));
  freshet_chunks* chunks = nullptr;
  REQUIRE_OK(freshet_repository_write_document(
      store.repository, document, R"({"chunker":{"max_chunk_size":200,"overlap_size":20}})",
      nullptr, &chunks, out_error));
  CHECK(ids_of(chunks).size() > 4);
  Failure failure;
  CHECK(freshet_repository_write_document(store.repository, document,
                                          R"({"chunker":{"max_chunk_size":0}})", nullptr, nullptr,
                                          failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "chunker.max_chunk_size");
  CHECK(freshet_repository_write_document(store.repository, document, R"({"chunkr":{}})", nullptr,
                                          nullptr, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  freshet_document_free(document);
}

TEST_CASE("an unfinished document is not written") {
  Store store;
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_new("u", "t", &document, out_error));
  Failure failure;
  CHECK(freshet_repository_write_document(store.repository, document, nullptr, nullptr, nullptr,
                                          failure.out()) == FRESHET_E_MISUSE);
  CHECK_FALSE(store.exists("u"));
  freshet_document_free(document);
}

TEST_CASE("deleting a root counts it with all that is below it, and leaves the others") {
  Store store;
  store.put("a", three);
  store.put("b", {"Another text."});
  std::uint64_t count = 0;
  REQUIRE_OK(
      freshet_repository_delete_root_and_descendants(store.repository, "a", &count, out_error));
  CHECK(count == 1 + 3 + 3);  // the root, its sections, its chunks
  CHECK_FALSE(store.exists("a"));
  CHECK(store.exists("b"));
  Failure failure;
  CHECK(freshet_repository_delete_root_and_descendants(store.repository, "a", &count,
                                                       failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(count == 0);
}

TEST_CASE("flags are merged, and null removes one") {
  Store store;
  store.put("a", three);
  REQUIRE_OK(freshet_repository_set_flags(store.repository, "a",
                                          R"({"priority":"high","immutable":true})", out_error));
  REQUIRE_OK(freshet_repository_set_flags(store.repository, "a", R"({"immutable":null,"note":"x"})",
                                          out_error));
  freshet_root* root = nullptr;
  REQUIRE_OK(freshet_repository_find_root(store.repository, "a", &root, out_error));
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  CHECK(Json::parse(info.flags) == Json{{"priority", "high"}, {"note", "x"}});
  freshet_root_free(root);
  store.put("a", {"Other content."});  // flags are people's: new content does not touch them
  REQUIRE_OK(freshet_repository_find_root(store.repository, "a", &root, out_error));
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  CHECK(Json::parse(info.flags)["priority"] == "high");
  freshet_root_free(root);
}

TEST_CASE("all roots are listed, once each, over several pages") {
  Store store;
  std::set<std::string> written;
  for (int i = 0; i < 300; ++i) {
    const std::string uri = "https://example.org/" + std::to_string(i);
    store.put(uri, {"Text " + std::to_string(i)});
    written.insert(uri);
  }
  freshet_roots* roots = nullptr;
  REQUIRE_OK(freshet_repository_list_roots(store.repository, &roots, out_error));
  std::set<std::string> listed;
  for (;;) {
    freshet_root* root = nullptr;
    REQUIRE_OK(freshet_roots_next(roots, &root, out_error));
    if (root == nullptr) break;
    freshet_root_info info = FRESHET_ROOT_INFO_INIT;
    REQUIRE_OK(freshet_root_get(root, &info, out_error));
    CHECK(listed.insert(info.uri).second);
    freshet_root_free(root);
  }
  CHECK(listed == written);
  freshet_root* root = nullptr;
  REQUIRE_OK(freshet_roots_next(roots, &root, out_error));  // after the end it stays at the end
  CHECK(root == nullptr);
  freshet_roots_free(roots);
}

TEST_CASE("a document comes back from the repository as it went in") {
  Store store;
  store.put("a", three, "Alpha");
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_repository_read_document(store.repository, "a", &document, out_error));
  CHECK(freshet_document_title(document) == std::string("Alpha"));
  CHECK(freshet_document_section_count(document) == 3);
  freshet_document_free(document);
}

TEST_CASE("status, check and backup speak of what is there") {
  Store store;
  store.put("a", three);
  char* json = nullptr;
  REQUIRE_OK(freshet_repository_status(store.repository, &json, out_error));
  const Json status = Json::parse(take(json));
  CHECK(status["roots"] == 1);
  CHECK(status["chunks"] == 3);
  CHECK(status["fresh"] == 1);  // written by hand: no policy will ask for it
  CHECK(status["due"] == 0);
  CHECK(status["failing"] == 0);
  CHECK(status["deliveries_pending"] == 3);
  CHECK(status["runs"].is_array());

  REQUIRE_OK(freshet_repository_check(store.repository, nullptr, &json, out_error));
  const Json check = Json::parse(take(json));
  CHECK(check["ok"] == true);
  CHECK(check["chunks"] == 3);

  const std::string copy = store.folder.path("copy");
  REQUIRE_OK(freshet_repository_backup(store.repository, copy.c_str(), nullptr, out_error));
  freshet_repository* other = nullptr;
  REQUIRE_OK(freshet_repository_open(copy.c_str(), nullptr, &other, out_error));
  std::int32_t exists = 0;
  REQUIRE_OK(freshet_repository_exists_root(other, "a", &exists, out_error));
  CHECK(exists == 1);
  freshet_repository_close(other);
}

TEST_CASE("a missing repository is not made when it was not asked for") {
  Folder folder;
  freshet_repository* repository = nullptr;
  Failure failure;
  CHECK(freshet_repository_open(folder.path("none").c_str(), R"({"create":false})", &repository,
                                failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(repository == nullptr);
  CHECK_FALSE(std::filesystem::exists(folder.path("none")));
  CHECK(freshet_repository_open("", nullptr, &repository, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_repository_open(folder.path("r").c_str(), R"({"namespace":"a/b"})", &repository,
                                failure.out()) == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("namespaces of one directory, and two handles on one namespace, see what they should") {
  Store store;
  freshet_repository* same = nullptr;
  freshet_repository* other = nullptr;
  const std::string directory = store.folder.path("repository");
  REQUIRE_OK(freshet_repository_open(directory.c_str(), nullptr, &same, out_error));
  REQUIRE_OK(
      freshet_repository_open(directory.c_str(), R"({"namespace":"other"})", &other, out_error));
  store.put("a", three);
  std::int32_t exists = 0;
  REQUIRE_OK(freshet_repository_exists_root(same, "a", &exists, out_error));
  CHECK(exists == 1);
  REQUIRE_OK(freshet_repository_exists_root(other, "a", &exists, out_error));
  CHECK(exists == 0);
  freshet_repository_close(same);
  freshet_repository_close(other);
  CHECK(store.exists("a"));
}

}  // namespace freshet::capi_test
