// core/read/markdown_dialect.hpp - what people write beyond CommonMark, as CommonMark.
//
// Admonitions and tabs of MkDocs (!!!, ???, ===, ///), of Docusaurus, VitePress and Pandoc (:::), of
// GitHub (> [!NOTE]) and of MyST (```{note}) become their title and their text; footnotes stay text; of
// MDX, imports, exports and the tags of components go, and what stands within them is at the margin.
#pragma once

#include <string>
#include <string_view>

namespace freshet::read {

// `text` has \n line ends. Code in fences is left alone.
std::string to_commonmark(std::string_view text, bool mdx);

}  // namespace freshet::read
