#include "loader_web/selection.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 13> kVoid = {"area",   "base",  "br",    "col",  "embed",
                                                    "hr",     "img",   "input", "link", "meta",
                                                    "source", "track", "wbr"};
// Whose content Tags goes over: no end tag of them is seen.
constexpr std::array<std::string_view, 10> kRaw = {"script",   "style",    "title",  "textarea",
                                                   "noscript", "template", "iframe", "noembed",
                                                   "noframes", "xmp"};
constexpr std::array<std::string_view, 31> kBlocks = {
    "address", "article", "aside",   "blockquote", "details", "div",     "dl",    "fieldset",
    "figure",  "footer",  "form",    "figcaption", "h1",      "h2",      "h3",    "h4",
    "h5",      "h6",      "header",  "hr",         "main",    "menu",    "nav",   "ol",
    "p",       "pre",     "section", "table",      "ul",      "summary", "center"};
constexpr std::array<std::string_view, 1> kP = {"p"};
constexpr std::array<std::string_view, 1> kLi = {"li"};
constexpr std::array<std::string_view, 2> kTerms = {"dt", "dd"};
constexpr std::array<std::string_view, 1> kOption = {"option"};
constexpr std::array<std::string_view, 2> kCells = {"td", "th"};
constexpr std::array<std::string_view, 1> kRow = {"tr"};
constexpr std::array<std::string_view, 3> kGroups = {"thead", "tbody", "tfoot"};
constexpr std::array<std::string_view, 6> kScope = {"table",   "td",     "th",
                                                    "caption", "button", "object"};
constexpr std::array<std::string_view, 4> kLists = {"ul", "ol", "menu", "table"};
constexpr std::array<std::string_view, 2> kTermLists = {"dl", "table"};
constexpr std::array<std::string_view, 1> kChoice = {"select"};
constexpr std::array<std::string_view, 1> kTable = {"table"};
constexpr std::array<std::string_view, 2> kRows = {"tr", "table"};
constexpr std::array<std::string_view, 8> kTableParts = {"table", "thead", "tbody", "tfoot",
                                                         "tr",    "td",    "th",    "caption"};

bool is_one_of(std::string_view name, Names names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view each) { return equals_ignoring_case(name, each); });
}

// What a start tag ends that was not closed: the nearest of `ends`, unless one of `within` is nearer.
struct Ending {
  Names starts, ends, within;
};
constexpr std::array<Ending, 7> kEndings = {{{kBlocks, kP, kScope},
                                             {kLi, kLi, kLists},
                                             {kTerms, kTerms, kTermLists},
                                             {kOption, kOption, kChoice},
                                             {kCells, kCells, kRows},
                                             {kRow, kRow, kTable},
                                             {kGroups, kGroups, kTable}}};

struct Range {
  std::size_t begin = 0, end = 0;
};

class Selection {
 public:
  Selection(std::string_view html, const Selectors& keep, const Selectors& drop)
      : html_(html), keep_(keep), drop_(drop), tags_(html) {}

  std::optional<std::string> run() {
    while (tags_.next()) {
      if (raw_) close_from(open_.size() - 1, tags_.text_begin());
      raw_ = false;
      if (tags_.name().empty()) continue;
      if (tags_.closes())
        close();
      else
        start();
    }
    close_from(0, html_.size());
    if (keep_.empty()) return without_dropped({0, html_.size()});
    if (kept_.empty()) return std::nullopt;
    std::string page(html_.substr(0, std::min(head_end_, kept_.front().begin)));
    page += "<main>";
    for (const Range& range : kept_) page += without_dropped(range);
    return page + "</main></body></html>";
  }

 private:
  struct Open {
    std::string_view name;
    std::size_t begin = 0;
    Matched keep, drop;
    bool kept = false, dropped = false;  // itself, and nothing around it
  };

