// core/sync/readers.hpp - one reader out of the core's own and those of plugins.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/reader.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

// A plugin that config.readers names comes first for the media types of its manifest, the first
// named first; the core reads the rest. The media type is what the bytes prove themselves to be,
// and what they are declared to be where they prove nothing, or no more than that they are an archive.
// Where nothing is declared, as for files, or no more than that it is text, the extension of the name
// decides, unless the bytes prove to be what a plugin reads, or HTML. Thread-safe.
class Readers : public ports::Reader {
 public:
  static base::Result<std::unique_ptr<Readers>> open(const Context& context,
                                                     const RunConfig& config,
                                                     const base::Cancel& cancel);

  base::Result<model::Document> read(const ports::Content& content) const override;
  std::string fingerprint() const override;  // of all of them

  // Of the one that reads what was read as `media_type` from `uri`; and of the one that would take it by its
  // name now, and came after it was read.
  std::string fingerprint(std::string_view media_type, std::string_view uri) const;
  // The media type that the name says, where `media_type` says little and another reader takes that. Else empty.
  std::string_view named_type(std::string_view media_type, std::string_view uri) const;

 private:
  explicit Readers(const RunConfig& config) : core_(read::make_reader(config.reader)) {}
  const ports::Reader& reader_of(std::string_view media_type) const;
  std::string media_type_of(const ports::Content& content) const;

  const std::unique_ptr<ports::Reader> core_;
  std::vector<std::unique_ptr<ports::Reader>> plugins_;
  std::map<std::string, const ports::Reader*, std::less<>> by_type_;
  std::map<std::string, std::string, std::less<>> types_;  // of plugins, by extension
};

}  // namespace freshet::sync
