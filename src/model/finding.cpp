#include "model/finding.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/json_time.h"

namespace setpoint::model {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::string_member;
using base::time_json;
using base::time_member;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

constexpr std::array<std::string_view, 4> kStatusNames = {"open", "in_progress", "suppressed", "resolved"};

Json source_json(const FindingSource& source) {
  return {{"product", source.product},
          {"product_uid", source.product_uid},
          {"first_seen", time_json(source.first_seen)},
          {"last_seen", time_json(source.last_seen)},
          {"active", source.active}};
}

base::Result<FindingSource> source_from_json(const Json& json) {
  FindingSource source;
  source.product = string_member(json, "product");
  source.product_uid = string_member(json, "product_uid");
  TRY(source.first_seen, time_member(json, "first_seen"));
  TRY(source.last_seen, time_member(json, "last_seen"));
  source.active = member(json, "active") != Json(false);
  return source;
}

Evidence evidence_from_json(const Json& json) {
  Evidence out;
  out.path = string_member(json, "path");
  out.value = member(json, "value");
  out.resolved = member(json, "unresolved") != Json(true);
  out.expected = string_member(json, "expected");
  out.message = string_member(json, "message");
  out.rule = string_member(json, "rule");
  return out;
}

template <class Items, class Convert>
Json array_of(const Items& items, Convert convert) {
  Json out = Json::array();
  for (const auto& item : items) out.push_back(convert(item));
  return out;
}

base::Status read_times(const Json& json, Finding& finding) {
  TRY(finding.first_seen, time_member(json, "first_seen"));
  TRY(finding.last_seen, time_member(json, "last_seen"));
  TRY(finding.resolved_at, time_member(json, "resolved_at"));
  return {};
}

base::Status read_enums(const Json& json, Finding& finding) {
  finding.kind = string_member(json, "class") == "detection" ? FindingClass::detection : FindingClass::compliance;
  TRY(finding.severity, parse_level(string_member(json, "severity")));
  TRY(finding.status, parse_finding_status(string_member(json, "status")));
  TRY(finding.verdict, parse_verdict(string_member(json, "verdict")));
  return {};
}

base::Status read_lists(const Json& json, Finding& finding) {
  for (const Json& item : member(json, "more_resources")) {
    TRY(auto key, parse_resource_key(item.is_string() ? item.get<std::string>() : std::string()));
    finding.more_resources.push_back(std::move(key));
  }
  for (const Json& item : member(json, "evidence")) finding.evidence.push_back(evidence_from_json(item));
  for (const Json& item : member(json, "sources")) {
    TRY(auto source, source_from_json(item));
    finding.sources.push_back(std::move(source));
  }
  for (const Json& item : member(json, "notes")) {
    TRY(auto at, time_member(item, "at"));
    finding.notes.push_back({at, string_member(item, "by"), string_member(item, "text")});
  }
  return {};
}

int ocsf_status(FindingStatus status) {
  switch (status) {
    case FindingStatus::open:
      return 1;
    case FindingStatus::in_progress:
      return 2;
    case FindingStatus::suppressed:
      return 3;
    case FindingStatus::resolved:
      return 4;
  }
  return 0;
}

Json ocsf_resource(const ResourceKey& key) {
  return {{"uid", key.id}, {"type", key.type}, {"region", key.region}, {"cloud_partition", key.provider}};
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::informational:
      return "informational";
    case Level::low:
      return "low";
    case Level::medium:
      return "medium";
    case Level::high:
      return "high";
    case Level::critical:
      return "critical";
  }
  return "?";
}

base::Result<Level> parse_level(std::string_view text) {
  std::string word = lower(text);
  for (Level level : {Level::informational, Level::low, Level::medium, Level::high, Level::critical}) {
    if (to_string(level) == word) return level;
  }
  if (word == "info") return Level::informational;
  if (word == "fatal") return Level::critical;
  return fail(ErrorCode::invalid_input, "'{}' is not a severity (informational, low, medium, high, critical)",
              text.substr(0, 64));
}

