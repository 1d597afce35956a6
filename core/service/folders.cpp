#include "core/service/folders.hpp"

namespace freshet::service {

std::vector<std::size_t> Folders::watch(const Plan& plan, const Blind& blind) {
  std::vector<std::string> paths;
  source_of_.clear();
  changes_.clear();
  watch_.reset();
  for (std::size_t i = 0; i < plan.folders.size(); ++i)
    for (const std::string& path : plan.folders[i]) {
      paths.push_back(path);
      source_of_.push_back(i);
    }
  if (paths.empty()) return {};
  auto made = ports::make_folder_watch();
  const base::Status begun = made ? (*made)->watch(std::move(paths)) : base::fail(made.error());
  if (!begun) return blind(std::nullopt, begun.error()), std::vector<std::size_t>();
  watch_ = *std::move(made);
  return source_of_;
}

std::vector<std::size_t> Folders::look(Millis ticks, const Blind& blind) {
  if (watch_ == nullptr) return {};
  const ports::FolderChanges seen = watch_->look();
  for (const std::size_t folder : seen.changed) changes_.note(source_of_[folder], ticks);
  for (const auto& [folder, error] : seen.blind) blind(source_of_[folder], error);
  return changes_.take(ticks);
}

}  // namespace freshet::service
