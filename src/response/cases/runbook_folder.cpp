#include "response/cases/runbook_folder.h"

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "base/file.h"
#include "runbook/limits.h"

namespace setpoint::response {

namespace fs = std::filesystem;
using base::Diagnostics;
using base::MapReader;
using base::Node;

namespace {

void read_effects(MapReader& map, RunbookAbout& out) {
  const Node* node = map.required("effects");
  if (node == nullptr) return;
  if (!node->is_map()) return map.error("effects", "'effects' is a map from call to what it does");
  for (const Node::Entry& entry : node->entries) {
    if (entry.key.find(':') == std::string::npos)
      map.error("effects", fmt::format("'{}' is not service:Operation", entry.key));
    out.effects[entry.key] = entry.value.scalar;
  }
}

void read_undo(MapReader& map, RunbookAbout& out) {
  std::string word = map.required_string("undo");
  for (UndoPromise promise : {UndoPromise::exact, UndoPromise::partly, UndoPromise::irreversible}) {
    if (word != to_string(promise)) continue;
    out.undo = promise;
    return;
  }
  map.error("undo", fmt::format("'{}' is no kind of undo", word), "exact, partly or irreversible");
}

std::optional<RunbookAbout> parse_about(const base::SourceText& source, const std::string& name,
                                        Diagnostics& diagnostics) {
  std::optional<Node> root = base::parse_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  RunbookAbout out;
  MapReader map(*root, source.name, diagnostics);
  if (std::string said = map.required_string("runbook"); !said.empty() && said != name)
    map.error("runbook", fmt::format("this folder holds {}, not {}", name, said));
  out.rationale = map.required_string("rationale");
  read_effects(map, out);
  read_undo(map, out);
  out.way_back = map.required_string("way_back");
  if (const Node* contains = map.optional("contains")) {
    MapReader inner(*contains, source.name, diagnostics);
    out.expires = inner.required_string("expires");
    inner.finish();
  }
  map.finish();
  return out;
}

std::optional<std::string> text_of(const fs::path& path, Diagnostics& diagnostics) {
  if (!fs::exists(path)) return std::nullopt;
  auto text = base::read_file(path.string(), runbook::kDocumentBytesMax);
  if (text) return std::move(*text);
  diagnostics.error("unreadable", path.string(), {}, text.error().message);
  return std::nullopt;
}

base::Json read_policy(const fs::path& path, Diagnostics& diagnostics) {
  auto text = text_of(path, diagnostics);
  if (!text) return nullptr;
  auto policy = base::parse_json(*text);
  if (policy) return std::move(*policy);
  diagnostics.error("policy-unreadable", path.string(), {}, policy.error().text());
  return nullptr;
}

std::optional<RunbookFolder> read_folder(const fs::path& document_path, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  auto text = text_of(document_path, diagnostics);
  if (!text) return std::nullopt;
  auto document = runbook::Document::compile({document_path.string(), *text}, diagnostics);
  if (!document) return std::nullopt;
  fs::path folder = fs::absolute(document_path).lexically_normal().parent_path();
  RunbookFolder out{document_path.parent_path().string(), folder.filename().string(), std::move(*document), {}, {}, {}};
  if (auto about = text_of(folder / "about.yaml", diagnostics))
    out.about = parse_about({(document_path.parent_path() / "about.yaml").string(), *about}, out.name, diagnostics);
  out.policy = read_policy(folder / "policy.json", diagnostics);
  out.cases = read_runbook_cases(out.path, diagnostics);
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

}  // namespace

std::string_view to_string(UndoPromise promise) {
  return promise == UndoPromise::exact ? "exact" : promise == UndoPromise::partly ? "partly" : "irreversible";
}

std::vector<RunbookFolder> read_runbook_folders(const std::string& root, Diagnostics& diagnostics) {
  std::vector<fs::path> documents;
  std::error_code failed;
  for (const char* name : {"document.yaml", "document.json"}) {
    if (fs::exists(fs::path(root) / name, failed)) documents.push_back(fs::path(root) / name);
  }
  if (documents.empty()) {
    for (const auto& entry : fs::recursive_directory_iterator(root, failed)) {
      std::string name = entry.path().filename().string();
      if (name == "document.yaml" || name == "document.json") documents.push_back(entry.path());
    }
  }
  if (failed) diagnostics.error("unreadable", root, {}, failed.message());
  std::sort(documents.begin(), documents.end());
  std::vector<RunbookFolder> out;
  for (const fs::path& path : documents) {
    if (auto folder = read_folder(path, diagnostics)) out.push_back(std::move(*folder));
  }
  return out;
}

}  // namespace setpoint::response
