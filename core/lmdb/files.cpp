#include "core/lmdb/files.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace freshet::lmdb {
namespace {

base::Status make_file(const std::string& path, const base::TrustRules& rules) {
  FRESHET_TRY(base::check_own_file(path, rules));
  if (::access(path.c_str(), F_OK) == 0) return {};
  // With O_EXCL: one that is there is never opened and closed, which would drop LMDB's locks on it.
  const auto file = base::open_own_file(path, O_RDWR | O_CREAT | O_EXCL, rules);
  if (file) ::close(*file);
  // Another process may have been quicker.
  if (file || ::access(path.c_str(), F_OK) == 0) return base::check_own_file(path, rules);
  return base::fail(file.error());
}

}  // namespace

base::TrustRules trust_rules(bool allow_shared) {
  return {base::Code::denied, "; the option allow_shared permits it", allow_shared};
}

base::Status check_files(const std::string& directory, const base::TrustRules& rules) {
  for (const char* name : {"/data.mdb", "/lock.mdb", "/freshet.seal"})
    FRESHET_TRY(base::check_own_file(directory + name, rules));
  return {};
}

base::Status make_files(const std::string& directory, const base::TrustRules& rules) {
  FRESHET_TRY(make_file(directory + "/data.mdb", rules));
  return make_file(directory + "/lock.mdb", rules);
}

}  // namespace freshet::lmdb
