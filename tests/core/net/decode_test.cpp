#include "core/net/decode.hpp"

#include <random>

#include "tests/core/net/server.hpp"
#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

using base::Code;
using test::gzip;

struct Decoded {
  Code code = Code::ok;
  std::string text;
};

// In pieces of `step` bytes, as a network delivers them.
Decoded decode(std::string_view coding, std::string_view packed, BodyLimits limits = {},
               std::size_t step = 1000) {
  auto decoder = make_decoder(coding, limits);
  if (!decoder) return {decoder.error().code, {}};
  Decoded decoded;
  for (; !packed.empty(); packed.remove_prefix(std::min(step, packed.size())))
    if (auto status = (*decoder)->take(packed.substr(0, step), decoded.text); !status)
      return {status.error().code, std::move(decoded.text)};
  if (auto status = (*decoder)->finish(); !status) decoded.code = status.error().code;
  return decoded;
}

std::string noise(std::size_t bytes) {
  std::mt19937 random(7);
  std::string text(bytes, 0);
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

}  // namespace

TEST_CASE("what was packed comes out, whatever the pieces") {
  const std::string plain = "a page " + noise(200'000);
  for (const std::size_t step : {1u, 7u, 1000u, 1'000'000u}) {
    CHECK(decode("", plain, {}, step).text == plain);
    CHECK(decode("gzip", gzip(plain), {}, step).text == plain);
    CHECK(decode("deflate", gzip(plain, 15), {}, step).text == plain);
    CHECK(decode("deflate", gzip(plain, -15), {}, step).text == plain);
  }
  CHECK(decode("gzip", "").code == Code::ok);
}

TEST_CASE("gzip members are all decoded") {
  const std::string both = gzip("one ") + gzip("two");
  for (const std::size_t step : {1u, 1000u}) {
    const Decoded decoded = decode("gzip", both, {}, step);
    CHECK(decoded.code == Code::ok);
    CHECK(decoded.text == "one two");
  }
}

TEST_CASE("a body that was cut at any byte is refused") {
  const std::string packed = gzip("a small page, to be cut");
  for (std::size_t length = 1; length < packed.size(); ++length)
    CHECK(decode("gzip", packed.substr(0, length)).code == Code::parse);
}

TEST_CASE("broken bodies are refused") {
  std::string packed = gzip("a small page, to be broken");
  CHECK(decode("gzip", packed + "junk").code == Code::parse);
  CHECK(decode("deflate", gzip("x", 15) + "junk").code == Code::parse);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);  // the checksum
  CHECK(decode("gzip", packed).code == Code::parse);
  CHECK(decode("gzip", "<html>not packed</html>").code == Code::parse);
}

TEST_CASE("codings that were not offered are refused") {
  CHECK(decode("br", "x").code == Code::parse);
  CHECK(decode("zstd", "x").code == Code::parse);
  CHECK(decode("compress", "x").code == Code::parse);
}

TEST_CASE("a bomb stops within one buffer above the limit") {
  const std::string bomb = gzip(std::string(64u << 20, '\0'));
  const Decoded by_ratio = decode("gzip", bomb);
  CHECK(by_ratio.code == Code::limit);
  CHECK(by_ratio.text.size() <= (1u << 20) + (64u << 10));
  const Decoded by_size = decode("gzip", bomb, {10'000, 1'000'000, 1u << 20});
  CHECK(by_size.code == Code::limit);
  CHECK(by_size.text.size() <= 10'000);
  CHECK(decode("", std::string(10'001, 'x'), {10'000}).code == Code::limit);
  CHECK(decode("", std::string(10'000, 'x'), {10'000}).code == Code::ok);
}

TEST_CASE("members that hold nothing do not go on for ever") {
  std::string empties;
  while (empties.size() < 300'000) empties += gzip("");
  CHECK(decode("gzip", empties, {100'000}).code == Code::limit);
}

}  // namespace freshet::net
