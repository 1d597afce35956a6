#include "loader_files/problem.hpp"

#include <cerrno>

#include <freshet/sdk/errno.hpp>

namespace freshet::loader_files {

freshet_status status_of(int error) {
  switch (error) {
    case ELOOP:
    case EXDEV:
      return FRESHET_E_BLOCKED;
    case EOVERFLOW:
      return FRESHET_E_LIMIT;
    case ENOSYS:
      return FRESHET_E_UNSUPPORTED;
    default:
      return sdk::status_of_errno(error);
  }
}

std::string describe(int error) {
  switch (error) {
    case ELOOP:
      return "a symbolic link, which is not followed";
    case EXDEV:
      return "a symbolic link that leads out";
    case EOVERFLOW:
      return "more names than max_entries";
    case ENOSYS:
      return "this kernel has no openat2 (Linux 5.6)";
    default:
      return sdk::words_of_errno(error);
  }
}

}  // namespace freshet::loader_files
