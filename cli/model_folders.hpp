// cli/model_folders.hpp - the models that were added: a folder each, in the user's data directory, where
// the plugins embedder_local and tokenizer_model look for them.
//
// A model is there as a whole or not at all: it is written beside, with the checksums of its files,
// and then renamed. Folders whose name begins with a dot are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace freshet::cli {

struct AddedModel {
  std::string name, path;
  std::uint64_t bytes = 0;
};

std::string models_directory();
std::vector<AddedModel> added_models();  // by name
AddedModel find_model_folder(
    const std::string& name);  // Throws freshet::Error where there is none.
void remove_model(const std::string& name);

// Throws freshet::Error unless `name` can be a model's.
void check_model_name(const std::string& name);

// One model while it is written. What is not finished goes when this does.
class NewModel {
 public:
  // Throws freshet::Error where there is a model of this name.
  explicit NewModel(const std::string& name);
  ~NewModel();
  NewModel(const NewModel&) = delete;
  NewModel& operator=(const NewModel&) = delete;

  void write(const std::string& file, std::span<const std::byte> bytes);  // more of it
  void finish();

 private:
  struct File;
  void close_file();

  std::string final_, beside_;
  int lock_ = -1;
  std::map<std::string, std::string> checksums_;  // by file
  std::unique_ptr<File> file_;
};

}  // namespace freshet::cli
