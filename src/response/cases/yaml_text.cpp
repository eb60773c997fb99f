#include "response/cases/yaml_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace setpoint::response {

using base::Json;

namespace {

constexpr std::size_t kLineWidth = 118;
// The order in which a case is told.
constexpr std::string_view kOrder[] = {"status", "failed", "step",  "call",       "with",    "resource", "fields",
                                       "from",   "to",     "calls", "unmodelled", "changes", "outputs",  "undo"};

bool plain_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_/.:-*@$+=").find(c) != std::string::npos;
}

// Text that reads back as itself without quotes, wherever it stands.
bool plain(const std::string& text) {
  if (text.empty() || text.size() > 200 || text.ends_with(':') || text.find("::/") != std::string::npos) return false;
  bool begins =
      std::isalpha(static_cast<unsigned char>(text.front())) != 0 || text.front() == '/' || text.front() == '_';
  for (const char* word : {"true", "false", "null", "True", "False", "Null", "TRUE", "FALSE", "NULL"}) {
    if (text == word) return false;
  }
  return begins && std::all_of(text.begin(), text.end(), plain_character);
}

std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string& text = value.get_ref<const std::string&>();
  return plain(text) ? text : quoted(text);
}

std::vector<std::string> keys_of(const Json& map) {
  std::vector<std::string> keys;
  for (std::string_view key : kOrder) {
    if (map.contains(std::string(key))) keys.emplace_back(key);
  }
  for (const auto& [key, value] : map.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

std::string flow(const Json& value) {
  if (!value.is_structured()) return scalar(value);
  std::string out;
  if (value.is_array()) {
    for (const Json& item : value) out += (out.empty() ? "" : ", ") + flow(item);
    return "[" + out + "]";
  }
  for (const std::string& key : keys_of(value))
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", scalar(key), flow(value.at(key)));
  return "{" + out + "}";
}

class BlockWriter {
 public:
  std::string take() { return std::move(out_); }

  void map(const Json& value, std::size_t indent) {
    for (const std::string& key : keys_of(value)) {
      out_ += std::string(indent, ' ') + scalar(key) + ":";
      below(value.at(key), indent, indent + scalar(key).size() + 1);
    }
  }

 private:
  // What follows "key:" or stands behind a dash.
  void below(const Json& value, std::size_t indent, std::size_t used) {
    std::string line = flow(value);
    if (!value.is_structured() || value.empty() || used + line.size() < kLineWidth) {
      out_ += " " + line + "\n";
      return;
    }
    out_ += "\n";
    if (value.is_object())
      map(value, indent + 2);
    else
      list(value, indent + 2);
  }

  void list(const Json& value, std::size_t indent) {
    for (const Json& item : value) {
      std::string line = flow(item);
      if (!item.is_object() || item.empty() || indent + line.size() + 2 < kLineWidth) {
        out_ += std::string(indent, ' ') + "- " + line + "\n";
        continue;
      }
      std::size_t at = out_.size();
      map(item, indent + 2);
      out_[at + indent] = '-';
    }
  }

  std::string out_;
};

}  // namespace

std::string yaml_text(const Json& value) {
  BlockWriter writer;
  writer.map(value, 0);
  return writer.take();
}

}  // namespace setpoint::response
