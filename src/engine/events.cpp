#include "engine/events.h"

#include <algorithm>

#include "journal/limits.h"

namespace setpoint::engine {

namespace {

constexpr char kActor[] = "setpoint";

std::string subject_of(const model::Event& event) {
  const base::Json& finding = base::member(event.detail, "finding");
  std::string id = finding.is_string() ? finding.get<std::string>() : base::string_member(finding, "id");
  return id.empty() ? event.id : id;
}

}  // namespace

std::string journal_kind(const model::Event& event) {
  std::string out;
  for (char c : event.detail_type) out += c == ' ' ? '.' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

base::Status journal_events(journal::Journal& journal, std::span<const model::Event> events) {
  for (std::size_t at = 0; at < events.size(); at += journal::kBatchEntriesMax) {
    journal::Batch batch;
    for (const model::Event& event : events.subspan(at, std::min(events.size() - at, journal::kBatchEntriesMax))) {
      batch.entries.push_back({journal_kind(event), kActor, subject_of(event), event.detail});
      batch.state.tasks.push_back({kEventQueue, event.id, event.envelope(), {}});
    }
    TRY(auto written, journal.append(std::move(batch)));
  }
  return {};
}

}  // namespace setpoint::engine
