#include "loader_web/site_plan.hpp"

#include <algorithm>

#include <freshet/sdk/json.hpp>

#include "loader_web/crawl.hpp"
#include "loader_web/feed_listing.hpp"
#include "loader_web/listing.hpp"
#include "loader_web/llms.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

using Json = nlohmann::json;

constexpr int kPlanVersion = 1;

bool is_sound_plan(const SitePlan& plan) {
  return plan.way >= SiteWay::page && plan.way <= SiteWay::links && !plan.urls.empty() &&
         std::all_of(plan.urls.begin(), plan.urls.end(), [](const std::string& url) {
           return url.size() <= kMaxUrlBytes && is_printable(url) && is_utf8(url);
         });
}

sdk::Listing list_page(const SitePlan& plan, const Sink& sink) {
  sdk::Entry entry;
  entry.uri = plan.urls.front();
  sink.entry(entry);
  sink.state({});
  return {FRESHET_LISTING_WHOLE};
}

}  // namespace

std::optional<std::string> plan_state(const SitePlan& plan, std::string_view inner) {
  const Json head{{"v", kPlanVersion},
                  {"way", static_cast<int>(plan.way)},
                  {"prefix", plan.prefix},
                  {"urls", plan.urls},
                  {"what", plan.what}};
  std::string text = head.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  text += inner;
  if (text.size() > kMaxStateBytes) return std::nullopt;
  return text;
}

std::optional<KeptPlan> parse_plan_state(std::string_view state) try {
  const std::size_t end = state.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const Json head = Json::parse(state.substr(0, end));
  if (head.at("v") != kPlanVersion) return std::nullopt;
  KeptPlan kept{
      {static_cast<SiteWay>(head.at("way").get<int>()), head.at("prefix").get<std::string>(),
       head.at("urls").get<std::vector<std::string>>(), head.at("what").get<std::string>()},
      std::string(state.substr(end + 1))};
  if (!is_sound_plan(kept.plan)) return std::nullopt;
  return kept;
} catch (const Json::exception&) {
  return std::nullopt;
}

sdk::Listing list_by_plan(const sdk::Call& call, const Options& options, const SitePlan& plan,
                          std::string_view inner, const Sink& sink, Kept& kept, FeedItems& items,
                          Asked asked) {
  Options own = options;
  own.urls = plan.urls;
  own.prefix = plan.prefix;
  sdk::ListingRequest request;
  if (!inner.empty()) request.state = inner;
  const Sink planned{sink.entry, [&](const std::string& text) {
                       if (const auto state = plan_state(plan, text)) sink.state(*state);
                     }};
  switch (plan.way) {
    case SiteWay::page:
      break;
    case SiteWay::sitemap:
      return list_sitemap(call, own, request, planned, std::move(asked));
    case SiteWay::llms_txt:
      return list_llms(call, own, request, planned, std::move(asked));
    case SiteWay::feed:
      return list_feed(call, own, request, planned, items, std::move(asked));
    case SiteWay::links:
      return list_by_links(call, own, request, planned, kept);
  }
  return list_page(plan, planned);
}

}  // namespace freshet::loader_web
