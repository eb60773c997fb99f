// An author's mistake: in a rule, a pattern, a runbook, a control, setpoint.yaml. Parsers collect every mistake they
// find and go on where they safely can, so a person mends a file in one round:
//
//   Diagnostics diagnostics;
//   std::optional<RuleSet> rules = RuleSet::compile({.name = path, .text = text}, diagnostics);
//   if (!rules) print(diagnostics.render());
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace setpoint::base {

// A text with the name that diagnostics call it by. The text is not owned.
struct SourceText {
  std::string name;
  std::string_view text;
};

// 1-based; 0 means "not known". Columns count bytes.
struct Position {
  int line = 0;
  int column = 0;
  bool operator==(const Position&) const = default;
};
Position position_at(std::string_view text, std::size_t byte_offset);

enum class Severity { error, warning, note };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  // stable, kebab-case, "guard-syntax": what docs and suppressions refer to
  std::string file;
  Position at;
  std::string what;  // one sentence, no trailing full stop
  std::string hint;  // what to write instead; may be empty
  bool operator==(const Diagnostic&) const = default;

  std::string text() const;  // file:line:column: error: what [code]\n    hint: ...
};

class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void error(std::string code, const std::string& file, Position at, std::string what, std::string hint = {});
  void warning(std::string code, const std::string& file, Position at, std::string what, std::string hint = {});
  void append(const Diagnostics& other);

  bool has_errors() const { return errors_ > 0; }
  bool empty() const { return items_.empty(); }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& items() const { return items_; }
  std::string render() const;  // one after the other, newline-terminated

 private:
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
};

// The candidate nearest to `written` (edit distance at most a third of its length), or "".
std::string nearest(std::string_view written, std::span<const std::string_view> candidates);
// "did you mean 'x'?" or "" where nothing is near.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> candidates);

}  // namespace setpoint::base
