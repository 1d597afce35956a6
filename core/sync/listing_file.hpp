// core/sync/listing_file.hpp - a listing that one run wrote, and that others take in place of asking.
//
// JSON lines: a head with the sources, an entry a line in the order of the sources, and an end with
// their number. The head says how many bytes the entries of each source are, so that a file that was
// cut short is known before anything of it is used.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/sync/listing_lines.hpp"

namespace freshet::sync {

class ListingFile {
 public:
  // Fails where the file is none of these, or is not whole.
  static base::Result<std::shared_ptr<const ListingFile>> open(const std::string& path);

  // When its sources began to be listed.
  base::Instant written() const { return head_.written; }
  const std::string& path() const { return path_; }

  // A loader that lists what the file has of the source, and fetches by `loader`. Fails where the file
  // has another source, or this one with other options.
  base::Result<std::unique_ptr<ports::Loader>> take(std::unique_ptr<ports::Loader> loader,
                                                    const ListedSource& source) const;

 private:
  explicit ListingFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
  ListingHead head_;
};

// Writes such a file: what the loaders that it recorded list.
class ListingWriter {
 public:
  static base::Result<std::shared_ptr<ListingWriter>> begin(const std::string& path,
                                                            base::Instant now);
  ~ListingWriter();
  ListingWriter(const ListingWriter&) = delete;
  ListingWriter& operator=(const ListingWriter&) = delete;

  // A loader that lists as `loader` does, into the file. One source lists at a time.
  std::unique_ptr<ports::Loader> record(std::unique_ptr<ports::Loader> loader,
                                        const ListedSource& source);
  // Puts the file in its place, whole: a reader finds the one of before or this one.
  base::Status finish();

 private:
  class Recorder;
  struct Temporary;

  ListingWriter(std::string path, base::Instant now);
  base::Status add(ListingPart& part, const ports::Entry& entry);

  const std::string path_;
  std::unique_ptr<Temporary> entries_;
  ListingHead head_;
};

}  // namespace freshet::sync
