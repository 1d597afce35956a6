#include "core/read/file_access.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <string_view>

#include "core/base/descriptor.hpp"
#include "core/base/system_error.hpp"

namespace freshet::read {
namespace {

tl::unexpected<base::Error> system_failure(int number, const std::string& path) {
  return base::fail(base::code_of_errno(number), base::errno_words(number), path);
}

}  // namespace

base::Result<std::string> read_file(const std::string& path, std::uint64_t most_bytes) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (file.get() < 0) return system_failure(errno, path);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return system_failure(errno, path);
  if (!S_ISREG(about.st_mode))
    return base::fail(base::Code::unsupported, "not a regular file", path);
  std::string bytes;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(errno, path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > most_bytes)
      return base::fail(base::Code::limit, fmt::format("larger than {} bytes", most_bytes), path);
  }
}

std::string file_uri(const std::string& path) {
  std::string uri = "file://";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~!$&'()*+,;=:@").find(c) != std::string_view::npos;
    if (plain)
      uri += c;
    else
      fmt::format_to(std::back_inserter(uri), "%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace freshet::read
