// Exceptions: what somebody answers for, until a day. A finding that an exception covers is suppressed: it stays, it is
// counted, nobody is called for it and no automation acts; when the exception ends it comes back by itself.
//
//   exceptions:
//     - exception: public-bastion
//       owner: ada@example.org
//       reason: the vendor connects from changing addresses; ticket SEC-311
//       until: 2027-01-31
//       when: {control: [EC2.13], resource: {id: [sg-0c0ffee0000000002]}}
//
// `when` is an EventBridge pattern over the detail of a finding's events (findings.h): finding, control, severity,
// status, priority, resource. Owner, reason and a date are required: an exception without an end is a change of the
// standard, which belongs there.
//
// Ownership: an immutable value. Threads: any. Errors of a match (an event too large) leave the finding as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/document.h"
#include "findings/lifecycle.h"
#include "pattern/pattern.h"

namespace setpoint::findings {

struct Exception {
  std::string name;
  std::string owner;
  std::string reason;
  base::Timestamp until;
  pattern::Pattern when;
};

class Exceptions {
 public:
  static std::optional<Exceptions> compile(const base::SourceText& yaml, base::Diagnostics& diagnostics);
  // The list itself, as setpoint.yaml holds it.
  static std::optional<Exceptions> compile(const base::Node& list, const std::string& file,
                                           base::Diagnostics& diagnostics);

  // The first one in force at `now` that covers the finding; nullptr where there is none.
  base::Result<const Exception*> covering(const model::Finding& finding, base::Timestamp now) const;
  const std::vector<Exception>& all() const { return exceptions_; }

 private:
  std::vector<Exception> exceptions_;
};

// What an exception, or the end of one, does to a finding; nullopt where nothing. Pure.
std::optional<Folded> with_exception(const model::Finding& finding, const Exception* covering, base::Timestamp now);

}  // namespace setpoint::findings
