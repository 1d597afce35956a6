// Damaged files: each is tried in a child process, and none may kill it or give a wrong answer.
#include <array>
#include <cstdlib>
#include <map>
#include <random>

#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

constexpr std::size_t page = 4096;

// What a child found.
enum Outcome : int { right = 0, refused = 1, read_error = 2, wrong = 3 };

using Documents = std::map<std::string, std::string>;  // URI to JSON

// Some thousand records, trees of two levels, large values, free pages, waiting deliveries.
Documents build(const std::string& directory) {
  Documents documents;
  const auto repository = open(directory);
  put(*repository, [](Writer& writer) {
    return writer.put_target({"store", "{}", "", "", "", 0});
  });
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 120; ++i) {
      Leaves leaves;
      for (int s = 0; s < 1 + i % 5; ++s)
        leaves.emplace_back("t" + std::to_string(s),
                            std::to_string(round) + std::string(i % 30 == 0 ? 9000 : 100, 'x'));
      const Made made = make("u:" + std::to_string(i), leaves);
      put(*repository, made);
      documents[made.document.uri] = model::to_json(made.document).dump();
      if (i == 60) deliver_all(*repository);
    }
  check(*repository);
  return documents;
}

Outcome use(const std::string& directory, const Documents& expected) {
  OpenOptions with = options();
  const auto opened = Repository::open(directory, with);
  if (!opened) return refused;
  const auto snapshot = (*opened)->read();
  if (!snapshot) return read_error;
  for (const auto& [uri, json] : expected) {
    const auto document = snapshot->document(uri);
    if (!document) return read_error;
    if (!*document || model::to_json(**document).dump() != json) return wrong;
    const auto chunks = snapshot->chunks_of(model::root_id(uri));
    if (!chunks) return read_error;
    if (chunks->size() != (*document)->children.size()) return wrong;
  }
  const auto roots = snapshot->list_roots({}, 1000);
  if (!roots) return read_error;
  if (roots->size() != expected.size()) return wrong;
  // What was found good must bear being written to: a bad list of free pages would show here.
  for (int i = 0; i < 5; ++i) {
    const Made made = make("u:new" + std::to_string(i), {{"t", std::string(5000, 'y')}});
    if (!(*opened)->write([&](Writer& writer) -> Status {
          FRESHET_TRY(writer.put_document(write_of(made)));
          return {};
        }))
      return read_error;
  }
  const auto report = (*opened)->check();
  if (!report) return read_error;
  for (const std::string& problem : report->problems) std::fprintf(stderr, "%s\n", problem.c_str());
  return report->problem_count == 0 ? right : wrong;
}

class Damager {
 public:
  explicit Damager(std::string good, std::uint32_t seed) : good_(std::move(good)), random_(seed) {}

  std::string next(int kind) {
    std::string bytes = good_;
    const std::size_t pages = bytes.size() / page, at = pick(pages) * page;
    switch (kind) {
      case 0:  // one bit
        bytes[pick(bytes.size())] ^= static_cast<char>(1 << pick(8));
        break;
      case 1:  // a page of zeros
        bytes.replace(at, page, page, '\0');
        break;
      case 2:  // a page of noise
        for (std::size_t i = 0; i < page; ++i) bytes[at + i] = static_cast<char>(pick(256));
        break;
      case 3:  // the end cut off
        bytes.resize(pick(bytes.size()));
        break;
      case 4: {  // two pages exchanged
        const std::size_t other = pick(pages) * page;
        const std::string first = bytes.substr(at, page);
        bytes.replace(at, page, bytes, other, page);
        bytes.replace(other, page, first);
        break;
      }
      case 5:  // a few bytes of a page's front, where its structure is
        for (int i = 0; i < 3; ++i) bytes[at + pick(64)] = static_cast<char>(pick(256));
        break;
      default:  // the headers
        bytes[pick(2) * page + 16 + pick(136)] ^= static_cast<char>(1 << pick(8));
        break;
    }
    return bytes;
  }

 private:
  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  const std::string good_;
  std::mt19937 random_;
};

std::size_t rounds() {
  const char* const wanted = std::getenv("FRESHET_DAMAGE_ROUNDS");
  return wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 40;
}

}  // namespace

