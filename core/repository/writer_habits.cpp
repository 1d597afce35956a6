// core/repository/writer_habits.cpp - what an adaptive policy has learnt.
#include "core/repository/habits.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

base::Result<std::optional<std::string_view>> ReadsHabits::habit(const Digest& source,
                                                                 const Digest& of) const {
  return transaction_.get(Db::habits, transaction_.key<HabitKey>(source, of));
}

base::Status WritesHabits::put_habit(const Digest& source, const Digest& of,
                                     std::string_view what) {
  Encoder value;
  value.raw(what);
  return transaction_.put(Db::habits, transaction_.key<HabitKey>(source, of), value);
}

}  // namespace freshet::repository
