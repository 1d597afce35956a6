#include "loader_web/llms.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "loader_web/one_file.hpp"
#include "loader_web/page.hpp"
#include "loader_web/problems.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

// What stands between brackets that may nest, from the opening one on; npos where they never close.
std::size_t closing(std::string_view text, char open, char close) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == open)
      ++depth;
    else if (text[at] == close && --depth == 0)
      return at;
  }
  return std::string_view::npos;
}

// "[Title](url "hint"): note" anywhere in an item.
std::optional<LlmsLink> link_in(std::string_view item) {
  for (std::size_t at = item.find('['); at != std::string_view::npos; at = item.find('[', at + 1)) {
    const std::string_view here = item.substr(at);
    const std::size_t end = closing(here, '[', ']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view target = here.substr(end + 1);
    if (!target.starts_with('(')) continue;
    const std::size_t stop = closing(target, '(', ')');
    if (stop == std::string_view::npos) return std::nullopt;
    std::string_view url = trim(target.substr(1, stop - 1));
    url = url.substr(0, url.find_first_of(" \t"));
    if (url.starts_with('<') && url.ends_with('>')) url = url.substr(1, url.size() - 2);
    std::string_view note = trim(target.substr(stop + 1));
    if (note.starts_with(':') || note.starts_with('-')) note = trim(note.substr(1));
    return LlmsLink{
        std::string(url), std::string(trim(here.substr(1, end - 1))), {}, std::string(note)};
  }
  return std::nullopt;
}

bool is_item(std::string_view line) {
  return line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ");
}

// The whole set of pages as one text, or the file itself: what is listed one by one is in it twice.
bool is_another_list(std::string_view url) {
  const std::string_view path = url.substr(0, url.find_first_of("?#"));
  return path.ends_with("/llms.txt") || path.ends_with("/llms-full.txt") ||
         path.ends_with("/llms-small.txt") || path.ends_with("/llms-ctx.txt") ||
         path.ends_with("/llms-ctx-full.txt");
}

class LlmsListing {
 public:
  LlmsListing(const sdk::Call& call, const Options& options, const Sink& sink,
              const std::string& base)
      : call_(call), options_(options), sink_(sink), base_(base), hosts_(options.hosts) {
    hosts_.add_host_of(base);
  }

  sdk::Listing run(std::string_view text) {
    read_llms(text, [&](const LlmsLink& link) { take(link); });
    if (links_ == 0)
      throw sdk::Failure(FRESHET_E_PARSE, "is not an llms.txt: it has no list of links", base_);
    if (problems_.any()) return {FRESHET_LISTING_PART, problems_.note()};
    return {FRESHET_LISTING_WHOLE};
  }

 private:
  void take(const LlmsLink& link) {
    ++links_;
    if (!options_.optional && equals_ignoring_case(link.section, "optional")) return;
    if (link.url.empty() || !is_utf8(link.url) || !is_printable(link.url) ||
        link.url.size() > kMaxUrlBytes)
      return problems_.add(base_, "an address that cannot be read");
    const std::optional<std::string> url = call_.resolve(base_, link.url);
    if (!url || is_another_list(*url) || !is_below(*url, options_.prefix)) return;
    if (options_.same_origin && !hosts_.allow(*url)) return;
    if (!options_.takes(*url) || !seen_.insert(*url).second) return;
    if (seen_.size() > options_.max_entries)
      return problems_.add_once("more than " + std::to_string(options_.max_entries) + " pages",
                                base_);
    list(*url, link);
  }

  void list(const std::string& url, const LlmsLink& link) {
    if (seen_.size() % 256 == 0) call_.check();
    sdk::Entry entry;
    entry.uri = url;
    entry.title = link.title;
    nlohmann::json metadata = nlohmann::json::object();
    if (!link.section.empty()) metadata["section"] = link.section;
    if (!link.note.empty() && link.note.size() <= kMaxNote) metadata["description"] = link.note;
    if (!metadata.empty()) entry.metadata = std::move(metadata);
    sink_.entry(entry);
  }

  static constexpr std::size_t kMaxNote = 1'000;
  const sdk::Call& call_;
  const Options& options_;
  const Sink& sink_;
  const std::string base_;
  Hosts hosts_;
  std::unordered_set<std::string> seen_;
  std::uint64_t links_ = 0;
  Problems problems_;
};

}  // namespace

void read_llms(std::string_view text, const std::function<void(LlmsLink)>& take) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string section;
  bool fenced = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```") || line.starts_with("~~~")) fenced = !fenced;
    if (fenced) continue;
    if (line.starts_with("## ")) section = trim(line.substr(3));
    if (!is_item(line)) continue;
    if (std::optional<LlmsLink> link = link_in(line)) {
      link->section = section;
      take(*std::move(link));
    }
  }
}

sdk::Listing list_llms(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink, Asked asked) {
  const OneFile file = read_one_file(call, options, request, std::move(asked));
  if (file.unchanged) {
    sink.state(file.state);
    return {FRESHET_LISTING_UNCHANGED};
  }
  if (is_html(file.response))
    throw sdk::Failure(FRESHET_E_PARSE, "is not an llms.txt: it is an HTML page",
                       file.response.url);
  const sdk::Listing listing =
      LlmsListing(call, options, sink, file.response.url).run(file.response.body);
  if (listing.kind == FRESHET_LISTING_WHOLE) sink.state(file.state);
  return listing;
}

}  // namespace freshet::loader_web
