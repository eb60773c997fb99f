// Plan: everything that a remediation will do, before it does anything (design section 5). Canonical JSON; its SHA-256
// is its name. The same input gives the same bytes, so a Plan holds no time, no random id and no name of a person.
#pragma once

#include <string>
#include <vector>

#include "model/finding.h"

namespace setpoint::model {

// One call of a cloud API, in the SDKs' names (boto3 client name, PascalCase operation, exact members).
struct ApiCall {
  std::string account;
  std::string region;
  std::string service;    // "ec2"
  std::string operation;  // "RevokeSecurityGroupIngress"
  base::Json parameters = base::Json::object();

  base::Json json() const;
  base::Digest digest() const;  // of json(): what a Decision covers
  bool operator==(const ApiCall&) const = default;
};
base::Result<ApiCall> api_call_from_json(const base::Json& json);

// What one call did to one resource in the rehearsal, as digests of Resource::state_digest. After a crash a read-back
// is compared with both: that tells whether the call happened.
struct StateStep {
  ResourceKey resource;
  base::Digest before;
  base::Digest after;
  bool operator==(const StateStep&) const = default;
};

struct PlannedCall {
  std::string step;  // the runbook's step
  ApiCall call;
  bool irreversible = false;
  std::string irreversible_because;  // "" where it can be undone
  std::vector<StateStep> changes;    // empty where the twin does not model the call
  bool operator==(const PlannedCall&) const = default;
};

struct FieldChange {
  std::string path;   // JSON pointer
  base::Json before;  // null with `added`
  base::Json after;   // null with `removed`
  enum class Kind { added, removed, replaced } kind = Kind::replaced;
  bool operator==(const FieldChange&) const = default;
};

struct ResourceChange {
  ResourceKey resource;
  bool collateral = false;  // beyond the evidence of the trigger: never automatic
  std::vector<FieldChange> fields;
  bool operator==(const ResourceChange&) const = default;
};

struct VerdictChange {
  std::string control;
  ResourceKey resource;
  Verdict before = Verdict::unknown;
  Verdict after = Verdict::unknown;
  bool operator==(const VerdictChange&) const = default;
  bool for_worse() const { return after != before && after != Verdict::compliant && after != Verdict::not_applicable; }
};

struct Permission {
  std::string action;    // ec2:RevokeSecurityGroupIngress
  std::string resource;  // arn:aws:ec2:eu-west-1:111122223333:security-group/sg-...
  auto operator<=>(const Permission&) const = default;
};

struct BasisEntry {
  ResourceKey resource;
  base::Digest state;  // Resource::state_digest at rehearsal
  bool operator==(const BasisEntry&) const = default;
};

struct Plan {
  // Trigger
  std::string finding;  // a finding's id; "" where a person started it
  std::string control;  // "EC2.13", or ""
  std::string undo_of;  // a run's id, where this plan undoes one
  base::Json evidence = base::Json::array();
  // What runs
  std::string runbook;
  base::Digest runbook_digest;
  base::Json parameters = base::Json::object();
  // What it does
  std::vector<PlannedCall> calls;
  std::vector<ResourceChange> changes;
  std::vector<VerdictChange> verdicts;  // the trigger's own control included
  std::vector<ApiCall> undo;            // in the order of undoing
  bool undo_exact = false;              // rehearsed: the undo calls gave the pre-image back, byte for byte
  std::vector<Permission> permissions;
  std::vector<BasisEntry> basis;
  std::vector<std::string> unmodelled;  // what the twin could not simulate: never applied without a person
  std::vector<ApiCall> reads;           // answered by the real cloud during the rehearsal

  base::Json json() const;
  base::Digest hash() const;
  std::string id() const;  // "p-" + the first 12 hex digits of the hash
  bool has_collateral() const;
  bool irreversible() const;
};
base::Result<Plan> plan_from_json(const base::Json& json);

}  // namespace setpoint::model
