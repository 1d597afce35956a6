#include "core/host/redactor.hpp"

#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"

using freshet::base::Code;
using freshet::base::Error;
using freshet::host::Redactor;

namespace {

// As people read it who know of one secret.
std::string cleaned(const std::string& secret, const std::string& text) {
  Redactor redactor;
  redactor.remember(secret);
  return redactor.clean(text);
}

}  // namespace

TEST_CASE("known secrets are taken out, the longer one first", "[I6]") {
  Redactor redactor;
  redactor.remember("abcd");
  redactor.remember("abcdefgh");
  redactor.remember("xyz");  // too short to be looked for
  CHECK(redactor.clean("abcdefgh abcd xyz") == "*** *** xyz");
}

TEST_CASE("a known secret is found however it is spelled", "[I6]") {
  const std::string secret = "S3cr/t+Canary \"9f\"&";
  for (const char* text :
       {"S3cr/t+Canary \"9f\"&", "s3cr/t+canary \"9f\"&", "S3CR/T+CANARY \"9F\"&",
        "S3cr%2Ft%2BCanary%20%229f%22%26", "S3cr%2ft%2bCanary+%229f%22%26",
        "S3cr/t%2BCanary%20%229f%22&", "S3cr%252Ft%252BCanary%2520%25229f%2522%2526",
        "%53%33%63%72%2F%74%2B%43%61%6E%61%72%79%20%22%39%66%22%26", "S3cr/t+Canary \\\"9f\\\"&",
        "S3cr\\/t+Canary \\\"9f\\\"\\u0026", "S3cr/t+Canary &quot;9f&quot;&amp;"}) {
    INFO(text);
    CHECK(cleaned(secret, text) == "***");
    CHECK(cleaned(secret, "a" + std::string(text) + "b") == "a***b");
  }
  CHECK(cleaned("50%25 \\\\ off", "for 50%25 \\\\ off") == "for ***");
  CHECK(cleaned("Grünstraße", "GrÜnstraße Grünstraße") == "GrÜnstraße ***");  // ASCII letters only
}

TEST_CASE("a known secret is found in base64, wherever it lies", "[I6]") {
  const std::string secret = "S3cr3tCanary";
  for (const char* text :
       {"UzNjcjN0Q2FuYXJ5", "OlMzY3IzdENhbmFyeQ==", "dTpTM2NyM3RDYW5hcnk=", "dXM6UzNjcjN0Q2FuYXJ5",
        "dXNlcjpTM2NyM3RDYW5hcnkgISE=", "dxnlcjptm2nym3rdyw5hcnkgise="}) {
    INFO(text);
    const std::string seen = cleaned(secret, text);
    CHECK(seen.find("***") != std::string::npos);
    CHECK(seen.size() + 12 <= std::string(text).size());  // what is left stands around it
  }
  CHECK(cleaned("\xfb\xff\xfe?>~\xfb\xff", "+//+Pz5++/8=") == "***8=");
  CHECK(cleaned("\xfb\xff\xfe?>~\xfb\xff", "-__-Pz5--_8=") == "***8=");
}

TEST_CASE("a short secret is looked for as a word of its own", "[I6]") {
  CHECK(cleaned("test", "test, a test: latest testing =test&") ==
        "***, a ***: latest testing =***&");
  CHECK(cleaned("test", "q%3Dtest%26 TEST") == "q%3D***%26 ***");
  CHECK(cleaned("a", "a banana") == "a banana");
}

TEST_CASE("credentials are known by their shape, too", "[I6]") {
  const Redactor redactor;
  CHECK(redactor.clean("Authorization: Bearer abc.def-ghi, next") == "Authorization: ***, next");
  CHECK(redactor.clean("proxy-authorization: Basic dXNlcjpwdw==") == "proxy-authorization: ***");
  CHECK(redactor.clean(R"({"Authorization": "Bearer abc"})") == R"({"Authorization": "***"})");
  CHECK(redactor.clean(R"(api_key = "abc \" def", x = "y")") == R"(api_key = "***", x = "y")");
  CHECK(redactor.clean(R"(password='abc')") == R"(password='***')");
  CHECK(redactor.clean("https://user:pw@example.org/a") == "https://***@example.org/a");
  CHECK(redactor.clean("https://a@b:pw@example.org/a") == "https://***@example.org/a");
  CHECK(redactor.clean("https://example.org/?a=1&sig=AbC%2F&b=2") ==
        "https://example.org/?a=1&sig=***&b=2");
  CHECK(redactor.clean("http://e/?X-Amz-Signature=00ff#f") == "http://e/?X-Amz-Signature=***#f");
  CHECK(redactor.clean("/login?next=/a?token=abc&author=me") ==
        "/login?next=/a?token=***&author=me");
  CHECK(redactor.clean("mailto:user@example.org at https://example.org/@name") ==
        "mailto:user@example.org at https://example.org/@name");
}

TEST_CASE("words that name a secret are not taken for one", "[I6]") {
  const Redactor redactor;
  for (const char* text : {"sources[0].options.headers.Authorization: is a number, not a text",
                           R"(api_key = "env:TOKEN", Authorization = "Bearer secret:env:TOKEN")",
                           R"(is not a known key: "ttl", code: "invalid_argument")",
                           R"(begins with "secret:" here: write "secret:env:NAME" or "secret:x")",
                           "the option headers.Authorization holds a secret written out",
                           "env:TOKEN: the environment variable is not set"})
    CHECK(redactor.clean(text) == text);
}

TEST_CASE("what was redacted before stays as it is", "[I6]") {
  Redactor redactor;
  redactor.remember("S3cr3tCanary");
  for (const char* text : {"https://u:p@h/?token=x&a=S3cr3tCanary", "Authorization: Basic eHh4"}) {
    const std::string once = redactor.clean(text);
    CHECK(redactor.clean(once) == once);
  }
}

TEST_CASE("an error is cleaned down to its last cause", "[I6]") {
  Redactor redactor;
  redactor.remember("S3cr3tCanary");
  const Error innermost{Code::parse, "at S3CR3TCANARY", "ftp://x/?a=s3cr3tcanary", -1, 0, nullptr};
  const Error middle{
      Code::parse, "S3cr3tCanary", "", -1, 0, std::make_shared<const Error>(innermost)};
  const Error outer{Code::parse, "outer", "S3cr3tCanary",
                    5,           2,       std::make_shared<const Error>(middle)};
  const Error clean = redactor.clean(outer);
  CHECK(freshet::base::to_string(clean) == "***: outer: ***: ftp://x/?a=***: at ***");
  CHECK(clean.retry_after_ms == 5);
  CHECK(clean.attempts == 2);
}

TEST_CASE("what options hold written out is known, and their ordinary words are not", "[I6]") {
  Redactor redactor;
  redactor.remember_options(nlohmann::json::parse(R"({
    "urls": ["https://u:p%40ssw0rd1@h/", "https://h/?page=introduction&token=tok-12345678"],
    "headers": {"Authorization": "Bearer lit-12345678", "Cookie": "sid=cookie-1234; theme=lightish"},
    "api_key": "env:SOME_VARIABLE", "tokenizer": "cl100k_base", "author": "somebody"})"));
  CHECK(redactor.clean("p@ssw0rd1 tok-12345678 LIT-12345678 cookie-1234") == "*** *** *** ***");
  const std::string ordinary = "introduction cl100k_base somebody SOME_VARIABLE Bearer u h";
  CHECK(redactor.clean(ordinary) == ordinary);
}
