#include "core/repository/notices.hpp"

#include "core/repository/transaction.hpp"

namespace freshet::repository {
namespace {

std::string key_of(const std::string& name_space) { return "notices/" + name_space; }

}  // namespace

base::Result<std::string> ReadsNotices::notices(const std::string& name_space) const {
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::meta, key_of(name_space)));
  return std::string(body.value_or(std::string_view()));
}

base::Status WritesNotices::put_notices(const std::string& name_space, const std::string& text) {
  lmdb::Encoder value;
  value.raw(text);
  return transaction_.put(Db::meta, key_of(name_space), value);
}

}  // namespace freshet::repository
