#include "cli/progress_bar.h"

#include <unistd.h>

#include <iostream>

#include "cli/terminal.h"

namespace setpoint::cli {

namespace {

constexpr std::size_t kCells = 24;
constexpr std::chrono::milliseconds kRedraw{100};

std::string bar(std::size_t done, std::size_t all) {
  std::size_t full = all == 0 ? 0 : std::min(done, all) * kCells / all;
  return fmt::format("[{}{}] {:>3}%  ", std::string(full, '#'), std::string(kCells - full, '-'),
                     all == 0 ? 0 : std::min(done, all) * 100 / all);
}

std::string grouped(std::size_t value) {
  std::string out = std::to_string(value);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

}  // namespace

std::string progress_text(const engine::ScanProgress& state, std::chrono::milliseconds since_begin) {
  std::string out = state.parts > 0 ? bar(state.parts_done, state.parts) : std::string();
  out += grouped(state.resources) + " resources";
  if (since_begin.count() > 0)
    out += "  " + grouped(state.resources * 1000 / static_cast<std::size_t>(since_begin.count())) + "/s";
  return state.part.empty() ? out : out + "  " + printable(state.part, 48);
}

ProgressBar::ProgressBar(bool quiet)
    : shown_(!quiet && ::isatty(STDERR_FILENO) == 1), begun_(Clock::now()), last_(begun_ - kRedraw) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
}

engine::Progress ProgressBar::progress() {
  if (!shown_) return {};
  return [this](const engine::ScanProgress& state) { draw(state); };
}

void ProgressBar::draw(const engine::ScanProgress& state) {
  Clock::time_point now = Clock::now();
  if (now - last_ < kRedraw) return;
  last_ = now;
  drawn_ = true;
  auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_);
  std::cerr << "\r\033[K" << progress_text(state, since) << std::flush;
}

}  // namespace setpoint::cli
