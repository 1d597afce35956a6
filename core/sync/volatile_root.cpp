#include "core/sync/volatile_root.hpp"

namespace freshet::sync {

base::Result<std::optional<Look>> look_again(const repository::Repository& repository,
                                             const base::Digest& root, const std::string& uri,
                                             const model::Document& read) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto stored, snapshot.document(uri));
  if (!stored) return std::nullopt;
  FRESHET_ASSIGN(const auto lesson, snapshot.lesson(root, volatile_lesson));
  return look(lesson ? places_of(*lesson) : VolatilePlaces{}, sight(*stored), sight(read),
              repository.clock().now());
}

base::Status remember(repository::Writer& writer, const base::Digest& root,
                      const VolatilePlaces& places) {
  if (places.all.empty()) return writer.forget_lesson(root, volatile_lesson);
  return writer.put_lesson(lesson_of(root, places));
}

base::Status remember_rest(repository::Writer& writer, const base::Digest& root) {
  FRESHET_ASSIGN(const auto lesson, writer.read().lesson(root, volatile_lesson));
  if (!lesson) return {};
  return remember(writer, root, rest(places_of(*lesson)));
}

}  // namespace freshet::sync
