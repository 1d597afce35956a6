#include "core/sync/listing_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/base/json.hpp"
#include "core/base/system_error.hpp"
#include "core/sync/listing_lines.hpp"
#include "core/sync/other_listing.hpp"

namespace freshet::sync {
namespace {

using base::Json;
using base::Result;
using base::Status;

tl::unexpected<base::Error> refuse(const std::string& path, const std::string& what) {
  return base::fail(base::Code::invalid_argument, path + " " + what, "listing");
}

tl::unexpected<base::Error> torn(const std::string& path) {
  return refuse(path, "is not whole: write it again with freshet listing");
}

class Lines {
 public:
  static Result<Lines> open(const std::string& path, std::uint64_t begin) {
    Lines lines;
    lines.file_.reset(std::fopen(path.c_str(), "rbe"));
    if (!lines.file_ || ::fseeko(lines.file_.get(), static_cast<off_t>(begin), SEEK_SET) != 0)
      return base::fail_errno(errno, "cannot be read: " + path, "listing");
    return lines;
  }
  // With its end of line; empty: there is none.
  std::string_view next() {
    const ssize_t size = ::getline(&line_.text, &line_.room, file_.get());
    return size > 0 ? std::string_view(line_.text, static_cast<std::size_t>(size))
                    : std::string_view();
  }
  std::uint64_t size() {
    (void)::fseeko(file_.get(), 0, SEEK_END);
    return static_cast<std::uint64_t>(::ftello(file_.get()));
  }
  bool go_to(std::uint64_t place) {
    return ::fseeko(file_.get(), static_cast<off_t>(place), SEEK_SET) == 0;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Line {
    Line() = default;
    ~Line() { std::free(text); }
    Line(Line&& other) noexcept
        : text(std::exchange(other.text, nullptr)), room(std::exchange(other.room, 0)) {}
    Line& operator=(Line&&) = delete;
    char* text = nullptr;
    std::size_t room = 0;
  };
  std::unique_ptr<std::FILE, Close> file_;
  Line line_;
};

class FileLoader final : public OtherListing {
 public:
  FileLoader(std::unique_ptr<ports::Loader> loader, std::string path, ListingPart part)
      : OtherListing(std::move(loader)), path_(std::move(path)), part_(std::move(part)) {}

  // The whole of it, whatever the state: the engine knows what of it is new.
  Result<ports::Listing> list(const std::string&, const ports::ListingSink& sink,
                              const base::Cancel&) override {
    FRESHET_ASSIGN(Lines lines, Lines::open(path_, part_.begin));
    for (std::uint64_t i = 0; i < part_.count; ++i) {
      auto entry = parse_entry(lines.next());
      if (!entry) return torn(path_);
      FRESHET_TRY(sink.entry(*std::move(entry)));
    }
    return part_.listing;
  }

 private:
  const std::string path_;
  const ListingPart part_;
};

}  // namespace

Result<std::shared_ptr<const ListingFile>> ListingFile::open(const std::string& path) {
  FRESHET_ASSIGN(Lines lines, Lines::open(path, 0));
  const std::string head(lines.next());
  auto read = parse_head(head);
  if (!read) {
    if (read.error().code == base::Code::version) return refuse(path, read.error().message);
    return refuse(path, "is no listing that freshet listing wrote, or is not whole");
  }
  std::uint64_t place = head.size(), count = 0;
  for (ListingPart& part : read->parts) {
    part.begin = place;
    place += part.bytes;
    count += part.count;
  }
  const std::string end = end_line(count);
  const std::uint64_t size = lines.size();
  if (size != place + end.size() || !lines.go_to(place) || lines.next() != end) return torn(path);
  auto file = std::shared_ptr<ListingFile>(new ListingFile(path));
  file->head_ = *std::move(read);
  return file;
}

Result<std::unique_ptr<ports::Loader>> ListingFile::take(std::unique_ptr<ports::Loader> loader,
                                                         const ListedSource& source) const {
  const auto found = std::find_if(head_.parts.begin(), head_.parts.end(),
                                  [&](const ListingPart& part) { return part.id == source.id; });
  if (found == head_.parts.end()) {
    std::vector<std::string> names;
    for (const ListingPart& part : head_.parts) names.push_back(part.name);
    return refuse(path_, fmt::format("does not list the source \"{}\"; it lists: {}", source.name,
                                     fmt::join(names, ", ")));
  }
  if (found->asked != source.asked)
    return refuse(path_, fmt::format("lists the source \"{}\" with other options, or by another "
                                     "version of its loader: write it again with freshet listing",
                                     source.name));
  return std::make_unique<FileLoader>(std::move(loader), path_, *found);
}

}  // namespace freshet::sync
