// cli/output.hpp - where results and errors go: one JSON object on stdout, or lines for people.
//
// Where a command fails, the object has the key "error", and the exit code is not 0. A listing that
// ends early bears both: what it found so far, and why there is no more.
#pragma once

#include <freshet/freshet.hpp>
#include <optional>
#include <string>
#include <string_view>

#include <freshet/sdk/json.hpp>

#include "cli/toml_file.hpp"

namespace freshet::cli {

using Json = nlohmann::ordered_json;

class Output {
 public:
  explicit Output(bool json) : json_(json) {}
  bool json() const { return json_; }

  void result(const Json& value) const;                // --json: the one object
  void result_text(std::string_view json_text) const;  // the same, serialised already
  void line(const std::string& text) const;            // for people, already printable

  void error(freshet_status code, const std::string& message, const std::string& subject) const;
  // With the line of the configuration file, where the error is about a value in it.
  void error(const Error& error, const std::optional<Fault>& fault = {}) const;

  // The value of "error".
  static Json error_json(freshet_status code, const std::string& message,
                         const std::string& subject);
  static Json error_json(const Error& error);

 private:
  static std::string reason(const Error& error);
  bool json_;
};

// A URI, or another text that may hold a secret, as people may see it.
std::string redacted(const std::string& text);

// What the program exits with after this failure.
int exit_code_of(freshet_status code);

// The member of an object, for people: 0, or an empty text, where it has none of this kind.
std::uint64_t number(const Json& object, const char* key);
std::string text_of(const Json& object, const char* key);

// 1234567 as "1,234,567".
std::string count(std::uint64_t number);
// "1 root", "2 roots".
std::string count(std::uint64_t number, const char* one, const char* many);
std::int64_t now_ms();  // since 1970-01-01 UTC
// "just now", "5 min ago", "3 days ago", "never".
std::string ago(std::int64_t then_ms);
// "now", "in 5 min", "in 3 days", "never".
std::string until(std::int64_t then_ms);

}  // namespace freshet::cli
