#include "core/host/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/host/schema.hpp"
#include "core/host/trust.hpp"
#include "freshet/plugin/entry.h"

namespace freshet::host {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::ObjectReader;

constexpr std::int64_t manifest_version = 1;
constexpr std::size_t most_manifest_bytes = 1 << 20;

// Names go into paths of errors, configurations and databases.
base::Status check_name(const std::string& name, const std::string& path) {
  const bool good =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
      });
  if (good) return {};
  return fail(Code::invalid_argument,
              fmt::format("is {}, not a name of lower-case letters, digits, '_', '-' and '.'",
                          base::in_quotes(name)),
              path);
}

base::Result<Kind> kind_of(const std::string& text, const std::string& path) {
  std::vector<std::string> names;
  for (const Kind kind : all_kinds) {
    names.emplace_back(kind_name(kind));
    if (names.back() == text) return kind;
  }
  const std::string near = base::nearest(text, names);
  return fail(Code::invalid_argument,
              fmt::format("is {}, not one of {}{}", base::in_quotes(text), fmt::join(names, ", "),
                          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)),
              path);
}

base::Status check_identity(const Offer& offer, const std::string& path) {
  for (const std::string& key : offer.identity)
    if (!offer.options.contains("properties") || !offer.options["properties"].contains(key))
      return fail(Code::invalid_argument,
                  fmt::format("{} is not one of the options", base::in_quotes(key)),
                  base::join_path(path, "identity"));
  return {};
}

bool is_extension(const std::string& text) {
  return text.size() >= 2 && text[0] == '.' && text.find('/') == std::string::npos &&
         text == base::to_lower(text);
}

// {".csv":"text/csv"}, or [".csv"]: all of the first media type.
base::Status read_extensions(const Json& json, Offer& offer, const std::string& path) {
  const auto wrong = [&](std::string message) {
    return fail(Code::invalid_argument, std::move(message), path);
  };
  if (!json.is_array() && !json.is_object())
    return wrong(R"(is neither [".csv"] nor {".csv":"text/csv"})");
  const auto& types = offer.media_types;
  const std::string first = types.empty() ? std::string() : types.front();
  for (const auto& [key, value] : json.items()) {
    const Json extension = json.is_array() ? value : Json(key);
    const Json type = json.is_array() ? Json(first) : value;
    if (!extension.is_string() || !is_extension(extension))
      return wrong(fmt::format("has {}, not an extension in lower case such as \".csv\"",
                               base::dump_json(extension)));
    if (json.is_object() && std::find(types.begin(), types.end(), type) == types.end())
      return wrong(fmt::format("has {} for {}, which is none of media_types", base::dump_json(type),
                               base::dump_json(extension)));
    offer.extensions.emplace(extension, type);
  }
  return {};
}

base::Result<Offer> parse_offer(const Json& json, const std::string& path) {
  Offer offer;
  std::string kind;
  ObjectReader reader(json, path);
  reader.require("kind");
  reader.require("name");
  reader.require("options");
  reader.text("kind", kind);
  reader.text("name", offer.name);
  reader.text("description", offer.description);
  reader.texts("identity", offer.identity);
  reader.texts("media_types", offer.media_types);
  const Json* extensions = reader.value("extensions");
  reader.flag("default", offer.by_default);
  const Json* options = reader.value("options");
  FRESHET_TRY(reader.finish());
  FRESHET_ASSIGN(offer.kind, kind_of(kind, base::join_path(path, "kind")));
  FRESHET_TRY(check_name(offer.name, base::join_path(path, "name")));
  FRESHET_TRY(check_schema(*options, base::join_path(path, "options")));
  offer.options = *options;
  offer.options_text = base::dump_json(*options);
  FRESHET_TRY(check_identity(offer, path));
  if (extensions != nullptr)
    FRESHET_TRY(read_extensions(*extensions, offer, base::join_path(path, "extensions")));
  if (offer.by_default && offer.kind != Kind::reader)
    return fail(Code::invalid_argument, "is for readers alone", base::join_path(path, "default"));
  if (offer.kind == Kind::reader && offer.media_types.empty())
    return fail(Code::invalid_argument, "is missing: a reader says what it reads",
                base::join_path(path, "media_types"));
  return offer;
}

