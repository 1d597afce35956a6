#include "core/repository/heard.hpp"

#include <algorithm>

#include "core/repository/transaction.hpp"

namespace freshet::repository {
namespace {

constexpr std::string_view heard_key = "heard";
constexpr std::size_t most_heard = 2'000, digest_size = 16;

// Their names one after the other, the oldest first.
base::Result<std::string> all_heard(const Transaction& transaction) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::meta, heard_key));
  if (body && body->size() % digest_size != 0) return transaction.malformed(Db::meta, heard_key);
  return std::string(body.value_or(std::string_view()));
}

}  // namespace

base::Result<bool> ReadsHeard::was_heard(std::span<const Digest> names) const {
  FRESHET_ASSIGN(const std::string all, all_heard(transaction_));
  for (std::size_t at = 0; at < all.size(); at += digest_size)
    for (const Digest& name : names)
      if (std::string_view(all).substr(at, digest_size) == name.view()) return true;
  return false;
}

base::Status WritesHeard::hear(std::span<const Digest> names) {
  FRESHET_ASSIGN(std::string all, all_heard(transaction_));
  for (const Digest& name : names) all += name.view();
  const std::size_t most = most_heard * digest_size;
  if (all.size() > most) all.erase(0, all.size() - most);
  lmdb::Encoder value;
  value.raw(all);
  return transaction_.put(Db::meta, heard_key, value);
}

}  // namespace freshet::repository
