// From one listing of a sitemap to the next: what is asked for again, and what may be left out.
#include "tests/plugins/loader_web/fake_host.hpp"

#include <freshet/sdk/json.hpp>

#include "loader_web/remembered.hpp"
#include "tests/plugins/loader_web/gzip.hpp"
#include "tests/support/catch.hpp"

namespace freshet::listing_state_test {
namespace {

using namespace test;

using Json = nlohmann::json;
using Uris = std::vector<std::string>;

const std::string kHost = "https://a.example/";
const std::string kTop = kHost + "sitemap.xml";

Answer tagged(std::string body, const std::string& etag) {
  Answer answer = page(std::move(body), "application/xml");
  answer.headers.emplace_back("etag", etag);
  return answer;
}

std::string set_of(const char* item, const char* root, const Uris& names) {
  std::string text = "<" + std::string(root) + ">";
  for (const std::string& name : names)
    text += "<" + std::string(item) + "><loc>" + kHost + name + "</loc></" + item + ">";
  return text + "</" + root + ">";
}
std::string urlset(const Uris& names) { return set_of("url", "urlset", names); }
std::string index_of(const Uris& names) { return set_of("sitemap", "sitemapindex", names); }

// A site whose sitemaps have etags, unless it has `validators` no more, and a source of it that goes
// on from its last state.
class TaggedSite {
 public:
  // A sitemap of these names; of other sitemaps where they end with ".xml".
  void put(const std::string& name, const Uris& names) {
    const bool index = !names.empty() && names.front().ends_with(".xml");
    put_body(name, index ? index_of(names) : urlset(names));
  }
  void put_body(const std::string& name, const std::string& body) {
    host.web[kHost + name] =
        validators ? tagged(body, '"' + std::to_string(++edition) + '"') : page(body, "text/xml");
  }
  Listed list() {
    host.asked.clear();
    host.sent = 0;
    Listed listed = Driver(host, "sitemap", options).list(SIZE_MAX, {}, state);
    const bool ended_well = listed.status == FRESHET_OK && listed.kind != FRESHET_LISTING_PART;
    CHECK((ended_well || listed.state.empty()));
    if (!listed.state.empty()) state = listed.state;
    return listed;
  }
  // The names of what the last listing asked for, in order; "?": on a condition.
  Uris asked() const {
    Uris names;
    for (const Asked& one : host.asked)
      names.push_back((one.headers.contains("If-None-Match") ? "?" : "") +
                      one.url.substr(kHost.size()));
    std::sort(names.begin(), names.end());
    return names;
  }

