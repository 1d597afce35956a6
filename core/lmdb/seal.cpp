#include "core/lmdb/seal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>

#include "core/base/system_error.hpp"
#include "core/lmdb/format.hpp"

namespace freshet::lmdb {
namespace {

constexpr char front[8] = {'f', 'r', 'e', 's', 'h', 's', '0', '1'};

// Locks of the open file, not of the process: they are ours alone and survive another close().
bool set_lock(int file, short kind, bool wait) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  int result;
  do result = fcntl(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

struct Marks {
  std::uint64_t inode = 0, size = 0, seconds = 0, nanoseconds = 0, txnid = 0;
  friend bool operator==(const Marks&, const Marks&) = default;
};

std::optional<Marks> marks_of(int data_file, std::uint64_t txnid) {
  struct stat status {};
  if (fstat(data_file, &status) != 0) return {};
  return Marks{status.st_ino, static_cast<std::uint64_t>(status.st_size),
               static_cast<std::uint64_t>(status.st_mtim.tv_sec),
               static_cast<std::uint64_t>(status.st_mtim.tv_nsec), txnid};
}

std::string encode(const Marks& marks) {
  std::string bytes(front, sizeof front);
  for (const std::uint64_t number :
       {marks.inode, marks.size, marks.seconds, marks.nanoseconds, marks.txnid})
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  const std::uint64_t sum = base::checksum(bytes);
  return bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

}  // namespace

base::Result<Seal> Seal::lock(const std::string& directory, bool writable,
                              const base::TrustRules& rules) {
  const std::string path = directory + "/freshet.seal";
  const auto file = base::open_own_file(path, writable ? O_RDWR | O_CREAT : O_RDONLY, rules);
  if (!file && !writable) return Seal(-1, true);
  if (!file) return base::fail(file.error());
  Seal seal(*file, false);
  // Whoever opens first holds it alone for a moment, and shares it when the data is known to be
  // good. Having waited for that, look again: the first may have failed and gone.
  seal.alone_ = writable && set_lock(seal.file_, F_WRLCK, false);
  if (!seal.alone_) {
    if (!set_lock(seal.file_, F_RDLCK, true))
      return base::fail_errno(errno, "cannot be locked", path);
    seal.alone_ = !writable || set_lock(seal.file_, F_WRLCK, false);
  }
  return seal;
}

Seal::Seal(Seal&& other) noexcept : file_(other.file_), alone_(other.alone_) { other.file_ = -1; }

Seal::~Seal() {
  if (file_ >= 0) ::close(file_);
}

void Seal::share() {
  if (file_ >= 0) set_lock(file_, F_RDLCK, false);
  alone_ = false;
}

bool Seal::try_alone() {
  alone_ = file_ >= 0 && set_lock(file_, F_WRLCK, false);
  return alone_;
}

bool Seal::intact(int data_file, std::uint64_t txnid) const {
  const auto marks = marks_of(data_file, txnid);
  if (file_ < 0 || !marks) return false;
  const std::string expected = encode(*marks);
  std::string found(expected.size() + 1, '\0');
  const ssize_t size = pread(file_, found.data(), found.size(), 0);
  return size == static_cast<ssize_t>(expected.size()) &&
         found.compare(0, expected.size(), expected) == 0;
}

void Seal::stamp(int data_file, std::uint64_t txnid) {
  if (file_ < 0) return;
  // The kernel's file times move in steps of milliseconds: a change right after this one could bear
  // the same time. A time of our own, odd in its last digits, cannot be met by chance.
  timespec times[2] = {};
  clock_gettime(CLOCK_REALTIME, &times[1]);
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_nsec = times[1].tv_nsec / 1000 * 1000 + 619;
  if (futimens(data_file, times) != 0) return;
  const auto marks = marks_of(data_file, txnid);
  if (!marks) return;
  const std::string bytes = encode(*marks);
  // No fsync: a seal that is lost or torn costs one reading of the data, no more.
  if (pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()) ||
      ftruncate(file_, static_cast<off_t>(bytes.size())) != 0)
    (void)!ftruncate(file_, 0);
}

}  // namespace freshet::lmdb
