#include "response/cases/runbook_folder.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "runbook/limits.h"

namespace setpoint::response {

namespace fs = std::filesystem;
using base::Diagnostics;

namespace {

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
  out.about = read_about(out.path, diagnostics);
  out.policy = read_policy(folder / "policy.json", diagnostics);
  out.cases = read_runbook_cases(out.path, diagnostics);
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

}  // namespace

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