  FakeHost host;
  Json options = {{"url", kTop}};
  std::string state;
  bool validators = true;
  int edition = 0;
};

Uris names_of(const Listed& listed) {
  Uris names;
  for (const ListedEntry& entry : listed.entries) names.push_back(entry.uri.substr(kHost.size()));
  return names;
}

// An index of three sitemaps, listed once.
class Three : public TaggedSite {
 public:
  Three() {
    put("sitemap.xml", {"a.xml", "b.xml", "c.xml"});
    put("a.xml", {"a1", "a2", "a3"});
    put("b.xml", {"b1", "b2"});
    put("c.xml", {"c1"});
    const Listed listed = list();
    CHECK(listed.complete);
    REQUIRE(listed.entries.size() == 6);
    REQUIRE_FALSE(state.empty());
  }
};
const Uris kEach = {"?a.xml", "?b.xml", "?c.xml", "?sitemap.xml"};

TEST_CASE("a sitemap that did not change costs one conditional request, and nothing is listed") {
  TaggedSite site;
  site.put("sitemap.xml", {"1", "2"});
  CHECK(site.list().kind == FRESHET_LISTING_WHOLE);
  CHECK(site.asked() == Uris{"sitemap.xml"});
  for (int again = 0; again < 2; ++again) {
    const Listed listed = site.list();
    CHECK(listed.kind == FRESHET_LISTING_UNCHANGED);
    CHECK(listed.entries.empty());
    CHECK(site.asked() == Uris{"?sitemap.xml"});
    CHECK(site.host.sent == 0);
  }
}

TEST_CASE("a sitemap that changed is listed whole, by one request") {
  TaggedSite site;
  site.put("sitemap.xml", {"1", "2"});
  site.list();
  for (const Uris& names : {Uris{"1", "2", "3"}, Uris{"2", "3"}, Uris{}, Uris{"1"}}) {
    site.put("sitemap.xml", names);
    const Listed listed = site.list();
    CHECK(listed.kind == FRESHET_LISTING_WHOLE);
    CHECK(names_of(listed) == names);
    CHECK(site.asked() == Uris{"?sitemap.xml"});
    CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  }
}

TEST_CASE("of a sitemap without validators the bytes tell whether it changed, gzip or not") {
  TaggedSite site;
  site.validators = false;
  site.put_body("sitemap.xml", gzipped(urlset({"1", "2"})));
  CHECK(site.list().entries.size() == 2);
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_UNCHANGED);
  CHECK(site.asked() == Uris{"sitemap.xml"});
  site.put_body("sitemap.xml", gzipped(urlset({"1", "3"})));
  CHECK(names_of(site.list()) == Uris{"1", "3"});
}

TEST_CASE("the same bytes under another etag are unchanged, and the new one is asked with") {
  TaggedSite site;
  site.put("sitemap.xml", {"1"});
  site.list();
  site.put("sitemap.xml", {"1"});
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  CHECK(site.host.sent > 0);
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  CHECK(site.host.sent == 0);
}

TEST_CASE("other bytes under the etag of before are believed, not the etag") {
  TaggedSite site;
  site.host.web[kTop] = tagged(urlset({"1"}), "\"same\"");
  site.list();
  site.host.web[kTop].body = urlset({"2"});
  site.state.replace(site.state.find("same"), 4, "else");  // so that the body comes
  CHECK(names_of(site.list()) == Uris{"2"});
}

TEST_CASE("a date that is as young as its answer is no validator yet") {
  TaggedSite site;
  site.validators = false;
  site.put("sitemap.xml", {"1"});
  Answer& answer = site.host.web[kTop];
  answer.headers.emplace_back("date", "Fri, 20 Nov 2026 16:00:00 GMT");
  answer.headers.emplace_back("last-modified", "Fri, 20 Nov 2026 16:00:00 GMT");
  site.list();
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  CHECK_FALSE(site.host.asked[0].headers.contains("If-Modified-Since"));
  answer.headers[1].second = "Fri, 20 Nov 2026 17:00:00 GMT";
  site.list();
  site.list();
  CHECK(site.host.asked[0].header("If-Modified-Since") == "Fri, 20 Nov 2026 16:00:00 GMT");
}

TEST_CASE("an index none of whose sitemaps changed is unchanged, by a conditional request each") {
  Three site;
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  CHECK(site.asked() == kEach);
  CHECK(site.host.sent == 0);
}

TEST_CASE("an index that changed alone, and leads to what it did, is unchanged below") {
  Three site;
  site.put("sitemap.xml", {"c.xml", "b.xml", "a.xml"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_CHANGES);
  CHECK(listed.entries.empty());
  CHECK(site.asked() == kEach);
}

TEST_CASE("of an index only what changed is read where no page of it can be missing") {
  for (const Uris& now : {Uris{"b1", "b2", "new"}, Uris{"new", "b1", "b2"},
                          Uris{"b1", "new", "newer", "b2"}, Uris{"b2", "b1"}}) {
    Three site;
    site.put("b.xml", now);
    const Listed listed = site.list();
    CHECK(listed.kind == FRESHET_LISTING_CHANGES);
    CHECK(names_of(listed) == now);
    CHECK(site.asked() == kEach);
    CHECK(site.host.sent == urlset(now).size());
    CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  }
}

TEST_CASE("where a page may be missing all is read, so that the listing is whole") {
  for (const Uris& now : {Uris{"b1"}, Uris{"b1", "new"}, Uris{}, Uris{"new", "b1", "newer"}}) {
    Three site;
    site.put("b.xml", now);
    Listed listed = site.list();
    CHECK(listed.kind == FRESHET_LISTING_WHOLE);
    Uris all = {"a1", "a2", "a3", "c1"};
    all.insert(all.end(), now.begin(), now.end());
    std::sort(all.begin(), all.end());
    Uris names = names_of(listed);
    std::sort(names.begin(), names.end());
    CHECK(names == all);
    CHECK(site.asked() ==
          Uris{"?a.xml", "?b.xml", "?c.xml", "?sitemap.xml", "a.xml", "c.xml", "sitemap.xml"});
    CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  }
}

TEST_CASE("a page that goes to another sitemap is still listed") {
  Three site;
  site.put("b.xml", {"b1"});
  site.put("c.xml", {"c1", "b2"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(listed.entries.size() == 6);
}

TEST_CASE("a sitemap that an index no longer leads to makes the listing whole") {
  Three site;
  site.put("sitemap.xml", {"a.xml", "c.xml"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(names_of(listed) == Uris{"a1", "a2", "a3", "c1"});
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
}

TEST_CASE("a sitemap that an index leads to anew is read, and the others are not") {
  Three site;
  site.put("sitemap.xml", {"a.xml", "b.xml", "d.xml", "c.xml"});
  site.put("d.xml", {"d1"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_CHANGES);
  CHECK(names_of(listed) == Uris{"d1"});
  CHECK(site.asked() == Uris{"?a.xml", "?b.xml", "?c.xml", "?sitemap.xml", "d.xml"});
}

TEST_CASE("two indexes lead to one sitemap: it stays as long as one of them does") {
  TaggedSite site;
  site.put("sitemap.xml", {"i.xml", "j.xml"});
  site.put("i.xml", {"a.xml", "s.xml"});
  site.put("j.xml", {"s.xml", "b.xml"});
  for (const char* name : {"a", "b", "s"}) site.put(name + std::string(".xml"), {name});
  CHECK(site.list().entries.size() == 3);
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  site.put("i.xml", {"a.xml"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(listed.entries.size() == 3);
  site.put("j.xml", {"b.xml"});
  CHECK(site.list().entries.size() == 2);
}

TEST_CASE("a sitemap that becomes an index of itself is no longer what it was") {
  Three site;
  site.put("b.xml", {"e.xml"});
  site.put("e.xml", {"b1", "b2"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(listed.entries.size() == 6);
}

TEST_CASE("a listing with a fault is a part that names all it can, and leaves the older state") {
  Three site;
  const std::string before = site.state;
  site.host.web[kHost + "b.xml"] = status(500);
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(names_of(listed) == Uris{"a1", "a2", "a3", "c1"});
  CHECK(site.state == before);
  site.put("b.xml", {"b1", "b2", "b3"});
  CHECK(names_of(site.list()) == Uris{"b1", "b2", "b3"});
}

TEST_CASE("what a redirect leads to now is another sitemap, whatever its validators") {
  Three site;
  const Answer b = site.host.web[kHost + "b.xml"];
  site.host.web[kHost + "b.xml"] = redirected(kHost + "moved.xml", b, true);
  const Listed listed = site.list();  // a 304, and not of b.xml
  CHECK(listed.kind == FRESHET_LISTING_CHANGES);
  CHECK(names_of(listed) == Uris{"b1", "b2"});
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  site.host.web[kHost + "b.xml"] = redirected(kHost + "a.xml", b, true);  // it is a.xml now
  CHECK(site.list().kind == FRESHET_LISTING_WHOLE);
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
}

TEST_CASE("a first sitemap that moved to another host begins from nothing") {
  Three site;
  const Answer top = site.host.web[kTop];
  site.host.web[kTop] = redirected("https://b.example/sitemap.xml", top, true);
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(listed.entries.size() == 6);
  CHECK(site.asked() == Uris{"?sitemap.xml", "a.xml", "b.xml", "c.xml", "sitemap.xml"});
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
}

TEST_CASE("a 304 that nobody asked for is a fault") {
  Three site;
  site.host.web[kHost + "d.xml"] = status(304);
  site.put("sitemap.xml", {"a.xml", "b.xml", "c.xml", "d.xml"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(listed.entries.size() == 6);  // what a part does not name is not refreshed
}

TEST_CASE("more pages than max_entries are told, even where only some were read") {
  Three site;
  site.options["max_entries"] = 7;
  site.put("b.xml", {"b1", "b2", "b3"});
  CHECK(site.list().kind == FRESHET_LISTING_CHANGES);
  site.put("b.xml", {"b1", "b2", "b3", "b4"});
  CHECK(site.list().kind == FRESHET_LISTING_PART);
}

TEST_CASE("a state that is none of ours is as none") {
  Three site;
  const std::string good = site.state;
  const Json parsed = Json::parse(good);
  Json newer = parsed, cyclic = parsed, negative = parsed, header = parsed, other = parsed,
       shorter = parsed;
  newer["v"] = 2;
  cyclic["sitemaps"][1][1] = 3;
  negative["sitemaps"][1][6] = -1;
  header["sitemaps"][0][3] = "\"1\"\r\nCookie: x";
  other["sitemaps"][0][0] = "https://b.example/sitemap.xml";
  shorter["sitemaps"][2].erase(7);
  for (const std::string& bad :
       {std::string("{"), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"v":1,"sitemaps":[]})"), std::string(R"({"v":1,"sitemaps":{"a":1}})"),
        good.substr(0, good.size() / 2), newer.dump(), cyclic.dump(), negative.dump(),
        header.dump(), other.dump(), shorter.dump(), std::string("\xFF\xFE")}) {
    INFO(bad);
    site.state = bad;
    const Listed listed = site.list();
    CHECK(listed.kind == FRESHET_LISTING_WHOLE);
    CHECK(listed.entries.size() == 6);
    CHECK(site.asked() == Uris{"a.xml", "b.xml", "c.xml", "sitemap.xml"});
  }
}

TEST_CASE("more sitemaps than a state can hold have none, and are listed whole each time") {
  TaggedSite site;
  Uris names;
  site.options["max_sitemaps"] = 3'000;
  for (int i = 0; i < 2'600; ++i) {
    names.push_back(std::string(1'800, 's') + std::to_string(i) + ".xml");
    site.put(names.back(), {"page" + std::to_string(i)});
  }
  site.put("sitemap.xml", Uris(names.begin(), names.begin() + 400));
  site.list();
  CHECK(site.state.size() < loader_web::kMaxStateBytes);
  CHECK(site.list().kind == FRESHET_LISTING_UNCHANGED);
  site.put("sitemap.xml", names);
  Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_CHANGES);
  CHECK(listed.entries.size() == 2'200);
  CHECK(listed.state.empty());
}

TEST_CASE("what a sitemap listed is found again in what it lists, or it cannot be told") {
  using loader_web::hash_of;
  const auto hashes = [](const Uris& names) {
    std::vector<std::uint64_t> all;
    for (const std::string& name : names) all.push_back(hash_of(name));
    return all;
  };
  const std::uint64_t sum = hash_of("a") + hash_of("b");
  const auto holds = [&](const Uris& now) {
    return loader_web::holds_all_of({2, sum}, hashes(now));
  };
  CHECK(holds({"a", "b"}));
  CHECK(holds({"b", "a"}));
  CHECK(holds({"x", "y", "a", "b"}));
  CHECK(holds({"a", "x", "y", "b"}));
  CHECK(holds({"b", "a", "x", "y"}));
  CHECK_FALSE(holds({"x", "a", "y", "b"}));  // it cannot be told
  CHECK_FALSE(holds({"a"}));
  CHECK_FALSE(holds({"a", "x"}));
  CHECK_FALSE(holds({"a", "a"}));
  CHECK_FALSE(holds({"a", "x", "y"}));
  CHECK_FALSE(holds({}));
  CHECK(loader_web::holds_all_of({}, {}));
  CHECK(loader_web::holds_all_of({}, hashes({"a"})));
}

}  // namespace
}  // namespace freshet::listing_state_test
