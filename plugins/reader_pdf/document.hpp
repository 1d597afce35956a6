// reader_pdf/document.hpp - a PDF as a document: sections, paragraphs, tables, pages.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "reader_pdf/poppler.hpp"

namespace freshet::reader_pdf {

// Throws where no page has text. What single pages lack is logged and told in the metadata.
void build_document(const sdk::Call& call, const Options& options, Pdf pdf, const std::string& uri,
                    const sdk::DocumentBuilder& document);

}  // namespace freshet::reader_pdf
