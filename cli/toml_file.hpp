// cli/toml_file.hpp - freshet.toml as JSON, and where in the file each value stands.
//
// The library names a wrong value by its path in the configuration, such as
// "sources[0].options.url". A person wants to know the line.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <freshet/sdk/json.hpp>

namespace freshet::cli {

struct Place {
  std::size_t line = 0, column = 0;  // both from 1
};

class TomlFile {
 public:
  // Throws freshet::Error with FRESHET_E_INVALID_ARGUMENT, at the place of a syntax error.
  static TomlFile load(const std::string& path);

  const std::string& path() const { return path_; }
  const nlohmann::json& values() const { return values_; }

  // Where the value at `subject` stands. Where it is missing: where the object that lacks it does.
  std::optional<Place> find(std::string subject) const;
  // "" where there is no such line.
  std::string line(std::size_t number) const;

 private:
  std::string path_;
  std::vector<std::string> lines_;
  nlohmann::json values_;
  std::map<std::string, Place> places_;
};

// A value that the library refused, and where it stands in the file.
struct Fault {
  std::string file;
  Place place;
  std::string line;     // the text there
  std::string source;   // the name of the source it belongs to, or ""
  std::string subject;  // its path below that source, or from the top
};

}  // namespace freshet::cli
