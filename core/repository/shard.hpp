// core/repository/shard.hpp - which part of all roots this directory has, where several share them.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

struct ShardMark {
  std::uint32_t index = 0, count = 1;
  friend bool operator==(const ShardMark&, const ShardMark&) = default;
};

class ReadsShard : public Part {
 public:
  using Part::Part;

  // Of the whole directory. Nothing where none was recorded.
  base::Result<std::optional<ShardMark>> shard() const;
  // How many entries the last listing of `source` that counted had before the shard took its own.
  base::Result<std::optional<std::uint64_t>> whole_listing(const Digest& source) const;
};

class WritesShard : public Part {
 public:
  using Part::Part;

  base::Status put_shard(const ShardMark& shard);
  base::Status put_whole_listing(const Digest& source, std::uint64_t entries);
};

}  // namespace freshet::repository