// A file's bare name: a path would lead out of the directory that was judged, and a name that the
// loader of the system looks up by itself could come from anywhere.
base::Result<std::string> library_name(const Json& libraries) {
  if (!libraries.is_object())
    return fail(Code::invalid_argument, "is not an object from platforms to file names", "library");
  for (const std::string& key : {platform(), std::string("linux")}) {
    const auto found = libraries.find(key);
    if (found == libraries.end()) continue;
    const std::string path = base::join_path("library", key);
    if (!found->is_string()) return fail(Code::invalid_argument, "is not a file name", path);
    const auto& name = found->get_ref<const std::string&>();
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos)
      return fail(Code::invalid_argument,
                  fmt::format("is {}, not the bare name of a file beside the manifest",
                              base::in_quotes(name)),
                  path);
    return name;
  }
  return fail(Code::invalid_argument, fmt::format("names no file for {}", platform()), "library");
}

base::Status check_version(const Json& json) {
  if (!json.is_object() || !json.contains("manifest"))
    return fail(Code::invalid_argument, "is missing: not a plugin manifest", "manifest");
  if (json["manifest"] != manifest_version)
    return fail(Code::invalid_argument,
                fmt::format("is {}; this freshet reads manifests of version {}",
                            json["manifest"].dump(), manifest_version),
                "manifest");
  return {};
}

base::Result<std::string> library_of(const Json* libraries, const std::string& file) {
  if (file.empty()) {
    if (libraries == nullptr) return std::string();
    return fail(Code::invalid_argument, "is for a plugin in a file: one made in code has none",
                "library");
  }
  if (libraries == nullptr) return fail(Code::invalid_argument, "is missing", "library");
  FRESHET_ASSIGN(const std::string name, library_name(*libraries));
  return (fs::path(file).parent_path() / name).string();
}

// An empty `file`: it is registered in code.
base::Result<Manifest> parse(std::string_view text, const std::string& file) {
  FRESHET_ASSIGN(const Json json, base::parse_json(text, "the manifest"));
  FRESHET_TRY(check_version(json));  // before anything that another version may have changed
  Manifest manifest;
  manifest.file = file;
  std::int64_t number = 0;
  std::int64_t abi = 0;
  ObjectReader reader(json, "");
  for (const char* key : {"name", "version", "abi", "provides"}) reader.require(key);
  reader.integer("manifest", number, manifest_version, manifest_version);
  reader.text("name", manifest.name);
  reader.text("version", manifest.version);
  reader.integer("abi", abi, 1, std::numeric_limits<std::uint32_t>::max());
  const Json* libraries = reader.value("library");
  const Json* provides = reader.value("provides");
  FRESHET_TRY(reader.finish());
  FRESHET_TRY(check_name(manifest.name, "name"));
  if (manifest.version.empty()) return fail(Code::invalid_argument, "is empty", "version");
  if (abi > FRESHET_PLUGIN_ABI)
    return fail(Code::invalid_argument,
                fmt::format("is {}; this freshet knows plugin ABI {}", abi, FRESHET_PLUGIN_ABI),
                "abi");
  manifest.abi = static_cast<std::uint32_t>(abi);
  FRESHET_ASSIGN(manifest.library, library_of(libraries, file));
  if (!provides->is_array() || provides->empty())
    return fail(Code::invalid_argument, "is not an array of what the plugin provides", "provides");
  for (std::size_t i = 0; i < provides->size(); ++i) {
    FRESHET_ASSIGN(Offer offer, parse_offer((*provides)[i], fmt::format("provides[{}]", i)));
    for (const Offer& other : manifest.provides)
      if (other.kind == offer.kind && other.name == offer.name)
        return fail(Code::invalid_argument, "is provided twice", fmt::format("provides[{}]", i));
    manifest.provides.push_back(std::move(offer));
  }
  return manifest;
}

}  // namespace

std::string platform() {
#if defined(__x86_64__)
  return "linux-x86_64";
#elif defined(__aarch64__)
  return "linux-aarch64";
#elif defined(__riscv)
  return "linux-riscv64";
#else
  return "linux";
#endif
}

base::Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  auto manifest = parse(text, file);
  if (manifest) return manifest;
  base::Error error = std::move(manifest).error();
  std::string message =
      error.subject.empty() ? error.message : fmt::format("{}: {}", error.subject, error.message);
  return fail(Code::plugin, std::move(message), file);
}

base::Result<Manifest> parse_registered(std::string_view text) { return parse(text, {}); }

base::Result<Manifest> read_manifest(const std::string& file) {
  auto text = read_small_file(file, most_manifest_bytes);
  if (!text) return fail(Code::plugin, text.error().message, file);
  return parse_manifest(*text, file);
}

}  // namespace freshet::host
