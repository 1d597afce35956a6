#include <freshet/sdk/base64.hpp>

#include "tests/support/catch.hpp"

namespace {

using freshet::sdk::base64_of_floats;
using freshet::sdk::floats_of_base64;
using Floats = std::vector<float>;

}  // namespace

TEST_CASE("base64 of floats is that of RFC 4648") {
  for (const auto& [numbers, text] : {std::pair<Floats, const char*>{{}, ""},
                                      {{0.0f, -0.0f, 0.5f}, "AAAAAAAAAIAAAAA/"},
                                      {{1.0f}, "AACAPw=="},
                                      {{1.0f, -2.0f}, "AACAPwAAAMA="}}) {
    CHECK(base64_of_floats(numbers) == text);
    CHECK(floats_of_base64(text) == numbers);
  }
}

TEST_CASE("base64 of floats is read to the last bit") {
  CHECK(floats_of_base64("AACAPwAAAMA=") == Floats{1.0f, -2.0f});
  CHECK(floats_of_base64("AACAPw==") == Floats{1.0f});
  CHECK(floats_of_base64("AACAPwAAAMAAAEBA") == Floats{1.0f, -2.0f, 3.0f});
  CHECK(floats_of_base64("") == Floats{});
}

TEST_CASE("what is not base64 of floats is nothing", "[E01]") {
  const std::string_view wrong =
      GENERATE("AACAPw=", "AACAPw", "AACAPw===", "AACAPx==", "AACAPwAAAMB=", "AACA", "AACAPwAA",
               "AACA Pw==", "AACAPw==\n", "AACA-w==", "AACA=w==", "====", "AA==", "ÄACAPw==");
  CAPTURE(wrong);
  CHECK_FALSE(floats_of_base64(wrong));
}
