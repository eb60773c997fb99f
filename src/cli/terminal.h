// What people see: colour on a terminal only (and never with NO_COLOR), plain text when piped, tables that align.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"

namespace setpoint::cli {

enum class Tone { plain, bold, dim, good, bad, warn, accent };

// Chosen once in main; const afterwards.
class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  static Paint for_stdout();
  std::string operator()(Tone tone, std::string_view text) const;
  bool colour() const { return colour_; }

 private:
  bool colour_;
};

Tone tone_of(model::Level level);
Tone tone_of(model::Verdict verdict);

// Columns padded to their widest cell. Control characters in cells are shown as '?': what is printed may come from
// outside.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
  void add(std::vector<std::string> cells, std::vector<Tone> tones = {});
  std::string render(const Paint& paint, std::string_view indent = "") const;
  bool empty() const { return rows_.empty(); }

 private:
  struct Row {
    std::vector<std::string> cells;
    std::vector<Tone> tones;
  };
  std::vector<std::string> head_;
  std::vector<Row> rows_;
};

// Text from outside made safe for a terminal: no control characters, at most `width` characters.
std::string printable(std::string_view text, std::size_t width = 10'000);
// "AWS::EC2::SecurityGroup sg-1 (111122223333 eu-west-1)"
std::string short_key(const model::ResourceKey& key);
std::size_t display_width(std::string_view utf8);

// Asks on a terminal; `fallback` where standard input is none.
bool ask_yes_no(const std::string& question, bool fallback);
bool stdin_is_terminal();

}  // namespace setpoint::cli
