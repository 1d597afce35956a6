#include "tests/simulation/site.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::simulation {
namespace {

// So that a page is long enough for the guard of pages that shrink.
constexpr std::string_view filler =
    "It is said here at some length, so that a page which loses nearly all of its sections is seen "
    "to "
    "have shrunk, and a section is long enough to be a chunk of its own. ";

}  // namespace

std::string Page::text(const std::string& uri) const {
  std::string all = fmt::format("# The page {}\n\n", uri);
  for (const std::string& mark : sections) all += fmt::format("## Part\n\n{} {}\n\n", mark, filler);
  return all;
}

Marks marks_in(std::string_view text) {
  Marks marks;
  for (std::size_t at = 0; (at = text.find("mark-", at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_not_of("-0123456789amrkz", at), text.size());
    marks.emplace(text.substr(at, end - at));
    at = end;
  }
  return marks;
}

Marks Page::marks() const { return marks_in(text({})); }

Site::Site(std::string of_name, Dice& dice)
    : name(std::move(of_name)),
      has_versions(dice.hits(40)),
      has_states(dice.hits(40)),
      is_conditional(dice.hits(70)),
      has_handles(dice.hits(50)) {
  for (std::int64_t n = dice.between(2, 8); n > 0; --n) add_page(dice);
}

// Some sections stand on several pages, and some twice on one.
std::string Site::new_section(Dice& dice) {
  if (dice.hits(20)) return fmt::format("mark-a{}z", dice.below(3));
  return fmt::format("mark-{}-{}z", name == "a" ? 1 : 2, next_mark_++);
}

void Site::touch(const std::string& uri, const std::string& what) {
  ++pages[uri].edition;
  log_.push_back(uri);
  last_change = fmt::format("{}: {}", uri, what);
}

void Site::add_page(Dice& dice) {
  Page page;
  for (std::int64_t n = dice.between(1, 5); n > 0; --n) page.sections.push_back(new_section(dice));
  const std::string uri = fmt::format("https://{}.test/{}", name, next_page_++);
  pages[uri] = std::move(page);
  touch(uri, "is new");
}

std::set<std::string> Site::changed_since(std::uint64_t serial) const {
  return {log_.begin() + static_cast<std::ptrdiff_t>(std::min(serial, this->serial())), log_.end()};
}

void Site::change(Dice& dice) {
  const std::uint64_t what = dice.below(10);
  if (what == 0) return add_page(dice);
  auto chosen = std::next(pages.begin(), static_cast<std::ptrdiff_t>(dice.below(pages.size())));
  const std::string uri = chosen->first;
  Page& page = chosen->second;
  const bool is_target = std::any_of(
      pages.begin(), pages.end(), [&](const auto& other) { return other.second.alias_of == uri; });
  if (what == 1 && page.there && !is_target) {
    page.there = false;
    page.gone_for_good = dice.hits(40);
    return touch(uri, "goes");
  }
  if (what == 2 && !page.there) {
    page.there = true;
    return touch(uri, "is back");
  }
  if (what == 3 && page.there && !is_target && page.alias_of.empty()) {
    for (const auto& [other, content] : pages)
      if (other != uri && content.there && content.alias_of.empty() && dice.hits(40)) {
        page.alias_of = other;
        return touch(uri, "names " + other);
      }
  }
  if (what == 4 && !page.alias_of.empty()) {
    page.alias_of.clear();
    return touch(uri, "has its own content again");
  }
  if (what == 5 && !page.sections.empty() && dice.hits(50)) {
    page.sections = {fmt::format("mark-9-{}z", next_mark_++)};
    return touch(uri, "shrinks");
  }
  if (what == 6 && page.sections.size() > 1) {
    page.sections.erase(page.sections.begin());
    return touch(uri, "loses a section");
  }
  if (what == 7 && dice.hits(30)) {
    page.sections.push_back(fmt::format("mark-8-{}z poison", next_mark_++));
    return touch(uri, "has a text that the embedder refuses");
  }
  page.sections.insert(
      page.sections.begin() + static_cast<std::ptrdiff_t>(dice.below(page.sections.size() + 1)),
      new_section(dice));
  if (dice.hits(50)) page.sections.pop_back();
  if (page.sections.empty()) page.sections.push_back(new_section(dice));
  touch(uri, "is edited");
}

void Site::settle() {
  for (auto& [uri, page] : pages) {
    const auto is_poison = [](const std::string& mark) {
      return mark.find("poison") != std::string::npos;
    };
    if (std::none_of(page.sections.begin(), page.sections.end(), is_poison)) continue;
    std::erase_if(page.sections, is_poison);
    if (page.sections.empty()) page.sections.push_back("mark-7-0z");
    touch(uri, "is no poison any more");
  }
}

}  // namespace freshet::simulation
