// loader_github/object.hpp - members of GitHub's objects, which may be null, and the Markdown made of them.
#pragma once

#include <cstdint>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace freshet::loader_github {

// The text at `key`; empty where it is missing or null.
std::string text_of(const nlohmann::json& object, const char* key);
// The whole number at `key`. Throws where there is none: an object without its number is none of GitHub's.
std::int64_t number_of(const nlohmann::json& object, const char* key);
// Its "number", as text.
std::string number_text(const nlohmann::json& object);
// The login of its "user" or "author"; "ghost", as GitHub has it, for an account that is gone.
std::string login_of(const nlohmann::json& object, const char* key);

// As GitHub writes times: "2026-11-20T16:00:00Z".
std::string iso_of(std::int64_t ms);

// What an entry is fetched by: its number, and the version that the listing gave it. A listing that does not name it
// says by that that this is still so.
struct Handle {
  std::string number, version;

  static Handle read(const std::string& text);
  std::string text() const { return number + " " + version; }
  bool is_number() const;
};

// Without HTML comments, and without what begins with `end`.
std::string clean_body(std::string body, const std::string& end);

}  // namespace freshet::loader_github
