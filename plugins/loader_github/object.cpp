#include "loader_github/object.hpp"

#include <algorithm>
#include <ctime>

namespace freshet::loader_github {

std::string text_of(const nlohmann::json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return {};
  return object[key].get<std::string>();
}

std::int64_t number_of(const nlohmann::json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_number_integer())
    throw sdk::Failure(FRESHET_E_REMOTE, std::string("gave an object without its ") + key);
  return object[key].get<std::int64_t>();
}

std::string number_text(const nlohmann::json& object) {
  return std::to_string(number_of(object, "number"));
}

std::string login_of(const nlohmann::json& object, const char* key) {
  const std::string login = object.contains(key) ? text_of(object[key], "login") : std::string();
  return login.empty() ? "ghost" : login;
}

std::string iso_of(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  char text[32];
  ::gmtime_r(&seconds, &parts);
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

Handle Handle::read(const std::string& text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  return {text.substr(0, space), text.substr(std::min(space + 1, text.size()))};
}

bool Handle::is_number() const {
  return !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
}

std::string clean_body(std::string body, const std::string& end) {
  if (!end.empty()) body.erase(std::min(body.find(end), body.size()));
  for (std::size_t begin; (begin = body.find("<!--")) != std::string::npos;) {
    const std::size_t close = body.find("-->", begin);
    body.erase(begin, close == std::string::npos ? close : close + 3 - begin);
  }
  body.erase(std::remove(body.begin(), body.end(), '\r'), body.end());
  while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.pop_back();
  return body;
}

}  // namespace freshet::loader_github
