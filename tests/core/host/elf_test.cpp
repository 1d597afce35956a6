// What is said of a file that is no library, or cannot be opened.
#include "core/host/elf.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <set>

#include "core/host/library.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace base = freshet::base;
using freshet::testing::fixture;
using freshet::testing::Folder;

namespace {

// No descriptor is free while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next());
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  static int next() {
    const int lowest = ::dup(0);
    ::close(lowest);
    return lowest;
  }
  rlimit before_{};
};

}  // namespace

TEST_CASE("what is no library is told from what is missing", "[X01]") {
  const Folder folder;
  folder.write("text.so", std::string(1000, 'x'));
  CHECK(host::check_elf(folder.file("text.so")).error().message == "not a shared library");
  CHECK(host::check_elf(folder.path()).error().message == "not a regular file");
  const auto missing = host::check_elf(folder.file("none.so"));
  CHECK(missing.error().message == "the library is missing");
  CHECK(missing.error().subject == folder.file("none.so"));
  CHECK(host::check_elf("/proc/self/exe/none.so").error().message == "the library is missing");
}

TEST_CASE("every library that this program uses is whole") {
  CHECK(host::check_elf(fixture("answers_anything") + "/answers_anything.so"));
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> libraries;
  for (std::string line; std::getline(maps, line);)
    if (const auto at = line.find('/');
        at != std::string::npos && line.find(".so") != std::string::npos)
      libraries.insert(line.substr(at));
  CHECK(libraries.size() > 3);
  for (const std::string& each : libraries) {
    const auto status = host::check_elf(each);
    INFO(each << ": " << (status ? "" : status.error().message));
    CHECK(status);
  }
}

TEST_CASE("too many open files is no fault of the plugin", "[X01]") {
  const auto manifest = *host::read_manifest(fixture("small_size") + "/small_size.plugin.json");
  base::Result<std::shared_ptr<const host::Library>> library;
  {
    const NoDescriptors none;
    library = host::Library::load(manifest);
  }
  CHECK(library.error().code == base::Code::io);
  CHECK(library.error().message ==
        "cannot be read: too many open files in this process (ulimit -n)");
  CHECK(library.error().subject == manifest.library);
}
