#include "core/chunk/pages.hpp"

#include <algorithm>

namespace freshet::chunk {

Pages::Pages(const Places& places) {
  for (const std::size_t leaf : places.leaves()) {
    const model::Section& section = places.section(leaf);
    const std::uint64_t text = section.span.end - section.text.size();
    for (const model::PageMark& mark : section.pages)
      marks_.push_back({mark.at == 0 ? section.span.begin : text + mark.at, mark.page});
  }
}

void Pages::describe(model::Chunk& chunk) const {
  const auto after =
      std::upper_bound(marks_.begin(), marks_.end(), chunk.span.begin,
                       [](std::uint64_t at, const model::PageMark& mark) { return at < mark.at; });
  auto mark = after == marks_.begin() ? after : after - 1;
  if (mark == marks_.end() || mark->at >= chunk.span.end) return;
  std::int32_t first = mark->page, last = first;
  for (; mark != marks_.end() && mark->at < chunk.span.end; ++mark) {
    first = std::min(first, mark->page);
    last = std::max(last, mark->page);
  }
  chunk.metadata["page"] = first;
  chunk.metadata["page_end"] = last;
}

}  // namespace freshet::chunk
