#include "cli/model_folders.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <freshet/freshet.hpp>
#include <new>
#include <utility>

namespace freshet::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* checksums = "SHA256SUMS";

[[noreturn]] void fail(const std::string& path, const char* what, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  throw Error(full ? FRESHET_E_FULL : FRESHET_E_IO,
              std::string(what) + ": " + std::strerror(number), path);
}

void must(const std::error_code& error, const fs::path& path, const char* what) {
  if (error) fail(path.string(), what, error.value());
}

std::string hex(std::span<const unsigned char> bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

void sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail(path, "cannot be opened", errno);
  const int synced = ::fsync(folder);
  const int problem = errno;
  ::close(folder);
  if (synced != 0) fail(path, "cannot be written", problem);
}

std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (at->is_regular_file()) bytes += at->file_size();
  must(error, folder, "cannot be read");
  return bytes;
}

}  // namespace

std::string models_directory() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') return std::string(data) + "/freshet/models";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/')
    throw Error(FRESHET_E_INVALID_ARGUMENT, "have no place: neither XDG_DATA_HOME nor HOME is set",
                "models");
  return std::string(home) + "/.local/share/freshet/models";
}

void check_model_name(const std::string& name) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  };
  if (name.empty() || name.size() > 200 || name.front() == '.' ||
      !std::all_of(name.begin(), name.end(), plain))
    throw Error(FRESHET_E_INVALID_ARGUMENT,
                "is no name of a model: letters, digits, \".\", \"_\" and \"-\", a dot not first",
                name);
}

std::vector<AddedModel> added_models() {
  std::vector<AddedModel> found;
  std::error_code error;
  const std::string directory = models_directory();
  fs::directory_iterator at(directory, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  must(error, directory, "cannot be read");
  for (const fs::directory_entry& entry : at)
    if (const std::string name = entry.path().filename().string();
        entry.is_directory() && name.front() != '.')
      found.push_back({name, entry.path().string(), bytes_below(entry.path())});
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

AddedModel find_model_folder(const std::string& name) {
  std::string known;
  for (AddedModel& each : added_models()) {
    if (each.name == name) return each;
    known += (known.empty() ? "" : ", ") + each.name;
  }
  throw Error(
      FRESHET_E_NOT_FOUND,
      "is no model that was added: " + (known.empty() ? "there is none" : "there are " + known),
      name);
}

void remove_model(const std::string& name) {
  const AddedModel model = find_model_folder(name);
  std::error_code error;
  // Out of sight first: what reads it now has it as a whole, what comes later not at all.
  const std::string aside = models_directory() + "/.removing-" + name;
  fs::remove_all(aside, error);
  must(error, aside, "cannot be removed");
  fs::rename(model.path, aside, error);
  must(error, model.path, "cannot be removed");
  fs::remove_all(aside, error);
  must(error, aside, "cannot be removed");
}

// The file that is being written, and its digest so far.
struct NewModel::File {
  struct Free {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };

  File(std::string its_name, std::string its_path)
      : name(std::move(its_name)), path(std::move(its_path)), digest(EVP_MD_CTX_new()) {
    if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1)
      throw std::bad_alloc();
    stream = std::fopen(path.c_str(), "wbxe");
    if (stream == nullptr) fail(path, "cannot be written", errno);
  }
  ~File() {
    if (stream != nullptr) std::fclose(stream);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::span<const std::byte> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stream) != bytes.size())
      fail(path, "cannot be written", errno);
    EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size());
  }

  // Its checksum; the bytes are on the disk then.
  std::string close() {
    if (std::fflush(stream) != 0 || ::fsync(::fileno(stream)) != 0)
      fail(path, "cannot be written", errno);
    const int closed = std::fclose(std::exchange(stream, nullptr));
    if (closed != 0) fail(path, "cannot be written", errno);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(digest.get(), bytes.data(), &size);
    return hex({bytes.data(), size});
  }

  const std::string name, path;
  std::unique_ptr<EVP_MD_CTX, Free> digest;
  std::FILE* stream = nullptr;
};

NewModel::NewModel(const std::string& name) {
  check_model_name(name);
  const std::string directory = models_directory();
  final_ = directory + "/" + name;
  beside_ = directory + "/.adding-" + name;
  std::error_code error;
  fs::create_directories(directory, error);
  must(error, directory, "cannot be made");
  const std::string lock = directory + "/.lock";
  lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) fail(lock, "cannot be written", errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Error(FRESHET_E_BUSY, "another program is adding a model", directory);
  }
  if (fs::exists(final_)) {
    ::close(lock_);
    throw Error(FRESHET_E_INVALID_ARGUMENT, "is a model that was added already: remove it first",
                name);
  }
  fs::remove_all(beside_, error);  // of an addition that was killed
  fs::create_directory(beside_, error);
  if (error) ::close(lock_);
  must(error, beside_, "cannot be made");
}

NewModel::~NewModel() {
  file_.reset();
  std::error_code ignored;
  fs::remove_all(beside_, ignored);
  ::close(lock_);
}

void NewModel::close_file() {
  if (!file_) return;
  checksums_[file_->name] = file_->close();
  file_.reset();
}

void NewModel::write(const std::string& file, std::span<const std::byte> bytes) {
  if (!file_ || file_->name != file) {
    close_file();
    const fs::path path = fs::path(beside_) / file;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    must(error, path.parent_path(), "cannot be made");
    file_ = std::make_unique<File>(file, path.string());
  }
  file_->write(bytes);
}

void NewModel::finish() {
  close_file();
  std::string lines;
  for (const auto& [file, checksum] : checksums_) lines += checksum + "  " + file + "\n";
  write(checksums, std::as_bytes(std::span(lines)));
  close_file();
  sync_folder(beside_);
  if (std::rename(beside_.c_str(), final_.c_str()) != 0) fail(final_, "cannot be made", errno);
  sync_folder(models_directory());
}

}  // namespace freshet::cli
