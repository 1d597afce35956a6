// reader_office/options.hpp - the options of the reader, and how its formats are read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <freshet/sdk/confined.hpp>
#include <freshet/sdk/json.hpp>
#include <nlohmann/json.hpp>

namespace freshet::reader_office {

struct Options {
  bool notes = true;
  bool comments = false;
  std::uint64_t max_seconds = 60;
  std::uint64_t max_memory = 0;
  std::uint64_t max_text = 0;
};

Options read_options(const nlohmann::json& json);

enum class Way { pandoc, asciidoctor, parts };

struct Format {
  std::string_view media_type;
  std::string_view name;  // as people call it
  Way way;
  std::string_view kind;  // as the program calls it
  bool about = false;     // it says of itself what pandoc does not tell
};

// Throws where the manifest has a media type that this does not.
const Format& format_of(std::string_view media_type);

sdk::Conversion conversion_of(const Options& options, std::vector<std::string> arguments,
                              std::string package);

// Runs it, and gives all that it says. Throws what its end means for a file of this format.
std::string convert(const sdk::Call& call, const Options& options, const Format& format,
                    const sdk::Conversion& conversion, std::string_view bytes);

}  // namespace freshet::reader_office
