#include "core/base/redact.hpp"

#include "tests/support/catch.hpp"

namespace freshet::base {

TEST_CASE("secrets in a URL are not shown") {
  CHECK(redact_url("https://user:hunter2@h/a") == "https://h/a");
  CHECK(redact_url("https://h/a?token=hunter2&x=1") == "https://h/a?token=***&x=1");
  CHECK(redact_url("https://h/a?x=1&API_KEY=hunter2") == "https://h/a?x=1&API_KEY=***");
  CHECK(redact_url("https://h/a?X-Amz-Signature=hunter2&X-Amz-Credential=hunter2") ==
        "https://h/a?X-Amz-Signature=***&X-Amz-Credential=***");
  CHECK(redact_url("https://h/a?sig=hunter2;key=hunter2") == "https://h/a?sig=***;key=***");
  CHECK(redact_url("https://h/a?%74oken=hunter2") == "https://h/a?%74oken=***");
  CHECK(redact_url("https://h/a?access_token=hunter2") == "https://h/a?access_token=***");
  CHECK(redact_url("https://h/a#access_token=hunter2") == "https://h/a");
  CHECK(redact_url("https://h/a?page=2&keyboard=qwerty") == "https://h/a?page=2&keyboard=qwerty");
  CHECK(redact_url("https://h/?author=me&authority=x&oauth=hunter2") ==
        "https://h/?author=me&authority=x&oauth=***");
  CHECK(redact_url("https://a@b:hunter2@h/") == "https://h/");
}

TEST_CASE("names that speak of secrets") {
  for (const char* name : {"token", "X-Auth-Token", "AUTHORIZATION", "Cookie", "client_secret",
                           "%70assword", "api-key", "jwt", "authors_token"})
    CHECK(names_secret(name));
  for (const char* name :
       {"", "author", "Authority", "tokenizer", "page", "key", "keyboard", "code"})
    CHECK_FALSE(names_secret(name));
  for (const char* name : {"token", "key", "SIG", "%63ode"}) CHECK(parameter_names_secret(name));
  CHECK_FALSE(parameter_names_secret("keyboard"));
}

TEST_CASE("the secrets of a URL are the password and what its parameters hold") {
  using Texts = std::vector<std::string>;
  CHECK(secrets_in_url("https://u:p%40s@h/?a=1&token=x%2Fy;key=z#token=no") ==
        Texts{"p%40s", "p@s", "x%2Fy", "x/y", "z"});
  CHECK(secrets_in_url("https://token@h/") == Texts{"token"});
  CHECK(secrets_in_url("https://h/?") == Texts{});
  CHECK(secrets_in_url("https://h/?token=") == Texts{""});
}

TEST_CASE("what is shown of a URL is one short printable line") {
  CHECK(redact_url("http://h/\x1b[31m\n").find('\x1b') == std::string::npos);
  CHECK(redact_url("http://h/\xff").find('\xff') == std::string::npos);
  CHECK(redact_url("http://h/" + std::string(5000, 'a')).size() < 600);
  CHECK(redact_url("") == "");
}

}  // namespace freshet::base
