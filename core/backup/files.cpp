#include "core/backup/files.hpp"

#include <unistd.h>

#include <cerrno>

#include "core/base/system_error.hpp"

namespace freshet::backup {

base::TrustRules rules_of(bool shared) {
  return {base::Code::denied, "; the option allow_shared permits it", shared};
}

base::Status write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno != EINTR) return base::fail_errno(errno, "cannot be written", path);
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

}  // namespace freshet::backup
