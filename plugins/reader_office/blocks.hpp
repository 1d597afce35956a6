// reader_office/blocks.hpp - pandoc's syntax tree as a document.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "reader_office/options.hpp"

namespace freshet::reader_office {

// Headings are sections, tables Markdown tables, code is in fences. Notes stand behind the paragraph or the table
// that they belong to. `titled`: it has a title already, unless the tree has one. Throws where it is no tree of pandoc's.
void build_document(const nlohmann::json& tree, const Options& options, const Format& format,
                    bool titled, const std::string& uri, const sdk::DocumentBuilder& document);

// The last part of the path, for a document without a title.
std::string name_in(std::string_view uri);

}  // namespace freshet::reader_office
