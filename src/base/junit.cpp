#include "base/junit.h"

#include <fmt/format.h>

namespace setpoint::base {

namespace {

// Not even as an entity may XML 1.0 have a control character but tab and line breaks.
bool is_lost(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_lost(c)) continue;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, escaped(value));
}

std::string counts(std::size_t tests, std::size_t failures, std::size_t errors) {
  return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\"", tests, failures, errors);
}

std::string problem_xml(const JunitCase& one) {
  std::string_view kind = one.outcome == JunitOutcome::failure ? "failure" : "error";
  return fmt::format("<{0}{1}{2}>{3}</{0}>", kind, attribute("message", one.message), attribute("type", one.type),
                     escaped(one.text));
}

}  // namespace

void JunitSuite::add(const JunitCase& one) {
  ++tests_;
  failures_ += one.outcome == JunitOutcome::failure ? 1 : 0;
  errors_ += one.outcome == JunitOutcome::error ? 1 : 0;
  cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(one.classname), escaped(one.name));
  if (one.seconds) cases_ += fmt::format(" time=\"{:.3f}\"", *one.seconds);
  if (one.outcome == JunitOutcome::held) {
    cases_ += "/>\n";
    return;
  }
  cases_ += ">\n      " + problem_xml(one) + "\n    </testcase>\n";
}

std::string JunitSuite::xml() const {
  std::string time = time_.known() ? to_iso8601(time_) : "";
  return fmt::format("  <testsuite name=\"{}\"{}{}>\n", escaped(name_), counts(tests_, failures_, errors_),
                     attribute("timestamp", time)) +
         cases_ + "  </testsuite>\n";
}

std::string junit_head(std::span<const JunitSuite> suites) {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const JunitSuite& suite : suites) {
    tests += suite.tests();
    failures += suite.failures();
    errors += suite.errors();
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"setpoint\"{}>\n",
                     counts(tests, failures, errors));
}

std::string_view junit_foot() { return "</testsuites>\n"; }

}  // namespace setpoint::base