  void start() {
    for (const Ending& ending : kEndings)
      if (is_one_of(tags_.name(), ending.starts)) end_nearest(ending.ends, ending.within);
    if (tags_.is("body")) head_end_ = tags_.end();
    if (open_.size() >= kMaxOpenElements)
      throw sdk::Failure(FRESHET_E_LIMIT, "more than " + std::to_string(kMaxOpenElements) +
                                              " elements are open at once, too many for selectors");
    Open element{tags_.name(), tags_.begin(), {}, {}};
    const Open* const parent = open_.empty() ? nullptr : &open_.back();
    element.keep = keep_.match(tags_, parent != nullptr ? parent->keep : Matched{});
    element.drop = drop_.match(tags_, parent != nullptr ? parent->drop : Matched{});
    element.kept = keeping_ == 0 && keep_.selects(element.keep);
    element.dropped = dropping_ == 0 && drop_.selects(element.drop);
    keeping_ += element.kept ? 1 : 0;
    dropping_ += element.dropped ? 1 : 0;
    open_.push_back(element);
    raw_ = is_one_of(element.name, kRaw);
    if (is_one_of(element.name, kVoid) || closes_itself())
      close_from(open_.size() - 1, tags_.end());
  }

  // "<path/>" of a picture; in HTML itself the slash means nothing.
  bool closes_itself() const {
    return html_[tags_.end() - 2] == '/' &&
           std::any_of(open_.begin(), open_.end(), [](const Open& element) {
             return equals_ignoring_case(element.name, "svg") ||
                    equals_ignoring_case(element.name, "math");
           });
  }

  void close() {
    if (tags_.is("head")) head_end_ = std::max(head_end_, tags_.end());
    const std::array<std::string_view, 1> name = {tags_.name()};
    const bool of_table = is_one_of(tags_.name(), kTableParts);
    end_nearest(name, of_table ? Names(kTable) : Names(kScope), tags_.end());
  }

  void end_nearest(Names names, Names within) { end_nearest(names, within, tags_.begin()); }
  void end_nearest(Names names, Names within, std::size_t at) {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (is_one_of(open_[i].name, names)) return close_from(i, at);
      if (is_one_of(open_[i].name, within)) return;
    }
  }

  void close_from(std::size_t first, std::size_t at) {
    while (open_.size() > first) {
      const Open& element = open_.back();
      // What a closing tag closes beside its own element ends before the tag.
      const std::size_t end = open_.size() - 1 == first ? at : std::min(at, tags_.begin());
      if (element.kept) {
        kept_.push_back({element.begin, std::max(end, element.begin)});
        --keeping_;
      }
      if (element.dropped) {
        dropped_.push_back({element.begin, std::max(end, element.begin)});
        --dropping_;
      }
      open_.pop_back();
    }
  }

  std::string without_dropped(const Range& range) const {
    std::string text;
    std::size_t at = range.begin;
    const auto first = std::partition_point(dropped_.begin(), dropped_.end(),
                                            [&](const Range& gone) { return gone.end <= at; });
    for (const Range& gone : std::span(first, dropped_.end())) {
      if (gone.begin >= range.end) break;
      if (gone.begin > at) text += html_.substr(at, gone.begin - at);
      at = std::min(gone.end, range.end);
    }
    text += html_.substr(at, range.end - at);
    return text;
  }

  const std::string_view html_;
  const Selectors& keep_;
  const Selectors& drop_;
  Tags tags_;
  std::vector<Open> open_;
  std::vector<Range> kept_, dropped_;  // in the page's order, none in another
  std::size_t head_end_ = 0;
  int keeping_ = 0, dropping_ = 0;
  bool raw_ = false;  // the last of open_ is one whose end tag is not seen
};

}  // namespace

std::optional<std::string> select_parts(std::string_view html, const Selectors& keep,
                                        const Selectors& drop) {
  return Selection(html, keep, drop).run();
}

}  // namespace freshet::loader_web
