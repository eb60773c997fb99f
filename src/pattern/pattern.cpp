#include "pattern/pattern.h"

#include <deque>
#include <map>
#include <mutex>

#include "model/event.h"
#include "pattern/event_reader.h"
#include "pattern/limits.h"
#include "pattern/selection.h"

namespace setpoint::pattern {

namespace {

// What it takes to match one pattern by itself.
struct Alone {
  std::vector<std::vector<FieldAsked>> asked;            // beside the alternatives
  std::deque<PathNode> nodes = std::deque<PathNode>(1);  // the first is the root
  std::map<std::string, std::uint32_t, std::less<>> ids;

  explicit Alone(const std::vector<Alternative>& alternatives) {
    for (const Alternative& alternative : alternatives) {
      auto& fields = asked.emplace_back();
      for (const Field& field : alternative) fields.push_back({intern(field.path), field.test.get()});
    }
  }

 private:
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

}  // namespace

// A pattern that only goes into a set never needs the tree of its own, so that is made when it is first asked for.
struct Pattern::Compiled {
  explicit Compiled(std::vector<Alternative> its_alternatives) : alternatives(std::move(its_alternatives)) {}

  const Alone& alone() const {
    std::call_once(made_, [&] { alone_ = std::make_unique<Alone>(alternatives); });
    return *alone_;
  }

  const std::vector<Alternative> alternatives;

 private:
  mutable std::once_flag made_;
  mutable std::unique_ptr<const Alone> alone_;
};

std::optional<Pattern> Pattern::compile(const base::SourceText& source, base::Diagnostics& diagnostics) {
  auto alternatives = parse_alternatives(source, diagnostics);
  if (!alternatives) return std::nullopt;
  return Pattern(std::make_shared<const Compiled>(std::move(*alternatives)));
}

const std::vector<Alternative>& Pattern::alternatives() const { return compiled_->alternatives; }
const PathNode& Pattern::paths() const { return compiled_->alone().nodes.front(); }
std::size_t Pattern::path_count() const { return compiled_->alone().ids.size(); }

std::uint32_t Pattern::path_id(std::string_view path) const {
  auto& ids = compiled_->alone().ids;
  auto found = ids.find(path);
  return found == ids.end() ? kNoPath : found->second;
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
  for (const auto& asked : compiled_->alone().asked) {
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
