// reader_pdf/prose.hpp - the lines of a PDF as paragraphs.
#pragma once

#include <set>
#include <string>

#include "reader_pdf/page.hpp"

namespace freshet::reader_pdf {

// The words of a document, by which a hyphen at the end of a line is told from one that belongs to its word.
class Words {
 public:
  explicit Words(const std::vector<Page>& pages);
  bool has(const std::string& word) const { return words_.contains(word); }

 private:
  std::set<std::string, std::less<>>
      words_;  // in lower case; those at the end of a line are not among them
};

// How a line is joined to the one before it.
enum class Joint {
  close,      // a word goes on: the hyphen goes
  hyphen,     // a word goes on, and keeps its hyphen
  space,      // a paragraph goes on
  line,       // a new line, as of a list or a listing
  paragraph,  // a blank line
};

// `block`: the box around all lines of the block that both are in; of two blocks, that of the first.
Joint joint_of(const Words& words, const Line& before, const Line& line, const Box& block);

// Appends `line` to `text`.
void join_line(std::string& text, Joint joint, const std::string& line);

}  // namespace freshet::reader_pdf
