#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/limits.h"

namespace setpoint::base {

Position position_at(std::string_view text, std::size_t byte_offset) {
  std::string_view head = text.substr(0, std::min(byte_offset, text.size()));
  Position at;
  at.line = 1 + static_cast<int>(std::count(head.begin(), head.end(), '\n'));
  std::size_t line_start = head.rfind('\n');
  at.column = 1 + static_cast<int>(line_start == std::string_view::npos ? head.size() : head.size() - line_start - 1);
  return at;
}

std::string Diagnostic::text() const {
  std::string out = file;
  if (at.line > 0) out += fmt::format(":{}:{}", at.line, at.column);
  std::string_view kind = severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note";
  out += fmt::format("{}{}: {} [{}]", out.empty() ? "" : ": ", kind, what, code);
  if (!hint.empty()) out += "\n    hint: " + hint;
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  if (items_.size() < kDiagnosticsMax) items_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string code, const std::string& file, Position at, std::string what, std::string hint) {
  add({Severity::error, std::move(code), file, at, std::move(what), std::move(hint)});
}

void Diagnostics::warning(std::string code, const std::string& file, Position at, std::string what, std::string hint) {
  add({Severity::warning, std::move(code), file, at, std::move(what), std::move(hint)});
}

void Diagnostics::append(const Diagnostics& other) {
  for (const Diagnostic& item : other.items_) add(item);
}

std::string Diagnostics::render() const {
  std::string out;
  for (const Diagnostic& item : items_) out += item.text() + "\n";
  return out;
}

namespace {

// Insertions, deletions, substitutions and swaps of neighbours, each at 1 (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t substitution = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string nearest(std::string_view written, std::span<const std::string_view> candidates) {
  if (written.size() > 200) return {};
  std::size_t best = std::max<std::size_t>(1, written.size() / 3) + 1;
  std::string_view found;
  for (std::string_view candidate : candidates) {
    std::size_t distance = edit_distance(written, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> candidates) {
  std::string found = nearest(written, candidates);
  return found.empty() ? found : "did you mean '" + found + "'?";
}

}  // namespace setpoint::base
