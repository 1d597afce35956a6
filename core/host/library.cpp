#include "core/host/library.hpp"

#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "core/base/text.hpp"
#include "core/host/elf.hpp"
#include "core/host/services.hpp"
#include "core/host/table.hpp"
#include "core/host/trust.hpp"

namespace freshet::host {

// A file that was loaded, and what became of it.
struct Loaded {
  std::mutex mutex;
  std::unique_ptr<boost::dll::shared_library> file;  // never closed, as this is never destroyed
  std::shared_ptr<const Library> library;            // set: it was taken
  std::string name, version;                         // as its descriptor says
  std::uint32_t abi = 0;

  static std::shared_ptr<const Library> make(const freshet_plugin_descriptor& descriptor) {
    return std::shared_ptr<const Library>(new Library(descriptor));
  }
};

namespace {

namespace fs = std::filesystem;
namespace dll = boost::dll;
using base::Code;
using base::fail;

constexpr const char* entry_symbol = "freshet_plugin_entry";

// The part that the system said, without Boost's frame around it and an errno that nobody set.
std::string reason(std::string_view what) {
  constexpr std::string_view frame = "dlerror system message: ";
  const auto at = what.find(frame);
  if (at == std::string_view::npos) return safe_line(what);
  what.remove_prefix(at + frame.size());
  return safe_line(what.substr(0, what.rfind("): ")));
}

base::Result<const freshet_plugin_descriptor*> open(Loaded& loaded, const std::string& path) {
  constexpr auto mode = dll::load_mode::rtld_now | dll::load_mode::rtld_local;
  try {
    if (loaded.file == nullptr) loaded.file = std::make_unique<dll::shared_library>(path, mode);
    if (!loaded.file->has(entry_symbol))
      return fail(Code::plugin, fmt::format("does not export {}", entry_symbol), path);
    return &loaded.file->get<const freshet_plugin_descriptor>(entry_symbol);
  } catch (const std::exception& problem) {
    FRESHET_TRY(check_elf(path));  // again: were there too many open files just then?
    return fail(Code::plugin, fmt::format("cannot be loaded: {}", reason(problem.what())), path);
  }
}

base::Result<freshet_plugin_descriptor> take_descriptor(const freshet_plugin_descriptor& found,
                                                        const std::string& path) {
  // The first two members never move; the rest is believed only when it is there.
  if (found.struct_size >= offsetof(freshet_plugin_descriptor, name) &&
      (found.abi == 0 || found.abi > FRESHET_PLUGIN_ABI))
    return fail(Code::plugin,
                fmt::format("built for plugin ABI {}; this freshet knows {}", found.abi,
                            FRESHET_PLUGIN_ABI),
                path);
  FRESHET_ASSIGN(const auto taken,
                 take_struct(&found, FRESHET_PLUGIN_DESCRIPTOR_SIZE_1, "descriptor", path));
  if (taken.name == nullptr || taken.version == nullptr || taken.get == nullptr)
    return fail(Code::plugin, "its descriptor lacks a name, a version or get", path);
  return taken;
}

base::Status check_agreement(const Loaded& loaded, const Manifest& manifest) {
  const auto differ = [&](std::string_view what, std::string_view found, std::string_view wanted) {
    return fail(Code::plugin,
                fmt::format("its {} is {}, and {} in the manifest", what, base::in_quotes(found),
                            base::in_quotes(wanted)),
                manifest.library);
  };
  if (loaded.name != manifest.name) return differ("name", loaded.name, manifest.name);
  if (loaded.version != manifest.version)
    return differ("version", loaded.version, manifest.version);
  if (loaded.abi != manifest.abi)
    return differ("plugin ABI", std::to_string(loaded.abi), std::to_string(manifest.abi));
  return {};
}

base::Result<freshet_plugin_descriptor> load_descriptor(Loaded& loaded, const std::string& path) {
  FRESHET_TRY(check_elf(path));
  FRESHET_TRY(trusted(path));
  FRESHET_ASSIGN(const freshet_plugin_descriptor* found, open(loaded, path));
  FRESHET_ASSIGN(const auto taken, take_descriptor(*found, path));
  loaded.name = taken.name;
  loaded.version = taken.version;
  loaded.abi = taken.abi;
  return taken;
}

// By the file itself, so that two ways to it are one library. Entries are never freed.
Loaded& entry_for(const std::string& path) {
  static std::mutex& mutex = *new std::mutex;
  static auto& all = *new std::map<std::string, Loaded*>;
  std::error_code problem;
  const fs::path real = fs::canonical(path, problem);
  const std::lock_guard lock(mutex);
  Loaded*& entry = all[problem ? path : real.string()];
  if (entry == nullptr) entry = new Loaded;
  return *entry;
}

}  // namespace

base::Result<std::shared_ptr<const Library>> Library::load(const Manifest& manifest) {
  Loaded& loaded = entry_for(manifest.library);
  const std::lock_guard lock(loaded.mutex);
  if (loaded.library == nullptr) {  // what failed before may be mended, and is tried again
    FRESHET_ASSIGN(const auto descriptor, load_descriptor(loaded, manifest.library));
    FRESHET_TRY(check_agreement(loaded, manifest));
    loaded.library = Loaded::make(descriptor);
  }
  FRESHET_TRY(check_agreement(loaded, manifest));
  return loaded.library;
}

const void* Library::table(const char* kind, const std::string& name) const {
  return descriptor_.get(kind, name.c_str());
}

}  // namespace freshet::host
