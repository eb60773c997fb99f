#include "cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace setpoint::cli {

namespace {

const char* escape_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::bold:
      return "\033[1m";
    case Tone::dim:
      return "\033[2m";
    case Tone::good:
      return "\033[32m";
    case Tone::bad:
      return "\033[31m";
    case Tone::warn:
      return "\033[33m";
    case Tone::accent:
      return "\033[36m";
  }
  return "";
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

}  // namespace

Paint Paint::for_stdout() { return Paint(::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr); }

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!colour_ || tone == Tone::plain) return std::string(text);
  return escape_of(tone) + std::string(text) + "\033[0m";
}

Tone tone_of(model::Level level) {
  switch (level) {
    case model::Level::critical:
    case model::Level::high:
      return Tone::bad;
    case model::Level::medium:
      return Tone::warn;
    default:
      return Tone::dim;
  }
}

Tone tone_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::compliant:
      return Tone::good;
    case model::Verdict::non_compliant:
      return Tone::bad;
    case model::Verdict::unknown:
      return Tone::warn;
    case model::Verdict::not_applicable:
      return Tone::dim;
  }
  return Tone::plain;
}

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_character));
}

std::string printable(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t characters = 0;
  for (char byte : text) {
    if (starts_character(byte) && ++characters > width) return out + "…";
    auto code = static_cast<unsigned char>(byte);
    out += code < 0x20 || code == 0x7f ? '?' : byte;
  }
  return out;
}

void Table::add(std::vector<std::string> cells, std::vector<Tone> tones) {
  for (std::string& cell : cells) cell = printable(cell);
  tones.resize(cells.size(), Tone::plain);
  rows_.push_back({std::move(cells), std::move(tones)});
}

std::string Table::render(const Paint& paint, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const std::string& title : head_) widths.push_back(display_width(title));
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < row.cells.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row.cells[i]));
  }
  auto line = [&](const std::vector<std::string>& cells, auto tone_at) {
    std::string out(indent);
    for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
      out += paint(tone_at(i), cells[i]);
      if (i + 1 < cells.size()) out += std::string(widths[i] - display_width(cells[i]) + 2, ' ');
    }
    return out + "\n";
  };
  std::string out = line(head_, [](std::size_t) { return Tone::dim; });
  for (const Row& row : rows_) out += line(row.cells, [&](std::size_t i) { return row.tones[i]; });
  return out;
}

bool stdin_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

bool ask_yes_no(const std::string& question, bool fallback) {
  if (!stdin_is_terminal()) return fallback;
  std::cout << question << " [y/N] " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return line == "y" || line == "Y" || line == "yes";
}

std::string short_key(const model::ResourceKey& key) {
  return fmt::format("{} {} ({} {})", key.type, printable(key.id), key.account, key.region);
}

}  // namespace setpoint::cli
