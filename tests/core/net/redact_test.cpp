#include "core/net/redact.hpp"

#include "tests/support/catch.hpp"

namespace freshet::net {

TEST_CASE("secrets in a URL are not shown") {
  CHECK(redact("https://user:hunter2@h/a") == "https://h/a");
  CHECK(redact("https://h/a?token=hunter2&x=1") == "https://h/a?token=***&x=1");
  CHECK(redact("https://h/a?x=1&API_KEY=hunter2") == "https://h/a?x=1&API_KEY=***");
  CHECK(redact("https://h/a?X-Amz-Signature=hunter2&X-Amz-Credential=hunter2") ==
        "https://h/a?X-Amz-Signature=***&X-Amz-Credential=***");
  CHECK(redact("https://h/a?sig=hunter2;key=hunter2") == "https://h/a?sig=***;key=***");
  CHECK(redact("https://h/a?%74oken=hunter2") == "https://h/a?%74oken=***");
  CHECK(redact("https://h/a?access_token=hunter2") == "https://h/a?access_token=***");
  CHECK(redact("https://h/a#access_token=hunter2") == "https://h/a");
  CHECK(redact("https://h/a?page=2&keyboard=qwerty") == "https://h/a?page=2&keyboard=qwerty");
  CHECK(redact("https://a@b:hunter2@h/") == "https://h/");
}

TEST_CASE("what is shown of a URL is one short printable line") {
  CHECK(redact("http://h/\x1b[31m\n").find('\x1b') == std::string::npos);
  CHECK(redact("http://h/\xff").find('\xff') == std::string::npos);
  CHECK(redact("http://h/" + std::string(5000, 'a')).size() < 600);
  CHECK(redact("") == "");
}

}  // namespace freshet::net
