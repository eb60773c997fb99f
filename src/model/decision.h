// Decision: a value with its reasons (design law 2). Made by oversight only; an Actuator takes a call only together
// with a permitting Decision that covers it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/plan.h"

namespace setpoint::model {

enum class Effect { permit, hold, refuse };  // hold: a person must say yes first
std::string_view to_string(Effect effect);

// One reason, for people and for machines: code "approval-missing", text "needs 1 approval, has 0".
struct Reason {
  std::string code;
  std::string text;
  bool operator==(const Reason&) const = default;
};

struct Approval {
  base::Digest plan;     // the exact plan
  std::string approver;  // the identity that said yes
  std::string requested_by;
  base::Timestamp at;
  base::Timestamp expires;
  bool operator==(const Approval&) const = default;
  base::Json json() const;
};
base::Result<Approval> approval_from_json(const base::Json& json);

struct Decision {
  Effect effect = Effect::refuse;
  base::Digest plan;
  std::vector<Reason> reasons;      // never empty
  std::vector<Approval> approvals;  // those that counted
  std::set<base::Digest> covered;   // digests of the calls of the plan; empty unless permitted
  base::Timestamp decided_at;
  base::Timestamp valid_until;

  bool covers(const ApiCall& call, base::Timestamp now) const;
  base::Json json() const;
};
base::Result<Decision> decision_from_json(const base::Json& json);

}  // namespace setpoint::model
