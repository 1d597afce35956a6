#include "core/host/discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/directory.hpp"
#include "core/base/system_error.hpp"
#include "core/base/text.hpp"
#include "core/host/trust.hpp"

namespace freshet::host {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

// The library may still be missing; that is told to whoever wants it.
base::Status check_library(const Manifest& manifest) {
  std::error_code problem;
  const fs::file_status found = fs::symlink_status(manifest.library, problem);
  if (!fs::exists(found)) return {};
  if (!fs::is_symlink(found)) return trusted(manifest.library);  // its name has no part but its own
  const fs::path real = fs::canonical(manifest.library, problem);
  if (problem) return fail(Code::plugin, base::errno_words(problem.value()), manifest.library);
  const fs::path home = fs::canonical(fs::path(manifest.file).parent_path(), problem);
  if (real.parent_path() != home)
    return fail(Code::plugin,
                fmt::format("refused: it leads out of its directory, to {}",
                            base::printable(real.string())),
                manifest.library);
  return trusted(manifest.library);
}

base::Result<Manifest> take(const std::string& file) {
  FRESHET_TRY(trusted(file));
  FRESHET_ASSIGN(Manifest manifest, read_manifest(file));
  FRESHET_TRY(check_library(manifest));
  return manifest;
}

// The manifests of a directory, in the order of their names.
base::Result<std::vector<std::string>> manifests_in(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code problem;
  for (const std::string& name : base::list_directory(directory, problem))
    if (name.ends_with(manifest_suffix)) files.push_back((fs::path(directory) / name).string());
  if (problem) return fail(Code::plugin, base::errno_words(problem.value()), directory);
  return files;
}

std::string look(const Place& place, Discovery& into) {
  const auto refuse = [&](const base::Error& error) {
    into.problems.push_back(base::printable(base::to_string(error)));
    return error.message;
  };
  std::error_code problem;
  if (!fs::path(place.directory).is_absolute())
    return refuse(fail(Code::plugin,
                       fmt::format("refused: not an absolute path ({})", place.origin),
                       place.directory)
                      .value());
  if (!fs::exists(place.directory, problem)) return "does not exist";
  if (!fs::is_directory(place.directory, problem))
    return refuse(fail(Code::plugin, "not a directory", place.directory).value());
  if (auto status = trusted(place.directory); !status) return refuse(status.error());
  auto files = manifests_in(place.directory);
  if (!files) return refuse(files.error());
  std::size_t good = 0;
  for (const std::string& file : *files) {
    auto manifest = take(file);
    if (!manifest) {
      refuse(manifest.error());
      continue;
    }
    into.manifests.push_back(*std::move(manifest));
    ++good;
  }
  const std::size_t bad = files->size() - good;
  return fmt::format("{} plugin{}{}", good, good == 1 ? "" : "s",
                     bad == 0 ? "" : fmt::format(", {} refused", bad));
}

}  // namespace

Discovery discover(const std::vector<Place>& places) {
  Discovery discovery;
  for (const Place& place : places) {
    const bool again =
        std::any_of(discovery.looked.begin(), discovery.looked.end(),
                    [&](const Looked& each) { return each.place.directory == place.directory; });
    if (again) continue;
    std::string found = look(place, discovery);
    discovery.looked.push_back({place, std::move(found)});
  }
  return discovery;
}

}  // namespace freshet::host
