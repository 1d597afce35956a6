#include "core/base/path.hpp"

#include <filesystem>

#include "core/base/system_error.hpp"

namespace freshet::base {

Result<std::string> absolute_path(const std::string& path) {
  if (path.empty()) return fail(Code::invalid_argument, "a path is empty");
  std::error_code problem;
  const std::filesystem::path whole = std::filesystem::absolute(path, problem);
  if (problem) return fail_errno(problem.value(), "the working directory cannot be found", path);
  return whole.string();
}

}  // namespace freshet::base
