// core/repository/writer_learnt.cpp - what an adaptive policy has learnt.
#include "core/repository/learnt.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

base::Result<std::optional<std::string_view>> ReadsLearnt::learnt(const Digest& source,
                                                                  const Digest& of) const {
  return transaction_.get(Db::learnt, transaction_.key<LearntKey>(source, of));
}

base::Status WritesLearnt::put_learnt(const Digest& source, const Digest& of,
                                      std::string_view what) {
  Encoder value;
  value.raw(what);
  return transaction_.put(Db::learnt, transaction_.key<LearntKey>(source, of), value);
}

}  // namespace freshet::repository
