#include "cli/file_paths.hpp"

#include <filesystem>
#include <freshet/freshet.hpp>
#include <optional>

namespace freshet::cli {
namespace {

using nlohmann::json;

class Resolver {
 public:
  Resolver(const std::string& file, const json& values)
      : folder_(std::filesystem::absolute(file).parent_path()), values_(values) {}

  void path(json& value) const {
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) return;
    value = (folder_ / value.get<std::string>()).lexically_normal().string();
  }

  void paths(json& values) const {
    if (values.is_array())
      for (json& each : values) path(each);
  }

  // An address that is a path here, as far as it stands on the disk.
  void address(json& value) const {
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) return;
    const std::filesystem::path whole = folder_ / value.get<std::string>();
    std::error_code failed;
    if (std::filesystem::exists(whole, failed)) value = whole.lexically_normal().string();
  }

  // "ADDRESS", or what has loader or address.
  void source(json& source) {
    if (source.is_string()) return address(source);
    if (!source.is_object()) return;
    if (source.contains("address")) address(source["address"]);
    use("loader", source, "loader");
  }

  // `use` names a plugin, with options: {"name": …, "options": {…}} or a source.
  void use(const char* kind, json& use, const char* name_key) {
    if (!use.is_object() || !use.contains("options") || !use["options"].is_object()) return;
    const auto name = use.find(name_key);
    if (name == use.end() || !name->is_string()) return;
    const json schema = schema_of(kind, name->get<std::string>());
    const json properties = schema.value("properties", json::object());
    for (const auto& option : use["options"].items()) {
      const json property = properties.value(option.key(), json::object());
      if (property.value("format", "") == "path") path(option.value());
      if (property.value("items", json::object()).value("format", "") == "path")
        paths(option.value());
    }
  }

  void chunker(json& chunker) {
    if (chunker.contains("tokenizer")) use("tokenizer", chunker["tokenizer"], "name");
    if (!chunker.contains("transform")) return;
    json& transform = chunker["transform"];
    if (!transform.is_array()) return use("transformer", transform, "name");
    for (json& each : transform) use("transformer", each, "name");
  }

 private:
  // Listing plugins reads their manifests, so it is done where a path may be, and once.
  json schema_of(const std::string& kind, const std::string& name) {
    if (!plugins_) {
      json options = json::object();
      if (values_.contains("plugin_directories"))
        options["directories"] = values_["plugin_directories"];
      plugins_ = json::parse(Plugins(options.dump()).list())["plugins"];
    }
    for (const json& plugin : *plugins_)
      if (plugin["kind"] == kind && plugin["name"] == name) return plugin["schema"];
    return json::object();
  }

  const std::filesystem::path folder_;
  const json& values_;
  std::optional<json> plugins_;
};

}  // namespace

void resolve_paths(const std::string& file, json& values) {
  Resolver resolver(file, values);
  if (values.contains("repository")) resolver.path(values["repository"]);
  if (values.contains("listing")) resolver.path(values["listing"]);
  if (values.contains("plugin_directories")) resolver.paths(values["plugin_directories"]);
  if (const json target = values.value("/backup/target"_json_pointer, json());
      target.is_string() && !target.get_ref<const std::string&>().starts_with("s3://"))
    resolver.path(values["backup"]["target"]);
  if (values.contains("store")) resolver.use("store", values["store"], "name");
  if (values.contains("stores") && values["stores"].is_array())
    for (json& store : values["stores"]) {
      resolver.use("store", store, "name");
      if (store.is_object() && store.contains("embedder"))
        resolver.use("embedder", store["embedder"], "name");
    }
  if (values.contains("embedder")) resolver.use("embedder", values["embedder"], "name");
  if (values.contains("readers") && values["readers"].is_array())
    for (json& reader : values["readers"]) resolver.use("reader", reader, "name");
  if (values.contains("chunker") && values["chunker"].is_object())
    resolver.chunker(values["chunker"]);
  for (const char* key : {"source", "sources"})
    if (values.contains(key) && values[key].is_array())
      for (json& source : values[key]) resolver.source(source);
    else if (values.contains(key))
      resolver.source(values[key]);
}

}  // namespace freshet::cli
