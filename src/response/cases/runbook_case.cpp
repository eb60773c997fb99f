#include "response/cases/runbook_case.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/document.h"
#include "base/file.h"
#include "response/cases/yaml_text.h"

namespace setpoint::response {

using base::Diagnostics;
using base::Json;
using base::MapReader;
using base::Node;

namespace {

constexpr std::array<std::pair<CaseKind, std::string_view>, 5> kKinds = {{{CaseKind::compliant, "compliant"},
                                                                          {CaseKind::non_compliant, "non-compliant"},
                                                                          {CaseKind::must_not_touch, "must-not-touch"},
                                                                          {CaseKind::failing, "failing"},
                                                                          {CaseKind::refused, "refused"}}};
constexpr std::string_view kExpectations[] = {"status",  "failed", "calls", "changes",
                                              "outputs", "undo",   "after", "unmodelled"};

class CaseReader {
 public:
  CaseReader(const Node& root, const base::SourceText& source, Diagnostics& diagnostics)
      : map_(root, source.name, diagnostics), source_(source), diagnostics_(diagnostics) {
    out_.path = source.name;
  }

  RunbookCase read() {
    out_.name = map_.required_string("case");
    read_kind(map_.required_string("kind"));
    out_.account = map_.optional_string("account", out_.account);
    out_.region = map_.optional_string("region", out_.region);
    out_.untouched = map_.optional_strings("untouched");
    read_map("parameters", out_.parameters);
    read_map("seed", out_.seed);
    read_map("expect", out_.expect);
    read_given(map_.optional("given"));
    for (const std::string& text : map_.optional_strings("faults")) read_fault(text);
    map_.finish();
    check();
    return std::move(out_);
  }

 private:
  void read_map(std::string_view key, Json& out) {
    const Node* node = map_.optional(key);
    if (node == nullptr) return;
    if (!node->is_map()) return map_.error(key, fmt::format("'{}' is a map", key));
    out = node->json();
  }

  void read_kind(const std::string& word) {
    auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& kind) { return kind.second == word; });
    if (found != kKinds.end())
      out_.kind = found->first;
    else if (!word.empty())
      map_.error("kind", fmt::format("'{}' is no kind of case", word),
                 "compliant, non-compliant, must-not-touch, failing or refused");
  }

  void read_given(const Node* list) {
    if (list == nullptr) return;
    if (!list->is_list()) return map_.error("given", "'given' is a list of calls");
    for (const Node& node : list->items) {
      MapReader call(node, source_.name, diagnostics_);
      std::string name = call.required_string("call");
      const Node* with = call.optional("with");
      call.finish();
      std::size_t colon = name.find(':');
      if (colon == std::string::npos) {
        call.error("call", fmt::format("'{}' is not service:Operation", name));
        continue;
      }
      out_.given.push_back({out_.account, out_.region, name.substr(0, colon), name.substr(colon + 1),
                            with ? with->json() : Json::object()});
    }
  }

  void read_fault(const std::string& text) {
    if (auto fault = twin::parse_fault(text))
      out_.faults.push_back(*fault);
    else
      map_.error("faults", fault.error().message,
                 "SERVICE:OPERATION=KIND[(ARGUMENT)][*COUNT][@SKIP], see docs/twin.md");
  }

  void check() {
    if (out_.kind == CaseKind::failing && out_.faults.empty())
      map_.error("kind", "a failing case says what fails", "faults: [\"s3:PutBucketPolicy=error(AccessDenied)\"]");
    if (out_.kind == CaseKind::must_not_touch && out_.untouched.empty())
      map_.error("kind", "a must-not-touch case says what must stay", "untouched: [AWS::S3::Bucket/name]");
    if (out_.expect.is_null()) return;
    for (const auto& [name, value] : out_.expect.items()) {
      if (std::find(std::begin(kExpectations), std::end(kExpectations), name) == std::end(kExpectations))
        map_.error("expect", fmt::format("'{}' is nothing that a case expects", name),
                   base::did_you_mean(name, kExpectations));
    }
  }

  MapReader map_;
  const base::SourceText& source_;
  Diagnostics& diagnostics_;
  RunbookCase out_;
};

}  // namespace

std::string_view to_string(CaseKind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& row) { return row.first == kind; })->second;
}

std::optional<RunbookCase> parse_runbook_case(const base::SourceText& source, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  RunbookCase out = CaseReader(*root, source, diagnostics).read();
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

std::vector<RunbookCase> read_runbook_cases(const std::string& folder, Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/cases", failed)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<RunbookCase> out;
  for (const std::string& path : paths) {
    auto text = base::read_file(path, base::kYamlBytesMax);
    if (!text) {
      diagnostics.error("case-unreadable", path, {}, text.error().message);
    } else if (auto one = parse_runbook_case({path, *text}, diagnostics)) {
      out.push_back(std::move(*one));
    }
  }
  return out;
}

std::string with_expectation(const std::string& text, const Json& expect) {
  std::size_t at = text.starts_with("expect:") ? 0 : text.find("\nexpect:");
  std::string head = text.substr(0, at == std::string::npos ? text.size() : at == 0 ? 0 : at + 1);
  if (!head.empty() && !head.ends_with('\n')) head += '\n';
  return head + yaml_text({{"expect", expect}});
}

}  // namespace setpoint::response
