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

void add_event(journal::Batch& batch, const model::Event& event) {
  batch.entries.push_back({journal_kind(event), kActor, subject_of(event), event.detail});
  for (const char* queue : {kEventQueue, kNoticeQueue})
    batch.state.tasks.push_back({queue, event.id, event.envelope(), {}});
}

base::Status journal_events(journal::Journal& journal, std::span<const model::Event> events) {
  for (std::size_t at = 0; at < events.size(); at += journal::kBatchEntriesMax) {
    journal::Batch batch;
    std::size_t count = std::min(events.size() - at, journal::kBatchEntriesMax);
    for (const model::Event& event : events.subspan(at, count)) add_event(batch, event);
    TRY(auto written, journal.append(std::move(batch)));
  }
  return {};
}

}  // namespace setpoint::engine
