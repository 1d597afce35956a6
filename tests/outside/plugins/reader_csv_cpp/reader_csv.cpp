// reader_csv.cpp - a reader with the sdk: each row of a CSV becomes a section, its fields lines of "header: value".
#include <string>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

namespace {

namespace sdk = freshet::sdk;
using Row = std::vector<std::string>;

// More than this is no table, whatever it is.
constexpr std::size_t most_header_bytes = 65536;

// RFC 4180: quotes double inside quotes; fields may hold line ends.
std::vector<Row> parse(std::string_view bytes, char separator, const std::string& uri) {
  std::vector<Row> rows;
  Row row;
  std::string field;
  bool quoted = false, any = false;
  const auto end_row = [&] {
    row.push_back(std::move(field));
    field.clear();
    rows.push_back(std::move(row));
    row.clear();
    any = false;
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (quoted) {
      if (c != '"')
        field += c;
      else if (i + 1 < bytes.size() && bytes[i + 1] == '"')
        field += bytes[++i];
      else
        quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = any = true;
    } else if (c == separator) {
      row.push_back(std::move(field));
      field.clear();
      any = true;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
      any = true;
    }
  }
  if (quoted) throw sdk::Failure(FRESHET_E_PARSE, "a quoted field has no end", uri);
  if (any) end_row();
  if (rows.empty()) throw sdk::Failure(FRESHET_E_PARSE, "has no header row", uri);
  std::size_t bytes_of_header = 0;
  for (const std::string& name : rows[0]) bytes_of_header += name.size();
  if (bytes_of_header > most_header_bytes)
    throw sdk::Failure(FRESHET_E_PARSE, "its first line is no header", uri);
  return rows;
}

class CsvReader : public sdk::Reader {
 public:
  CsvReader(sdk::Call&, const nlohmann::json& options)
      : separator_(options.at("separator").get<std::string>().at(0)),
        title_(options.value("title_column", std::string())) {}

  void read(sdk::Call& call, const sdk::ReadRequest& request,
            sdk::DocumentBuilder& document) override {
    const std::string& uri = request.uri;
    const std::vector<Row> rows = parse(request.bytes, separator_, uri);
    const Row& header = rows[0];
    document.title(uri.substr(uri.rfind('/') + 1));
    document.metadata("columns", header);
    for (std::size_t r = 1; r < rows.size(); ++r) {
      call.check();
      if (rows[r].size() != header.size())
        throw sdk::Failure(FRESHET_E_PARSE,
                           "row " + std::to_string(r + 1) + " has " +
                               std::to_string(rows[r].size()) + " fields, the header has " +
                               std::to_string(header.size()),
                           uri);
      std::string title = "Row " + std::to_string(r), text;
      for (std::size_t c = 0; c < header.size(); ++c) {
        if (header[c] == title_) title = rows[r][c];
        text += (c ? "\n" : "") + header[c] + ": " + rows[r][c];
      }
      document.section(1, title);
      document.text(text);
    }
  }

 private:
  const char separator_;
  const std::string title_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_READER && name == "csv" ? sdk::reader_table<CsvReader>() : nullptr;
}

}  // namespace

FRESHET_SDK_PLUGIN("reader_csv", "1.0.0", get)
