#include "runbook/loader.h"

#include <set>

#include "runbook/api_catalog.h"
#include "runbook/limits.h"
#include "runbook/references.h"

namespace setpoint::runbook {

using base::Node;
using base::Position;

namespace {

std::string document_name(const std::string& file) {
  std::string name = file.substr(file.find_last_of('/') + 1);
  for (std::string_view extension : {".yaml", ".yml", ".json"}) {
    if (name.ends_with(extension)) name.resize(name.size() - extension.size());
  }
  return name;
}

void index_steps(const std::vector<Step>& steps, Document::Data& data) {
  for (const Step& step : steps) {
    data.by_name.emplace(step.name, &step);
    index_steps(step.body, data);
  }
}

}  // namespace

void Loader::error(std::string code, Position at, std::string what, std::string hint) {
  diagnostics_.error(std::move(code), file_, at, std::move(what), std::move(hint));
}

void Loader::warning(std::string code, Position at, std::string what, std::string hint) {
  diagnostics_.warning(std::move(code), file_, at, std::move(what), std::move(hint));
}

void Loader::load(const Node& root, Document::Data& data) {
  base::MapReader map(root, file_, diagnostics_);
  std::string version = map.required_string("schemaVersion");
  if (!version.empty() && version != "0.3") {
    error("runbook-schema-version", map.at("schemaVersion"),
          fmt::format("schemaVersion '{}' is no Automation document's", version), "write schemaVersion: '0.3'");
  }
  data.description = map.optional_string("description");
  data.assume_role = map.optional_string("assumeRole");
  if (data.assume_role.find("ssm:") != std::string::npos) {
    error("runbook-assume-role", map.at("assumeRole"),
          "assumeRole may be a constant or a parameter, not an SSM parameter");
  }
  data.parameters = parameters(map.optional("parameters"), "parameter");
  data.variables = parameters(map.optional("variables"), "variable");
  data.steps = steps(map.required("mainSteps"), 0);
  data.outputs = document_outputs(map.optional("outputs"));
  data.attachments = attachments(map.optional("files"));
  map.optional("$schema");
  map.finish();
}

std::vector<std::string> Loader::document_outputs(const Node* node) {
  std::vector<std::string> out;
  if (node == nullptr || node->kind == Node::Kind::null) return out;
  if (!node->is_list())
    error("wrong-kind", node->at, fmt::format("'outputs' must be a list, found {}", node->kind_name()));
  for (const Node& item : node->items) {
    if (!item.is_scalar() || item.scalar.empty()) {
      error("wrong-kind", item.at, "an output must be text", "write Step.Output");
      continue;
    }
    // "{{ Step.Output }}" is taken as well as "Step.Output".
    auto whole = whole_reference(item.scalar);
    out.push_back(whole ? whole->text() : item.scalar);
  }
  return out;
}

std::vector<Attachment> Loader::attachments(const Node* node) {
  std::vector<Attachment> out;
  if (node == nullptr || node->kind == Node::Kind::null) return out;
  if (!node->is_map()) error("wrong-kind", node->at, fmt::format("'files' must be a map, found {}", node->kind_name()));
  for (const Node::Entry& entry : node->entries) {
    const Node* checksums = entry.value.find("checksums");
    const Node* sha256 = checksums == nullptr ? nullptr : checksums->find("sha256");
    out.push_back({entry.key, sha256 == nullptr ? std::string() : sha256->scalar});
  }
  return out;
}

std::optional<Document> Document::compile(const base::SourceText& source, base::Diagnostics& diagnostics,
                                          const ApiCatalog* apis) {
  std::size_t errors_before = diagnostics.error_count();
  auto root = base::parse_yaml(source, diagnostics, {.bytes_max = kDocumentBytesMax});
  if (!root) return std::nullopt;
  auto data = std::make_shared<Data>();
  data->name = document_name(source.name);
  data->content = root->json();
  data->digest = base::digest_of(data->content);
  Loader(source.name, diagnostics).load(*root, *data);
  index_steps(data->steps, *data);
  check_references(*data, *root, source.name, diagnostics);
  if (apis != nullptr && diagnostics.error_count() == errors_before)
    check_apis(data->steps, source.name, *apis, diagnostics);
  if (diagnostics.error_count() != errors_before) return std::nullopt;
  return Document(std::move(data));
}

}  // namespace setpoint::runbook