std::string_view to_string(FindingStatus status) { return kStatusNames.at(static_cast<std::size_t>(status)); }

base::Result<FindingStatus> parse_finding_status(std::string_view text) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == text) return static_cast<FindingStatus>(i);
  }
  return fail(ErrorCode::invalid_input, "'{}' is not a finding status", text.substr(0, 64));
}

Json Finding::json() const {
  Json out = {{"id", id},
              {"class", kind == FindingClass::compliance ? "compliance" : "detection"},
              {"check", check},
              {"title", title},
              {"description", description},
              {"severity", to_string(severity)},
              {"status", to_string(status)},
              {"verdict", to_string(verdict)},
              {"resource", resource.text()},
              {"owner", owner},
              {"suppressed_by", suppressed_by},
              {"raw", raw}};
  out["more_resources"] = array_of(more_resources, [](const ResourceKey& key) { return key.text(); });
  out["evidence"] = array_of(evidence, [](const Evidence& item) { return item.json(); });
  out["sources"] = array_of(sources, source_json);
  out["notes"] = array_of(notes, [](const FindingNote& note) {
    return Json{{"at", time_json(note.at)}, {"by", note.by}, {"text", note.text}};
  });
  out["first_seen"] = time_json(first_seen);
  out["last_seen"] = time_json(last_seen);
  out["resolved_at"] = time_json(resolved_at);
  return out;
}

base::Result<Finding> finding_from_json(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::corrupted, "a stored finding is not an object");
  Finding finding;
  finding.id = string_member(json, "id");
  finding.check = string_member(json, "check");
  finding.title = string_member(json, "title");
  finding.description = string_member(json, "description");
  finding.owner = string_member(json, "owner");
  finding.suppressed_by = string_member(json, "suppressed_by");
  finding.raw = member(json, "raw");
  TRY(finding.resource, parse_resource_key(string_member(json, "resource")));
  TRY_VOID(read_enums(json, finding));
  TRY_VOID(read_times(json, finding));
  TRY_VOID(read_lists(json, finding));
  return finding;
}

Json Finding::ocsf() const {
  bool compliance = kind == FindingClass::compliance;
  Json out = {{"class_uid", compliance ? 2003 : 2004},
              {"class_name", compliance ? "Compliance Finding" : "Detection Finding"},
              {"category_uid", 2},
              {"category_name", "Findings"},
              {"activity_id", status == FindingStatus::resolved ? 3 : 1},
              {"severity_id", static_cast<int>(severity)},
              {"severity", to_string(severity)},
              {"status_id", ocsf_status(status)},
              {"status", to_string(status)},
              {"time", last_seen.ms}};
  out["type_uid"] = out["class_uid"].get<int>() * 100 + out["activity_id"].get<int>();
  out["metadata"] = {{"version", "1.1.0"}, {"product", {{"name", "Setpoint"}, {"vendor_name", "Setpoint"}}}};
  out["finding_info"] = {{"uid", id},
                         {"title", title},
                         {"desc", description},
                         {"first_seen_time", first_seen.ms},
                         {"last_seen_time", last_seen.ms},
                         {"types", Json::array({check})}};
  out["cloud"] = {
      {"provider", resource.provider}, {"region", resource.region}, {"account", {{"uid", resource.account}}}};
  out["resources"] = Json::array({ocsf_resource(resource)});
  for (const ResourceKey& key : more_resources) out["resources"].push_back(ocsf_resource(key));
  if (compliance) {
    out["compliance"] = {{"control", check},
                         {"status_id", verdict == Verdict::compliant ? 1 : 3},
                         {"status", verdict == Verdict::compliant ? "Pass" : "Fail"}};
  }
  out["unmapped"] = {{"evidence", array_of(evidence, [](const Evidence& item) { return item.json(); })}};
  return out;
}

}  // namespace setpoint::model
