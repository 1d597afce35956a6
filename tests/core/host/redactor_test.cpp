#include "core/host/redactor.hpp"

#include "tests/support/catch.hpp"

using freshet::host::Redactor;

TEST_CASE("known secrets are taken out, the longer one first", "[I6]") {
  Redactor redactor;
  redactor.remember("abcd");
  redactor.remember("abcdefgh");
  redactor.remember("xyz");  // too short to be looked for
  CHECK(redactor.clean("abcdefgh abcd xyz") == "*** *** xyz");
}

TEST_CASE("credentials are known by their shape, too", "[I6]") {
  const Redactor redactor;
  CHECK(redactor.clean("Authorization: Bearer abc.def-ghi, next") == "Authorization: ***, next");
  CHECK(redactor.clean("proxy-authorization: Basic dXNlcjpwdw==") == "proxy-authorization: ***");
  CHECK(redactor.clean("https://user:pw@example.org/a") == "https://***@example.org/a");
  CHECK(redactor.clean("https://example.org/?a=1&sig=AbC%2F&b=2") ==
        "https://example.org/?a=1&sig=***&b=2");
  CHECK(redactor.clean("http://e/?X-Amz-Signature=00ff#f") == "http://e/?X-Amz-Signature=***#f");
  CHECK(redactor.clean("mailto:user@example.org at https://example.org/@name") ==
        "mailto:user@example.org at https://example.org/@name");
}
