#include "cli/plan_repository.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/commands.hpp"

namespace freshet::cli {

TemporaryDirectory::TemporaryDirectory() {
  std::error_code failed;
  path_ = (std::filesystem::temp_directory_path(failed) / "freshet-plan-XXXXXX").string();
  if (failed)
    throw Error(FRESHET_E_IO, "is no directory for temporary files: " + failed.message(), "TMPDIR");
  if (::mkdtemp(path_.data()) == nullptr)
    throw Error(FRESHET_E_IO, std::string("cannot be made: ") + std::strerror(errno), path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

PlanRepository::PlanRepository(const Config& config) {
  try {
    repository_.emplace(open_existing(config, Access::read));
  } catch (const Error& error) {
    if (error.code() != FRESHET_E_NOT_FOUND) throw;
    empty_.emplace();
    repository_.emplace(empty_->path(), config.open.dump());
  }
}

}  // namespace freshet::cli
