#include "findings/exceptions.h"

#include <set>

#include "base/document.h"
#include "findings/findings.h"

namespace setpoint::findings {

using base::Diagnostics;
using base::MapReader;
using base::Node;
using model::Finding;
using model::FindingStatus;

namespace {

constexpr std::string_view kMark = "exception:";

// "2027-01-31" ends with that day, in UTC.
std::optional<base::Timestamp> end_of(const std::string& text) {
  bool day_only = text.size() == 10;
  auto time = base::parse_iso8601(day_only ? text + "T00:00:00Z" : text);
  if (!time) return std::nullopt;
  return day_only ? *time + std::chrono::hours(24) : *time;
}

class Reader {
 public:
  Reader(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  std::optional<Exception> read(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    std::string name = map.required_string("exception");
    std::string owner = map.required_string("owner");
    std::string reason = map.required_string("reason");
    std::string until = map.required_string("until");
    auto end = end_of(until);
    if (!until.empty() && !end)
      map.error("until", fmt::format("'{}' is not a day or a time", until), "write it as 2027-01-31");
    auto when = pattern_of(map);
    map.finish();
    if (!name.empty() && !names_.insert(name).second)
      map.error("exception", fmt::format("'{}' stands here twice", name));
    if (!end || !when) return std::nullopt;
    return Exception{name, owner, reason, *end, std::move(*when)};
  }

 private:
  // The pattern compiler tells places within its own text; here the place of `when` is what helps.
  std::optional<pattern::Pattern> pattern_of(MapReader& map) {
    const Node* when = map.required("when");
    if (when == nullptr) return std::nullopt;
    std::string text = base::canonical(when->json());
    Diagnostics inner;
    auto compiled = pattern::Pattern::compile({file_, text}, inner);
    for (const base::Diagnostic& one : inner.items()) {
      diagnostics_.add({one.severity, one.code, file_, when->at, one.what, one.hint});
    }
    return compiled;
  }

  std::string file_;
  Diagnostics& diagnostics_;
  std::set<std::string> names_;
};

Folded suppressed(const Finding& finding, const Exception& exception, base::Timestamp now) {
  Folded out{Step::updated, finding, fmt::format("suppressed by exception '{}' of {}", exception.name, exception.owner),
             true};
  out.finding.status = FindingStatus::suppressed;
  out.finding.suppressed_by = std::string(kMark) + exception.name;
  out.finding.notes.push_back(
      {now, exception.owner,
       fmt::format("{} until {}: {}", out.reason, base::to_iso8601(exception.until), exception.reason)});
  return out;
}

Folded come_back(const Finding& finding, base::Timestamp now) {
  std::string name = finding.suppressed_by.substr(kMark.size());
  Folded out{Step::reopened, finding, fmt::format("exception '{}' does not cover it any more", name), true};
  out.finding.status = FindingStatus::open;
  out.finding.suppressed_by.clear();
  out.finding.notes.push_back({now, kOwnProduct, "reopened: " + out.reason});
  return out;
}

}  // namespace

std::optional<Exceptions> Exceptions::compile(const base::SourceText& yaml, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(yaml, diagnostics);
  if (!root) return std::nullopt;
  MapReader map(*root, yaml.name, diagnostics);
  const Node* list = map.required("exceptions");
  map.finish();
  auto out = list == nullptr ? std::nullopt : compile(*list, yaml.name, diagnostics);
  return diagnostics.error_count() > before ? std::nullopt : std::move(out);
}

std::optional<Exceptions> Exceptions::compile(const Node& list, const std::string& file, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  if (!list.is_list()) diagnostics.error("wrong-kind", file, list.at, "'exceptions' must be a list");
  Exceptions out;
  Reader reader(file, diagnostics);
  for (const Node& node : list.items) {
    if (auto one = reader.read(node)) out.exceptions_.push_back(std::move(*one));
  }
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

base::Result<const Exception*> Exceptions::covering(const Finding& finding, base::Timestamp now) const {
  bool any = std::any_of(exceptions_.begin(), exceptions_.end(), [&](const auto& one) { return now < one.until; });
  if (!any) return nullptr;
  base::Json detail = detail_of(finding, {}, now);
  for (const Exception& exception : exceptions_) {
    if (now >= exception.until) continue;
    TRY(bool matched, exception.when.matches_document(detail));
    if (matched) return &exception;
  }
  return nullptr;
}

std::optional<Folded> with_exception(const Finding& finding, const Exception* covering, base::Timestamp now) {
  bool undecided = finding.status == FindingStatus::open || finding.status == FindingStatus::in_progress;
  if (undecided && covering != nullptr) return suppressed(finding, *covering, now);
  bool by_exception = finding.status == FindingStatus::suppressed && finding.suppressed_by.starts_with(kMark);
  if (!by_exception) return std::nullopt;
  if (covering == nullptr) return come_back(finding, now);
  if (finding.suppressed_by == std::string(kMark) + covering->name) return std::nullopt;
  return suppressed(finding, *covering, now);
}

}  // namespace setpoint::findings
