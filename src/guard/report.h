// What an evaluation yields: a status for every rule of the set, the evidence of those that fail, the reason of those
// that could not be judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"

namespace setpoint::guard {

enum class Status : std::uint8_t { pass, fail, skip, error };
std::string_view to_string(Status status);  // PASS, FAIL, SKIP, ERROR

struct RuleFailure {
  std::size_t rule = 0;                   // index into RuleSet::rules()
  std::vector<model::Evidence> evidence;  // in the order the clauses stand, without repetition
  std::size_t omitted = 0;                // failing clauses beyond kEvidenceMax, counted only
};
struct RuleError {
  std::size_t rule = 0;
  std::string because;
};

struct Report {
  std::vector<Status> rules;          // by index into RuleSet::rules(); rules of one name each have their own
  std::vector<RuleFailure> failures;  // of every rule with Status::fail
  std::vector<RuleError> errors;      // of every rule with Status::error

  // Of the whole file: any ERROR, else any FAIL, else any PASS, else SKIP.
  Status file() const;
  // PASS is compliant, FAIL is not, SKIP does not apply, ERROR is unknown, with the evidence and reasons of all rules.
  model::Judgement judgement() const;
};

}  // namespace setpoint::guard
