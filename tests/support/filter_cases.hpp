// tests/support/filter_cases.hpp - what passes which filter: the same for the core and for every store that
// tests filters itself.
#pragma once

namespace freshet::testing {

struct FilteredRow {
  const char *name, *uri, *title, *metadata;
};

inline constexpr FilteredRow filtered_rows[] = {
    {"a", "https://docs.example.org/a", "Guide",
     R"({"lang":"en","year":2024,"size":"10","draft":false,"tags":["x","7"],"name":"Async IO","date":"2024-05-01"})"},
    {"b", "https://blog.example.org/b", "Title",
     R"({"lang":"de","year":1999.5,"size":9,"draft":true,"tags":[],"name":"STRASSE é","date":"2023-01-01"})"},
    {"c", "doc:/a", "Title", "{}"},
};

struct FilterCase {
  const char* filter;
  const char* passes;  // names of rows, in their order
};

inline constexpr FilterCase filter_cases[] = {
    {"{}", "abc"},
    // Equality.
    {R"({"lang":"en"})", "a"},
    {R"({"lang":{"$eq":"de"}})", "b"},
    {R"({"lang":"EN"})", ""},
    {R"({"year":2024})", "a"},
    {R"({"year":2024.0})", "a"},
    {R"({"year":"2024"})", "a"},
    {R"({"size":10})", "a"},  // a text that is a number
    {R"({"draft":true})", "b"},
    {R"({"draft":"true"})", ""},
    {R"({"tags":"x"})", ""},  // a list is not its element
    // A missing key fails every test but $ne and $nin.
    {R"({"lang":{"$ne":"en"}})", "bc"},
    {R"({"lang":{"$nin":["en","fr"]}})", "bc"},
    {R"({"none":{"$eq":"x"}})", ""},
    {R"({"none":{"$gt":"x"}})", ""},
    {R"({"none":{"$gte":"x"}})", ""},
    {R"({"none":{"$lt":"x"}})", ""},
    {R"({"none":{"$lte":"x"}})", ""},
    {R"({"none":{"$in":["x"]}})", ""},
    {R"({"none":{"$contains":"x"}})", ""},
    {R"({"none":{"$icontains":"x"}})", ""},
    {R"({"none":{"$ieq":"x"}})", ""},
    {R"({"none":{"$starts_with":"x"}})", ""},
    {R"({"none":{"$ends_with":"x"}})", ""},
    {R"({"none":{"$like":"x"}})", ""},
    {R"({"none":{"$has":"x"}})", ""},
    // Order.
    {R"({"year":{"$gt":2000}})", "a"},
    {R"({"year":{"$gte":1999.5,"$lt":2024}})", "b"},
    {R"({"year":{"$lte":"2024"}})", "ab"},
    {R"({"size":{"$gt":9}})", "a"},  // "10" is a number here, not a text before "9"
    {R"({"size":{"$lt":"10"}})", "b"},
    {R"({"date":{"$gte":"2024-01-01"}})", "a"},
    {R"({"lang":{"$gt":5}})", ""},
    {R"({"draft":{"$gte":0}})", ""},
    // Membership.
    {R"({"lang":{"$in":["de","fr"]}})", "b"},
    {R"({"year":{"$in":["2024",1]}})", "a"},
    {R"({"lang":{"$in":[]}})", ""},
    {R"({"tags":{"$has":"x"}})", "a"},
    {R"({"tags":{"$has":7}})", "a"},
    {R"({"lang":{"$has":"en"}})", ""},  // no list
    // Texts.
    {R"({"name":{"$contains":"sync"}})", "a"},
    {R"({"name":{"$contains":"SYNC"}})", ""},
    {R"({"name":{"$icontains":"SYNC"}})", "a"},
    {R"({"name":{"$icontains":"É"}})", "b"},
    {R"({"name":{"$ieq":"async io"}})", "a"},
    {R"({"name":{"$ieq":"async"}})", ""},
    {R"({"name":{"$starts_with":"Async"}})", "a"},
    {R"({"name":{"$ends_with":"IO"}})", "a"},
    {R"({"name":{"$like":"^A.*O$"}})", "a"},
    {R"({"name":{"$like":"sync|STR"}})", "ab"},
    {R"({"year":{"$starts_with":"20"}})", "a"},
    {R"({"name":{"$contains":"%"}})", ""},
    {R"({"name":{"$icontains":".*"}})", ""},
    // What every row has.
    {R"({"uri":{"$starts_with":"https://docs."}})", "a"},
    {R"({"title":"Guide"})", "a"},
    {R"({"path":{"$ne":"Path"}})", ""},
    // Combinations.
    {R"({"lang":"en","year":1999.5})", ""},
    {R"({"$or":[{"lang":"en"},{"draft":true}]})", "ab"},
    {R"({"$and":[{"lang":"en"},{"year":2024}]})", "a"},
    {R"({"$not":{"lang":"en"}})", "bc"},
    {R"({"$not":{}})", ""},
    {R"({"$or":[{},{"lang":"en"}]})", "abc"},
    {R"({"$not":{"lang":"en","year":1999.5}})", "abc"},
    {R"({"$not":{"$or":[{"lang":"en"},{"lang":{"$in":["de"]}}]}})", "c"},
    {R"({"$or":[{"$and":[{"lang":"en"},{"$not":{"draft":true}}]},{"year":{"$lt":2000}}]})", "ab"},
    // Keys and values are never SQL.
    {R"json({"lang') OR 1=1 --":"en"})json", ""},
    {R"json({"lang":"en' OR '1'='1"})json", ""},
    {R"json({"a\"b":{"$ne":"'"}})json", "abc"},
};

}  // namespace freshet::testing