TEST_CASE("a damaged file is an error or is read right, and never ends the process") {
  TempDir dir;
  const Documents expected = build(dir / "good");
  const char* const seed = std::getenv("FRESHET_TEST_SEED");
  Damager damager(
      slurp(dir / "good/data.mdb"),
      seed != nullptr ? static_cast<std::uint32_t>(std::strtoul(seed, nullptr, 10)) : 7);
  constexpr std::array<const char*, 7> kinds{"bit flips",   "zeroed pages",    "pages of noise",
                                             "truncations", "exchanged pages", "page fronts",
                                             "header bits"};
  std::filesystem::create_directory(dir / "bad");
  for (int kind = 0; kind < 7; ++kind) {
    std::map<int, std::size_t> outcomes;
    for (std::size_t i = 0; i < rounds(); ++i) {
      spill(dir / "bad/data.mdb", damager.next(kind));
      ++outcomes[in_child([&] { return static_cast<int>(use(dir / "bad", expected)); })];
    }
    INFO(kinds[static_cast<std::size_t>(kind)]);
    std::size_t safe = 0;
    for (const auto& [outcome, count] : outcomes) {
      if (outcome == right || outcome == refused) safe += count;
      if (std::getenv("FRESHET_DAMAGE_ROUNDS") != nullptr)
        WARN(kinds[static_cast<std::size_t>(kind)] << ": outcome " << outcome << " in " << count
                                                   << " cases");
    }
    CHECK(safe == rounds());
    CHECK(outcomes[refused] + outcomes[right] == rounds());
    if (kind != 6) CHECK(outcomes[refused] > 0);
  }
}

TEST_CASE("a value that stands under another key is found") {
  const Key here = Key(1).add(base::digest_of("a")), there = Key(1).add(base::digest_of("b"));
  Encoder value;
  value.text("body");
  const std::string bytes(value.seal(Db::roots, here));
  CHECK(unseal(Db::roots, here, bytes));
  CHECK_FALSE(unseal(Db::roots, there, bytes));
  CHECK_FALSE(unseal(Db::chunks, here, bytes));
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string flipped = bytes;
    flipped[i / 8] ^= static_cast<char>(1 << i % 8);
    CHECK_FALSE(unseal(Db::roots, here, flipped));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(unseal(Db::roots, here, bytes.substr(0, size)));
}

TEST_CASE("the file is read through after anybody else touched it, and not otherwise") {
  TempDir dir;
  put(*open(dir / "r"), make("u:a", {{"1", "needle-in-the-file"}}));
  const std::string data = dir / "r/data.mdb";
  const std::size_t at = slurp(data).rfind("needle-in");
  REQUIRE(at != std::string::npos);
  open(dir / "r");
  overwrite(data, at, "N");
  const auto damaged = Repository::open(dir / "r", options());
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == Code::corrupt);
  CHECK(damaged.error().message.find("damaged: record") == 0);
  overwrite(data, at, "n");
  check(*open(dir / "r"));
}

TEST_CASE(
    "damage under an unbroken seal is found by the record that is read, by verify and by check") {
  TempDir dir;
  put(*open(dir / "r"), make("u:a", {{"1", "needle-in-the-file"}}));
  put(*open(dir / "r"), make("u:b", {{"1", "other"}}));
  const std::string data = dir / "r/data.mdb";
  const std::string bytes = slurp(data);
  const auto repository = open(dir / "r");
  for (std::size_t at = bytes.find("needle-in"); at != std::string::npos;
       at = bytes.find("needle-in", at + 1))
    overwrite(data, at, "N");
  const auto document = read(*repository).document("u:a");
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Code::corrupt);
  CHECK(read(*repository).document("u:b")->has_value());
  CHECK(repository->check()->problem_count == 1);
  CHECK_FALSE(repository->backup(dir / "copy"));
  OpenOptions with = options();
  with.verify = true;
  CHECK_FALSE(Repository::open(dir / "r", with));
}

TEST_CASE("a file that is cut while open is an error at the next snapshot") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", std::string(200'000, 'x')}}));
  REQUIRE(repository->read());
  std::filesystem::resize_file(dir / "r/data.mdb", 8192);
  const auto snapshot = repository->read();
  REQUIRE_FALSE(snapshot);
  CHECK(snapshot.error().code == Code::corrupt);
  CHECK(repository->write([](Writer&) { return Status{}; }).error().code == Code::corrupt);
}

TEST_CASE("malformed bodies are refused at every length") {
  Root root;
  root.uri = "u:a";
  root.title = "title";
  root.metadata = "{}";
  Encoder value;
  encode(value, root);
  const std::string body(value.body());
  RootView view;
  CHECK(decode(body, view));
  for (std::size_t size = 0; size < body.size(); ++size)
    CHECK_FALSE(decode(std::string_view(body).substr(0, size), view));
  CHECK_FALSE(decode(body + "x", view));
  const Made made = make("u:a", {{"1", "a"}});
  Encoder chunk;
  encode_chunk(chunk, made.chunks[0], 0, {}, {});
  const std::string chunk_body(chunk.body());
  StoredChunk stored;
  CHECK(decode(chunk_body, stored));
  for (std::size_t size = 0; size < chunk_body.size(); ++size)
    CHECK_FALSE(decode(std::string_view(chunk_body).substr(0, size), stored));
}

}  // namespace freshet::repository::test
