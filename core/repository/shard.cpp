#include "core/repository/shard.hpp"

#include <string>

#include "core/repository/transaction.hpp"

namespace freshet::repository {
namespace {

constexpr std::string_view shard_key = "shard";

std::string whole_key(std::uint32_t space, const Digest& source) {
  return "whole/" + std::to_string(space) + "/" + source.hex();
}

}  // namespace

base::Result<std::optional<ShardMark>> ReadsShard::shard() const {
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::meta, shard_key));
  if (!body) return std::nullopt;
  lmdb::Decoder decoder(*body);
  ShardMark mark;
  decoder.number(mark.index);
  decoder.number(mark.count);
  if (!decoder.done() || mark.index >= mark.count)
    return transaction_.malformed(Db::meta, shard_key);
  return mark;
}

base::Result<std::optional<std::uint64_t>> ReadsShard::whole_listing(const Digest& source) const {
  const std::string key = whole_key(transaction_.space(), source);
  return transaction_.record<std::uint64_t>(Db::meta, key);
}

base::Status WritesShard::put_shard(const ShardMark& shard) {
  lmdb::Encoder value;
  value.number(shard.index).number(shard.count);
  return transaction_.put(Db::meta, shard_key, value);
}

base::Status WritesShard::put_whole_listing(const Digest& source, std::uint64_t entries) {
  lmdb::Encoder value;
  value.number(entries);
  return transaction_.put(Db::meta, whole_key(transaction_.space(), source), value);
}

}  // namespace freshet::repository
