#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/base/file_size_signal.hpp"
#include "core/base/system_error.hpp"
#include "core/sync/listing_file.hpp"
#include "core/sync/listing_lines.hpp"
#include "core/sync/other_listing.hpp"

namespace freshet::sync {

using base::Result;
using base::Status;

namespace {

tl::unexpected<base::Error> cannot_write(const std::string& path) {
  return base::fail_errno(errno, "cannot be written", path);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Status sync_folder(const std::string& path) {
  std::FILE* const folder = std::fopen(folder_of(path).c_str(), "re");
  if (folder == nullptr) return cannot_write(path);
  const int synced = ::fsync(::fileno(folder));
  std::fclose(folder);
  return synced == 0 ? Status{} : Status(cannot_write(path));
}

}  // namespace

// A file beside the one to be written, which goes unless it takes that one's place.
struct ListingWriter::Temporary {
  ~Temporary() {
    if (file != nullptr) std::fclose(file);
    if (!name.empty()) ::unlink(name.c_str());
  }
  Status open(const std::string& path) {
    std::string made = path + ".XXXXXX";
    const int fd = ::mkstemp(made.data());  // the owner's alone: handles may be secrets
    if (fd < 0) return cannot_write(path);
    name = std::move(made);
    file = ::fdopen(fd, "w+");
    if (file != nullptr) return {};
    const int number = errno;
    ::close(fd);
    return base::fail_errno(number, "cannot be written", path);
  }
  Status write(std::string_view text) {
    const base::BlockFileSizeSignal block;
    if (std::fwrite(text.data(), 1, text.size(), file) == text.size()) return {};
    return cannot_write(name);
  }
  Status copy_to(Temporary& other) {
    if (std::fflush(file) != 0) return cannot_write(name);
    std::rewind(file);
    char buffer[1 << 16];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
      FRESHET_TRY(other.write({buffer, got}));
    return std::ferror(file) == 0 ? Status{} : Status(cannot_write(name));
  }
  Status put_in_place(const std::string& path) {
    {
      const base::BlockFileSizeSignal block;
      if (std::fflush(file) != 0 || ::fsync(::fileno(file)) != 0) return cannot_write(path);
    }
    if (std::rename(name.c_str(), path.c_str()) != 0) return cannot_write(path);
    name.clear();
    return sync_folder(path);
  }

  std::string name;
  std::FILE* file = nullptr;
};

class ListingWriter::Recorder final : public OtherListing {
 public:
  Recorder(std::unique_ptr<ports::Loader> loader, ListingWriter& writer, std::size_t part)
      : OtherListing(std::move(loader)), writer_(writer), part_(part) {}

  Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                              const base::Cancel& cancel) override {
    ports::ListingSink own = sink;
    own.entry = [&](ports::Entry entry) -> Status {
      FRESHET_TRY(writer_.add(writer_.head_.parts[part_], entry));
      return sink.entry(std::move(entry));
    };
    auto listing = loader_->list(state, own, cancel);
    if (listing) writer_.head_.parts[part_].listing = *listing;
    return listing;
  }

 private:
  ListingWriter& writer_;
  const std::size_t part_;
};

Result<std::shared_ptr<ListingWriter>> ListingWriter::begin(const std::string& path,
                                                            base::Instant now) {
  auto writer = std::shared_ptr<ListingWriter>(new ListingWriter(path, now));
  writer->entries_ = std::make_unique<Temporary>();
  FRESHET_TRY(writer->entries_->open(path));
  return writer;
}

ListingWriter::ListingWriter(std::string path, base::Instant now) : path_(std::move(path)) {
  head_.written = now;
}
ListingWriter::~ListingWriter() = default;

std::unique_ptr<ports::Loader> ListingWriter::record(std::unique_ptr<ports::Loader> loader,
                                                     const ListedSource& source) {
  ListingPart part;
  static_cast<ListedSource&>(part) = source;
  head_.parts.push_back(std::move(part));
  return std::make_unique<Recorder>(std::move(loader), *this, head_.parts.size() - 1);
}

Status ListingWriter::add(ListingPart& part, const ports::Entry& entry) {
  FRESHET_ASSIGN(const std::string line,
                 entry_line(static_cast<std::size_t>(&part - head_.parts.data()), entry));
  ++part.count;
  part.bytes += line.size();
  return entries_->write(line);
}

Status ListingWriter::finish() {
  std::uint64_t count = 0;
  for (const ListingPart& part : head_.parts) count += part.count;
  Temporary whole;
  FRESHET_TRY(whole.open(path_));
  FRESHET_TRY(whole.write(head_line(head_)));
  FRESHET_TRY(entries_->copy_to(whole));
  FRESHET_TRY(whole.write(end_line(count)));
  return whole.put_in_place(path_);
}

}  // namespace freshet::sync
