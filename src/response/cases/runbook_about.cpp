#include "response/cases/runbook_about.h"

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

ContainmentTerms read_terms(const Node& node, const std::string& source, Diagnostics& diagnostics) {
  ContainmentTerms out;
  MapReader map(node, source, diagnostics);
  out.expires = map.required_string("expires");
  if (const Node* resource = map.required("resource")) {
    MapReader inner(*resource, source, diagnostics);
    out.resource_type = inner.required_string("type");
    out.resource_name = inner.required_string("name");
    inner.finish();
  }
  if (const Node* release = map.required("release")) {
    MapReader inner(*release, source, diagnostics);
    out.release = inner.required_string("runbook");
    if (const Node* with = inner.required("with")) out.with = with->json();
    inner.finish();
  }
  map.finish();
  return out;
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
  if (const Node* contains = map.optional("contains")) out.contains = read_terms(*contains, source.name, diagnostics);
  map.finish();
  return out;
}

}  // namespace

std::string_view to_string(UndoPromise promise) {
  return promise == UndoPromise::exact ? "exact" : promise == UndoPromise::partly ? "partly" : "irreversible";
}

std::optional<RunbookAbout> read_about(const std::string& folder, Diagnostics& diagnostics) {
  fs::path path = fs::path(folder) / "about.yaml";
  if (!fs::exists(path)) return std::nullopt;
  auto text = base::read_file(path.string(), runbook::kDocumentBytesMax);
  std::string name = fs::absolute(path).lexically_normal().parent_path().filename().string();
  if (text) return parse_about({path.string(), *text}, name, diagnostics);
  diagnostics.error("unreadable", path.string(), {}, text.error().message);
  return std::nullopt;
}

base::Result<std::optional<ContainmentTerms>> containment_terms_of(const std::string& folder) {
  Diagnostics diagnostics;
  std::optional<RunbookAbout> about = read_about(folder, diagnostics);
  if (diagnostics.has_errors()) {
    return base::fail({base::ErrorCode::invalid_input,
                       "what the runbook promises has mistakes:\n" + diagnostics.render(),
                       folder,
                       "mend its about.yaml",
                       {}});
  }
  return about ? about->contains : std::optional<ContainmentTerms>();
}

}  // namespace setpoint::response
