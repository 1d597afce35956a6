#include "loader_web/wall.hpp"

#include <array>

#include "loader_web/html.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::size_t kWallText = 4000;    // bytes of text; a wall with all its excuses has fewer
constexpr std::size_t kMarkedText = 1500;  // where the mark may be on a page of the site, too
constexpr std::size_t kNoticeText = 800;   // of a notice that is known by its words alone
constexpr std::size_t kMarkBytes = 128 << 10;

struct Mark {
  std::string_view text;
  std::string_view maker;
  std::size_t most = kMarkedText;
};

// In the page's source.
constexpr std::array<Mark, 21> kChallengeMarks = {{
    {"anubis_challenge", "Anubis", kWallText},
    {"/.within.website/x/cmd/anubis", "Anubis", kWallText},
    {"_cf_chl_opt", "Cloudflare", kWallText},
    {"cf-browser-verification", "Cloudflare", kWallText},
    {"cf-challenge-running", "Cloudflare", kWallText},
    {"chl_page/v1", "Cloudflare", kWallText},
    {"sucuri_cloudproxy_js", "Sucuri"},
    {"captcha-delivery.com", "DataDome"},
    {"px-captcha", "PerimeterX"},
    {"/_sec/cp_challenge", "Akamai"},
    {"sec-if-cpt-container", "Akamai"},
    {"awswafintegration", "AWS WAF"},
    {"aws-waf-token", "AWS WAF"},
    {"awswafcookiedomainlist", "AWS WAF"},
    {"request unsuccessful. incapsula", "Imperva", kWallText},
    {"check.ddos-guard.net", "DDoS-Guard"},
    {"data-ddg-origin", "DDoS-Guard"},
    {".well-known/.git.gammaspectra.live/git/go-away", "go-away", kWallText},
    {"haproxy_protection", "HAProxy"},
    {"/cerberus/challenge", "Cerberus"},
    {"window.ksubmit", "Kasada"},
}};

// In its text, or its title.
constexpr std::array<std::string_view, 18> kChallengeWords = {
    "not a bot",
    "not a robot",
    "are you a robot",
    "are you human",
    "are a human",
    "you are human",
    "you're human",
    "you&#39;re human",
    "checking your browser",
    "checking if the site connection is secure",
    "proof of work",
    "proof-of-work",
    "enable javascript and cookies to continue",
    "verifying your browser",
    "unusual traffic from your",
    "complete the captcha",
    "security check to access",
    "press &amp; hold"};

constexpr std::array<std::string_view, 5> kConsentWords = {
    "before you continue to", "we value your privacy. accept all",
    "consent to the use of cookies to continue", "accept cookies to continue",
    "please accept our cookies before"};

constexpr std::array<std::string_view, 13> kMaintenanceWords = {
    "under maintenance",       "down for maintenance",
    "scheduled maintenance",   "undergoing maintenance",
    "maintenance in progress", "for maintenance.",
    "be right back",           "be back soon",
    "be back shortly",         "temporarily unavailable",
    "currently unavailable",   "briefly unavailable",
    "temporarily offline"};

template <std::size_t count>
bool has_any(std::string_view text, const std::array<std::string_view, count>& words) {
  for (const std::string_view word : words)
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

std::string title_in(std::string_view lowered) {
  const std::size_t open = lowered.find("<title");
  if (open == std::string_view::npos) return {};
  const std::size_t begin = lowered.find('>', open);
  const std::size_t end = lowered.find("</title", begin == std::string_view::npos ? open : begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  return std::string(trim(lowered.substr(begin + 1, end - begin - 1)));
}

bool says_login(std::string_view title) {
  for (const std::string_view word :
       {"sign in", "log in", "login", "signin", "anmelden", "connexion", "sign on"})
    if (title.starts_with(word)) return true;
  return false;
}

bool has_entry_field(std::string_view source) {
  return source.find("<form") != std::string_view::npos &&
         (source.find("type=\"email\"") != std::string_view::npos ||
          source.find("name=\"username\"") != std::string_view::npos ||
          source.find("name=\"email\"") != std::string_view::npos ||
          source.find("autocomplete=\"username") != std::string_view::npos ||
          source.find("samlrequest") != std::string_view::npos);
}

bool is_marked_as_no_page(std::string_view source, std::string_view title) {
  return source.find("noindex") != std::string_view::npos || has_any(title, kMaintenanceWords) ||
         title.find("maintenance") != std::string_view::npos ||
         title.find("503") != std::string_view::npos ||
         title.find("unavailable") != std::string_view::npos;
}

}  // namespace

Wall wall_of(std::string_view html) {
  const std::optional<std::string> found = short_text(html, kWallText);
  if (!found) return {};
  const std::string source = lower(html.substr(0, kMarkBytes));
  const std::string title = title_in(source);
  const std::string text = title + " " + lower(*found);
  for (const Mark& mark : kChallengeMarks)
    if (text.size() <= mark.most && source.find(mark.text) != std::string::npos)
      return {"a bot challenge (" + std::string(mark.maker) + ")", false};
  if (title == "just a moment..." || title == "attention required! | cloudflare")
    return {"a bot challenge (Cloudflare)", false};
  if (text.size() > kNoticeText) return {};
  const bool scripted =
      source.find("<script") != std::string::npos || source.find("<form") != std::string::npos;
  if (scripted && has_any(text, kChallengeWords)) return {"a bot challenge", false};
  if (source.find("<form") != std::string::npos && has_any(text, kConsentWords))
    return {"a wish for consent", false};
  if (says_login(title) && has_entry_field(source)) return {"a login page", false};
  if (has_any(text, kMaintenanceWords) && is_marked_as_no_page(source, title))
    return {"a notice of maintenance", true};
  return {};
}

}  // namespace freshet::loader_web
