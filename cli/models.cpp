#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit.hpp"
#include "cli/model_folders.hpp"
#include "cli/model_hub.hpp"
#include "cli/model_source.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

Json describe_model(const AddedModel& model) {
  return {{"name", model.name}, {"path", model.path}, {"bytes", model.bytes}};
}

std::string megabytes(std::uint64_t bytes) { return count((bytes + 999'999) / 1'000'000) + " MB"; }

int list_models(const Output& output) {
  const auto models = added_models();
  if (output.json()) {
    Json all = Json::array();
    for (const AddedModel& each : models) all.push_back(describe_model(each));
    output.result({{"models", std::move(all)}});
    return exit_ok;
  }
  for (const AddedModel& each : models)
    output.line(printable(each.name) + "  " + megabytes(each.bytes) + "  " + printable(each.path));
  if (models.empty()) output.line("no models: freshet models add DIR");
  return exit_ok;
}

// The last part of the path, without what tells the kind of an archive.
std::string model_name_of(const std::string& where) {
  std::filesystem::path path(where);
  if (!path.has_filename()) path = path.parent_path();
  std::string name = path.filename().string();
  for (const char* end :
       {".zip", ".whl", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst"})
    if (name.ends_with(end) && !std::filesystem::is_directory(where))
      return name.substr(0, name.size() - std::string_view(end).size());
  return name;
}

int add_model(const Options& options, const Output& output) {
  const bool at_hub = is_hub_name(options.file);
  const std::string name = !options.name.empty() ? options.name
                           : at_hub              ? model_name_at_hub(options.file)
                                                 : model_name_of(options.file);
  NewModel model(name);
  const TakeBytes take = [&](const std::string& file, std::span<const std::byte> bytes) {
    model.write(file, bytes);
  };
  (at_hub ? read_hub_model : read_model)(options.file, take);
  model.finish();
  const AddedModel added = find_model_folder(name);
  if (output.json())
    output.result(describe_model(added));
  else
    output.line("added " + printable(name) + ", " + megabytes(added.bytes) +
                ": freshet refresh --embedder 'local={\"model\":\"" + printable(name) + "\"}' …");
  return exit_ok;
}

int delete_model(const Options& options, const Output& output) {
  remove_model(options.name);
  if (output.json())
    output.result({{"name", options.name}, {"removed", true}});
  else
    output.line("removed " + printable(options.name));
  return exit_ok;
}

}  // namespace

int run_models(const Options& options, const Output& output) {
  if (options.command == Command::models_add) return add_model(options, output);
  if (options.command == Command::models_remove) return delete_model(options, output);
  return list_models(output);
}

}  // namespace freshet::cli
