#include "loader_github/touched.hpp"

#include <algorithm>

#include <freshet/sdk/date.hpp>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

constexpr std::size_t most_recent = 500;  // of a state, which is at most 64 KiB

}  // namespace

std::int64_t touched_ms(const std::string& at) {
  const auto ms = sdk::parse_date(at);
  if (!ms)
    throw sdk::Failure(FRESHET_E_REMOTE, "gave an object without the time of its last change");
  return *ms;
}

std::optional<Touched> Touched::read(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  const auto is_number = [&](const char* key) {
    return json.contains(key) && json[key].is_number_integer();
  };
  if (!json.is_object() || !is_number("since") || !is_number("full")) return std::nullopt;
  Touched state{json["since"].get<std::int64_t>(),
                json["full"].get<std::int64_t>(),
                text_of(json, "etag"),
                {}};
  if (json.contains("recent") && json["recent"].is_object())
    for (const auto& [number, at] : json["recent"].items())
      if (at.is_string()) state.recent[number] = at.get<std::string>();
  return state;
}

std::string Touched::text() const {
  return nlohmann::json{{"since", since_ms}, {"etag", etag}, {"full", full_ms}, {"recent", recent}}
      .dump();
}

bool Touched::stands(std::int64_t now_ms, std::int64_t full_every_ms) const {
  const std::int64_t age = now_ms - full_ms;
  return age >= 0 && age < full_every_ms;
}

void Touched::see(const std::string& number, const std::string& at) {
  since_ms = std::max(since_ms, touched_ms(at));
  recent[number] = at;
}

bool Touched::knows(const std::string& number, const std::string& at) const {
  const auto known = recent.find(number);
  return known != recent.end() && known->second == at;
}

// Of what is forgotten too early the next listing tells again, and it is confirmed.
void Touched::forget_old() {
  std::erase_if(recent, [&](const auto& one) {
    return sdk::parse_date(one.second).value_or(0) < since_ms - overlap_ms;
  });
  if (recent.size() > most_recent) recent.clear();
}

}  // namespace freshet::loader_github
