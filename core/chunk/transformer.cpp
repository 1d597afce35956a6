#include "core/chunk/transformer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::chunk {
namespace {

class NoOp final : public Transformer {
 public:
  std::string_view name() const override { return "none"; }
  void apply(model::Chunk&, const model::Document&) const override {}
};

// A title that spans lines would read as text of its own.
void add_line(std::string& text, std::string_view label, std::string_view value) {
  value = base::trim(value);
  if (value.empty()) return;
  text.append("# ").append(label).append(": ");
  const std::size_t begin = text.size();
  text.append(value);
  std::replace_if(
      text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
  text += '\n';
}

class AddTitles final : public TextTransformer {
 public:
  std::string_view name() const override { return "add_titles"; }

 protected:
  std::string transform(const model::Chunk& chunk, const model::Document& document) const override {
    const model::Structure& place = chunk.structure;
    std::string text;
    add_line(text, "Title", document.title);
    add_line(text, "URI", document.uri);
    add_line(text, "Section",
             place.leaf_section_title.empty() ? place.container_section_title
                                              : place.leaf_section_title);
    return text + chunk.text;
  }
};

class Chained final : public Transformer {
 public:
  explicit Chained(std::vector<TransformerPtr> transformers)
      : transformers_(std::move(transformers)) {}

  std::string_view name() const override { return "chained"; }

  void apply(model::Chunk& chunk, const model::Document& document) const override {
    for (const TransformerPtr& each : transformers_) each->apply(chunk, document);
  }

  std::string fingerprint() const override {
    std::string all;
    for (const TransformerPtr& each : transformers_)
      all.append(all.empty() ? "" : "+").append(each->fingerprint());
    return all;
  }

 private:
  std::vector<TransformerPtr> transformers_;
};

base::Result<TransformerPtr> parse_one(const base::Json& value, const std::string& path) {
  using base::Code;
  if (!value.is_string())
    return base::fail(Code::invalid_argument,
                      R"(is not a transformer: write "none" or "add_titles")", path);
  const auto& name = value.get_ref<const std::string&>();
  if (name == "none") return no_op();
  if (name == "add_titles") return add_titles();
  const std::array<std::string, 2> known{"none", "add_titles"};
  const std::string near = base::nearest(name, known);
  return base::fail(Code::invalid_argument,
                    fmt::format("{} is not a transformer; {}", base::in_quotes(name),
                                near.empty() ? R"(write "none" or "add_titles")"
                                             : fmt::format("did you mean \"{}\"?", near)),
                    path);
}

}  // namespace

void TextTransformer::apply(model::Chunk& chunk, const model::Document& document) const {
  std::string text = transform(chunk, document);
  if (chunk.urtext.empty()) chunk.urtext = std::move(chunk.text);
  chunk.text = std::move(text);
  chunk.metadata[fmt::format("transform_{}", name())] = true;
}

TransformerPtr no_op() {
  static const TransformerPtr transformer = std::make_shared<NoOp>();
  return transformer;
}

TransformerPtr add_titles() {
  static const TransformerPtr transformer = std::make_shared<AddTitles>();
  return transformer;
}

TransformerPtr chained(std::vector<TransformerPtr> transformers) {
  std::erase_if(transformers, [](const TransformerPtr& each) { return each == no_op(); });
  if (transformers.empty()) return no_op();
  if (transformers.size() == 1) return transformers.front();
  return std::make_shared<Chained>(std::move(transformers));
}

base::Result<TransformerPtr> parse_transformer(const base::Json& value, const std::string& path) {
  if (!value.is_array()) return parse_one(value, path);
  std::vector<TransformerPtr> all;
  for (std::size_t i = 0; i < value.size(); ++i) {
    FRESHET_ASSIGN(TransformerPtr one, parse_one(value[i], fmt::format("{}[{}]", path, i)));
    all.push_back(std::move(one));
  }
  return chained(std::move(all));
}

}  // namespace freshet::chunk
