#include "reader_office/parts.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>

namespace freshet::reader_office {

using nlohmann::json;

std::string parts_program() {
  static const char here = 0;
  Dl_info found{};
  if (::dladdr(&here, &found) == 0 || found.dli_fname == nullptr) return {};
  const std::string_view path = found.dli_fname;
  const std::string program =
      std::string(path.substr(0, path.rfind('/') + 1)) + "freshet-read-office";
  return ::access(program.c_str(), X_OK) == 0 ? program : std::string();
}

Said say_parts(std::string_view lines, const sdk::DocumentBuilder& document) {
  Said said;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const json line = json::parse(lines.substr(0, end), nullptr, false);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    try {
      if (line.contains("page")) {
        document.page(line["page"].get<int>());
      } else if (line.contains("section")) {
        document.section(line["section"].at(0).get<int>(),
                         line["section"].at(1).get<std::string>());
        said.text = true;
      } else if (line.contains("text")) {
        document.text(line["text"].get_ref<const std::string&>());
        said.text = true;
      } else {
        for (const auto& [key, value] : line.at("metadata").items()) {
          said.title = said.title || key == "title";
          key == "title" ? document.title(value.get<std::string>()) : document.metadata(key, value);
        }
      }
    } catch (const json::exception&) {
      throw sdk::Failure(FRESHET_E_PLUGIN, "wrote a line that is not known", "freshet-read-office");
    }
  }
  return said;
}

}  // namespace freshet::reader_office
