#include "cli/mcp/schemas.hpp"

namespace freshet::cli::mcp {
namespace {

Json text(const std::string& what) { return {{"type", "string"}, {"description", what}}; }

Json number(const std::string& what, std::int64_t otherwise, std::int64_t least,
            std::int64_t most) {
  return {{"type", "integer"},
          {"description", what},
          {"default", otherwise},
          {"minimum", least},
          {"maximum", most}};
}

Json budget() {
  return number("How many tokens the texts of the answer may have, as estimated", default_budget, 1,
                most_budget);
}

Json name_space(const std::vector<std::string>& namespaces) {
  Json schema = text("Which knowledge base");
  schema["enum"] = namespaces;
  schema["default"] = namespaces.front();
  return schema;
}

// `properties` and the namespace; `required` first.
Json tool(const char* name, const char* title, const char* what, Json properties,
          std::vector<std::string> required, const std::vector<std::string>& namespaces,
          bool reads = true) {
  properties["namespace"] = name_space(namespaces);
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  Json hints{{"title", title}, {"readOnlyHint", reads}, {"openWorldHint", !reads}};
  if (!reads) hints.update({{"destructiveHint", false}, {"idempotentHint", true}});
  return {{"name", name},
          {"title", title},
          {"description", what},
          {"inputSchema", std::move(schema)},
          {"annotations", std::move(hints)}};
}

Json search_properties() {
  Json mode = text("How; by default the best that the store can");
  mode["enum"] = {"text", "vector", "hybrid"};
  return {{"query", text("What to look for, in words")},
          {"k", number("How many hits at most", default_hits, 1, most_hits)},
          {"mode", std::move(mode)},
          {"filter",
           {{"type", "object"},
            {"description", "Only chunks whose metadata match, such as {\"lang\":\"en\"}"}}},
          {"budget", budget()}};
}

}  // namespace

Json describe_tools(const std::vector<std::string>& namespaces, bool may_refresh) {
  Json tools = Json::array();
  tools.push_back(tool("search", "Search",
                       "Find passages in the knowledge base. Each hit has a score, the title and "
                       "the link of its page, an id for neighbours, and a uri for read.",
                       search_properties(), {"query"}, namespaces));
  tools.push_back(
      tool("read", "Read",
           "Read a whole page by its uri, or one section by its id. Where the text is longer than "
           "the budget, next_offset says where to go on.",
           {{"uri", text("Of a page, as search gives it")},
            {"id", text("Of a section, as read gives it, in place of a uri")},
            {"offset", number("Where to begin, in bytes", 0, 0, INT64_MAX)},
            {"budget", budget()}},
           {}, namespaces));
  tools.push_back(tool("neighbours", "Neighbours",
                       "Read what stands before and after a passage that was found.",
                       {{"id", text("Of a hit")},
                        {"before", number("How many passages before it", 1, 0, most_neighbours)},
                        {"after", number("How many after it", 1, 0, most_neighbours)},
                        {"budget", budget()}},
                       {"id"}, namespaces));
  tools.push_back(tool("sources", "Sources",
                       "Where the knowledge base comes from, and when that was last listed.",
                       Json::object(), {}, namespaces));
  tools.push_back(
      tool("status", "Status",
           "How fresh the knowledge base is: how much it holds, what is due or failing.",
           Json::object(), {}, namespaces));
  if (may_refresh)
    tools.push_back(
        tool("refresh", "Refresh",
             "Read what is new in the sources, and wait for it. Pages that are fresh are skipped.",
             {{"sources",
               {{"type", "array"},
                {"items", {{"type", "string"}}},
                {"description", "Only these, by name; by default all of them"}}}},
             {}, namespaces, false));
  return tools;
}

}  // namespace freshet::cli::mcp
