#include "core/base/error.hpp"

#include "tests/support/catch.hpp"

using namespace freshet;
using base::Code;

namespace {

base::Result<int> half(int number) {
  if (number % 2 != 0) return base::fail(Code::invalid_argument, "is odd", std::to_string(number));
  return number / 2;
}

base::Result<int> quarter(int number) {
  FRESHET_ASSIGN(const int once, half(number));
  FRESHET_TRY(half(once));
  return once / 2;
}

}  // namespace

TEST_CASE("errors leave a function at the first that fails") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(7).error().subject == "7");
  CHECK(quarter(6).error().subject == "3");
}

TEST_CASE("an error is told with its causes") {
  base::Error cause;
  cause.code = Code::timeout;
  cause.message = "no answer in 30s";
  cause.subject = "example.org";
  cause.retry_after_ms = 500;
  cause.attempts = 3;
  const base::Error error = base::wrap("cannot be listed", "docs", cause).value();
  CHECK(error.code == Code::timeout);
  CHECK(error.retry_after_ms == 500);
  CHECK(error.attempts == 3);
  CHECK(base::to_string(error) == "docs: cannot be listed: example.org: no answer in 30s");
}

TEST_CASE("every code has a name of its own, and says whether to try again") {
  CHECK(base::code_name(Code::rate_limited) == "rate_limited");
  CHECK(base::code_name(static_cast<Code>(7)) == "unknown");
  for (const Code code : {Code::busy, Code::timeout, Code::network, Code::rate_limited})
    CHECK(base::is_transient(code));
  for (const Code code :
       {Code::ok, Code::cancelled, Code::invalid_argument, Code::gone, Code::parse, Code::corrupt})
    CHECK_FALSE(base::is_transient(code));
}
