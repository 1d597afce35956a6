// core/backup/place.hpp - where a backup lies: files by name, in a directory or in a bucket.
//
// Names are of letters, digits and "._-/", so that they mean the same everywhere. A file is there
// whole or not at all, as far as this process and this machine go on; flush() makes it so for good.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::backup {

struct File {
  std::string name, bytes;
};

struct Listed {
  std::string name;
  std::uint64_t size = 0;
  base::Instant written = base::unset;
};

// One thread at a time.
class Place {
 public:
  virtual ~Place() = default;

  // Keeps other backups out, as long as the place lives, where it can. `busy` where one is under way.
  virtual base::Status lock() = 0;
  // What has a name that begins with `folder` and a slash.
  virtual base::Result<std::vector<Listed>> list(const std::string& folder,
                                                 const base::Cancel& cancel) = 0;
  // Whether anything at all is there.
  virtual base::Result<bool> is_empty(const base::Cancel& cancel) = 0;
  // Each in turn; nothing where there is none of that name.
  using TakeFile =
      std::function<base::Status(std::size_t index, std::optional<std::string_view> bytes)>;
  virtual base::Status read(std::span<const std::string> names, std::uint64_t most_bytes,
                            const TakeFile& take, const base::Cancel& cancel) = 0;
  virtual base::Status write(std::span<const File> files, const base::Cancel& cancel) = 0;
  virtual base::Status flush() = 0;
  // One that is gone already is no failure.
  virtual base::Status remove(std::span<const std::string> names, const base::Cancel& cancel) = 0;

  // Its name for messages: what was given, and `name` in it.
  virtual std::string path(std::string_view name) const = 0;
  // How long what belongs to no snapshot is left alone, for it may be of a backup under way.
  virtual base::Millis patience() const = 0;
  // How many files are worth having in memory at once.
  virtual std::size_t batch() const = 0;
};

}  // namespace freshet::backup
