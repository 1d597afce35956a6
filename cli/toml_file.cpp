#include "cli/toml_file.hpp"

#include <sys/stat.h>

#include <freshet/freshet.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace freshet::cli {
namespace {

using nlohmann::json;
using Places = std::map<std::string, Place>;

[[noreturn]] void wrong(const std::string& subject, const std::string& message) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, message, subject);
}

std::string load_text(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) wrong(path, "there is no such file");
  if (!S_ISREG(info.st_mode)) wrong(path, "is not a regular file");
  if (info.st_size > 1 << 20) wrong(path, "is larger than 1 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) wrong(path, "cannot be read");
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Place place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

// Dates and times have no JSON form: they become text.
std::string text_of(const toml::node& node) {
  std::ostringstream date;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                  toml::is_date_time<decltype(value)>)
      date << value.get();
  });
  return date.str();
}

// The configuration calls "sources" what the file writes as [[source]].
std::string key_of(const std::string& path, std::string_view key) {
  if (path.empty()) return key == "source" ? "sources" : std::string(key);
  return path + "." + std::string(key);
}

json to_json(const toml::node& node, const std::string& path, Places& places) {
  if (const auto* table = node.as_table()) {
    json out = json::object();
    for (const auto& [key, value] : *table) {
      const std::string at = key_of(path, key.str());
      places[at] = place_of(key.source());
      out[std::string(key.str())] = to_json(value, at, places);
    }
    return out;
  }
  if (const auto* array = node.as_array()) {
    json out = json::array();
    for (const auto& value : *array) {
      const std::string at = path + "[" + std::to_string(out.size()) + "]";
      places[at] = place_of(value.source());
      out.push_back(to_json(value, at, places));
    }
    return out;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  return text_of(node);
}

// Cuts the last step of a path; false where there is none left.
bool cut_last_step(std::string& path) {
  const auto at = path.find_last_of(".[");
  if (at == std::string::npos) return false;
  path.erase(at);
  return true;
}

}  // namespace

TomlFile TomlFile::load(const std::string& path) {
  TomlFile file;
  file.path_ = path;
  const std::string text = load_text(path);
  file.lines_ = lines_of(text);
  try {
    file.values_ = to_json(toml::parse(text, path), "", file.places_);
  } catch (const toml::parse_error& problem) {
    const auto& at = problem.source().begin;
    wrong(path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column),
          std::string(problem.description()));
  }
  return file;
}

std::optional<Place> TomlFile::find(std::string subject) const {
  do {
    if (const auto found = places_.find(subject); found != places_.end()) return found->second;
  } while (cut_last_step(subject));
  return {};
}

std::string TomlFile::line(std::size_t number) const {
  return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string();
}

}  // namespace freshet::cli
