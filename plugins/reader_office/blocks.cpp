#include "reader_office/blocks.hpp"

#include <algorithm>

#include "reader_office/inlines.hpp"

namespace freshet::reader_office {
namespace {

using nlohmann::json;

// Every line but the first begins with `margin`.
std::string indented(const std::string& text, const std::string& margin) {
  std::string moved;
  for (const char c : text) {
    moved += c;
    if (c == '\n') moved += margin;
  }
  return moved;
}

std::string cell_of(std::string text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

// A fence that is longer than any in the code.
std::string fence_for(const std::string& code) {
  std::string fence = "```";
  while (code.find(fence) != std::string::npos) fence += '`';
  return fence;
}

class Builder {
 public:
  Builder(const Options& options, const std::string& uri, const sdk::DocumentBuilder& document)
      : uri_(uri), document_(document) {
    if (options.notes)
      beside_.note = [this](const json& blocks) {
        notes_.push_back("[" + std::to_string(++note_count_) + "] " + text_of(blocks, 0));
        return "[" + std::to_string(note_count_) + "]";
      };
    if (options.comments)
      beside_.comment = [this](const std::string& text) { notes_.push_back("Comment: " + text); };
  }

  void add_all(const json& blocks, int depth) {
    if (depth > kDeepest) fail_depth();
    for (const json& block : blocks) add(block, depth);
  }

  const std::string& first_heading() const { return first_heading_; }

 private:
  void add(const json& block, int depth) {
    const auto& kind = block.at("t").get_ref<const std::string&>();
    if (kind == "Header") return add_heading(block.at("c"), depth);
    if (kind == "Div") return add_all(block.at("c").at(1), depth + 1);
    if (std::string text = text_of_block(block, depth); !text.empty()) put(std::move(text));
    for (std::string& note : std::exchange(notes_, {})) put(std::move(note));
  }

  void put(std::string text) { document_.text(text + "\n\n"); }

  void add_heading(const json& content, int depth) {
    std::string title = text_of_inlines(content.at(2), beside_, depth);
    std::replace(title.begin(), title.end(), '\n', ' ');
    if (first_heading_.empty()) first_heading_ = title;
    const auto& id = content.at(1).at(0).get_ref<const std::string&>();
    document_.section(std::clamp(content.at(0).get<int>(), 1, 6), title,
                      id.empty() || uri_.empty() ? std::string() : uri_ + "#" + id);
    for (std::string& note : std::exchange(notes_, {})) put(std::move(note));
  }

  // Blocks within others, where a heading is but text.
  std::string text_of(const json& blocks, int depth) {
    if (depth > kDeepest) fail_depth();
    std::string text;
    for (const json& block : blocks) {
      const std::string part = text_of_block(block, depth);
      if (part.empty()) continue;
      const bool tight = block.at("t") == "Plain" || is_list(block);
      if (!text.empty()) text += tight ? "\n" : "\n\n";
      text += part;
    }
    return text;
  }

  static bool is_list(const json& block) {
    return block.at("t") == "BulletList" || block.at("t") == "OrderedList";
  }

  std::string text_of_block(const json& block, int depth) {
    const auto& kind = block.at("t").get_ref<const std::string&>();
    if (kind == "HorizontalRule" || kind == "Null" || kind == "RawBlock") return {};
    const json& content = block.at("c");
    if (kind == "Para" || kind == "Plain") return text_of_inlines(content, beside_, depth);
    if (kind == "Header") return text_of_inlines(content.at(2), beside_, depth);
    if (kind == "CodeBlock") return code(content);
    if (kind == "BlockQuote") return text_of(content, depth + 1);
    if (kind == "Div") return text_of(content.at(1), depth + 1);
    if (kind == "Figure") return text_of(content.at(2), depth + 1);
    if (kind == "LineBlock") return lines(content, depth);
    if (kind == "BulletList") return list(content, 0, depth);
    if (kind == "OrderedList") return list(content.at(1), content.at(0).at(0).get<int>(), depth);
    if (kind == "DefinitionList") return definitions(content, depth);
    if (kind == "Table") return table(content, depth);
    return {};
  }

  static std::string code(const json& content) {
    const auto& text = content.at(1).get_ref<const std::string&>();
    const std::string fence = fence_for(text);
    const json& classes = content.at(0).at(1);
    const std::string language = classes.empty() ? std::string() : classes.at(0).get<std::string>();
    return fence + language + "\n" + text + (text.ends_with('\n') ? "" : "\n") + fence;
  }

  std::string lines(const json& content, int depth) {
    std::string text;
    for (const json& line : content)
      text += (text.empty() ? "" : "\n") + text_of_inlines(line, beside_, depth);
    return text;
  }

  // `number`: of the first item; 0: bullets.
  std::string list(const json& items, int number, int depth) {
    std::string text;
    for (const json& item : items) {
      const std::string mark = number > 0 ? std::to_string(number++) + ". " : "- ";
      if (!text.empty()) text += '\n';
      text += mark + indented(text_of(item, depth + 1), std::string(mark.size(), ' '));
    }
    return text;
  }

  std::string definitions(const json& content, int depth) {
    std::string text;
    for (const json& each : content) {
      if (!text.empty()) text += "\n\n";
      text += text_of_inlines(each.at(0), beside_, depth);
      for (const json& definition : each.at(1)) text += "\n" + text_of(definition, depth + 1);
    }
    return text;
  }

  void add_rows(const json& rows, int depth, std::vector<std::vector<std::string>>& all) {
    for (const json& row : rows) {
      std::vector<std::string>& cells = all.emplace_back();
      for (const json& cell : row.at(1)) {
        cells.push_back(cell_of(text_of(cell.at(4), depth + 1)));
        const int columns = std::clamp(cell.at(3).get<int>(), 1, 1000);
        cells.resize(cells.size() + static_cast<std::size_t>(columns) - 1);
      }
    }
  }

  std::string table(const json& content, int depth) {
    std::vector<std::vector<std::string>> rows;
    add_rows(content.at(3).at(1), depth, rows);
    for (const json& body : content.at(4)) {
      add_rows(body.at(2), depth, rows);
      add_rows(body.at(3), depth, rows);
    }
    add_rows(content.at(5).at(1), depth, rows);
    std::erase_if(rows, [](const auto& row) {
      return std::all_of(row.begin(), row.end(), [](const auto& cell) { return cell.empty(); });
    });
    std::size_t columns = 0;
    for (const auto& row : rows) columns = std::max(columns, row.size());
    std::string text = text_of(content.at(1).at(1), depth + 1);  // the caption
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].resize(columns);
      text += text.empty() ? "|" : i == 0 ? "\n\n|" : "\n|";
      for (const std::string& cell : rows[i]) text += " " + cell + " |";
      if (i > 0) continue;
      text += "\n|";
      for (std::size_t column = 0; column < columns; ++column) text += "---|";
    }
    return text;
  }

