// JUnit XML, as CI systems read it: suites of cases that hold, fail (a rule is broken) or err (nobody can tell).
//
//   JunitSuite suite("EC2.13 Security groups should not ...");
//   suite.add({.classname = "EC2.13", .name = "sg-1"});
//   suite.add({.classname = "EC2.13", .name = "sg-2", .outcome = JunitOutcome::failure, .message = "open to the world"});
//   sink(junit_head({&suite, 1}) + suite.xml() + junit_foot());
//
// Text of any bytes may be given; what XML 1.0 cannot carry (control characters) is left out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace setpoint::base {

enum class JunitOutcome { held, failure, error };

struct JunitCase {
  std::string_view classname;
  std::string_view name;
  std::optional<double> seconds = std::nullopt;
  JunitOutcome outcome = JunitOutcome::held;
  std::string_view message = "";  // of a failure or error: in one line
  std::string_view type = "";     // its kind, "" for none
  std::string_view text = "";     // and at length
};

class JunitSuite {
 public:
  explicit JunitSuite(std::string name, Timestamp time = {}) : name_(std::move(name)), time_(time) {}

  void add(const JunitCase& one);
  std::size_t tests() const { return tests_; }
  std::size_t failures() const { return failures_; }
  std::size_t errors() const { return errors_; }
  std::string xml() const;

 private:
  std::string name_;
  Timestamp time_;
  std::string cases_;
  std::size_t tests_ = 0, failures_ = 0, errors_ = 0;
};

// What stands before and after the suites of a file.
std::string junit_head(std::span<const JunitSuite> suites);
std::string_view junit_foot();

}  // namespace setpoint::base
