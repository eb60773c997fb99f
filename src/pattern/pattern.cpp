#include "pattern/pattern.h"

#include <deque>
#include <map>

#include "model/event.h"
#include "pattern/event_reader.h"
#include "pattern/limits.h"
#include "pattern/selection.h"

namespace setpoint::pattern {

struct Pattern::Compiled {
  std::vector<Alternative> alternatives;
  std::vector<std::vector<FieldAsked>> asked;  // beside `alternatives`
  std::deque<PathNode> nodes;                  // the first is the root
  std::map<std::string, std::uint32_t, std::less<>> ids;

  std::uint32_t intern(const std::string& path) {
    auto [found, added] = ids.try_emplace(path, static_cast<std::uint32_t>(ids.size()));
    if (added) grow(path)->path = found->second;
    return found->second;
  }

  PathNode* grow(std::string_view path) {
    PathNode* node = &nodes.front();
    for (std::size_t from = 0; from <= path.size();) {
      std::size_t dot = std::min(path.find('.', from), path.size());
      std::string_view name = path.substr(from, dot - from);
      const PathNode* child = node->find(name);
      if (!child) node->put(name, &nodes.emplace_back());
      node = const_cast<PathNode*>(node->find(name));
      from = dot + 1;
    }
    return node;
  }
};

std::optional<Pattern> Pattern::compile(const base::SourceText& source, base::Diagnostics& diagnostics) {
  auto alternatives = parse_alternatives(source, diagnostics);
  if (!alternatives) return std::nullopt;
  auto compiled = std::make_shared<Compiled>();
  compiled->alternatives = std::move(*alternatives);
  compiled->nodes.emplace_back();
  for (const Alternative& alternative : compiled->alternatives) {
    auto& asked = compiled->asked.emplace_back();
    for (const Field& field : alternative) asked.push_back({compiled->intern(field.path), field.test.get()});
  }
  return Pattern(std::move(compiled));
}

const std::vector<Alternative>& Pattern::alternatives() const { return compiled_->alternatives; }
const PathNode& Pattern::paths() const { return compiled_->nodes.front(); }
std::size_t Pattern::path_count() const { return compiled_->ids.size(); }

std::uint32_t Pattern::path_id(std::string_view path) const {
  auto found = compiled_->ids.find(path);
  return found == compiled_->ids.end() ? kNoPath : found->second;
}

base::Error too_entangled() {
  return {base::ErrorCode::limit_exceeded,
          fmt::format("the event's arrays are too entangled: no answer within {} steps", kSelectionStepsMax),
          {},
          "split the event, or ask for fewer fields of its arrays in one pattern",
          {}};
}

base::Result<bool> Pattern::matches_fields(const EventFields& event) const {
  bool unsure = false;
  for (const auto& asked : compiled_->asked) {
    Selection found = select(asked, event);
    if (found == Selection::found) return true;
    unsure = unsure || found == Selection::gave_up;
  }
  if (unsure) return base::fail(too_entangled());
  return false;
}

base::Result<bool> Pattern::matches(std::string_view event_json, ReadLimits limits) const {
  EventFields fields;
  TRY_VOID(EventReader(limits).read(event_json, paths(), path_count(), fields));
  return matches_fields(fields);
}

base::Result<bool> Pattern::matches_document(const base::Json& event, ReadLimits limits) const {
  EventFields fields;
  TRY_VOID(EventReader(limits).read(event, paths(), path_count(), fields));
  return matches_fields(fields);
}

base::Result<bool> Pattern::matches(const model::Event& event) const { return matches_document(event.envelope()); }

}  // namespace setpoint::pattern