  const std::string uri_;  // empty: its headings cannot be linked to
  const sdk::DocumentBuilder& document_;
  Beside beside_;
  std::vector<std::string> notes_;  // of the block that is read
  std::size_t note_count_ = 0;
  std::string first_heading_;
};

// A piece of the metadata as text; of a list, each of them and a comma.
std::string text_of_meta(const json& value) {
  const auto& kind = value.at("t").get_ref<const std::string&>();
  const json& content = value.at("c");
  if (kind == "MetaString") return content.get<std::string>();
  if (kind == "MetaInlines") return text_of_inlines(content, {});
  if (kind == "MetaBlocks") {
    std::string text;
    for (const json& block : content)
      if (block.at("t") == "Para" || block.at("t") == "Plain")
        text += (text.empty() ? "" : "\n") + text_of_inlines(block.at("c"), {});
    return text;
  }
  if (kind != "MetaList") return {};
  std::string text;
  for (const json& each : content)
    if (const std::string one = text_of_meta(each); !one.empty())
      text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::string meta(const json& tree, const char* name) {
  const json& all = tree.at("meta");
  return all.contains(name) ? text_of_meta(all[name]) : std::string();
}

// Of files that are shown as pages, where headings are.
bool has_anchors(const Format& format) {
  for (const std::string_view kind : {"rst", "org", "docbook", "ipynb"})
    if (format.kind == kind) return true;
  return false;
}

}  // namespace

std::string name_in(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  return std::string(uri.substr(uri.rfind('/') + 1));
}

void build_document(const json& tree, const Options& options, const Format& format, bool titled,
                    const std::string& uri, const sdk::DocumentBuilder& document) {
  static constexpr std::pair<const char*, const char*> keys[] = {
      {"author", "author"},        {"creator", "author"},          {"date", "date"},
      {"abstract", "description"}, {"description", "description"}, {"subject", "description"},
      {"keywords", "keywords"},    {"lang", "language"},           {"language", "language"}};
  try {
    for (const auto& [name, key] : keys)
      if (const std::string value = meta(tree, name); !value.empty()) document.metadata(key, value);
    Builder builder(options, has_anchors(format) ? uri : std::string(), document);
    builder.add_all(tree.at("blocks"), 0);
    std::string title = meta(tree, "title");
    if (title.empty() && titled) return;
    if (title.empty()) title = builder.first_heading();
    document.title(title.empty() ? name_in(uri) : title);
  } catch (const json::exception& problem) {
    throw sdk::Failure(FRESHET_E_PLUGIN,
                       std::string("wrote a tree that is not known: ") + problem.what(), "pandoc");
  }
}

}  // namespace freshet::reader_office
