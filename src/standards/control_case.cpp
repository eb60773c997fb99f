#include "standards/control_case.h"

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "base/file.h"
#include "standards/standards.h"

namespace setpoint::standards {

using base::Diagnostics;
using base::Json;
using base::MapReader;
using base::Node;
using base::string_member;

namespace {

model::Resource resource_of(const Json& item) {
  model::Resource out;
  out.key = {"aws", string_member(item, "accountId"), string_member(item, "awsRegion"),
             string_member(item, "resourceType"), string_member(item, "resourceId")};
  out.arn = string_member(item, "arn");
  out.name = string_member(item, "resourceName");
  out.source = "case";
  if (const Json& tags = base::member(item, "tags"); tags.is_object()) {
    for (const auto& [key, value] : tags.items())
      out.tags[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  for (const Json& relation : base::member(item, "relationships")) {
    out.relations.push_back({string_member(relation, "relationshipName"), string_member(relation, "resourceType"),
                             string_member(relation, "resourceId")});
  }
  out.item = item;
  return out;
}

void read_expectation(const Node& node, const std::string& path, Diagnostics& diagnostics, ControlCase& out) {
  MapReader map(node, path, diagnostics);
  std::string word = map.required_string("verdict");
  auto verdict = model::parse_verdict(word);
  if (verdict)
    out.verdict = *verdict;
  else
    map.error("verdict", verdict.error().message, "COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE or UNKNOWN");
  out.evidence = map.optional_strings("evidence");
  std::sort(out.evidence.begin(), out.evidence.end());
  if (const Node* plan = map.optional("plan")) out.plan = plan->json();
  if (const Node* after = map.optional("after")) out.after = after->json();
  map.finish();
  bool has_evidence = !out.evidence.empty();
  if (has_evidence != (out.verdict == model::Verdict::non_compliant)) {
    map.error("evidence", has_evidence ? "only NON_COMPLIANT has evidence" : "NON_COMPLIANT must say its evidence",
              "the JSON pointers of the offending parts");
  }
}

ControlCase read_fields(const Node& root, const std::string& path, Diagnostics& diagnostics) {
  MapReader map(root, path, diagnostics);
  ControlCase out;
  out.path = path;
  out.name = map.required_string("case");
  if (const Node* resource = map.required("resource")) out.resource = resource_of(resource->json());
  if (const Node* parameters = map.optional("parameters")) out.parameters = parameters->json();
  if (const Node* related = map.optional("related")) {
    out.related.emplace();
    for (const Node& item : related->items) out.related->push_back(resource_of(item.json()));
  }
  if (std::string now = map.optional_string("now"); !now.empty()) {
    auto time = base::parse_iso8601(now);
    if (time) out.now = *time;
    if (!time) map.error("now", fmt::format("'{}' is not a time", now), "write it as 2026-03-02T00:00:00Z");
  }
  std::string unknown = map.optional_string("unknown");
  if (!unknown.empty()) {
    out.resource.knowledge = model::Knowledge::unknown;
    out.resource.unknown_because = unknown;
  }
  if (const Node* expect = map.required("expect")) read_expectation(*expect, path, diagnostics, out);
  map.finish();
  return out;
}

std::vector<std::string> paths_of(const model::Judgement& judgement) {
  std::vector<std::string> out;
  for (const model::Evidence& evidence : judgement.evidence) out.push_back(evidence.path);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What the case says stands beside the resource.
class CaseRelations final : public guard::RelationSource {
 public:
  explicit CaseRelations(const ControlCase& one) : case_(one) {}

  base::Result<std::vector<Related>> related(const guard::Document&, std::string_view type,
                                             std::string_view) const override {
    if (!case_.related) return base::fail(base::ErrorCode::not_found, "no {} was read", type);
    std::vector<Related> out;
    for (const model::Resource& resource : *case_.related) {
      if (resource.key.type != type) continue;
      auto document = std::make_shared<guard::Document>(guard::Document::from_json(resource.item));
      out.push_back({resource.key.type + "/" + resource.key.id, std::move(document)});
    }
    return out;
  }

 private:
  const ControlCase& case_;
};

// With parameters of its own the control is compiled anew, as a profile would.
std::optional<model::Judgement> judge_case(const Standards& standards, const std::string& control,
                                           const ControlCase& one) {
  CaseRelations relations(one);
  base::ManualClock clock(one.now.value_or(base::Timestamp{}));
  guard::Surroundings surroundings{one.now ? &clock : nullptr, &relations, false};
  if (one.parameters.empty()) return standards.judge(control, one.resource, surroundings);
  Diagnostics diagnostics;
  LoadOptions options;
  options.parameters[control] = one.parameters;
  return Standards::load(standards.folder(control), diagnostics, options).judge(control, one.resource, surroundings);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : " ") + part;
  return out.empty() ? "none" : out;
}

}  // namespace

std::optional<ControlCase> read_case(const std::string& path, Diagnostics& diagnostics) {
  auto text = base::read_file(path, base::kYamlBytesMax);
  if (!text) {
    diagnostics.error("case-unreadable", path, {}, text.error().message);
    return std::nullopt;
  }
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml({path, *text}, diagnostics);
  if (!root) return std::nullopt;
  ControlCase out = read_fields(*root, path, diagnostics);
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

std::vector<ControlCase> read_cases(const std::string& control_folder, Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(control_folder + "/cases", failed)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ControlCase> out;
  for (const std::string& path : paths) {
    if (auto one = read_case(path, diagnostics)) out.push_back(std::move(*one));
  }
  return out;
}

std::string check_case(const Standards& standards, const std::string& control, const ControlCase& one) {
  auto judgement = judge_case(standards, control, one);
  if (!judgement) return fmt::format("there is no control {}", control);
  if (judgement->verdict != one.verdict) {
    return fmt::format("expected {}, got {}: {} {}", to_string(one.verdict), to_string(judgement->verdict),
                       judgement->because, joined(paths_of(*judgement)));
  }
  std::vector<std::string> paths = paths_of(*judgement);
  if (paths == one.evidence) return {};
  return fmt::format("expected the evidence {}, got {}", joined(one.evidence), joined(paths));
}

}  // namespace setpoint::standards
