#include "core/host/search_path.hpp"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace freshet::host {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = ::secure_getenv(name);
  return value == nullptr ? std::string() : value;
}

// Its address lies in libfreshet, or in the program that freshet is linked into.
const char anchor = 0;

std::string beside_freshet() {
  Dl_info info{};
  if (::dladdr(&anchor, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  const fs::path file = fs::canonical(info.dli_fname, problem);
  // For the program itself dladdr gives argv[0], which may lead nowhere.
  const bool linked_in = problem || file == program;
  const fs::path base =
      linked_in ? program.parent_path().parent_path() / "lib" : file.parent_path();
  return linked_in && program.empty() ? std::string() : (base / "freshet" / "plugins").string();
}

void add_list(std::vector<Place>& places, const std::string& list, const std::string& origin) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(':', at), list.size());
    if (end > at) places.push_back({list.substr(at, end - at), origin});
    at = end + 1;
  }
}

std::string user_directory(const Surroundings& around) {
  if (fs::path(around.data_home).is_absolute()) return around.data_home + "/freshet/plugins";
  if (fs::path(around.home).is_absolute()) return around.home + "/.local/share/freshet/plugins";
  return {};
}

}  // namespace

Surroundings surroundings() {
  Surroundings around;
  around.secure = ::getauxval(AT_SECURE) != 0;
  around.plugin_path = variable("FRESHET_PLUGIN_PATH");
  around.data_home = variable("XDG_DATA_HOME");
  around.home = variable("HOME");
  around.beside = beside_freshet();
  return around;
}

std::vector<Place> search_places(const std::vector<std::string>& given,
                                 const Surroundings& around) {
  std::vector<Place> places;
  for (const std::string& directory : given) places.push_back({directory, "given"});
  if (!around.secure) {
    add_list(places, around.plugin_path, "FRESHET_PLUGIN_PATH");
    if (const std::string own = user_directory(around); !own.empty())
      places.push_back({own, "user"});
  }
  if (!around.beside.empty()) places.push_back({around.beside, "freshet"});
  return places;
}

}  // namespace freshet::host
