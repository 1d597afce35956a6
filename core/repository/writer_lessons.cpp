// core/repository/writer_lessons.cpp - what was learnt by looking.
#include "core/repository/lessons.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::optional<Lesson>> ReadsLessons::lesson(const Digest& owner,
                                                   std::string_view about) const {
  return transaction_.record<Lesson>(Db::lessons,
                                     transaction_.key<LessonKey>(owner, base::digest_of(about)));
}

Result<std::vector<Lesson>> ReadsLessons::lessons_of(const Digest& owner) const {
  std::vector<Lesson> lessons;
  Cursor cursor(transaction_, Db::lessons, transaction_.key().add(owner));
  for (; cursor.valid(); cursor.next())
    if (!decode(cursor.body(), lessons.emplace_back()))
      return transaction_.malformed(Db::lessons, cursor.key());
  FRESHET_TRY(cursor.status());
  return lessons;
}

Status WritesLessons::put_lesson(const Lesson& lesson) {
  Encoder value;
  encode(value, lesson);
  return transaction_.put(
      Db::lessons, transaction_.key<LessonKey>(lesson.owner, base::digest_of(lesson.about)), value);
}

Status WritesLessons::forget_lesson(const Digest& owner, std::string_view about) {
  return transaction_
      .remove(Db::lessons, transaction_.key<LessonKey>(owner, base::digest_of(about)))
      .map([](auto&&) {});
}

Status WritesLessons::forget_lessons(const Digest& owner) {
  std::vector<std::string> keys;
  {
    Cursor cursor(transaction_, Db::lessons, transaction_.key().add(owner));
    for (; cursor.valid(); cursor.next()) keys.emplace_back(cursor.key());
    FRESHET_TRY(cursor.status());
  }
  for (const std::string& key : keys) FRESHET_TRY(transaction_.remove(Db::lessons, key));
  return {};
}

}  // namespace freshet::repository
